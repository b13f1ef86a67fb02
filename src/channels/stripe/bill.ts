import type { BillAnswer } from '../../domain/bill.ts';
import type { BillDay, BillFacts } from '../bill.ts';
import { billOf } from '../bill-rows.ts';
import type { Call } from '../channel.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import { isWithin, utcDay } from '../utc-day.ts';
import type { Account } from './account.ts';
import { type BalanceTransaction, balanceTransactions, rowOf } from './balance-transaction.ts';
import { getFile } from './request.ts';

/** What moved the balance, a list that is no file: whole an hour after the day, for a charge may get its row late. */
export const bills: BillFacts = { flows: ['fund'], zone: 'Etc/UTC', ready_after_ms: 3_600_000 };

/** As many as Stripe shows at once, and 200,000 rows at most. */
const pageSize = 100;
const pagesMax = 2_000;

/** Reads the balance transactions of a day to their end, newest first, with what each came of (channels.md 3). */
export async function bill(call: Call<Account>, { day }: BillDay): Promise<BillAnswer> {
  const moved: BalanceTransaction[] = [];
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const page = await pageOf(call, day, moved.at(-1)?.id);
    if (page.kind !== 'page') return page;
    moved.push(...page.data);
    if (!page.has_more) return told(moved, day);
    if (page.data.length < pageSize) return unclear('a page of the list is cut off');
  }
  return unclear(`more than ${pagesMax * pageSize} rows`);
}

function told(moved: readonly BalanceTransaction[], day: string): BillAnswer {
  if (moved.length === 0) return { kind: 'no_bill', detail: 'nothing moved the balance' };
  if (new Set(moved.map(({ id }) => id)).size < moved.length)
    return unclear('a row stands twice in the list');
  if (moved.some(({ amount, fee, net }) => amount - fee !== net))
    return unclear('a row of the list does not add up');
  return billOf(moved.toReversed().map(rowOf), ({ at }) => isWithin(day, at));
}

async function pageOf(call: Call<Account>, day: string, after: string | undefined) {
  const { from, to } = utcDay(day);
  const spoken = await getFile(call, '/v1/balance_transactions', {
    'created[gte]': from / 1_000,
    'created[lt]': to / 1_000,
    limit: pageSize,
    starting_after: after,
    'expand[]': 'data.source',
  });
  if (spoken.kind === 'refused' || spoken.kind === 'denied')
    return { kind: 'refused', detail: spoken.detail } as const;
  if (spoken.kind !== 'done') return spoken;
  // By the clock of Stripe, which makes the list: a day that is not over has none yet.
  if (!(Date.parse(spoken.date) >= to + bills.ready_after_ms))
    return { kind: 'not_ready', detail: `it is ${spoken.date || 'not told what time it is'}` } as const; // prettier-ignore
  const found = read(balanceTransactions, spoken.body);
  return found ? ({ kind: 'page', ...found } as const) : unclear('200 without a readable list');
}
