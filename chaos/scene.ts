import type { Chance } from './chance.ts';
import { isFinal, type Payment } from './contract.ts';
import type { Forger, Forgery } from './forger.ts';
import { type Answered, keyCanary, type Merchant } from './merchant.ts';
import type { Deed, Given, Payer } from './payer.ts';
import type { Complaints } from './violation.ts';
import { pause } from './wire.ts';

/** What the merchant and his payer know of one order, to be compared with the books. */
export interface Order {
  readonly index: number;
  readonly story: string;
  readonly order_no: string;
  readonly amount: number;
  currency: string;
  payment: string | null;
  /** The states that it may end in. */
  ends: readonly string[];
  /** The refunds that were answered 201. */
  readonly refunds: { readonly id: string; readonly amount: number }[];
  /** The captures that were answered 200. */
  readonly captures: number[];
  /** What the payer got back by a dispute. */
  disputed: number;
  /** The payer was made to pay more than once, or after the end. */
  isForced: boolean;
  /** It waits for the channel by the channel's own will. */
  isSlow: boolean;
  /** What it waited for in vain. */
  stuck: string | null;
}

/** Everybody who plays in a story. */
export interface Cast {
  readonly merchant: Merchant;
  readonly payer: Payer;
  readonly forger: Forger;
  readonly complaints: Complaints;
  readonly seed: string;
}

const isWaiting = ({ status }: Payment) => status === 'requires_action';

/** The customer's mail address marks what must be in no log and no history. */
export const mailCanary = 'canary.mail';

/** One order and what can be done about it. */
export class Scene {
  readonly order: Order;
  readonly chance: Chance;
  private readonly cast: Cast;
  private readonly another: (nth: number) => Scene;
  private keys = 0;
  private others = 0;

  /** @param another one more order in the same story */
  constructor(
    cast: Cast,
    chance: Chance,
    index: number,
    story: string,
    another: (nth: number) => Scene,
  ) {
    this.cast = cast;
    this.another = another;
    this.chance = chance;
    this.order = {
      index, story,
      order_no: `${cast.seed}-${index}`,
      amount: chance.whole(100, 99_999),
      currency: 'CNY',
      payment: null,
      ends: [], refunds: [], captures: [], disputed: 0,
      isForced: false, isSlow: false, stuck: null,
    }; // prettier-ignore
  }

  /** Creates the payment. Throws when that is refused. */
  async create(method: object | null, given: object = {}): Promise<void> {
    const { order_no, amount, currency, index } = this.order;
    const body = {
      order_no, amount, currency, wait: this.chance.pick([0, 1, 5]), expires_in: 1_800,
      customer: { email: `${mailCanary}.${index}@example.test` },
      ...(method ? { method } : {}),
      ...given,
    }; // prettier-ignore
    const key = this.key();
    const answer = await this.command('/v1/payments', body, key);
    if (answer.status !== 201)
      throw new Error(`create was answered ${answer.status} ${String(answer.code)}`);
    this.order.payment = answer.body.id;
    if (this.chance.hits(0.1)) await this.command('/v1/payments', body, key); // I9
  }

  /** One more order of the same story. */
  beside(): Scene {
    this.others += 1;
    return this.another(this.others);
  }

  /** Makes it the payment of a top-up. Throws when that is refused. */
  async fill(topUp: object): Promise<void> {
    const answer = await this.command('/v1/top_ups', topUp);
    if (answer.status !== 201)
      throw new Error(`a top-up was answered ${answer.status} ${String(answer.code)}`);
    this.order.payment = (answer.body as unknown as { payment_id: string }).payment_id;
  }

  get id(): string {
    if (this.order.payment === null) throw new Error('bug: nothing was created');
    return this.order.payment;
  }

  /** The payment once `done` says so; null (and the order says what for) when it waited in vain. */
  async until(what: string, done: (payment: Payment) => boolean): Promise<Payment | null> {
    const payment = await this.cast.merchant.until(this.id, done);
    if (!payment) this.order.stuck = what;
    return payment;
  }

  untilWaiting(): Promise<Payment | null> {
    return this.until('requires_action', (payment) => isWaiting(payment) || isFinal(payment));
  }

  /** The last attempt was refused, and the payer may take another way. */
  untilDeclined(): Promise<Payment | null> {
    return this.until(
      'requires_payment_method',
      ({ status }) => status === 'requires_payment_method',
    );
  }

  untilFinal(): Promise<Payment | null> {
    return this.until('final', isFinal);
  }

  /** The payer acts on the latest attempt; answers the sandbox's status. */
  async act(action: 'pay' | 'decline' | 'authenticate', force = false): Promise<number> {
    return this.done(action, { force });
  }

  /** The payer of a payment that is shown to nobody acts as soon as the channel has heard of it; not at all once it is over. */
  async actOnceKnown(action: 'pay'): Promise<void> {
    while (!isFinal(await this.read())) {
      if ((await this.act(action)) !== 404) return;
      await pause(300);
    }
  }

  /** The payer transfers so much to the latest attempt's account; answers the sandbox's status. */
  async transfer(amount: number, given: Omit<Given, 'amount'> = {}): Promise<number> {
    const { currency } = this.order;
    return this.done('pay', { amount, currency, ...given });
  }

  /** The payer contests so much of what he paid. */
  dispute(amount: number): Promise<number> {
    return this.done('dispute', { amount });
  }

  /** His bank has decided. */
  resolveDispute(reason: 'won' | 'lost'): Promise<number> {
    return this.done('resolve_dispute', { reason });
  }

  private async done(action: Deed, given: Given): Promise<number> {
    const attempt = (await this.read()).attempts.at(-1);
    if (!attempt) return 404;
    return this.cast.payer.act(attempt.channel, attempt.reference, action, given);
  }

  /** The payer opens the address that he was sent to, or the shop's app brings Alipay's what it was given. */
  async open(): Promise<void> {
    const { next_action } = await this.read();
    const order = next_action?.params?.['order_string'];
    const url = next_action?.url ?? (order && this.cast.payer.gatewayOf(order));
    if (!url) return;
    for (let tries = 0; tries < 20; tries += 1) {
      const page = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) }).catch(() => null); // prettier-ignore
      if (page && page.status < 400) return;
      await pause(500);
    }
  }

  /** Arms a fault for the latest attempt. */
  async arm(operation: string, fault: string, more: object = {}): Promise<void> {
    const attempt = (await this.read()).attempts.at(-1);
    if (!attempt) return;
    const { channel, reference } = attempt;
    await this.cast.payer.arm({ channel, operation, fault, reference, count: 1, ...more });
  }

  /** F13: somebody says that the order was paid, who must not be believed; asked again while nobody answers. */
  async forge(forgery: Forgery): Promise<void> {
    const payment = await this.read();
    const [attempt] = payment.attempts;
    if (!attempt?.channel_reference) return;
    const { amount, currency } = payment;
    const order = { id: attempt.channel_reference, amount, amount_received: amount, currency: currency.toLowerCase(), created: 1 }; // prettier-ignore
    for (let tries = 0; tries < 60; tries += 1) {
      const status = await this.cast.forger.send(forgery, order, attempt.reference).catch(() => 0);
      if (status >= 400 && status < 500) return;
      if (status >= 200 && status < 300)
        return this.cast.complaints.add('contract', payment.id, `F13: ${forgery} was answered ${status}`); // prettier-ignore
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  read(): Promise<Payment> {
    return this.cast.merchant.read<Payment>(`/v1/payments/${this.id}`);
  }

  /** An object of the merchant's. */
  see<T>(path: string): Promise<T> {
    return this.cast.merchant.read<T>(path);
  }

  cancel(): Promise<Answered> {
    return this.command(`/v1/payments/${this.id}/cancel`, { wait: 2 });
  }

  confirm(method: object): Promise<Answered> {
    return this.command(`/v1/payments/${this.id}/confirm`, { method, wait: 2 });
  }

  /** Captures, again while the outcome of an earlier one is not known. */
  async capture(given: { amount?: number; final?: boolean }): Promise<Answered> {
    const path = `/v1/payments/${this.id}/capture`;
    const answer = await this.settled(() => this.command(path, { ...given, wait: 2 }));
    if (answer.status === 200) this.order.captures.push(given.amount ?? -1);
    return answer;
  }

  /** Raises the hold; what becomes of it may be known later. */
  raise(amount: number): Promise<Answered> {
    return this.command(`/v1/payments/${this.id}/increment_authorization`, { amount, wait: 2 });
  }

  async refund(amount: number): Promise<Answered> {
    const body = { payment_id: this.id, amount, wait: 1 };
    const answer = await this.settled(() => this.command('/v1/refunds', body));
    if (answer.status === 201) this.order.refunds.push({ id: answer.body.id, amount });
    return answer;
  }

  /** Until the refusal is another one than "not known yet", each time with a new key: a refusal is remembered. */
  private async settled(send: () => Promise<Answered>): Promise<Answered> {
    const deadline = Date.now() + 90_000;
    for (;;) {
      const answer = await send();
      const isOpen = answer.code === 'payment_outcome_unknown' || answer.code === 'capture_in_progress'; // prettier-ignore
      if (!isOpen || Date.now() > deadline) return answer;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** Sends a command until it is answered. */
  command(path: string, body: object, key = this.key()): Promise<Answered> {
    return this.cast.merchant.command(path, body, key, this.chance);
  }

  private key(): string {
    this.keys += 1;
    return `${keyCanary}-${this.order.order_no}-${this.keys}`;
  }
}
