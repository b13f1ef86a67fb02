import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import type { ResponseCode, Said } from './wording.ts';

/** How an order is to be paid: its payer scans a code, or his client opens the cashier with a `tn`. */
export type Product = 'qrCode' | 'tn';

/** What UnionPay keeps of an order besides what every channel keeps. */
export interface Order {
  readonly product: Product;
  /** What was asked, verbatim. */
  readonly asked: Said;
  readonly expires_at: string;
  /** The `qrCode` or `tn`, told once. */
  readonly given: string;
  /** Since when there is something to ask for: the payer opened it. Null: nobody did. */
  readonly opened_at: string | null;
  /** What became of his last try, by its code; null: none was made yet. */
  readonly tried: ResponseCode | null;
}

/** UnionPay's own part of a transaction. */
export function orderOf(transaction: Transaction): Order {
  return transaction.own as Order;
}

/** The order with this changed. */
export function withOrder(transaction: Transaction, changed: Partial<Order>): Transaction {
  return { ...transaction, own: { ...orderOf(transaction), ...changed } satisfies Order };
}

/** Is the payer's time over? */
export function hasExpired(transaction: Transaction): boolean {
  return clock.now() > Date.parse(orderOf(transaction).expires_at);
}
