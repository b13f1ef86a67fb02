import { readBooks } from './books.ts';
import { type Evidence, gather } from './evidence.ts';
import { ledgerAgrees, unchanged } from './invariant/ledger.ts';
import { agreed, retrievable, withinBounds } from './invariant/money.ts';
import { nothingOpen, runsMatch } from './invariant/quiet.ts';
import { nothingLeaked } from './invariant/secret.ts';
import { everyChangeTold, everythingTold } from './invariant/told.ts';
import { walletsAgree } from './invariant/wallet.ts';
import { readLedger } from './ledger.ts';
import type { Merchant } from './merchant.ts';
import type { Profile } from './profile.ts';
import type { Reader } from './reader.ts';
import type { Receiver } from './receiver.ts';
import type { Say } from './say.ts';
import type { Order } from './scene.ts';
import type { Stack } from './stack.ts';
import { type Complaints, proofs, type Violation } from './violation.ts';
import { pause } from './wire.ts';

export interface Audited {
  readonly stack: Stack;
  readonly merchant: Merchant;
  readonly receiver: Receiver;
  readonly reader: Reader;
  readonly complaints: Complaints;
  readonly orders: () => readonly Order[];
}

/** So many payments are followed through their timelines. */
const timelinesMax = 500;

/** Compares what the product says with the channels' books, by code, statements and keys of its own. */
export class Auditor {
  private rows: ReadonlyMap<string, string> = new Map();
  private isWatching = true;
  private readonly audited: Audited;

  constructor(audited: Audited) {
    this.audited = audited;
  }

  /** I4 at every instant: looks at the books every so often until `rest`. */
  async watch(everyMs: number): Promise<void> {
    while (this.isWatching) {
      const books = await readBooks(this.audited.stack.sandbox).catch(() => null);
      if (books)
        for (const { subject, detail } of withinBounds({ books }))
          this.audited.complaints.add('I4', subject, detail);
      await pause(everyMs);
    }
  }

  /** Resolves once something was seen that nothing can heal and no slow machine explains. */
  async alarm(): Promise<void> {
    while (proofs(this.audited.complaints.all()).length === 0) await pause(500);
  }

  rest(): void {
    this.isWatching = false;
  }

  /** Keeps how the ledger's rows are now: they must be so at the end. */
  async remember(): Promise<void> {
    const ledger = await readLedger(this.audited.stack.databaseUrl).catch(() => null);
    if (ledger) this.rows = ledger.rows;
  }

  /**
   * Audits until two looks, 4 s apart, find nothing; or until every look finds the same for a while, or the time is over:
   * then what the last look found is what is wrong. What was seen while it happened counts in any case.
   */
  async verdict(
    { quietMs, stillMs }: Pick<Profile, 'quietMs' | 'stillMs'>,
    say: Say,
  ): Promise<Violation[]> {
    const deadline = Date.now() + quietMs;
    const quiet = new Quiet(stillMs);
    for (;;) {
      const found = await this.look();
      if (found.length > 0) say(`not quiet yet: ${found.length} findings, ${first(found)}`);
      if (quiet.isOver(found) || Date.now() > deadline)
        return [...this.audited.complaints.all(), ...found, ...(await this.lookClosely())];
      await pause(4_000);
    }
  }

  /** What is looked at once, when nothing moves any more. */
  private async lookClosely(): Promise<Violation[]> {
    const { stack, merchant, orders } = this.audited;
    const evidence = await gather(stack, merchant, orders());
    const told = await everyChangeTold(merchant, evidence, timelinesMax);
    return [...told, ...(await nothingLeaked(stack))];
  }

  private async look(): Promise<Violation[]> {
    const { stack, merchant, orders, receiver, reader } = this.audited;
    const evidence = await gather(stack, merchant, orders()).catch((error: unknown) => error);
    if (evidence instanceof Error)
      return [{ invariant: 'I1', subject: 'audit', detail: evidence.message }];
    const all = evidence as Evidence;
    return [
      ...retrievable(all),
      ...agreed(all),
      ...withinBounds(all),
      ...ledgerAgrees(all),
      ...walletsAgree(all),
      ...unchanged(this.rows, all.ledger.rows),
      ...nothingOpen(all),
      ...runsMatch(all),
      ...everythingTold(all, receiver, reader),
    ];
  }
}

/** Knows when there is nothing more to wait for: twice nothing, or the same for too long. */
class Quiet {
  private clean = 0;
  private last = '';
  private since = Date.now();
  private readonly stillMs: number;

  constructor(stillMs: number) {
    this.stillMs = stillMs;
  }

  isOver(found: readonly Violation[]): boolean {
    this.clean = found.length === 0 ? this.clean + 1 : 0;
    const now = JSON.stringify(found);
    if (now !== this.last) this.since = Date.now();
    this.last = now;
    return this.clean === 2 || (found.length > 0 && Date.now() > this.since + this.stillMs);
  }
}

function first([one]: readonly Violation[]): string {
  return one ? `${one.invariant} ${one.subject}: ${one.detail}` : '';
}
