import { type Db, prepared } from './store.ts';

/**
 * Days after its begin that a window is deleted: 31 of the longest month, one for the zones, which are not all there at once, and 35 in which
 * whoever asks why a payment was refused still finds what was counted. A day's window is kept as long, for one index serves both.
 */
const keptDays = 67;

/** Whoever counts in an old window at this moment keeps it until next time: nobody waits here. */
const prune = (table: string) =>
  prepared(
    `prune_${table}`,
    `delete from ${table} where ctid = any(array(
       select ctid from ${table} where starts_on < (clock_now() at time zone 'UTC')::date - ${keptDays}
       order by starts_on limit $1 for update skip locked))`,
  );

/** The claims first: one without its counter would count below nothing when it is let go. */
const prunes = [prune('limit_claims'), prune('limit_counters')];

/**
 * Deletes what limits have counted in windows that ended more than 35 days ago, in batches, until nothing is left or it is stopped. A payment
 * that is still open is no longer counted for them.
 */
export async function pruneLimits(db: Db, stopped: AbortSignal, batch = 1_000): Promise<void> {
  for (const pruned of prunes) {
    let deleted: number | null = batch;
    while (deleted === batch && !stopped.aborted)
      deleted = (await db.query(pruned(batch))).rowCount;
  }
}
