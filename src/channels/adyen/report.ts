import type { Call } from '../channel.ts';
import { type Line, readTable } from '../csv.ts';
import type { HttpReply } from '../exchange.ts';
import type { Reports } from '../report.ts';
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

/**
 * Do we know every report since the last one before this was made? An account's batches are numbered from 1, one by one, so that
 * one whose notice never came is missed by its number; where we know none from before, all must be there.
 */
export function isGapless({ names, before }: Reports): boolean {
  const numbersOf = (files: readonly string[]) => files.map(batchOf).filter((one) => one !== null);
  const from = Math.max(0, ...numbersOf(before));
  const since = new Set(numbersOf(names).filter((batch) => batch > from));
  return since.size > 0 && Math.max(...since) - from === since.size;
}

/** The lines of every report of the account in which this could stand; `unknown` when one of them could not be read. */
export async function linesOf(call: Call<Account>, names: readonly string[]) {
  const lines: Line[] = [];
  for (const name of names.filter(isReport)) {
    const found = parse(await download(call, name));
    if (!found) return unclear(`${name} could not be read`);
    lines.push(...found);
  }
  return { kind: 'lines', lines } as const;
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

const needed = ['Psp Reference', 'Merchant Reference', 'Type', 'Gross Currency', 'Gross Credit (GC)', 'Gross Debit (GC)', 'Creation Date']; // prettier-ignore

/** Null for what is no such report: a column that is missing would read as "not in the report". */
function parse(reply: HttpReply): readonly Line[] | null {
  if (reply.kind !== 'reply' || reply.status !== 200 || !reply.file) return null;
  const table = readTable(reply.file.toString());
  return table && needed.every((column) => table.columns.includes(column)) ? table.lines : null;
}
