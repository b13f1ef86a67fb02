import { type Books, type Entry, readBooks } from './books.ts';
import type { Case, Event, Payment, Refund } from './contract.ts';
import { type Ledger, readLedger } from './ledger.ts';
import type { Merchant } from './merchant.ts';
import { type Runs, runsAt } from './runs.ts';
import type { Order } from './scene.ts';
import type { Stack } from './stack.ts';
import { readWallets, type Wallets } from './wallet.ts';

/** All that is known once it is over: what the product says, what the channel says, what the campaign did. */
export interface Evidence {
  readonly orders: readonly Order[];
  readonly payments: ReadonlyMap<string, Payment>;
  readonly refunds: readonly Refund[];
  readonly cases: readonly Case[];
  readonly events: readonly Event[];
  readonly books: Books;
  readonly ledger: Ledger;
  readonly wallets: Wallets;
  readonly runs: Runs;
  /** May a run be open that has not heard of its payment's end (F23, F33)? */
  readonly isOutOfTouch: boolean;
}

/** Asks everybody. */
export async function gather(
  stack: Stack,
  merchant: Merchant,
  orders: readonly Order[],
): Promise<Evidence> {
  const payments = await merchant.list<Payment>('/v1/payments');
  const refunds = await merchant.list<Refund>('/v1/refunds');
  const cases = await merchant.list<Case>('/v1/cases');
  const events = await merchant.list<Event>('/v1/events');
  const wallets = await readWallets(stack.databaseUrl);
  const books = withWallets(await readBooks(stack.sandbox), wallets);
  const ledger = await readLedger(stack.databaseUrl);
  const runs = await runsAt(stack.temporals);
  const byId = new Map(payments.map((payment) => [payment.id, payment]));
  return {
    orders,
    payments: byId,
    refunds,
    cases,
    events,
    books,
    ledger,
    wallets,
    runs,
    isOutOfTouch: stack.isOutOfTouch,
  };
}

/** The channels' books, with those of the one channel that is ours. */
function withWallets(books: Books, { entries }: Wallets): Books {
  return { ...books, transactions: [...books.transactions, ...entries] };
}

/** What the channels' books say of one payment: one entry for each attempt that reached its channel. */
export function entriesOf({ books }: Evidence, payment: Payment): Entry[] {
  const references = new Set(payment.attempts.map((attempt) => attempt.reference));
  return books.transactions.filter((entry) => references.has(entry.reference));
}

/** IN − OUT. */
export function keptOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
}
