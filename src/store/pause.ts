import type pg from 'pg';

import { claimKey, type KeyClaim } from './idempotency.ts';
import type { Store } from './store.ts';

/** Whose word it is, and the key that it came with; an operator's has none. */
export interface Asking {
  readonly by: string;
  readonly claim: (KeyClaim & { readonly app_id: string }) | null;
}

export interface NewPause {
  readonly reason: string | null;
  /** Null: until somebody ends it. */
  readonly until: Date | null;
}

export type Pausing = 'done' | 'replayed' | 'key_reused';

/** No new attempts begin at an account from now on. A pause that it is in already ends for this one. */
export function pauseAccount(
  store: Store,
  account: string,
  { reason, until }: NewPause,
  asking: Asking,
): Promise<Pausing> {
  return once(store, account, asking, async (db) => {
    await endPause(db, account, asking.by);
    await db.query(
      'insert into channel_pauses (channel_account, paused_by, reason, until) values ($1, $2, $3, $4)',
      [account, asking.by, reason, until],
    );
  });
}

/** New attempts may begin at an account again; where they may, nothing changes. */
export function resumeAccount(store: Store, account: string, asking: Asking): Promise<Pausing> {
  return once(store, account, asking, (db) => endPause(db, account, asking.by));
}

async function endPause(db: pg.PoolClient, account: string, by: string): Promise<void> {
  await db.query(
    'update channel_pauses set resumed_at = clock_now(), resumed_by = $2 where channel_account = $1 and resumed_at is null',
    [account, by],
  );
}

/** Under a key at most once. Whoever pauses the same account at the same time takes turns. */
function once(
  store: Store,
  account: string,
  { claim }: Asking,
  work: (db: pg.PoolClient) => Promise<void>,
): Promise<Pausing> {
  return store.transaction(async (db) => {
    const held = claim && (await claimKey(db, claim, claim.app_id, account));
    if (held) return held.fingerprint === claim.fingerprint ? 'replayed' : 'key_reused';
    await db.query('select pg_advisory_xact_lock(hashtext($1))', [`pause ${account}`]);
    await work(db);
    return 'done';
  });
}
