import type { BillAnswer } from '../../domain/bill.ts';
import type { BillDay, BillFacts } from '../bill.ts';
import { billOf } from '../bill-rows.ts';
import type { Call } from '../channel.ts';
import { unclear } from '../unclear.ts';
import { isWithin } from '../utc-day.ts';
import type { Account } from './account.ts';
import { askFile } from './request.ts';
import { entriesOf, fault, readStatement, rowOf } from './statement.ts';

/** The bank's day is UTC's, and its statement final when it is over (docs/channels/bank-transfer.md 5). */
export const bills: BillFacts = { flows: ['fund'], zone: 'Etc/UTC', ready_after_ms: 0 };

/** The statement of a day, once it is final: signed, and from the opening to the closing balance without a gap. */
export async function bill(call: Call<Account>, { day }: BillDay): Promise<BillAnswer> {
  const spoken = await askFile(call, `/v1/statements/${day}`);
  if (spoken.kind === 'refused') {
    const isToCome = spoken.error.code === 'STATEMENT_UNKNOWN';
    return { kind: isToCome ? 'not_ready' : 'refused', detail: spoken.detail };
  }
  return spoken.kind === 'done' ? told(spoken.body, day) : spoken;
}

function told(text: string, day: string): BillAnswer {
  const statement = readStatement(text);
  if (!statement) return unclear('the statement is cut off, or none');
  if (statement.some(({ code }) => code === 'ITBD'))
    return { kind: 'not_ready', detail: 'the statement is interim' };
  const wrong = fault(statement);
  if (wrong !== null) return unclear(wrong);
  const entries = entriesOf(statement);
  if (entries.length === 0) return { kind: 'no_bill', detail: 'nothing was booked' };
  return billOf(entries.map(rowOf), ({ at }) => isWithin(day, at));
}
