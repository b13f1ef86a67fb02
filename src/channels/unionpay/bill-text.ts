import type { BillKind, BillRow, Moved } from '../../domain/bill.ts';
import { toMinor } from '../../domain/money.ts';
import { toInstant } from '../beijing.ts';
import type { Account } from './account.ts';
import { referenceOf } from './number.ts';
import { cny } from './transaction.ts';

/** The columns that are read, by where they begin and how many bytes they have (docs/channels/unionpay.md 7). */
const columns = {
  traceTime: [35, 10],
  amount: [66, 12],
  queryId: [87, 21],
  orderId: [112, 32],
  fee: [166, 13],
  settled: [180, 13],
  txnType: [215, 2],
  merId: [293, 15],
  net: [374, 13],
} as const;
type Column = keyof typeof columns;
/** Behind the last of them are others, of which kits of the vendor's know more or fewer. */
const rowBytesMin = 387;

/** A line of what was settled, by its columns. */
export type Settled = Readonly<Record<Column, string>>;

/** The lines of the file; null where one is cut off. Its widths are bytes, so nothing is decoded before it is cut. */
export function readSettled(file: Buffer): Settled[] | null {
  const lines = file.toString('latin1').split(/\r?\n/).filter((line) => line !== '');
  if (lines.some((line) => line.length < rowBytesMin)) return null;
  return lines.map((line) => {
    const cells = Object.entries(columns).map(([name, [from, width]]) => [name, line.slice(from, from + width).trim()]);
    return Object.fromEntries(cells) as Settled;
  });
} // prettier-ignore

/** What of the file is not the merchant's, or does not add up; null when all is well. There is no line of totals. */
export function fault(settled: readonly Settled[], { mer_id }: Account): string | null {
  if (settled.some(({ merId }) => merId !== mer_id)) return 'a bill of somebody else';
  return settled.every(addsUp) ? null : 'a row of the bill does not add up';
}

function addsUp(one: Settled): boolean {
  const [amount, settled, fee, net] = [one.amount, one.settled, one.fee, one.net].map(signed);
  if (amount == null || settled == null || fee == null || net == null) return false;
  return Math.abs(settled) === amount && settled + fee === net;
}

/** Fen: `C` and digits are to the merchant, `D` and digits from him, digits alone just an amount. Twelve digits: all sums are exact. */
function signed(text: string): number | null {
  const [, side, digits] = /^([CD]?)(\d{12})$/.exec(text) ?? [];
  if (digits === undefined) return null;
  return side === 'D' ? -Number(digits) : Number(digits);
}

/** Every `txnType` that money moved by; another one is told as `other`. */
const kinds = new Map<string, BillKind>([
  ['01', 'payment'],
  ['04', 'refund'],
  ['31', 'reversal'], // of the same day, which we never ask for
]);

/** A line as a row of the bill; null where it cannot be read. */
export function rowOf(one: Settled, day: string): BillRow | null {
  const [settled, fee] = [moved(one.settled), moved(one.fee)];
  const at = movedAt(one, day);
  if (!settled || !fee || at === null) return null;
  const kind = kinds.get(one.txnType) ?? 'other';
  return {
    kind,
    reference: referenceOf(kind === 'refund' ? 'ref' : 'att', one.orderId) || null,
    channel_reference: one.queryId || null,
    ...settled,
    fee,
    at,
  };
}

function moved(text: string): Moved | null {
  const size = signed(text);
  if (size === null) return null;
  const direction = text.startsWith('D') ? 'out' : 'in';
  return { amount: toMinor(Math.abs(size)), currency: cny, direction };
}

/** `MMddHHmmss` names no year: that of the day, or the one before where a New Year's bill tells of New Year's Eve. */
function movedAt({ traceTime }: Settled, day: string): string | null {
  const [, month = '', date, hour, minute, second] = /^(..)(..)(..)(..)(..)$/.exec(traceTime) ?? [];
  const isOfLast = month === '12' && day.slice(5, 7) === '01';
  const year = Number(day.slice(0, 4)) - (isOfLast ? 1 : 0);
  return toInstant(`${year}-${month}-${date} ${hour}:${minute}:${second}`);
}
