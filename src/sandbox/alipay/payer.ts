import { randomInt } from 'node:crypto';

import type { Acted, ChannelOptions, PayerAction } from '../channel.ts';
import { clock } from '../clock.ts';
import type { Taking, Transaction } from '../transaction.ts';
import { planExpiry } from './close.ts';
import { notify, paymentNotice } from './notice.ts';
import { hasExpired, orderOf, withOrder } from './order.ts';
import { beijing, channel } from './wording.ts';

/**
 * The payer acts. Whoever pays has scanned the code or logged in before it, and whoever declines has done that
 * much: from then on there is a trade. Who abandons has not even scanned. On what is over every act is refused
 * with 409, unless it is forced.
 *
 * An order by page, wap or app is made by the merchant alone, without a call: the sandbox hears of it, and
 * knows its reference here, once the payer's browser has opened the signed URL (or his app has sent the order
 * string) to `/gateway.do`. Then he acts here or with the buttons of the page.
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
      return { transaction: begin(options, transaction) };
    }
    case 'authenticate':
    case 'bounce_refund':
    case 'dispute':
    case 'resolve_dispute':
      return { status: 400, error: `${channel} takes pay, decline and abandon` };
  }
}

function over(transaction: Transaction): string | null {
  if (transaction.state !== 'created') return `the order is ${transaction.state}`;
  return hasExpired(transaction) ? 'the order has expired' : null;
}

/** The payer scans the code or logs in: from now on there is a trade, which waits for him. */
export function begin(options: ChannelOptions, transaction: Transaction): Transaction {
  if (orderOf(transaction).begun_at !== null) return transaction;
  const begun = withOrder(
    { ...transaction, numbers: [...transaction.numbers, freshTradeNo()] },
    { begun_at: new Date(clock.now()).toISOString() },
  );
  options.books.save(begun);
  planExpiry(options, begun);
  return begun;
}

function freshTradeNo(): string {
  const day = beijing(clock.now()).slice(0, 10).replaceAll('-', '');
  return `${day}22001${String(randomInt(10 ** 8)).padStart(8, '0')}${String(randomInt(10 ** 7)).padStart(7, '0')}`;
}

/**
 * The payer's money is taken, whatever the order's state, and the merchant is notified. A trade that is over
 * takes no money: who is forced all the same pays another trade under the same out_trade_no.
 *
 * @returns the order after it
 */
export function pay(options: ChannelOptions, known: Transaction): Transaction {
  const transaction = begin(options, known);
  const waiting = transaction.state === 'created' ? transaction.numbers.at(-1) : undefined;
  const taking: Taking = {
    transaction_id: waiting ?? freshTradeNo(),
    amount: transaction.amount,
    at: new Date(clock.now()).toISOString(),
  };
  const paid: Transaction = {
    ...transaction,
    state: 'paid',
    numbers: [...transaction.numbers, ...(waiting === undefined ? [taking.transaction_id] : [])],
    takings: [...transaction.takings, taking],
  };
  options.books.save(paid);
  notify(options, paid, paymentNotice(paid, taking));
  return paid;
}
