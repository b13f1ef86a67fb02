import type { BillAnswer } from '../../domain/bill.ts';
import type { Call } from '../channel.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { getFile, type Refusal } from './request.ts';
import { type TransactionInfo, transactions } from './transaction.ts';

/** In milliseconds; its last second belongs to it. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** All that moved in a stretch of time, or why it is not known. */
export type Listed =
  | {
      readonly kind: 'list';
      readonly rows: readonly TransactionInfo[];
      /** Until when PayPal knows what moved, by its own clock; in milliseconds. */
      readonly refreshed: number;
    }
  | Exclude<BillAnswer, { readonly kind: 'bill' }>;

/** Reads a list of transactions to its end, and holds it to how many PayPal says there are. */
export async function listOf(call: Call<Account>, stretch: Stretch): Promise<Listed> {
  const first = await pageOf(call, stretch, 1);
  if (first.kind === 'too_large') return halves(call, stretch);
  if (first.kind !== 'page') return first;
  const rows = [...first.rows];
  for (let number = 2; number <= first.total_pages; number += 1) {
    const page = await pageOf(call, stretch, number);
    if (page.kind === 'too_large' || (page.kind === 'page' && page.total_items !== first.total_items))
      return unclear('the list has changed while it was read');
    if (page.kind !== 'page') return page;
    rows.push(...page.rows);
  }
  if (rows.length !== first.total_items) return unclear(`${rows.length} rows of ${first.total_items}`);
  return { kind: 'list', rows, refreshed: first.refreshed };
} // prettier-ignore

/** PayPal lists 10,000 at most: what is too much for one list is asked for in two. */
async function halves(call: Call<Account>, { from, to }: Stretch): Promise<Listed> {
  if (from >= to) return unclear('more than a list holds in one second');
  const middle = Math.floor((from + to) / 2_000) * 1_000;
  const first = await listOf(call, { from, to: middle });
  if (first.kind !== 'list') return first;
  const second = await listOf(call, { from: middle + 1_000, to });
  return second.kind === 'list' ? { ...second, rows: [...first.rows, ...second.rows] } : second;
}

async function pageOf(call: Call<Account>, { from, to }: Stretch, page: number) {
  const query = new URLSearchParams({
    start_date: wireTime(from),
    end_date: wireTime(to),
    fields: 'transaction_info',
    page_size: '500', // the most
    page: String(page),
  });
  const spoken = await getFile(call, `/v1/reporting/transactions?${query.toString()}`);
  if (spoken.kind === 'refused' || spoken.kind === 'denied') return refusal(spoken);
  if (spoken.kind !== 'done') return spoken;
  const found = read(transactions, spoken.body);
  if (!found) return unclear('200 without a readable list');
  if (found.account_number !== call.account.merchant_id) return unclear('a list of somebody else');
  const rows = found.transaction_details.map((one) => one.transaction_info);
  const refreshed = Date.parse(found.last_refreshed_datetime);
  const { total_items, total_pages } = found;
  return { kind: 'page', rows, refreshed, total_items, total_pages } as const;
}

const unavailable = 'Data for the given start date is not available.';

/** Of a day that is too young PayPal says the same as of one more than three years ago, for which nobody asks. */
function refusal({ error, detail }: Refusal) {
  if (error.issue === 'RESULTSET_TOO_LARGE') return { kind: 'too_large' } as const;
  const kind = error.message === unavailable ? 'not_ready' : 'refused';
  return { kind, detail } as const;
}

function wireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
