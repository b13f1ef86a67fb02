import { isDeepStrictEqual } from 'node:util';

import type { Fee } from '../domain/fee.ts';
import type { Id } from '../domain/id.ts';
import { type KeptSettings, openSettings, sealSettings } from './account-settings.ts';
import type { ChannelAccount } from './channel-account.ts';
import { drawId } from './id.ts';
import { claimKey, type KeyClaim } from './idempotency.ts';
import type { Keyring } from './keyring.ts';
import type { Db, Store } from './store.ts';

/** What may differ from version to version. */
export interface Content {
  readonly settings: object;
  readonly methods: readonly string[] | null;
  readonly currencies: readonly string[] | null;
  readonly fees: readonly Fee[] | null;
}

type Owned = Pick<ChannelAccount, 'merchant_id' | 'channel' | 'livemode'>;

/** A key that names the account, for the app that sent it. */
export interface Claim extends KeyClaim {
  readonly app_id: string;
}

/** The account's id; `replayed`: the key had named it before. */
export type Writing =
  { readonly kind: 'written' | 'replayed'; readonly id: string } | { readonly kind: 'key_reused' };

/** Writes one version, sealed. False when somebody else has written it meanwhile. */
export async function insertVersion(
  db: Db,
  keyring: Keyring,
  {
    id,
    version,
    merchant_id,
    channel,
    livemode,
    settings,
    methods,
    currencies,
    fees,
  }: Owned & Content & { readonly id: string; readonly version: number },
): Promise<boolean> {
  const { sealed, key_id } = sealSettings(keyring, { id, version, settings });
  const inserted = await db.query(
    `insert into channel_accounts (id, version, merchant_id, channel, livemode, sealed, key_id, methods, currencies, fees)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [
      id,
      version,
      merchant_id,
      channel,
      livemode,
      sealed,
      key_id,
      methods,
      currencies,
      fees && JSON.stringify(fees),
    ],
  );
  return inserted.rowCount === 1;
}

/** Makes an account; under a key at most one. */
export async function createAccount(
  store: Store,
  made: Owned & Content,
  claim: Claim | null,
): Promise<Writing> {
  return store.transaction(async (db) => {
    const id = drawId('cha');
    const held = claim && (await claimKey(db, claim, claim.app_id, id));
    if (held) return heldBy(claim, held);
    await insertVersion(db, store.keyring, { ...made, id, version: 1 });
    return { kind: 'written', id };
  });
}

/**
 * Gives an account a new version: what `next` makes of the newest one. The same again makes none. Whoever changes the
 * account at the same time takes turns. What `next` throws is thrown, and nothing is written.
 */
export async function changeAccount(
  store: Store,
  id: Id<'cha'>,
  next: (last: Owned & Content) => Content,
  claim: Claim | null,
): Promise<Writing> {
  return store.transaction(async (db) => {
    const held = claim && (await claimKey(db, claim, claim.app_id, id));
    if (held) return heldBy(claim, held);
    await db.query('select pg_advisory_xact_lock(hashtext($1))', [id]);
    const last = await lastVersion(db, store.keyring, id);
    const content = next(last);
    const { settings, methods, currencies, fees } = last;
    if (isDeepStrictEqual(content, { settings, methods, currencies, fees })) return { kind: 'written', id };
    const version = { ...last, ...content, id, version: last.version + 1 };
    if (!(await insertVersion(db, store.keyring, version)))
      throw new Error(`${id} got version ${version.version} while it was changed`);
    return { kind: 'written', id };
  });
} // prettier-ignore

function heldBy(claim: Claim, held: { readonly fingerprint: string; readonly object_id: string }): Writing {
  if (held.fingerprint !== claim.fingerprint) return { kind: 'key_reused' };
  return { kind: 'replayed', id: held.object_id };
} // prettier-ignore

async function lastVersion(
  db: Db,
  keyring: Keyring,
  id: string,
): Promise<Owned & Content & { readonly version: number }> {
  const found = await db.query<KeptSettings & Owned & Omit<Content, 'settings'>>(
    'select * from channel_accounts where id = $1 order by version desc limit 1',
    [id],
  );
  const [row] = found.rows;
  if (!row) throw new Error(`there is no account ${id}`);
  const { version, merchant_id, channel, livemode, methods, currencies, fees } = row;
  const settings = openSettings(keyring, row) as object;
  return { version, merchant_id, channel, livemode, methods, currencies, fees, settings };
}
