import type { ChannelRules, Served } from '../../src/domain/channel.ts';
import { create } from '../../src/domain/creation.ts';
import { toCurrency } from '../../src/domain/currency.ts';
import type { Context } from '../../src/domain/draft.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { type Fold, fold } from '../../src/domain/fold.ts';
import type { Id, Prefix } from '../../src/domain/id.ts';
import type { Posting } from '../../src/domain/ledger.ts';
import { type Minor, toMinor } from '../../src/domain/money.ts';
import type { Operation, Verb } from '../../src/domain/operation.ts';
import type { Answer, Notice, QueryAnswer, Receipt } from '../../src/domain/outcome.ts';
import type { Choice, LateMoney, Payment, Terms } from '../../src/domain/payment.ts';
import type { Route } from '../../src/domain/routing.ts';

export const timing = {
  channel_timeout_ms: 10_000,
  circuit_retry_ms: 5_000,
  first_poll_ms: 5_000,
  hold_margin_ms: 3_600_000,
};
export const cny = toCurrency('CNY');

/** One that takes money when an order is made, unless the payer must go elsewhere first, and tells by itself what became of it. */
const returning: ChannelRules = {
  confirms: 'when_returned',
  reported_after_ms: 21 * 86_400_000,
  replay_window_ms: 7 * 86_400_000,
  not_found_means: 'never_created',
  captures: 'once',
  refund_names: 'order',
  refund_spacing_ms: 0,
  refunds_max: 5,
};

/** A QR channel (with a method whose payer presents his code), one whose orders the payer must open first, one that confirms and holds, and one whose payers agree before. */
export const rulesOf = (served: Served): ChannelRules =>
  served.channel === 'adyen' ? returning : asked(served);

const asked = ({ channel, method }: Served): ChannelRules =>
  channel === 'stripe' || channel === 'paypal' || channel === 'scripted-cards'
    ? {
        confirms: channel === 'paypal' ? 'when_agreed' : 'at_once',
        reported_after_ms: null,
        replay_window_ms: 86_400_000,
        not_found_means: 'never_created',
        captures: 'multiple',
        refund_names: 'order',
        ...(channel === 'paypal'
          ? { refunds_per_receipt: true as const }
          : { increments: true as const }),
        refund_spacing_ms: 0,
        refunds_max: 5,
      }
    : {
        confirms: 'never',
        reported_after_ms: null,
        replay_window_ms: channel === 'unionpay' ? 0 : null,
        not_found_means:
          channel === 'alipay' || channel === 'unionpay' ? 'not_opened' : 'never_created',
        ...(method === 'wechat_pay_code' && { reversed_after_ms: 60_000 }),
        ...(channel === 'bank-transfer' && {
          several_credits: true as const,
          refund_names: 'money' as const,
        }),
        captures: 'none',
        refund_spacing_ms: 60_000,
        refunds_max: 50,
      };
export const expiresInMs = 1_800_000;

/** One payment in memory, driven by facts alone: what the store does, without a store. */
export class Bench {
  payment: Payment;
  now = Date.parse('2026-11-24T00:00:00Z');
  orderFree = true;
  walletAvailable: Minor | null = null;
  readonly postings: Posting[] = [];
  readonly events: string[] = [];
  private readonly rulesOf: Context['rulesOf'] = rulesOf;
  private drawn = 0;

  constructor(
    given: {
      late_money?: LateMoney;
      method?: string | null;
      on_decline?: 'retry' | 'fail';
      capture?: 'automatic' | 'manual';
      max_attempts?: number;
      wallet_id?: Id<'wal'>;
      backups?: readonly Route[];
      rules?: ChannelRules;
    } = {},
  ) {
    const { rules } = given;
    if (rules) this.rulesOf = () => rules;
    const terms: Terms = {
      id: 'pay_1',
      merchant_id: 'mer_1',
      app_id: 'app_1',
      livemode: false,
      order_no: 'A-1',
      amount: toMinor(1_999),
      currency: cny,
      capture: given.capture ?? 'automatic',
      on_decline: given.on_decline ?? 'retry',
      max_attempts: given.max_attempts ?? 5,
      late_money: given.late_money ?? 'refund',
      wallet_id: given.wallet_id ?? null,
      created_at: this.now,
      expires_at: this.now + expiresInMs,
    };
    const method = given.method === undefined ? 'wechat_pay_qr' : given.method;
    const { backups = [] } = given;
    const choice = method === null ? null : { ...choiceOf(method), backups };
    const made = create(terms, choice, this.context());
    this.payment = made.payment;
    this.keep(made);
  }

  context(): Context {
    const draw = <P extends Prefix>(prefix: P): Id<P> =>
      `${prefix}_${String((this.drawn += 1)).padStart(4, '0')}`;
    return {
      now: this.now,
      draw,
      timing,
      rulesOf: this.rulesOf,
      orderFree: this.orderFree,
      walletAvailable: this.walletAvailable,
    };
  }

  tell(fact: Fact): Fold {
    const made = fold(this.payment, fact, this.context());
    this.payment = made.payment;
    this.keep(made);
    return made;
  }

  /** Ends the open operation of this verb. Throws when there is none. */
  end(verb: Verb, answer: Answer | 'silent'): Fold {
    return this.tell({ kind: 'outcome', operation: this.open(verb).id, answer });
  }

  open(verb: Verb): Operation {
    const found = this.openOperations().find((op) => op.verb === verb);
    if (!found)
      throw new Error(
        `no open ${verb}; open: ${this.openOperations()
          .map((op) => op.verb)
          .join(', ')}`,
      );
    return found;
  }

  attemptOperations(): Operation[] {
    return this.payment.attempts.flatMap((attempt) => attempt.operations);
  }

  openOperations(): Operation[] {
    return this.attemptOperations().filter((op) => op.ended === null);
  }

  verbs(): Verb[] {
    return this.openOperations().map((op) => op.verb);
  }

  /** Somebody took the send fence of this operation. */
  send(verb: Verb): void {
    const copy = structuredClone(this.payment);
    const op = copy.attempts
      .flatMap((attempt) => attempt.operations)
      .find((one) => one.verb === verb && one.ended === null);
    if (op) Object.assign(op, { sent_at: this.now });
    this.payment = copy;
  }

  callback(answer: QueryAnswer | Notice): Fold {
    return this.tell({ kind: 'evidence', about: 'attempt', reference: this.attempt.id, answer });
  }

  cancel(): Fold {
    return this.tell({ kind: 'command', command: { name: 'cancel', note: null } });
  }

  expire(): Fold {
    this.now = Math.max(this.now, this.payment.expires_at);
    return this.tell({ kind: 'due', what: 'expiry' });
  }

  get attempt() {
    const first = this.payment.attempts[0];
    if (!first) throw new Error('no attempt');
    return first;
  }

  /** What the ledger says: taken minus returned at the channel, and owed to merchant and payer. */
  balance(account: Posting['debit']): number {
    return this.postings.reduce(
      (sum, posting) =>
        sum +
        (posting.debit === account ? posting.amount : 0) -
        (posting.credit === account ? posting.amount : 0),
      0,
    );
  }

  /** The store refuses what was booked before: a payment of which one reason and subject come twice would stand still. */
  private keep(made: Fold): void {
    const name = ({ reason, subject }: Posting) => `${reason} ${subject}`;
    for (const one of made.postings) {
      if (this.postings.some((known) => name(known) === name(one)))
        throw new Error(`booked twice: ${name(one)}`);
      this.postings.push(one);
    }
    this.events.push(...made.events.map((event) => event.type));
  }
}

const channels: Readonly<Record<string, string>> = {
  card: 'stripe',
  alipay_qr: 'alipay',
  paypal: 'paypal',
  bank_transfer: 'bank-transfer',
  unionpay_qr: 'unionpay',
  ideal: 'adyen',
};

const tokens: Readonly<Record<string, string>> = {
  card: 'tok_ok',
  wechat_pay_code: '130061098828009406',
};

/** What the payer pays with: a card goes to Stripe, the codes of Alipay and UnionPay to them, a PayPal account to PayPal, iDEAL to Adyen, anything else to WeChat Pay. */
export function choiceOf(method: string): Choice {
  const channel = channels[method] ?? 'wechat-pay';
  const route = { channel, channel_account: 'cha_1' as const, account_version: 1 };
  return { method, token: tokens[method] ?? null, route };
}

/** What a rule named 'split' names next. */
export function backup(channel: string, account: `cha_${string}` = 'cha_2'): Route {
  const routing = { rules_version: 3, rule: 'split', reason: "'split' names it next" };
  return { channel, channel_account: account, account_version: 1, routing };
}

/** What the merchant told us about a payment: nothing. */
export const noDetails = { description: null, customer: null, metadata: {}, return_url: null, notify_url: null }; // prettier-ignore

export const qrCode: Answer = {
  kind: 'action_required',
  next_action: { type: 'display_qr_code', data: 'weixin://wxpay/bizpayurl?pr=1' },
  code_ends_at: null,
};

export function receipt(given: Partial<Receipt> = {}): Receipt {
  return {
    channel_reference: '4200001',
    amount: toMinor(1_999),
    currency: cny,
    paid_at: '2026-11-24T00:00:05Z',
    ...given,
  };
}

export function paid(given: Partial<Receipt> = {}): QueryAnswer {
  return { kind: 'approved', receipt: receipt(given) };
}

/** A payment that a card has paid, for itself or for a top-up. */
export function paidByCard(given: { wallet_id?: Id<'wal'> } = {}): Bench {
  const bench = new Bench({ method: 'card', ...given });
  bench.end('create', { kind: 'created', handle: 'pi_1' });
  bench.end('confirm', { kind: 'approved', receipt: receipt({ channel_reference: 'ch_1' }) });
  return bench;
}

/** The browser of a payer, as a shop's page tells it. */
export const browser = {
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/133.0',
  accept_header: 'text/html,application/xhtml+xml;q=0.9',
  language: 'de-DE',
  color_depth: 24,
  screen_height: 1_080,
  screen_width: 1_920,
  time_zone_offset: -60,
  java_enabled: false,
};
