import type { Db } from './store.ts';

/** Has any worker said within 10 s that it lives? */
export async function hasWorker(db: Db): Promise<boolean> {
  const found = await db.query(
    `select 1 from workers where beat_at > clock_timestamp() - interval '10 s' limit 1`,
  );
  return (found.rowCount ?? 0) > 0;
}
