import { z } from 'zod';

import type { BillKind, BillRow, Moved } from '../../domain/bill.ts';
import { isCurrency } from '../../domain/currency.ts';
import { amountMax, toMinor } from '../../domain/money.ts';
import { currency, instant, metadata, minor, seconds } from './response.ts';

/** What a balance transaction came of, as far as it tells whose it is: a charge, a refund, a dispute, a payout. */
const source = z.object({
  id: z.string().min(1),
  object: z.string(),
  amount: z.int().nullish(),
  amount_captured: minor.nullish(),
  currency: currency.nullish(),
  payment_intent: z.string().nullish(),
  metadata: metadata.nullish(),
});

const balanceTransaction = z.object({
  id: z.string().regex(/^txn_\w+$/),
  object: z.literal('balance_transaction'),
  amount: z.int(),
  fee: z.int(),
  net: z.int(),
  currency,
  created: seconds,
  type: z.string(),
  source: z.union([z.string(), source]).nullish(), // only its number, where it cannot be shown
});
export type BalanceTransaction = z.infer<typeof balanceTransaction>;

export const balanceTransactions = z.object({
  object: z.literal('list'),
  data: z.array(balanceTransaction),
  has_more: z.boolean(),
});

/** What the types mean here (docs.stripe.com/reports/balance-transaction-types); one that is not listed is told as `other`. */
const kinds = new Map<string, BillKind>([
  ['charge', 'payment'],
  ['payment', 'payment'],
  ['refund', 'refund'],
  ['payment_refund', 'refund'],
  ['refund_failure', 'refund'], // it came back
  ['payment_failure_refund', 'refund'],
  ['payment_reversal', 'reversal'],
  ['stripe_fee', 'fee'],
  ['stripe_fx_fee', 'fee'],
  ['tax_fee', 'fee'],
  ['payout', 'payout'],
  ['payout_failure', 'payout'],
  ['payout_cancel', 'payout'],
]);

/** One as a row of the bill; null where its amount is none that can be read. */
export function rowOf(one: BalanceTransaction): BillRow | null {
  const { type, created, source } = one;
  const of = typeof source === 'object' ? source : null;
  const money = moneyOf(one);
  const fee = moved(-one.fee, one.currency);
  if (!money || !fee) return null;
  const isDispute = type === 'adjustment' && of?.object === 'dispute';
  const kind = isDispute ? 'dispute' : (kinds.get(type) ?? 'other');
  const reference = of?.metadata?.['reference'];
  const number = typeof source === 'string' ? source : (of?.id ?? null);
  return {
    kind,
    reference: typeof reference === 'string' ? reference : null,
    channel_reference: (kind === 'payment' ? of?.payment_intent : null) ?? number,
    movement_reference: one.id, // of a charge that is captured in parts each has its own
    ...money,
    fee,
    at: instant(created),
  };
}

/** The balance is kept in the merchant's currency: of what was paid in another one the charge, or the refund, tells how much. */
function moneyOf({ amount, currency, source }: BalanceTransaction): Moved | null {
  if (typeof source !== 'object' || !source?.currency || source.currency === currency)
    return moved(amount, currency);
  const size = Math.abs(source.amount_captured ?? source.amount ?? Number.NaN);
  return moved(amount < 0 ? -size : size, source.currency);
}

/**
 * Where Stripe's smallest unit is not ISO 4217's (docs.stripe.com/currencies): it counts hundredths of króna and shilling, which
 * have none, and whole ariary, which have them.
 */
function inIso(amount: number, currency: string): number | null {
  if (currency === 'MGA') return amount * 100;
  if (currency !== 'ISK' && currency !== 'UGX') return amount;
  return amount % 100 === 0 ? amount / 100 : null;
}

function moved(amount: number, currency: string): Moved | null {
  const size = inIso(Math.abs(amount), currency);
  if (!isCurrency(currency) || size === null || !(size <= amountMax)) return null;
  return { amount: toMinor(size), currency, direction: amount < 0 ? 'out' : 'in' };
}
