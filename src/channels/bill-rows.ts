import type { BillAnswer, BillRow } from '../domain/bill.ts';
import { unclear } from './unclear.ts';

/**
 * A bill of these rows, or why it is not believed: one cannot be read (null), or one is not of that day. Of a bill that tells of
 * other days nothing is said of them.
 */
export function billOf(
  rows: readonly (BillRow | null)[],
  isOfDay: (row: BillRow) => boolean = () => true,
): BillAnswer {
  const read = rows.filter((row) => row !== null);
  if (read.length < rows.length) return unclear('a row of the bill cannot be read');
  return read.every(isOfDay) ? { kind: 'bill', rows: read } : unclear('a bill of another day');
}
