import { z } from 'zod';

import type { BillKind, BillRow } from '../../domain/bill.ts';
import { exponentOf, isCurrency } from '../../domain/currency.ts';
import { readTable } from '../csv.ts';
import { fromWire } from './money.ts';

const columns = [
  'entry_id', 'booked_at', 'direction', 'code', 'amount', 'currency', 'virtual_account', 'credit', 'return', 'remittance',
] as const; // prettier-ignore

const line = z.object({
  entry_id: z.string(),
  booked_at: z.iso.datetime(),
  direction: z.enum(['CRDT', 'DBIT']),
  code: z.string().min(1),
  amount: z.string().regex(/^\d{1,15}(\.\d{1,4})?$/),
  currency: z.string().refine(isCurrency),
  virtual_account: z.string(),
  credit: z.string(),
  return: z.string(),
});
type Line = z.infer<typeof line>;

/** A statement's lines (docs/channels/bank-transfer.md 5); null for what is none, or ends within a line. */
export function readStatement(text: string): Line[] | null {
  const table = text.endsWith('\n') ? readTable(text) : null;
  if (table?.columns.join() !== columns.join()) return null;
  const read = z.array(line).safeParse(table.lines);
  return read.success ? read.data : null;
}

/** The opening, the closing and the present balance. */
const balances = ['OPBD', 'CLBD', 'ITBD'];

/** What was booked. */
export function entriesOf(statement: readonly Line[]): Line[] {
  return statement.filter(({ code }) => !balances.includes(code));
}

/** What the balances and what was booked between them do not agree in; null when they do. */
export function fault(statement: readonly Line[]): string | null {
  for (const currency of new Set(statement.map((one) => one.currency))) {
    const mine = statement.filter((one) => one.currency === currency);
    const closing = mine.filter(({ code }) => code === 'CLBD');
    const before = mine.filter(({ code }) => code !== 'CLBD');
    const opening = mine.filter(({ code }) => code === 'OPBD');
    if (opening.length !== 1 || closing.length !== 1) return `the statement lacks a balance of ${currency}`; // prettier-ignore
    if (sumOf(before) !== sumOf(closing)) return `the statement does not add up to its balance of ${currency}`; // prettier-ignore
  }
  return null;
}

function sumOf(lines: readonly Line[]): bigint {
  return lines.reduce((sum, { direction, amount, currency }) => {
    const [whole = '', part = ''] = amount.split('.');
    const size = BigInt(whole + part.padEnd(isCurrency(currency) ? exponentOf(currency) : 0, '0'));
    return direction === 'CRDT' ? sum + size : sum - size;
  }, 0n);
}

/** Every code and way that an entry has; another one is told as `other`. */
const kinds = new Map<string, BillKind>([
  ['RCDT CRDT', 'payment'],
  ['RRTN DBIT', 'refund'],
  ['RJCT CRDT', 'refund'], // it came back
]);

/** An entry as a row of the bill; null where its amount is none that can be read. */
export function rowOf(entry: Line): BillRow | null {
  const money = fromWire(entry.amount, entry.currency);
  if (!money) return null;
  const { code, direction, booked_at, entry_id, credit } = entry;
  const kind = kinds.get(`${code} ${direction}`) ?? 'other';
  return {
    kind,
    reference: (kind === 'refund' ? entry.return : entry.virtual_account) || null,
    channel_reference: (kind === 'payment' ? credit : entry_id) || null,
    ...money,
    direction: direction === 'CRDT' ? 'in' : 'out',
    fee: null,
    at: new Date(booked_at).toISOString(),
  };
}
