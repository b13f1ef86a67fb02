import { type Finding, isForPerson } from '../domain/bill-finding.ts';
import type { DueBill } from '../store/bill.ts';
import { type FoundRow, keepDoubled, keepFindings, type OpenFinding, openFindings, settleFindings } from '../store/bill-finding.ts'; // prettier-ignore
import type { Store } from '../store/store.ts';
import { compared, type Looked } from './bill.ts';

/** So many of a bill are kept: of more the log and the bill itself tell, and the cause is one. */
const keptMax = 1_000;

const order = ['unheard', 'doubled', 'differs', 'foreign'] as const;

/** Keeps what a look at a bill found that a person may have to see to; of what was no bill nothing is learned. */
export async function keep({ pool }: Store, due: DueBill, looked: Looked): Promise<void> {
  if (looked.answer.kind !== 'bill') return;
  const work = looked.found.filter(({ finding, row }) => isForPerson(finding, row));
  const rank = ({ finding }: FoundRow) => order.indexOf(finding);
  const kept = work.sort((one, other) => rank(one) - rank(other)).slice(0, keptMax);
  await keepFindings(pool, due, kept);
}

/**
 * Settles those of which we have the same by now: a callback came late, or somebody had the channel asked. What we have once
 * settles one row; the next one under that number stays, as doubled, for by itself it would look known.
 */
export async function closeKnown(store: Store): Promise<void> {
  const open = await openFindings(store.pool, keptMax);
  const single = open.filter(({ finding }) => finding !== 'doubled');
  for (const [channel_account, mine] of byAccount(single)) {
    const rows = mine.map(({ row }) => row);
    const { found } = await compared(store, { channel_account }, rows);
    const still = new Map(found.map(({ row, finding }) => [row, finding]));
    const idsOf = (finding?: Finding) =>
      mine.filter(({ row }) => still.get(row) === finding).map(({ id }) => id);
    const [known, doubled] = [idsOf(), idsOf('doubled')];
    if (doubled.length > 0) await keepDoubled(store.pool, doubled);
    if (known.length > 0) await settleFindings(store.pool, known, 'known since');
  }
}

function byAccount(open: readonly OpenFinding[]): Map<string, OpenFinding[]> {
  const accounts = new Map<string, OpenFinding[]>();
  for (const one of open)
    accounts.set(one.channel_account, [...(accounts.get(one.channel_account) ?? []), one]);
  return accounts;
}
