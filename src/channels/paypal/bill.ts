import type { BillAnswer } from '../../domain/bill.ts';
import type { BillDay, BillFacts } from '../bill.ts';
import { billOf } from '../bill-rows.ts';
import type { Call } from '../channel.ts';
import { unclear } from '../unclear.ts';
import { isWithin, utcDay } from '../utc-day.ts';
import type { Account } from './account.ts';
import { type Listed, listOf } from './search.ts';
import { rowOf } from './transaction.ts';

/** What moved the balance, listed up to three hours late (developer.paypal.com/docs/api/transaction-search/v1). */
export const bills: BillFacts = { flows: ['fund'], zone: 'Etc/UTC', ready_after_ms: 3 * 3_600_000 };

/** Reads the transactions of a day to their end. */
export async function bill(call: Call<Account>, { day }: BillDay): Promise<BillAnswer> {
  const { from, to } = utcDay(day);
  const listed = await listOf(call, { from, to: to - 1_000 });
  return listed.kind === 'list' ? told(listed, day, to) : listed;
}

function told({ rows, refreshed }: Extract<Listed, { kind: 'list' }>, day: string, end: number): BillAnswer {
  if (refreshed < end) return { kind: 'not_ready', detail: 'the list does not reach to the end of the day yet' };
  const ids = new Set(rows.map((row) => `${row.transaction_id} ${row.transaction_event_code}`));
  if (ids.size < rows.length) return unclear('a row stands twice in the list');
  if (rows.length === 0) return { kind: 'no_bill', detail: 'nothing moved the balance' };
  return billOf(rows.map(rowOf), ({ at }) => isWithin(day, at));
} // prettier-ignore
