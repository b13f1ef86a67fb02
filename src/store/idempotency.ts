import type { Refusal } from '../domain/fact.ts';
import type { Db } from './store.ts';

export interface HeldKey {
  readonly fingerprint: string;
  readonly object_id: string;
  readonly refusal: Refusal | null;
}

/** What this key named, if anything; a hint only: the recording transaction decides. */
export async function findKey(db: Db, cause: string): Promise<HeldKey | null> {
  const found = await db.query<HeldKey>(
    `select fingerprint, object_id, refusal from idempotency_keys
     where cause = $1 and (refusal is null or created_at > clock_now() - interval '24 hours')`,
    [cause],
  );
  return found.rows[0] ?? null;
}
