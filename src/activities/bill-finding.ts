import { isForPerson } from '../domain/bill.ts';
import type { DueBill } from '../store/bill.ts';
import { type FoundRow, keepFindings, type OpenFinding, openFindings, settleFindings } from '../store/bill-finding.ts'; // prettier-ignore
import type { Store } from '../store/store.ts';
import { compared, type Looked } from './bill.ts';

/** So many of a bill are kept: of more the log and the bill itself tell, and the cause is one. */
const keptMax = 1_000;

const order = ['unheard', 'differs', 'foreign'] as const;

/** Keeps what a look at a bill found that a person may have to see to; of what was no bill nothing is learned. */
export async function keep({ pool }: Store, due: DueBill, looked: Looked): Promise<void> {
  if (looked.answer.kind !== 'bill') return;
  const work = looked.found.filter(({ finding, row }) => isForPerson(finding, row));
  const rank = ({ finding }: FoundRow) => order.indexOf(finding);
  const kept = work.sort((one, other) => rank(one) - rank(other)).slice(0, keptMax);
  await keepFindings(pool, due, kept);
}

/** Settles those of which we have the same by now: a callback came late, or somebody had the channel asked. */
export async function closeKnown(store: Store): Promise<void> {
  const open = await openFindings(store.pool, keptMax);
  for (const [channel_account, mine] of byAccount(open)) {
    const rows = mine.map(({ row }) => row);
    const { found } = await compared(store, { channel_account }, rows);
    const still = new Set(found.map(({ row }) => row));
    const known = mine.filter(({ row }) => !still.has(row)).map(({ id }) => id);
    if (known.length > 0) await settleFindings(store.pool, known, 'known since');
  }
}

function byAccount(open: readonly OpenFinding[]): Map<string, OpenFinding[]> {
  const accounts = new Map<string, OpenFinding[]>();
  for (const one of open)
    accounts.set(one.channel_account, [...(accounts.get(one.channel_account) ?? []), one]);
  return accounts;
}
