import type { BillAnswer } from '../../domain/bill.ts';
import type { BillDay, BillFacts } from '../bill.ts';
import { billOf } from '../bill-rows.ts';
import type { Call } from '../channel.ts';
import { utcDay } from '../utc-day.ts';
import type { Account } from './account.ts';
import { linesOf, withMissed } from './report.ts';
import { rowOf } from './settled.ts';

/** What the reports say that came out on a day of UTC, by their notices: sales of the days before, and what was paid out of them. */
export const bills: BillFacts = { flows: ['fund'], zone: 'Etc/UTC', ready_after_ms: 0 };

/** Reads the reports that came out on a day, and those before them of which nobody told us. */
export async function bill(call: Call<Account>, { day, reports }: BillDay): Promise<BillAnswer> {
  if (call.now().getTime() < utcDay(day).to)
    return { kind: 'not_ready', detail: 'another report may come out on that day' };
  if (!reports?.names.length) return { kind: 'no_bill', detail: 'no report came out' };
  const found = await linesOf(call, withMissed(reports));
  if (found.kind !== 'lines') return found;
  if (found.lines.length === 0) return { kind: 'no_bill', detail: 'nothing was settled' };
  return billOf(found.lines.map((line) => rowOf(line, call.now())));
}
