import { z } from 'zod';

import { type Currency, toCurrency } from '../../domain/currency.ts';
import type { Minor } from '../../domain/money.ts';
import { toMinor } from '../../domain/money.ts';
import type { Receipt } from '../../domain/outcome.ts';
import { toInstant } from '../beijing.ts';

/** UnionPay's own money here. */
export const cny = toCurrency('CNY');

/** What a query or a notice tells of an order or a refund that money moved for (docs/channels/unionpay.md 3). */
export const transaction = z.object({
  merId: z.string(),
  orderId: z.string(),
  txnTime: z.string().regex(/^\d{14}$/),
  txnAmt: z.string().regex(/^\d{1,12}$/),
  currencyCode: z.string(),
  queryId: z.string().min(1),
  traceTime: z.string().regex(/^\d{10}$/),
});
export type Transaction = z.infer<typeof transaction>;

/** Null for a currency that no account of ours has: no number tells how much that would be. */
export function moneyOf({ txnAmt, currencyCode }: Transaction): { amount: Minor; currency: Currency } | null {
  return currencyCode === '156' ? { amount: toMinor(Number(txnAmt)), currency: cny } : null;
} // prettier-ignore

/** The money of a transaction as a receipt, or null. */
export function receiptOf(found: Transaction): Receipt | null {
  const money = moneyOf(found);
  const paid_at = movedAt(found);
  return money && paid_at ? { ...money, channel_reference: found.queryId, paid_at } : null;
}

/** `traceTime` names no year: that of the order, or the next one for an order of New Year's Eve. */
function movedAt({ txnTime, traceTime }: Transaction): string | null {
  const year = Number(txnTime.slice(0, 4)) + (traceTime < txnTime.slice(4) ? 1 : 0);
  const [, month, day, hour, minute, second] = /^(..)(..)(..)(..)(..)$/.exec(traceTime) ?? [];
  return toInstant(`${year}-${month}-${day} ${hour}:${minute}:${second}`);
}
