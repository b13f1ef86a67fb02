import { clock } from './clock.ts';
import type { Delivery } from './delivery.ts';
import type { Entry, KeptAnswer, KeptObject, Violation } from './entry.ts';
import type { Fault } from './fault.ts';
import { type Journal, openJournal } from './journal.ts';
import { rotation } from './rotation.ts';
import type { RefundEntry, Taking, Transaction } from './transaction.ts';

const key = (channel: string, number: string) => `${channel} ${number}`;

/** Everything that the sandbox knows. Written to the journal before anybody is answered. */
export class Books {
  /** Oldest first. */
  readonly transactions = new Map<string, Transaction>();
  readonly violations: Violation[] = [];
  /** The callbacks that wait for their acknowledgement, by id. */
  readonly waiting = new Map<string, Delivery>();
  faults: readonly Fault[] = [];
  /** The channels whose account has magic amounts. */
  magicAmounts: readonly string[] = [];
  /** How often the books were emptied: who began in another era has nothing to write in this one. */
  era = 0;
  private readonly lastCallbacks = new Map<string, Delivery>();
  private readonly byNumber = new Map<string, string>();
  private readonly byRefund = new Map<string, string>();
  private readonly keptAnswers = new Map<string, KeptAnswer>();
  private readonly keptObjects = new Map<string, KeptObject>();
  private journal: Journal<Entry | readonly Entry[]> | null = null;
  /** What `atomically` has gathered so far, or null outside of it. */
  private together: Entry[] | null = null;
  private watcher: (transaction: Transaction) => void = () => undefined;

  /**
   * Takes over what an earlier run wrote, and writes there from now on.
   *
   * @param path the journal's file
   */
  keepIn(path: string): void {
    this.journal = openJournal<Entry | readonly Entry[]>(
      path,
      (line) => [line].flat().forEach((entry) => this.fold(entry)),
      () => this.entries(),
    );
  }

  write(entry: Entry): void {
    if (this.together) this.together.push(entry);
    else this.journal?.append(entry);
    this.fold(entry);
    if (entry.kind === 'transaction') this.watcher(entry.transaction);
  }

  /**
   * Tells of every order that is new or has changed, from now on.
   *
   * @param watcher writes nothing itself
   */
  watch(watcher: (transaction: Transaction) => void): void {
    this.watcher = watcher;
  }

  /** All that `work` writes comes into the journal as one line: `kill -9` leaves the whole of it or nothing. */
  atomically<Result>(work: () => Result): Result {
    if (this.together) return work();
    const entries: Entry[] = [];
    this.together = entries;
    try {
      return work();
    } finally {
      this.together = null;
      if (entries.length > 0) this.journal?.append(entries);
    }
  }

  /** Resolves when all that was written is on the disk; nobody is answered before. */
  kept(): Promise<void> {
    return this.journal?.synced() ?? Promise.resolve();
  }

  find(channel: string, reference: string): Transaction | undefined {
    return this.transactions.get(key(channel, reference));
  }

  /** The order that the channel knows under this number of its own, or whose dispute has it. */
  findNumber(channel: string, number: string): Transaction | undefined {
    return this.transactions.get(this.byNumber.get(key(channel, number)) ?? '');
  }

  /** The order under which the money of this channel's number was taken. */
  findTaking(channel: string, id: string): { transaction: Transaction; taking: Taking } | null {
    const transaction = this.findNumber(channel, id);
    const taking = transaction?.takings.find((one) => one.transaction_id === id);
    return transaction && taking ? { transaction, taking } : null;
  }

  /** The order that a refund number gives back, be it the merchant's number or the channel's. */
  findRefund(
    channel: string,
    reference: string,
  ): { transaction: Transaction; refund: RefundEntry } | null {
    const transaction = this.transactions.get(this.byRefund.get(key(channel, reference)) ?? '');
    const refund = transaction?.refunds.find(
      (one) => one.reference === reference || one.refund_id === reference,
    );
    return transaction && refund ? { transaction, refund } : null;
  }

  /** What was answered when this idempotency key was new. */
  keptAnswer(channel: string, idempotencyKey: string): KeptAnswer | undefined {
    return this.keptAnswers.get(key(channel, idempotencyKey));
  }

  /** What a channel keeps under this number of its own besides orders, or undefined. */
  keptObject(channel: string, id: string): unknown {
    return this.keptObjects.get(key(channel, id))?.own;
  }

  /** Everything that a channel keeps besides orders, oldest first. */
  keptObjectsOf(channel: string): readonly unknown[] {
    const kept = [...this.keptObjects.values()].filter((one) => one.channel === channel);
    return kept.map(({ own }) => own);
  }

  /** The youngest callback of an order, whatever became of it. */
  lastCallback(channel: string, reference: string): Delivery | undefined {
    return this.lastCallbacks.get(key(channel, reference));
  }

  /** A callback of any other order of this channel. */
  callbackOfAnother(channel: string, reference: string): Delivery | undefined {
    for (const delivery of this.lastCallbacks.values())
      if (delivery.channel === channel && delivery.reference !== reference) return delivery;
    return undefined;
  }

  save(transaction: Transaction): void {
    this.write({ kind: 'transaction', transaction });
  }

  violate(channel: string, reference: string, rule: string, detail: string): void {
    const violation = { at: new Date(clock.now()).toISOString(), channel, reference, rule, detail };
    this.write({ kind: 'violation', violation });
  }

  reset(): void {
    this.journal?.clear();
    this.era += 1;
    clock.set(0);
    rotation.set([]);
    this.faults = [];
    this.magicAmounts = [];
    this.violations.length = 0;
    const maps = [
      this.transactions,
      this.waiting,
      this.lastCallbacks,
      this.byNumber,
      this.byRefund,
      this.keptAnswers,
      this.keptObjects,
    ];
    for (const map of maps) map.clear();
  }

  private fold(entry: Entry): void {
    switch (entry.kind) {
      case 'transaction':
        return this.foldTransaction(entry.transaction);
      case 'violation':
        this.violations.push(entry.violation);
        return;
      case 'delivery':
        return this.foldDelivery(entry.delivery);
      case 'kept_answer':
        this.keptAnswers.set(key(entry.kept.channel, entry.kept.key), entry.kept);
        return;
      case 'kept_object':
        this.keptObjects.set(key(entry.kept.channel, entry.kept.id), entry.kept);
        return;
      case 'rotations':
        rotation.set(entry.rotations);
        return;
      case 'magic_amounts':
        this.magicAmounts = entry.channels;
        return;
      case 'clock':
        clock.set(entry.ahead_ms);
        return;
      case 'faults':
        this.faults = entry.faults;
    }
  }

  private foldTransaction(transaction: Transaction): void {
    const { channel, reference, numbers, refunds, disputes = [] } = transaction;
    const place = key(channel, reference);
    this.transactions.set(place, transaction);
    for (const number of [...numbers, ...disputes.map((one) => one.reference)])
      this.byNumber.set(key(channel, number), place);
    for (const { reference: own, refund_id } of refunds)
      for (const number of [own, refund_id]) this.byRefund.set(key(channel, number), place);
  }

  private foldDelivery(delivery: Delivery): void {
    if (delivery.status === 'waiting') this.waiting.set(delivery.id, delivery);
    else this.waiting.delete(delivery.id);
    const last = this.lastCallback(delivery.channel, delivery.reference);
    if (!last || last.created_at <= delivery.created_at)
      this.lastCallbacks.set(key(delivery.channel, delivery.reference), delivery);
  }

  /** The shortest journal that says what these books say. */
  private *entries(): Iterable<Entry> {
    for (const transaction of this.transactions.values())
      yield { kind: 'transaction', transaction };
    for (const violation of this.violations) yield { kind: 'violation', violation };
    for (const kept of this.keptAnswers.values()) yield { kind: 'kept_answer', kept };
    for (const kept of this.keptObjects.values()) yield { kind: 'kept_object', kept };
    for (const delivery of this.waiting.values()) yield { kind: 'delivery', delivery };
    for (const delivery of this.lastCallbacks.values()) yield { kind: 'delivery', delivery };
    yield { kind: 'rotations', rotations: rotation.all() };
    yield { kind: 'magic_amounts', channels: this.magicAmounts };
    yield { kind: 'clock', ahead_ms: clock.ahead() };
    yield { kind: 'faults', faults: this.faults };
  }
}
