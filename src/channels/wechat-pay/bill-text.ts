import type { BillRow } from '../../domain/bill.ts';
import type { Account } from './account.ts';

/** A row of a bill, by the names of its columns. */
export type Cells = Readonly<Record<string, string>>;

export interface BillText {
  readonly rows: readonly Cells[];
  readonly summary: Cells;
}

/** How one kind of bill is read. */
export interface BillForm {
  /** What its summary and its rows do not agree in; null when they do. */
  readonly fault: (bill: BillText, account: Account) => string | null;
  /** Null for what is no row of it. */
  readonly rowOf: (cells: Cells) => BillRow | null;
}

/**
 * A bill as it is downloaded: the columns, the rows, the columns of the summary, and the summary (channels.md 1.6). A backtick
 * stands before each cell of a row. Null for what is not all of that: a bill that is cut off has no summary.
 */
export function readBillText(text: string): BillText | null {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/).filter((line) => line !== '');
  const [names, total] = lines.splice(-2);
  const [columns, ...rest] = lines;
  if (columns === undefined || names === undefined || total === undefined) return null;
  const rows = tableOf(columns, rest);
  const [summary] = tableOf(names, [total]) ?? [];
  return rows && summary ? { rows, summary } : null;
} // prettier-ignore

function tableOf(columns: string, lines: readonly string[]): Cells[] | null {
  const names = columns.split(',');
  const rows = lines.map((line) => cellsOf(names, line));
  return rows.some((row) => row === null) ? null : rows.filter((row) => row !== null);
}

/** What a product is called may look like the end of a cell; every other cell is WeChat's own, or a number. */
const free = '商品名称';

function cellsOf(names: readonly string[], line: string): Cells | null {
  const cells = line.slice(1).split(',`');
  const surplus = cells.length - names.length;
  const at = names.indexOf(free);
  if (!line.startsWith('`') || surplus < 0 || (surplus > 0 && at < 0)) return null;
  if (surplus > 0) cells.splice(at, surplus + 1, cells.slice(at, at + surplus + 1).join(',`'));
  return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
}

/** Bills count yuan with up to five digits after the point. */
const digits = 5;

/** Such a number in whole units of its last digit, so that sums are exact; null for none. */
export function exactly(text: string): bigint | null {
  const [, sign = '', whole, part = ''] = /^(-?)(\d{1,13})(?:\.(\d{1,5}))?$/.exec(text) ?? [];
  return whole === undefined ? null : BigInt(`${sign}${whole}${part.padEnd(digits, '0')}`);
}

/** Is it this many? The summary of the fund bill counts like `20.0`, that of the trade bill like `20`. */
export function counts(cell: string | undefined, rows: readonly Cells[]): boolean {
  return exactly(cell ?? '') === exactly(String(rows.length));
}

/** Is the total what these cells add up to? */
export function addUp(cells: readonly (string | undefined)[], total: string | undefined): boolean {
  const amounts = cells.map((cell) => exactly(cell ?? ''));
  if (amounts.includes(null)) return false;
  const sum = amounts.reduce<bigint>((before, amount) => before + (amount ?? 0n), 0n);
  return exactly(total ?? '') === sum;
}
