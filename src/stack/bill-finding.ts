import { closeKnown } from '../activities/bill-finding.ts';
import { format } from '../domain/money.ts';
import { type FoundRow, type OpenFinding, openFindings, settleFindings } from '../store/bill-finding.ts'; // prettier-ignore
import { withStore } from './command-store.ts';

/** So many are listed at once, the oldest first. */
const listedMax = 1_000;

/** A row of a bill for people: what it is to us, when, which way, how much, and all of its numbers. */
export function lineOf({ finding, row, payment_id }: Omit<FoundRow, 'finding'> & { finding: string }): string {
  const numbers = [row.reference, row.channel_reference, payment_id].filter(Boolean).join('  ');
  return `${finding}  ${row.at}  ${row.direction}  ${format(row)}  ${numbers}`;
} // prettier-ignore

/**
 * `npm run bill -- --open`: what of the bills is work for a person.
 *
 * @returns 0 when nothing is, else 3
 */
export async function showOpen(json: boolean): Promise<number> {
  const data = await withStore(async (store) => {
    await closeKnown(store);
    return openFindings(store.pool, listedMax);
  });
  const lines = data.map((one) => `${headOf(one)}  ${lineOf(one)}\n`).join('');
  process.stdout.write(json ? `${JSON.stringify({ object: 'list', data })}\n` : lines);
  return data.length === 0 ? 0 : 3;
}

function headOf({ id, channel, channel_account, day }: OpenFinding): string {
  return `${id}  ${channel}  ${channel_account}  ${day}`;
}

/** `npm run bill -- --settle fnd_…`: a person has seen to it. Throws an Error of one line where there is no such thing to do, or no reason. */
export async function settleFinding(id: string, reason: string): Promise<number> {
  if (reason.trim() === '') throw new Error('--reason must say what became of it');
  const settled = await withStore(({ pool }) => settleFindings(pool, [id], reason));
  if (settled === 0) throw new Error(`--settle: no finding '${id}' is open`);
  return 0;
}
