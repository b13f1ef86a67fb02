import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { tellApproved } from './event.ts';
import { findOrder, type Order, type PaypalOptions, saveOrder } from './order.ts';
import { channel, type Issue } from './wording.ts';

/** With which funds the payer approves: none of it shows before the merchant captures. */
export interface Funds {
  /** What the capture will run into, or null when they are good. */
  readonly declines: Issue | null;
  /** Why the capture will be pending at first, or null. */
  readonly pends: string | null;
}

/** Does the order still wait for its payer, be it for other funds? */
export function isOpen({ status, is_dead, declines }: Order): boolean {
  if (is_dead || status === 'COMPLETED') return false;
  return status !== 'APPROVED' || declines !== null;
}

/**
 * The payer approves, and no money moves. The merchant has as long again to take it.
 *
 * @returns the transaction after it
 */
export function approve(options: PaypalOptions, order: Order, funds: Funds): Transaction {
  const approved: Order = {
    ...order,
    ...funds,
    status: 'APPROVED',
    updated_at: clock.now(),
    expires_at: order.created_at + 2 * options.orderMs,
  };
  const after = saveOrder(options.books, approved);
  planDeath(options, approved);
  tellApproved(options, approved);
  return after;
}

/** An order of which no money was taken in time is no more. */
export function planDeath({ agenda, books }: PaypalOptions, { id, expires_at }: Order): void {
  agenda.at(`${channel} order ${id}`, expires_at, () => {
    const order = findOrder(books, id);
    if (order && order.status !== 'COMPLETED')
      books.atomically(() => saveOrder(books, { ...order, is_dead: true }));
  });
}
