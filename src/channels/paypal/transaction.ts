import { z } from 'zod';

import type { BillKind, BillRow } from '../../domain/bill.ts';
import { fromSignedDecimal } from '../decimal.ts';
import { wireMoney } from './money.ts';

/** RFC 3339, or with the zone as PayPal's reports write it, `+0000`. */
const reported = z
  .string()
  .transform((text) => text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  .pipe(z.iso.datetime({ offset: true }))
  .transform((text) => new Date(text).toISOString());

const transactionInfo = z.object({
  transaction_id: z.string().min(1),
  transaction_event_code: z.string().regex(/^T\d{4}$/),
  transaction_initiation_date: reported,
  transaction_amount: wireMoney,
  fee_amount: wireMoney.nullish(),
  transaction_status: z.string(),
  invoice_id: z.string().nullish(),
  custom_field: z.string().nullish(),
});
export type TransactionInfo = z.infer<typeof transactionInfo>;

/** A page of a list of transactions. */
export const transactions = z.object({
  transaction_details: z.array(z.object({ transaction_info: transactionInfo })),
  account_number: z.string(),
  last_refreshed_datetime: reported,
  total_items: z.int().nonnegative(),
  total_pages: z.int().nonnegative(),
});

/** PayPal's event codes by how they begin; one that is not listed is told as `other`. */
const kinds: readonly (readonly [code: string, kind: BillKind])[] = [
  ['T1107', 'refund'],
  ['T1106', 'reversal'],
  ['T1110', 'dispute'], // held for one
  ['T1111', 'dispute'], // and free again
  ['T12', 'dispute'], // chargebacks and what they cost
  ['T00', 'payment'],
  ['T01', 'fee'],
  ['T04', 'payout'],
];

/** `S`: done; `V`: done, and given back since. What waits or was denied has moved nothing. */
const done = ['S', 'V'];

/** One as a row of the bill; null where its amount is none that can be read. */
export function rowOf(found: TransactionInfo): BillRow | null {
  const { transaction_amount: amount, fee_amount, transaction_status: status } = found;
  const money = fromSignedDecimal(amount.value, amount.currency_code);
  const fee = fee_amount ? fromSignedDecimal(fee_amount.value, fee_amount.currency_code) : null;
  if (!money || (fee_amount && !fee)) return null;
  const kind = done.includes(status) ? kindOf(found.transaction_event_code, money.direction) : 'other';
  return {
    kind,
    reference: (kind === 'refund' ? found.invoice_id : found.custom_field) || null,
    channel_reference: found.transaction_id,
    movement_reference: found.transaction_id, // of a capture, not of its order
    ...money,
    fee,
    at: found.transaction_initiation_date,
  };
} // prettier-ignore

/** What the merchant pays somebody has the codes of payments too. */
function kindOf(code: string, direction: 'in' | 'out'): BillKind {
  const [, kind = 'other'] = kinds.find(([begin]) => code.startsWith(begin)) ?? [];
  return kind === 'payment' && direction === 'out' ? 'other' : kind;
}
