import type pg from 'pg';

/** So many postings in one transaction: tenths of a second, in which nobody who books waits for it. */
const postingsMax = 1_000;

/**
 * Moves what was booked in accounts that both modes shared to accounts by mode, by postings (decision 0061). Each batch is
 * one transaction: what is killed between two goes on where it stood, and of several at once each takes the next.
 */
export async function moveToModes(db: Pick<pg.Client, 'query'>, max = postingsMax): Promise<void> {
  while (await moveNext(db, max));
}

/** Moves the next batch; false when all is moved. */
export async function moveNext(db: Pick<pg.Client, 'query'>, max: number): Promise<boolean> {
  const { rows } = await db.query<{ moved: boolean }>('select move_next_to_modes($1) as moved', [max]); // prettier-ignore
  return rows[0]?.moved === true;
}
