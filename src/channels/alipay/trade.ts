import { z } from 'zod';

import { type Currency, isCurrency, toCurrency } from '../../domain/currency.ts';
import type { Minor } from '../../domain/money.ts';
import type { QueryAnswer } from '../../domain/outcome.ts';
import { toInstant } from '../beijing.ts';
import { read } from '../text.ts';
import { toFen } from './money.ts';

/** Alipay's own money. */
export const cny = toCurrency('CNY');

/** A trade as an answer or a notice tells it; the amounts that it names beside the total say whether it was ever paid. */
export interface Trade {
  readonly reference: string;
  readonly number: string | null;
  readonly status: string;
  readonly total: Minor | null;
  readonly currency: Currency | null;
  readonly paid_at: string | null;
  readonly hasMoved: boolean;
}

const text = z.string().nullish();

/** The members of channels.md 2.3 and 2.4 that say something about money; until it is paid most are missing or empty. */
export const wireTrade = z.object({
  out_trade_no: z.string().min(1),
  trade_no: text,
  trade_status: z.string(),
  total_amount: text,
  trans_currency: text, // named only where it is not yuan
  send_pay_date: text, // in an answer
  gmt_payment: text, // in a notice
  receipt_amount: text,
  buyer_pay_amount: text,
  refund_fee: text,
});

/** The trade in an answer to a query, or null. */
export function readTrade(answer: string): Trade | null {
  const found = read(wireTrade, answer);
  return found && tradeOf(found);
}

export function tradeOf(found: z.infer<typeof wireTrade>): Trade {
  const paidAt = found.send_pay_date || found.gmt_payment || null;
  const amounts = [found.receipt_amount, found.buyer_pay_amount, found.refund_fee];
  return {
    reference: found.out_trade_no,
    number: found.trade_no || null,
    status: found.trade_status,
    total: toFen(found.total_amount),
    currency: currencyOf(found.trans_currency || cny),
    paid_at: toInstant(paidAt ?? ''),
    hasMoved: paidAt !== null || amounts.some((one) => Boolean(one) && toFen(one) !== 0),
  };
}

function currencyOf(code: string): Currency | null {
  return isCurrency(code) ? code : null;
}

/** Every `trade_status` of channels.md 2.5; one that is not listed is not understood, hence `unknown`. */
const statuses = new Map<string, 'open' | 'paid' | 'over'>([
  ['WAIT_BUYER_PAY', 'open'],
  ['TRADE_SUCCESS', 'paid'], // also when a part of it went back
  ['TRADE_FINISHED', 'paid'], // and can no more be given back
  ['TRADE_CLOSED', 'over'], // never paid, or paid and given back whole
]);

/** What a trade says of the order. */
export function answerOf(trade: Trade): QueryAnswer {
  const status = statuses.get(trade.status);
  if (status === 'open') return { kind: 'open' };
  if (status === 'over' && !trade.hasMoved) return { kind: 'closed' };
  if (status === 'over') return returned(receiptOf(trade));
  if (status) return receiptOf(trade);
  return { kind: 'unknown', detail: `trade_status '${trade.status}' is not known` };
}

/** It was paid, and all of it went back. */
function returned(paid: QueryAnswer): QueryAnswer {
  return paid.kind === 'approved' ? { ...paid, is_returned: true } : paid;
}

function receiptOf({ number, total, currency, paid_at }: Trade): QueryAnswer {
  if (number === null || total === null || currency === null || paid_at === null)
    return { kind: 'unknown', detail: 'paid, but without number, time or amount' };
  const receipt = { channel_reference: number, paid_at, amount: total, currency };
  return { kind: 'approved', receipt };
}
