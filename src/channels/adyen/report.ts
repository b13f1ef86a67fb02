import type { BillAnswer } from '../../domain/bill.ts';
import type { Call } from '../channel.ts';
import { type Line, readTable } from '../csv.ts';
import type { HttpReply } from '../exchange.ts';
import type { Reported } from '../report.ts';
import { unclear } from '../unclear.ts';
import { type Account, reportsAt } from './account.ts';

/** The settlement details report (docs): a file per batch, named by its number. */
export function isReport(name: string): boolean {
  return batchOf(name) !== null;
}

function batchOf(name: string): number | null {
  const found = /^settlement_detail_report_batch_(\d{1,10})\.csv$/.exec(name);
  return found ? Number(found[1]) : null;
}

function batchesOf(names: readonly string[]): number[] {
  return names.map(batchOf).filter((batch) => batch !== null);
}

/**
 * Do we know every report since the last one before this was made? An account's batches are numbered from 1, one by one, so that
 * one whose notice never came is missed by its number; where we know none from before, all must be there.
 */
export function isGapless({ names, before }: Reported): boolean {
  const from = Math.max(0, ...batchesOf(before));
  const since = new Set(batchesOf(names).filter((batch) => batch > from));
  return since.size > 0 && Math.max(...since) - from === since.size;
}

/** So many notices in a row do not get lost: a number that is further ahead is no reason to ask for all before it. */
const missedMax = 100;

/** Those that were told of, and those between them and the last one before, whose notices never came. */
export function withMissed({ names, before }: Reported): string[] {
  const told = batchesOf(names);
  const last = Math.max(0, ...told);
  const known = before.length > 0 ? Math.max(0, ...batchesOf(before)) : Math.min(...told) - 1;
  const from = Math.max(known, last - missedMax);
  const missed = Array.from({ length: Math.max(0, last - from) }, (_, nth) => from + nth + 1);
  const batches = [...new Set([...told, ...missed])].sort((one, other) => one - other);
  return batches.map((batch) => `settlement_detail_report_batch_${batch}.csv`);
}

/** The lines of reports, or why they are not known. */
export type Read =
  | { readonly kind: 'lines'; readonly lines: readonly Line[] }
  | Exclude<BillAnswer, { readonly kind: 'bill' }>;

/** The lines of all of these reports of the account, read one after the other; what is no report that we read is passed over. */
export async function linesOf(call: Call<Account>, names: readonly string[]): Promise<Read> {
  const lines: (readonly Line[])[] = [];
  for (const name of names.filter(isReport)) {
    const read = readReport(await download(call, name), name, call.account);
    if (read.kind !== 'lines') return read;
    lines.push(read.lines);
  }
  return { kind: 'lines', lines: lines.flat() };
}

function download({ account, send }: Call<Account>, name: string): Promise<HttpReply> {
  const merchant = encodeURIComponent(account.merchant_account);
  return send({
    method: 'GET',
    url: `${reportsAt(account)}/reports/download/MerchantAccount/${merchant}/${name}`,
    headers: { 'X-API-Key': account.report_api_key ?? account.api_key, 'User-Agent': 'holdfast' },
    body: '',
    is_file: true,
  });
}

function readReport(reply: HttpReply, name: string, account: Account): Read {
  if (reply.kind !== 'reply') return { kind: 'unknown', detail: reply.detail };
  const { status, file } = reply;
  const detail = `${name}: status ${status}`;
  if (status === 404) return { kind: 'not_ready', detail };
  if (status === 401 || status === 403)
    return { kind: 'refused', detail: `${detail}, the report user's key (report_api_key)` };
  if (status !== 200 || !file) return unclear(detail);
  const lines = parse(file.toString());
  if (!lines) return unclear(`${name} could not be read`);
  const isTheirs = lines.every((line) => isOf(line, name, account));
  return isTheirs ? { kind: 'lines', lines } : unclear(`${name} is of somebody else`);
}

const needed = ['Merchant Account', 'Psp Reference', 'Merchant Reference', 'Type', 'Gross Currency', 'Gross Credit (GC)', 'Gross Debit (GC)', 'Creation Date']; // prettier-ignore

/** Null for what is no such report: a column that is missing would read as "not in the report". */
function parse(text: string): readonly Line[] | null {
  const table = readTable(text);
  return table && needed.every((column) => table.columns.includes(column)) ? table.lines : null;
}

/** Is it of the account, and of that batch? Older reports do not name the batch. */
function isOf(line: Line, name: string, { merchant_account }: Account): boolean {
  const batch = line['Batch Number'] ?? '';
  return line['Merchant Account'] === merchant_account && (batch === '' || Number(batch) === batchOf(name)); // prettier-ignore
}
