import type { Books } from '../books.ts';
import type { Taking, Transaction } from '../transaction.ts';
import { yuan } from './money.ts';
import { orderOf, withOrder } from './order.ts';
import { type Asked, member } from './request.ts';
import { beijing, channel, type Said, success, tradeNotExist } from './wording.ts';

/** The payer of the sandbox, as Alipay names him. */
export const buyer = {
  user_id: '2088702043210018',
  open_id: '0744PkTzFJ9Rm2sSLVQPrD1c8wYhUe6o_HoldfastSandbox',
  logon_id: 'two***@sandbox.example',
} as const;

/** What Alipay has under one number of its own. */
export interface Trade {
  readonly transaction: Transaction;
  readonly trade_no: string;
  /** The money, once there is some. */
  readonly taking: Taking | undefined;
}

/** The order that a request is about, be there a trade yet or not. */
export function orderAbout(books: Books, asked: Asked): Transaction | undefined {
  const trade_no = member(asked, 'trade_no');
  if (trade_no !== '') return books.findNumber(channel, trade_no);
  return books.find(channel, member(asked, 'out_trade_no'));
}

/**
 * The trade that a request is about; `trade_no` wins. Null where there is none: an order whose code nobody
 * scanned has no trade (channels.md 2.5). Only a payer who was forced pays twice under one out_trade_no.
 */
export function findTrade(books: Books, asked: Asked): Trade | null {
  const transaction = orderAbout(books, asked);
  if (!transaction || orderOf(transaction).begun_at === null) return null;
  const named = member(asked, 'trade_no');
  const trade_no = named || transaction.takings[0]?.transaction_id || transaction.numbers.at(-1);
  if (trade_no === undefined) throw new Error(`${transaction.reference} has no trade_no`);
  const taking = transaction.takings.find((one) => one.transaction_id === trade_no);
  return { transaction, trade_no, taking };
}

/** What was given back of a trade so far. */
export function givenBack({ transaction, trade_no }: Trade): number {
  const mine = transaction.refunds.filter((refund) => refund.transaction_id === trade_no);
  return mine.reduce((sum, refund) => sum + refund.amount, 0);
}

/** TRADE_CLOSED has two meanings: never paid, or given back in full. */
export function statusOf(trade: Trade): 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED' {
  const { transaction, taking } = trade;
  if (taking) return givenBack(trade) < taking.amount ? 'TRADE_SUCCESS' : 'TRADE_CLOSED';
  return transaction.state === 'created' ? 'WAIT_BUYER_PAY' : 'TRADE_CLOSED';
}

/** `alipay.trade.query`: the trade as it stands. */
export function query(books: Books, asked: Asked): Said {
  const known = orderAbout(books, asked);
  if (known && !orderOf(known).queried) books.save(withOrder(known, { queried: true }));
  const trade = findTrade(books, asked);
  return trade ? success(wire(trade)) : tradeNotExist;
}

function wire(trade: Trade): Said {
  const { transaction, trade_no, taking } = trade;
  const paid = yuan(taking?.amount ?? 0);
  return {
    trade_no,
    out_trade_no: transaction.reference,
    trade_status: statusOf(trade),
    total_amount: yuan(transaction.amount),
    receipt_amount: paid,
    buyer_pay_amount: paid,
    invoice_amount: paid,
    point_amount: '0.00',
    buyer_logon_id: buyer.logon_id,
    buyer_user_id: buyer.user_id,
    buyer_open_id: buyer.open_id,
    buyer_user_type: 'PRIVATE',
    ...(taking && {
      send_pay_date: beijing(taking.at),
      fund_bill_list: [{ fund_channel: 'ALIPAYACCOUNT', amount: paid }],
    }),
  };
}
