import { bounceRefund, byReference } from '../bounce.ts';
import type { Acted, ChannelOptions, PayerAction } from '../channel.ts';
import { clock } from '../clock.ts';
import type { Taking, Transaction } from '../transaction.ts';
import { notifyPayment } from './notice.ts';
import { orderOf, over } from './order.ts';
import { settle } from './refund-outcome.ts';
import { channel, freshNumber } from './wording.ts';

/**
 * The payer acts. Whoever declines or walks away changes nothing and may try again, but he whose code was scanned:
 * there the payment has failed. On what is over every act is refused with 409, unless it is forced.
 */
export function act(options: ChannelOptions, transaction: Transaction, asked: PayerAction): Acted {
  switch (asked.action) {
    case 'pay':
    case 'decline':
    case 'abandon': {
      const error = over(transaction);
      if (error && !asked.force) return { status: 409, error };
      if (asked.action === 'pay') return { transaction: pay(options, transaction) };
      if (error || asked.action === 'abandon') return { transaction };
      return { transaction: decline(options, transaction) };
    }
    case 'bounce_refund':
      return bounceRefund(transaction, asked.refund, byReference, (refund) =>
        settle(options, { transaction, refund }, 'failed'),
      );
    case 'authenticate':
    case 'dispute':
    case 'resolve_dispute':
      return { status: 400, error: `${channel} takes pay, decline, abandon and bounce_refund` };
  }
}

/**
 * The payer's money is taken, whatever the order's state, and the merchant is called back.
 *
 * @returns the order after it
 */
export function pay(options: ChannelOptions, transaction: Transaction): Transaction {
  const taking: Taking = {
    transaction_id: freshNumber('42'),
    amount: transaction.amount,
    at: new Date(clock.now()).toISOString(),
  };
  const paid: Transaction = {
    ...transaction,
    state: 'paid',
    numbers: [...transaction.numbers, taking.transaction_id],
    takings: [...transaction.takings, taking],
  };
  options.books.save(paid);
  notifyPayment(options, paid, taking);
  return paid;
}

/** The payer will not pay; only where his code was scanned is that the end of it. */
export function decline({ books }: ChannelOptions, transaction: Transaction): Transaction {
  if (orderOf(transaction).product !== 'codepay') return transaction;
  const declined: Transaction = { ...transaction, state: 'declined' };
  books.save(declined);
  return declined;
}
