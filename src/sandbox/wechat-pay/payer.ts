import { randomInt } from 'node:crypto';

import type { Books, RefundEntry, Transaction } from '../books.ts';
import type { Deliverer } from '../delivery.ts';
import { paymentNotice, refundNotice } from './notice.ts';

/** What the payer did: the transaction after it, or why the channel would not have it. */
export type Acted = { readonly transaction: Transaction } | { readonly conflict: string };

/** The payer's money is taken: once, or with `force` also from a dead order or a second time. */
export function pay(
  books: Books,
  deliverer: Deliverer,
  transaction: Transaction,
  force: boolean,
): Acted {
  const expired = Date.now() > Date.parse(transaction.expires_at);
  if (!force && transaction.state !== 'created')
    return { conflict: `the order is ${transaction.state}` };
  if (!force && expired) return { conflict: 'the order has expired' };
  const taking = {
    transaction_id: `42${randomInt(10 ** 12)
      .toString()
      .padStart(26, '0')}`,
    amount: transaction.amount,
    at: new Date().toISOString(),
  };
  const paid: Transaction = {
    ...transaction,
    state: 'paid',
    takings: [...transaction.takings, taking],
  };
  books.save(paid);
  deliverer.enqueue(paid, paymentNotice(paid, taking), 'payment', paid.notify_url);
  return { transaction: paid };
}

/** A refund that had succeeded could not be delivered after all: the money is back with the merchant. */
export function bounceRefund(
  books: Books,
  deliverer: Deliverer,
  transaction: Transaction,
  reference: string,
): Acted {
  const refund = transaction.refunds.find((one) => one.reference === reference);
  if (refund?.state !== 'succeeded')
    return { conflict: `the refund is ${refund?.state ?? 'unknown'}` };
  return { transaction: settleRefund(books, deliverer, transaction, refund, 'failed') };
}

function settleRefund(
  books: Books,
  deliverer: Deliverer,
  transaction: Transaction,
  refund: RefundEntry,
  state: 'succeeded' | 'failed',
): Transaction {
  const settled = { ...refund, state };
  const after = {
    ...transaction,
    refunds: transaction.refunds.map((one) => (one.reference === refund.reference ? settled : one)),
  };
  books.save(after);
  deliverer.enqueue(after, refundNotice(after, settled), 'refund', refund.notify_url);
  return after;
}

/** Settles refunds whose time has come; what a killed sandbox owed is found in the books. */
export function settleDue(books: Books, deliverer: Deliverer): void {
  const now = Date.now();
  for (const transaction of [...books.transactions.values()]) {
    const due = transaction.refunds.find(
      (one) => one.state === 'processing' && one.settles_at <= now,
    );
    if (due) settleRefund(books, deliverer, transaction, due, due.bounces ? 'failed' : 'succeeded');
  }
}
