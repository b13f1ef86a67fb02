import { randomInt } from 'node:crypto';

import type { Acted, ChannelOptions, PayerAction } from '../channel.ts';
import type { Transaction } from '../transaction.ts';
import { paymentNotice } from './notice.ts';
import { orderOf } from './order.ts';
import { settle } from './refund.ts';
import { channel } from './wording.ts';

/**
 * The payer of a QR code acts. Whoever declines or walks away changes nothing and may try again; on what
 * is over every act is refused with 409, unless it is forced.
 */
export function act(options: ChannelOptions, transaction: Transaction, asked: PayerAction): Acted {
  switch (asked.action) {
    case 'pay':
    case 'decline':
    case 'abandon': {
      const error = asked.force ? null : over(transaction);
      if (error) return { status: 409, error };
      return { transaction: asked.action === 'pay' ? pay(options, transaction) : transaction };
    }
    case 'bounce_refund':
      return bounceRefund(options, transaction, asked.refund);
    case 'authenticate':
      return { status: 400, error: `${channel} takes pay, decline, abandon and bounce_refund` };
  }
}

function over(transaction: Transaction): string | null {
  if (transaction.state !== 'created') return `the order is ${transaction.state}`;
  return Date.now() > Date.parse(orderOf(transaction).expires_at) ? 'the order has expired' : null;
}

/**
 * The payer's money is taken, whatever the order's state, and the merchant is called back.
 *
 * @returns the order after it
 */
export function pay({ books, deliverer }: ChannelOptions, transaction: Transaction): Transaction {
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
    numbers: [...transaction.numbers, taking.transaction_id],
    takings: [...transaction.takings, taking],
  };
  books.save(paid);
  deliverer.enqueue({
    channel,
    reference: paid.reference,
    refund: null,
    url: orderOf(paid).notify_url,
    notice: paymentNotice(paid, taking),
  });
  return paid;
}

/** A refund that had succeeded could not be delivered after all: the money is back with the merchant. */
function bounceRefund(
  options: ChannelOptions,
  transaction: Transaction,
  reference: string | undefined,
): Acted {
  if (reference === undefined) return { status: 400, error: 'refund: which one bounces?' };
  const refund = transaction.refunds.find((one) => one.reference === reference);
  if (!refund) return { status: 404, error: `unknown refund '${reference}'` };
  if (refund.state !== 'succeeded') return { status: 409, error: `the refund is ${refund.state}` };
  return { transaction: settle(options, { transaction, refund }, 'failed') };
}
