import { randomUUID } from 'node:crypto';

import type { Agenda } from './agenda.ts';
import type { Books } from './books.ts';
import type { Acknowledgement, CallbackWire, ChannelName } from './channel.ts';
import { clock } from './clock.ts';
import { type Fault, strike } from './fault.ts';
import { post } from './post.ts';
import { callbackMishaps, scenarioOf, takenBack } from './scenario.ts';
import { captured } from './transaction.ts';

/** A callback on its way to the merchant. */
export interface Delivery {
  readonly id: string;
  readonly channel: ChannelName;
  readonly reference: string;
  /** The refund that it is about, or null. */
  readonly refund: string | null;
  readonly url: string;
  /** The content before it is encrypted and signed, which is done afresh for each try. */
  readonly notice: unknown;
  readonly created_at: number;
  readonly tries: number;
  readonly next_at: number;
  /** The faults that struck this try and hold it back; null: not asked yet. */
  readonly struck: readonly Fault[] | null;
  readonly status: 'waiting' | 'acknowledged' | 'given_up';
}

export interface DelivererOptions {
  readonly books: Books;
  readonly agenda: Agenda;
  readonly wires: Readonly<Record<ChannelName, CallbackWire>>;
  /** From the payer's act to the first try. */
  readonly firstMs: number;
  /** What a second of the channel's ladder lasts here. */
  readonly scale: number;
}

/** Without `delay_ms`: how long `delay` holds a callback back, and `reorder` at most. */
const heldBackMs = 3_000;

/** Delivers callbacks from the books' queue until they are acknowledged, also after `kill -9`. */
export class Deliverer {
  private readonly options: DelivererOptions;
  /** By order: the callback that waits until another one of this order has overtaken it. */
  private readonly overtaken = new Map<string, string>();
  private readonly underWay = new Set<Promise<Acknowledgement>>();

  constructor(options: DelivererOptions) {
    this.options = options;
  }

  /** Queues a new callback. */
  enqueue(made: Pick<Delivery, 'channel' | 'reference' | 'refund' | 'url' | 'notice'>): void {
    const now = clock.now();
    this.keep({
      ...made, id: randomUUID(), created_at: now, tries: 0, next_at: now + this.options.firstMs,
      struck: null, status: 'waiting',
    }); // prettier-ignore
  }

  /** Plans again what an earlier run still owed. */
  resume(): void {
    for (const delivery of this.options.books.waiting.values()) {
      if (delivery.struck?.some(({ fault }) => fault === 'reorder'))
        this.overtaken.set(orderOf(delivery), delivery.id);
      this.plan(delivery.id, delivery.next_at);
    }
  }

  /**
   * Sends a callback again, freshly signed; armed faults do not strike it.
   *
   * @param last what `books.lastCallback` found
   * @param account another account's address instead of the order's own
   * @returns the statuses, 0 for no answer in time
   */
  async resend(
    last: Delivery,
    {
      copies,
      parallel,
      account,
    }: { copies: number; parallel: boolean; account?: string | undefined },
  ): Promise<number[]> {
    const own = last.url;
    const url = account === undefined ? own : own.replace(/[^/]+$/, encodeURIComponent(account));
    const send = async () => (await this.send({ ...last, url }, [])).status;
    if (parallel) return Promise.all(Array.from({ length: copies }, send));
    const statuses: number[] = [];
    for (let copy = 0; copy < copies; copy += 1) statuses.push(await send());
    return statuses;
  }

  /**
   * Waits for the answers to what is under way, but for `withinMs` at most: who empties the books hears of nothing
   * afterwards that was before.
   */
  async landed(withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([Promise.all(this.underWay), enough]);
    clearTimeout(timer);
  }

  private keep(delivery: Delivery): void {
    this.options.books.write({ kind: 'delivery', delivery });
    if (delivery.status === 'waiting') this.plan(delivery.id, delivery.next_at);
  }

  private plan(id: string, time: number): void {
    this.options.agenda.at(`callback ${id}`, time, () => void this.run(id));
  }

  /** One try. */
  private async run(id: string): Promise<void> {
    const delivery = this.options.books.waiting.get(id);
    if (!delivery) return;
    if (this.overtaken.get(orderOf(delivery)) === id) this.overtaken.delete(orderOf(delivery));
    const faults = delivery.struck ?? this.strike(delivery);
    const heldMs = delivery.struck ? 0 : this.heldMs(delivery, faults);
    if (heldMs > 0)
      return this.keep({ ...delivery, struck: faults, next_at: clock.now() + heldMs });
    const dropped = faults.some(({ fault }) => fault === 'drop');
    const acknowledged = !dropped && (await this.sendCopies(delivery, faults));
    if (!this.options.books.waiting.has(id)) return; // reset in between
    this.keep(this.tried(delivery, acknowledged, faults));
    if (acknowledged) this.takeBack(delivery);
    this.letOvertakenGo(delivery);
  }

  private strike({ channel, reference, refund }: Delivery): readonly Fault[] {
    const { books } = this.options;
    const references = refund === null ? [reference] : [reference, refund];
    const ownMishaps =
      refund === null ? callbackMishaps(books, books.find(channel, reference)) : [];
    const struck = strike(books, {
      channel,
      operation: 'callback',
      references,
      known_since: null,
      names_amount: true,
    });
    return [...ownMishaps, ...struck];
  }

  /** What was told as paid is told as failed, a moment later and once. */
  private takeBack({ channel, reference, refund, url, notice, struck }: Delivery): void {
    const { books } = this.options;
    const order = books.find(channel, reference);
    if (refund !== null || struck !== null || !order || captured(order) === 0) return;
    if (scenarioOf(books, order) !== 'failed_after_paid') return;
    const now = clock.now();
    this.keep({
      channel, reference, refund, url, notice, id: randomUUID(), created_at: now, tries: 0,
      next_at: now + 1_000, struck: [takenBack(order)], status: 'waiting',
    }); // prettier-ignore
  }

  private heldMs(delivery: Delivery, faults: readonly Fault[]): number {
    const reorder = faults.some(({ fault }) => fault === 'reorder');
    const first = reorder && this.heldOf(delivery) === undefined; // who overtakes is not held
    if (first) this.overtaken.set(orderOf(delivery), delivery.id);
    const holds = faults.filter(({ fault }) => fault === 'delay' || (fault === 'reorder' && first));
    return Math.max(0, ...holds.map((fault) => fault.delay_ms ?? heldBackMs));
  }

  private letOvertakenGo(delivery: Delivery): void {
    const held = this.heldOf(delivery);
    if (held !== undefined) this.plan(held, clock.now());
  }

  private heldOf(delivery: Delivery): string | undefined {
    const held = this.overtaken.get(orderOf(delivery));
    return held !== undefined && this.options.books.waiting.has(held) ? held : undefined;
  }

  private async sendCopies(delivery: Delivery, faults: readonly Fault[]): Promise<boolean> {
    const duplicate = faults.find(({ fault }) => fault === 'duplicate');
    const copies = duplicate ? (duplicate.copies ?? 2) : 1;
    const sends = Array.from({ length: copies }, () => this.send(delivery, faults));
    const { acknowledged } = this.options.wires[delivery.channel];
    return (await Promise.all(sends)).some(acknowledged);
  }

  private send(delivery: Delivery, faults: readonly Fault[]): Promise<Acknowledgement> {
    const { books, wires } = this.options;
    const { channel, reference, notice, url } = delivery;
    const { seal, acknowledge_ms, acknowledged } = wires[channel];
    const { era } = books;
    const other = books.callbackOfAnother(channel, reference)?.notice ?? null;
    const names = faults.map(({ fault }) => fault);
    const posted = post(url, seal(notice, names, other), acknowledge_ms, (answer) => {
      if (acknowledged(answer) && books.era === era)
        books.violate(channel, reference, 'slow_ack', `after more than ${acknowledge_ms} ms`);
    });
    this.underWay.add(posted);
    return posted.finally(() => this.underWay.delete(posted));
  }

  /** The delivery after a try. Who refused what a fault had spoilt is not accused of silence. */
  private tried(delivery: Delivery, acknowledged: boolean, faults: readonly Fault[]): Delivery {
    const { books, wires, scale } = this.options;
    const { channel, reference } = delivery;
    const tries = delivery.tries + 1;
    const wait_s = wires[channel].ladder_s[tries - 1];
    const givenUp = !acknowledged && wait_s === undefined;
    if (givenUp && faults.length === 0)
      books.violate(channel, reference, 'missing_ack', 'never acknowledged');
    return {
      ...delivery,
      tries,
      next_at: clock.now() + (wait_s ?? 0) * 1_000 * scale,
      struck: null,
      status: acknowledged ? 'acknowledged' : givenUp ? 'given_up' : 'waiting',
    };
  }
}

function orderOf({ channel, reference }: Delivery): string {
  return `${channel} ${reference}`;
}
