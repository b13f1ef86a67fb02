import type { BillKind, BillRow, Moved } from '../../domain/bill.ts';
import { isCurrency } from '../../domain/currency.ts';
import { type Money, toMinor } from '../../domain/money.ts';
import type { Line } from '../csv.ts';
import { fromDecimal, fromSignedDecimal } from '../decimal.ts';

const sides = { in: 'Credit', out: 'Debit' } as const;
type Direction = keyof typeof sides;

/** What a line moved that way, as the payer's currency has it; null where that is no amount. */
export function grossOf(line: Line, direction: Direction): Money | null {
  return fromDecimal(line[`Gross ${sides[direction]} (GC)`] ?? '', line['Gross Currency'] ?? '');
}

/** Time zones of Adyen's accounts that their name alone tells, as RFC 3339 writes them. */
const zones = new Map([['UTC', 'Z'], ['GMT', 'Z'], ['CET', '+01:00'], ['CEST', '+02:00']]); // prettier-ignore

/** When the payment was made; where its zone cannot be told, when we read it. */
export function timeOf(line: Line, now: Date): string {
  const zone = zones.get(line['TimeZone'] ?? '') ?? 'unknown';
  const at = new Date(`${(line['Creation Date'] ?? '').replace(' ', 'T')}${zone}`);
  return (Number.isNaN(at.getTime()) ? now : at).toISOString();
}

/** What the types of a line mean here (docs: settlement details report); one that is not listed is told as `other`. */
const kinds = new Map<string, BillKind>([
  ['Settled', 'payment'],
  ['SettledReversed', 'reversal'], // the scheme rejected the capture
  ['Refunded', 'refund'],
  ['RefundedReversed', 'refund'], // it came back
  ['Chargeback', 'dispute'],
  ['SecondChargeback', 'dispute'],
  ['ChargebackReversed', 'dispute'],
  ['Fee', 'fee'],
  ['InvoiceDeduction', 'fee'],
  ['MerchantPayout', 'payout'],
]);

/** A line as a row of the bill; null where it moved nothing that can be read. */
export function rowOf(line: Line, now: Date): BillRow | null {
  const money = movedBy(line);
  if (!money) return null;
  const kind = kinds.get(line['Type'] ?? '') ?? 'other';
  const movement = line['Modification Reference'] ?? ''; // of a payment the capture's, Adyen's own too
  return {
    kind,
    reference: line[kind === 'refund' ? 'Modification Merchant Reference' : 'Merchant Reference'] || null,
    channel_reference: (kind === 'payment' ? '' : movement) || line['Psp Reference'] || null,
    ...(movement !== '' && { movement_reference: movement }),
    ...money,
    fee: feeOf(line),
    at: timeOf(line, now),
  };
} // prettier-ignore

/** Payouts and fees of a month, which no payer has seen, are in the merchant's currency alone. */
function movedBy(line: Line): Moved | null {
  for (const direction of ['in', 'out'] as const) {
    const money = grossOf(line, direction) ?? netOf(line, direction);
    if (money) return { ...money, direction };
  }
  return null;
}

function netOf(line: Line, direction: Direction): Money | null {
  if (line['Gross Currency']) return null;
  return fromDecimal(line[`Net ${sides[direction]} (NC)`] ?? '', line['Net Currency'] ?? '');
}

const feeColumns = ['Commission (NC)', 'Markup (NC)', 'Scheme Fees (NC)', 'Interchange (NC)'];

/** What Adyen, the scheme and the issuer took, in the merchant's currency, be it in one sum or in parts. */
function feeOf(line: Line): Moved | null {
  const currency = line['Net Currency'] ?? '';
  const cells = feeColumns.map((column) => line[column] ?? '').filter((cell) => cell !== '');
  const parts = cells.map((cell) => fromSignedDecimal(cell, currency));
  if (!isCurrency(currency) || parts.includes(null)) return null;
  const total = parts.reduce((sum, part) => sum + signed(part), 0n);
  const amount = toMinor(Number(total < 0n ? -total : total));
  return { amount, currency, direction: total < 0n ? 'in' : 'out' };
}

function signed(part: Moved | null): bigint {
  const amount = BigInt(part?.amount ?? 0);
  return part?.direction === 'out' ? -amount : amount;
}
