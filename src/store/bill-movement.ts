import type { Told } from '../domain/bill-finding.ts';
import { storable } from './storable.ts';
import { type Db, prepared } from './store.ts';

/** What a bill has told of ours under a number, `att_…` or `ref_…`. */
export interface Movement extends Told {
  readonly reference: string;
}

const keep = prepared(
  'keep_bill_movements',
  `insert into bill_movements (channel_account, reference, movement_reference, subject, amount)
   select $1, m.reference, m.movement_reference, m.subject, m.amount
   from jsonb_to_recordset($2) as m(reference text, movement_reference text, subject text, amount bigint)
   on conflict do nothing`,
);

/**
 * Keeps by which numbers of the channel's a bill tells captures and refunds of ours, and parts of payments (decision 0051).
 *
 * @returns how many of them nobody had kept before
 */
export async function keepMovements(
  db: Db,
  channelAccount: string,
  movements: readonly Movement[],
): Promise<number> {
  if (movements.length === 0) return 0;
  const kept = await db.query(keep(channelAccount, JSON.stringify(storable(movements))));
  return kept.rowCount ?? 0;
}
