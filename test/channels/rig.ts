import { randomBytes } from 'node:crypto';

import { sendThrough, type Sent } from '../../src/activities/exchange.ts';
import { bearing, createTokens } from '../../src/activities/token.ts';
import type { CallbackReading } from '../../src/channels/callback.ts';
import type { Call, Channel } from '../../src/channels/channel.ts';
import type { HttpRequest, Send } from '../../src/channels/exchange.ts';
import type { CaptureOrder, IncrementOrder, Order } from '../../src/channels/order.ts';
import type { RefundOrder } from '../../src/channels/refund.ts';
import { toCurrency } from '../../src/domain/currency.ts';
import { formatId, type Id } from '../../src/domain/id.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Answer, Notice, Receipt } from '../../src/domain/outcome.ts';
import { drawId } from '../../src/store/id.ts';
import { type Heard, openSandbox, type Sandbox } from './sandbox.ts';

/** How a channel's notices are. */
export interface Notices {
  /** How those of money are told from the others. */
  readonly payment: RegExp;
  readonly refund: RegExp;
  /** They bear a time, and are not believed when it is longer ago than this, or ahead; null where they bear none. */
  readonly age_ms: number | null;
  /** Those of a refund say which, and how much; else they are the payment told again. */
  readonly nameRefunds: boolean;
  /** What their signature covers: their bytes, the values that are decoded from them, or the members that move money alone. */
  readonly signed: 'bytes' | 'values' | 'members';
  /** How one is told that a hold is over; null where none says it. */
  readonly holdEnded: RegExp | null;
}

/** What the suite must be told of a channel; everything else it knows from the contracts. */
export interface Conformant {
  readonly channel: Channel<any>;
  /** The account's settings from the sandbox's published keys. */
  readonly settings: (keys: any, baseUrl: string) => object;
  /** The same settings as another merchant has them, to whom none of the callbacks are addressed. */
  readonly ofAnother: (settings: any) => object;
  /** Headers that carry a callback's signature, lower case. */
  readonly signatureHeaders: readonly string[];
  /** What must never be kept of the settings. */
  readonly secrets: (settings: any) => string[];
  /** What names the payer in the channel's own replies: its first group. */
  readonly payer: RegExp;
  /** The least and the most that one order may ask for. */
  readonly amounts: readonly [number, number];
  readonly notices: Notices;
  /** What dates and signs a request, and is no part of what it orders: query parameters (headers never are). */
  readonly envelope: readonly string[];
  /** What of a request lets somebody speak in the merchant's name. */
  readonly authorization: (request: HttpRequest) => string | undefined;
  /** Nobody can close an order, neither do we: it ends by itself, at the end that it was made with. */
  readonly neverCloses?: true;
  /** A refund that succeeded may come back. */
  readonly bounces: boolean;
  /** Where the sandbox knows a verb by another name than ours; `any` where by none. */
  readonly operations: Readonly<Record<string, string>>;
  /** Under one key the channel repeats even a failure of its own. */
  readonly keepsFailures: boolean;
  /** Further methods whose orders a call of ours makes, each with what its payer comes with, if with anything. */
  readonly others?: Readonly<Record<string, string | null>>;
  /** The payer transfers what he likes, as often as he likes: several credits come under one number (decision 0031). */
  readonly credits?: true;
  /** Where payers present codes: those that the sandbox charges, asks about, refuses, charges without an answer, or loses. */
  readonly codes?: Readonly<Record<'pays' | 'asks' | 'refused' | 'silent' | 'lost', string>>;
  /** Where nobody can be asked: how the sandbox reports within seconds. */
  readonly reportsSoon?: Readonly<Record<string, string>>;
  /** What the sandbox holds against us because this suite does it on purpose. */
  readonly provoked: readonly string[];
}

/** The adapter as the planner uses it: every call under the key of what it makes. */
export function keyed(channel: Channel<any>): Channel<any> {
  const { confirm, capture, void: release } = channel;
  const under =
    (verb: string) =>
    <Given extends Order>(order: Given): Given => ({
      ...order,
      channel_key:
        channel.facts.confirms !== 'never' ? `${order.reference}.${verb}` : order.reference,
    });
  return {
    ...channel,
    create: (call, order) => channel.create(call, under('create')(order)),
    close: (call, order) => channel.close(call, under('close')(order)),
    ...(confirm && { confirm: (call, order) => confirm(call, under('confirm')(order)) }),
    ...(release && { void: (call, order) => release(call, under('void')(order)) }),
    ...(capture && {
      capture: (call, order) => capture(call, { ...order, channel_key: order.capture_reference }),
    }),
  };
}

/** One channel's adapter wired to its sandbox through the real sender. */
export class Rig {
  readonly given: Conformant;
  readonly sandbox: Sandbox;
  readonly settings: any;
  readonly account: any;
  readonly requests: HttpRequest[] = [];
  /** As they came over the wire. */
  readonly rawReplies: string[] = [];
  /** As they are kept. */
  readonly exchanges: Sent[] = [];
  private readonly tokens = createTokens(20_000);

  /** What its orders are, unless a test says otherwise. */
  private readonly chosen: Partial<Order>;

  private constructor(given: Conformant, sandbox: Sandbox, chosen: Partial<Order> = {}) {
    this.given = given;
    this.chosen = chosen;
    this.sandbox = sandbox;
    this.settings = given.settings(sandbox.keys, sandbox.channelUrl);
    this.account = given.channel.parseAccount(this.settings);
  }

  static async open(given: Conformant, settings: Record<string, string> = {}): Promise<Rig> {
    const { slug, facts } = given.channel;
    return new Rig(given, await openSandbox(slug, settings, facts.verdicts.accepted));
  }

  /** The same, with orders of another method. */
  by(method: string, token: string | null): Rig {
    const { requests, rawReplies, exchanges } = this;
    const [currency = ''] = this.given.channel.facts.methods[method] ?? [];
    const chosen = { method, token, currency: toCurrency(currency) };
    const other = new Rig(this.given, this.sandbox, chosen);
    return Object.assign(other, { requests, rawReplies, exchanges });
  }

  /** A call that waits this long for its answer. */
  call(timeout_ms = 20_000): Call<any> {
    const send = sendThrough({
      timeout_ms,
      fence: () => Promise.resolve('taken'),
      log: (sent) => Promise.resolve(void this.exchanges.push(sent)),
      redact: (text) => {
        this.rawReplies.push(text);
        return this.given.channel.redact(text);
      },
    });
    const recorded: Send = (request) => {
      this.requests.push(request);
      return send(request);
    };
    const { account, given } = this;
    const { grant } = given.channel;
    return {
      account,
      now: () => new Date(),
      send: grant ? bearing(recorded, this.tokens, grant, account) : recorded,
    };
  }

  /** What has left since that may move something: questions are none. */
  orderedSince(from: number): HttpRequest[] {
    return this.requests.slice(from).filter(({ method }) => method !== 'GET');
  }

  order(given: Partial<Order> = {}): Order {
    const { facts } = this.given.channel;
    const currency = Object.values(facts.methods)[0]?.[0] ?? '';
    const reference = drawId('att');
    return {
      method: Object.keys(facts.methods)[0] ?? '',
      reference,
      amount: toMinor(1_999),
      currency: toCurrency(currency),
      description: 'Two tickets, 两张票 🎫',
      expires_at: new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 1_800_000).toISOString(),
      notify_url: this.sandbox.notifyUrl,
      channel_key: reference,
      handle: null,
      capture: 'automatic',
      token: facts.confirms === 'at_once' || facts.confirms === 'when_returned' ? 'tok_ok' : null,
      return_url: 'https://shop.example/back?order=1',
      ...this.chosen,
      ...given,
    };
  }

  /** So much of what the order holds, after so much. */
  captureOf(order: Order, amount: number, given: Partial<CaptureOrder> = {}): CaptureOrder {
    const capture_reference = drawId('cap');
    return {
      ...order,
      channel_key: capture_reference,
      capture_reference,
      capture_amount: toMinor(amount),
      captured_before: toMinor(0),
      is_final: false,
      ...given,
    };
  }

  /** What the order holds is to be so much. */
  incrementOf(order: Order, amount: number): IncrementOrder {
    return { ...order, channel_key: drawId('inc'), increment_amount: toMinor(amount) };
  }

  refundOf(order: Order, receipt: Receipt, given: Partial<RefundOrder> = {}): RefundOrder {
    const reference = drawId('ref');
    return {
      method: order.method,
      reference,
      receipt_reference: receipt.channel_reference,
      attempt_reference: order.reference,
      receipt_amount: receipt.amount,
      amount: receipt.amount,
      currency: order.currency,
      reason: 'paid more than once',
      notify_url: order.notify_url,
      channel_key: reference,
      handle: order.handle,
      channel_reference: null,
      ...given,
    };
  }

  /** What a call makes is told once: the same call again is answered that there is one already, and nothing else. */
  get isToldOnce(): boolean {
    return this.given.channel.facts.replay_window_ms === 0;
  }

  /** An order at the channel, with its number where the channel tells one. What is told once is not asked for again. */
  async created(order = this.order()): Promise<Order> {
    if (this.isToldOnce && (await this.books(order)).length > 0) return order;
    const answer = await this.given.channel.create(this.call(), order);
    if (answer.kind === 'created') return { ...order, handle: answer.handle };
    if (answer.kind !== 'action_required') throw new Error(`create: ${JSON.stringify(answer)}`);
    return { ...order, handle: answer.handle ?? null };
  }

  /** An order that can be confirmed: where the payer must agree to it first, or come back, he has. */
  async confirmable(order?: Order, act?: object): Promise<Order> {
    if (this.given.channel.facts.confirms === 'when_returned') return this.returned(order, act);
    const made = await this.created(order);
    if (this.given.channel.facts.confirms === 'when_agreed') await this.payer(made);
    return made;
  }

  /** An order whose payer was sent elsewhere. */
  async sentElsewhere(order = this.order()): Promise<{ order: Order }> {
    return { order: await this.created({ ...order, token: 'tok_3ds' }) };
  }

  /** An order whose payer was sent elsewhere, has done this there, and is back. */
  private async returned(order?: Order, act: object = { action: 'authenticate' }): Promise<Order> {
    const { order: made } = await this.sentElsewhere(order);
    await this.payer(made, act);
    const broughtBy = ({ account: address }: Heard) => {
      const query = Object.fromEntries(new URLSearchParams(address.split('?')[1]));
      const brought = this.given.channel.readReturn!(query);
      return brought?.reference === made.reference ? brought.returned : null;
    };
    const returned = () => this.sandbox.callbacks.map(broughtBy).find((one) => one !== null);
    await eventually(() => Promise.resolve(returned() !== undefined));
    return { ...made, returned: returned()! };
  }

  /** An order whose money is held. */
  async held(order = this.order({ capture: 'manual' })): Promise<Order> {
    const { channel } = this.given;
    if (!this.isReported) {
      const made = await this.confirmable(order);
      await channel.confirm?.(this.call(), made);
      return made;
    }
    const answer = await channel.create(this.call(), order);
    if (answer.kind !== 'held') throw new Error(`create: ${JSON.stringify(answer)}`);
    return { ...order, handle: answer.channel_reference };
  }

  /** Is there nobody to ask? Then notices, reports and books are the witnesses. */
  get isReported(): boolean {
    return this.given.channel.facts.reported_after_ms !== null;
  }

  /** An order at the channel that the payer has opened, where he makes it by that. */
  async opened(order?: Order): Promise<Order> {
    const made = await this.created(order);
    if (this.isOpenedByPayer) await this.payer(made, { action: 'decline' }); // looks, and may pay later
    return made;
  }

  /** Does the channel know of no order before the payer opens it? */
  get isOpenedByPayer(): boolean {
    return this.given.channel.facts.not_found_means === 'not_opened';
  }

  /** An order that was paid, and the receipt that a query tells. */
  async paid(order?: Order): Promise<{ order: Order; receipt: Receipt }> {
    const { channel } = this.given;
    if (this.isReported) return this.takenAtOnce(order);
    const made = await this.confirmable(order);
    const confirmed = await channel.confirm?.(this.call(), made);
    if (!confirmed || confirmed.kind === 'action_required') await this.payer(made);
    const [receipt, ...others] = await this.taken(made);
    if (!receipt || others.length > 0) throw new Error(`paid, and told of ${others.length} more`);
    return { order: made, receipt };
  }

  private async takenAtOnce(order = this.order()): Promise<{ order: Order; receipt: Receipt }> {
    const answer = await this.given.channel.create(this.call(), order);
    if (answer.kind !== 'approved') throw new Error(`create: ${JSON.stringify(answer)}`);
    const { receipt } = answer;
    return { order: { ...order, handle: receipt.channel_reference }, receipt };
  }

  /** The money that a query tells of it. */
  async taken(order: Order): Promise<readonly Receipt[]> {
    return receiptsIn(await this.given.channel.query(this.call(), order));
  }

  async payer({ reference }: Order, act: object = { action: 'pay' }): Promise<void> {
    const path = `payers/${this.given.channel.slug}/${reference}`;
    const { status, body } = await this.sandbox.control('POST', path, act);
    if (status !== 200) throw new Error(`payer: ${status} ${JSON.stringify(body)}`);
  }

  async fault(operation: string, fault: string, more: object = { count: 1 }): Promise<void> {
    const { channel } = this.given;
    const armed = { channel: channel.slug, operation, fault, ...more };
    const { status, body } = await this.sandbox.control('POST', 'faults', armed);
    if (status !== 200 && status !== 201) throw new Error(`${fault}: ${JSON.stringify(body)}`);
  }

  async books({ reference }: Order): Promise<any[]> {
    const { body } = await this.sandbox.control('GET', `books?reference=${reference}`);
    return body.transactions;
  }

  /** The first callback with this in it that came after those already known. */
  async nextCallback(known: number, about: RegExp): Promise<Heard> {
    const next = () =>
      this.sandbox.callbacks.slice(known).find(({ body }) => about.test(body.toString()));
    await eventually(() => Promise.resolve(next() !== undefined));
    return next()!;
  }

  /** All that came by itself so far, as the adapter reads it. */
  readings(): CallbackReading[] {
    return this.sandbox.callbacks.map((heard) => this.read(heard));
  }

  /** What a notice says about this number of ours, once one says anything of these kinds. */
  async told(reference: string, kinds: readonly string[]): Promise<Answer | Notice> {
    const answers = () =>
      this.readings().flatMap((reading) =>
        'answer' in reading && 'reference' in reading && reading.reference === reference
          ? [reading.answer]
          : [],
      );
    const told = () => answers().find(({ kind }) => kinds.includes(kind));
    await eventually(() => Promise.resolve(told() !== undefined));
    return told()! as Answer | Notice;
  }

  /** How a notice is read that is not to be believed: one of which only some members are signed may also be unreadable, or of another world. */
  get unbelieved(): readonly CallbackReading['kind'][] {
    const { signed } = this.given.notices;
    return signed === 'members' ? ['forged', 'meaningless', 'foreign'] : ['forged', 'stale'];
  }

  read(heard: Heard, account = this.account) {
    return this.given.channel.readCallback(account, heard, new Date());
  }
}

/** The money that an answer or a notice tells: one receipt of the whole order, or what was credited. */
export function receiptsIn(answer: Answer | Notice): readonly Receipt[] {
  if (answer.kind === 'authorised') return [{ ...answer, paid_at: answer.at }];
  if (answer.kind === 'credited') return answer.receipts;
  return answer.kind === 'approved' ? [answer.receipt] : [];
}

/** What of a reading money depends on: about what it is, how that ended, and how much it was. */
export function moneyIn(reading: CallbackReading): object {
  if (!('answer' in reading) || !('reference' in reading)) return reading;
  const { kind, reference, answer } = reading;
  const { status, amount, currency, channel_reference } = answer as Partial<Receipt & { status: string }>;
  return { kind, reference, answer: answer.kind, status, amount, currency, channel_reference };
} // prettier-ignore

/** A number of ours that was drawn so long ago. */
export function drawnBefore<P extends 'att' | 'ref'>(prefix: P, ms: number): Id<P> {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now() - ms, 0, 6);
  return formatId(prefix, bytes);
}

/** Waits until it is so, with a limit that a loaded machine can keep. */
export async function eventually(isSo: () => Promise<boolean>, within_ms = 30_000): Promise<void> {
  const end = Date.now() + within_ms;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`not so within ${within_ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
