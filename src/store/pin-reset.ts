import type { Caller } from './api-key.ts';
import { claimKey, freeKey, type KeyClaim } from './idempotency.ts';
import type { Keyring, Sealed } from './keyring.ts';
import { type Db, prepared, type Store } from './store.ts';
import { createVault } from './vault.ts';
import { openReset, type Reset } from './wallet-pin.ts';

/** A reset was opened, or the key had opened it before, or the key named another request. */
export type ResetOpening =
  | { readonly kind: 'opened' | 'replayed'; readonly reset: Reset }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'not_set' };

interface Kept extends Sealed {
  readonly id: string;
}

/** Opens a reset of the customer's PIN; under a key once, and a repeat hears the same code, whatever it is worth by then. */
export async function openResetOnce(
  store: Store,
  { app_id, livemode }: Pick<Caller, 'app_id' | 'livemode'>,
  customerId: string,
  key: KeyClaim | null,
): Promise<ResetOpening> {
  return store.transaction(async (db) => {
    const held = key && (await claimKey(db, key, app_id, customerId));
    if (held && held.fingerprint !== key.fingerprint) return { kind: 'key_reused' };
    if (held) return { kind: 'replayed', reset: await load(store, db, key) };
    const reset = await openReset(db, customerId);
    if (!reset && key) await freeKey(db, key);
    if (!reset) return { kind: 'not_set' };
    if (key) await keep(db, customerId, key, reset, seal(store.keyring, key.cause, reset.code, livemode));
    return { kind: 'opened', reset };
  });
} // prettier-ignore

async function keep(
  db: Db,
  customerId: string,
  { cause }: KeyClaim,
  { expires_at }: Reset,
  { sealed, key_id }: Sealed,
): Promise<void> {
  await db.query(
    'insert into pin_resets (cause, customer_id, sealed, key_id, expires_at) values ($1, $2, $3, $4, $5)',
    [cause, customerId, sealed, key_id, expires_at],
  );
}

async function load({ keyring }: Store, db: Db, { cause }: KeyClaim): Promise<Reset> {
  const found = await db.query<Kept & Pick<Reset, 'expires_at'>>(
    'select cause as id, sealed, key_id, expires_at from pin_resets where cause = $1',
    [cause],
  );
  const [kept] = found.rows;
  if (!kept) throw new Error('bug: a key has opened a reset that is not there');
  return { code: open(keyring, kept), expires_at: kept.expires_at };
}

function seal(keyring: Keyring, cause: string, code: string, livemode: boolean): Sealed {
  return keyring.seal(code, placeOf(cause), livemode);
}

function open(keyring: Keyring, kept: Kept): string {
  return keyring.open(kept, placeOf(kept.id));
}

function placeOf(cause: string): string {
  return `the code of the reset ${cause}`;
}

const keptFor = `interval '30 days'`;

const prune = prepared(
  'prune_resets',
  `with gone as (delete from pin_resets where expires_at < clock_now() - ${keptFor} returning cause)
   delete from idempotency_keys where cause in (select cause from gone)`,
);

/** Deletes the codes that ended more than 30 days ago, used or not, with their keys: who sends such a key again opens another reset. */
export async function pruneResets(db: Db): Promise<void> {
  await db.query(prune());
}

const others = prepared(
  'resets_sealed_otherwise',
  'select cause as id, sealed, key_id from pin_resets where key_id <> $1 and cause > $2 order by cause limit $3 for update',
);

const write = prepared(
  'reseal_resets',
  `update pin_resets r set sealed = n.sealed, key_id = $3 from unnest($1::text[], $2::bytea[]) n (id, sealed)
   where r.cause = n.id`,
);

/** Of the codes that resets have answered under a key. */
export const resetVault = createVault(
  others,
  (keyring, kept: Kept) => seal(keyring, kept.id, open(keyring, kept), true).sealed,
  (rows, anew, keyId) => write(rows.map(({ id }) => id), anew, keyId), // prettier-ignore
);
