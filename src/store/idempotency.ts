import type { Refusal } from '../domain/fact.ts';
import { type Db, prepared } from './store.ts';

export interface HeldKey {
  readonly fingerprint: string;
  readonly object_id: string;
  readonly refusal: Refusal | null;
}

const key = prepared(
  'key',
  `select fingerprint, object_id, refusal from idempotency_keys
   where cause = $1 and (refusal is null or created_at > clock_now() - interval '24 hours')`,
);

/** What this key named, if anything; a hint only: the recording transaction decides. */
export async function findKey(db: Db, cause: string): Promise<HeldKey | null> {
  const found = await db.query<HeldKey>(key(cause));
  return found.rows[0] ?? null;
}

/** A key as a request brings it: what is stored in its place, and the hash of what is asked. */
export interface KeyClaim {
  readonly cause: string;
  readonly fingerprint: string;
}

/**
 * Claims the key for the object that this transaction makes; when it is held, answers what it names. Another
 * transaction that is claiming it is waited for.
 */
export async function claimKey(
  db: Db,
  { cause, fingerprint }: KeyClaim,
  appId: string,
  objectId: string,
): Promise<HeldKey | null> {
  await db.query(
    `delete from idempotency_keys where cause = $1 and refusal is not null and created_at <= clock_now() - interval '24 hours'`,
    [cause],
  );
  const claimed = await db.query(
    'insert into idempotency_keys (cause, app_id, fingerprint, object_id) values ($1, $2, $3, $4) on conflict do nothing',
    [cause, appId, fingerprint, objectId],
  );
  if (claimed.rowCount === 1) return null;
  const held = await findKey(db, cause);
  if (!held) throw new Error('a key was freed while it was claimed');
  return held;
}

/** Lets go of a key that this transaction claimed: what it asked for was refused, and the refusal is not remembered. */
export async function freeKey(db: Db, { cause }: KeyClaim): Promise<void> {
  await db.query('delete from idempotency_keys where cause = $1', [cause]);
}

/** Has a key that this transaction claimed name the refusal of what was asked instead; remembered 24 h. */
export async function refuseKey(db: Db, { cause }: KeyClaim, refusal: Refusal): Promise<void> {
  await db.query('update idempotency_keys set refusal = $2 where cause = $1', [
    cause,
    JSON.stringify(refusal),
  ]);
}
