import { createHash, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { type KeptSettings, openSettings } from './account-settings.ts';
import { type Content, insertVersion } from './account-version.ts';
import { drawId } from './id.ts';
import type { Keyring } from './keyring.ts';
import type { Db } from './store.ts';
import { drawSecret, sealSecret } from './webhook-secret.ts';

/** A merchant with one app and one key, as `npm run merchant` prints it. */
export interface MadeMerchant {
  readonly merchant: string;
  readonly app: string;
  readonly api_key: string;
}

/** The hash under which an API key is kept: the key is 256 random bits, so one fast hash is enough. */
export function hashKey(apiKey: string): Buffer {
  return createHash('sha256').update(apiKey).digest();
}

/** A fresh key. */
export function drawKey(livemode = false): string {
  return `sk_${livemode ? 'live' : 'test'}_${randomBytes(32).toString('base64url')}`;
}

/** Makes a merchant with an app and a test key; the key is shown here and never again. */
export async function createMerchant(
  db: Db,
  name: string,
  keyring: Keyring,
  apiKey = drawKey(),
): Promise<MadeMerchant> {
  const merchant = drawId('mer');
  const app = drawId('app');
  await db.query('insert into merchants (id, name) values ($1, $2)', [merchant, name]);
  const { sealed, key_id } = sealSecret(keyring, app, drawSecret(), true);
  await db.query(
    `insert into apps (id, merchant_id, name, webhook_secret, webhook_sealed, webhook_key_id) values ($1, $2, $3, null, $4, $5)`,
    [app, merchant, name, sealed, key_id],
  );
  await addKey(db, app, apiKey, false);
  return { merchant, app, api_key: apiKey };
}

/** Has a key count for an app, once; what is kept of it is its hash. Its id. */
export async function addKey(
  db: Db,
  app: string,
  apiKey: string,
  livemode: boolean,
): Promise<string> {
  const id = drawId('key');
  await db.query(
    `insert into api_keys (id, app_id, hash, last4, livemode) values ($1, $2, $3, $4, $5) on conflict (hash) do nothing`,
    [id, app, hashKey(apiKey), apiKey.slice(-4), livemode],
  );
  return id;
}

/**
 * The demo merchant, made on an empty store; `keptKey` is the key that an earlier start has shown.
 * To be called in a transaction: stacks that start at once on one store take turns until it ends.
 */
export async function seedDemo(
  db: Db,
  keptKey: string | null,
  keyring: Keyring,
): Promise<MadeMerchant> {
  await db.query(`select pg_advisory_xact_lock(hashtext('seedDemo'))`);
  const found = await db.query<{ merchant: string; app: string }>(
    `select m.id as merchant, a.id as app from merchants m join apps a on a.merchant_id = m.id
     where m.name = 'Demo' order by m.created_at, a.created_at limit 1`,
  );
  const demo = found.rows[0];
  if (!demo) return createMerchant(db, 'Demo', keyring, keptKey ?? drawKey());
  const api_key = keptKey ?? drawKey();
  await addKey(db, demo.app, api_key, false);
  return { ...demo, api_key };
}

export interface SharedAccount {
  readonly id: string;
  readonly channel: string;
  readonly settings: object;
}

/** A test account of a channel that all merchants may use; other settings make a new version. */
export async function seedChannelAccount(
  db: Db,
  { id, channel, settings }: SharedAccount,
  keyring: Keyring,
): Promise<void> {
  const latest = await latestOf(db, id);
  if (latest && isDeepStrictEqual(openSettings(keyring, latest), settings)) return;
  const version = (latest?.version ?? 0) + 1;
  const { methods = null, currencies = null, fees = null } = latest ?? {};
  const shared = { merchant_id: null, livemode: false, methods, currencies, fees };
  await insertVersion(db, keyring, { id, version, channel, settings, ...shared });
}

/**
 * The same for an account at the sandbox. What somebody has changed in it stays: the sandbox, too, goes on with the key
 * that it was told to rotate to. Only where it is found now is told anew.
 */
export async function seedSandboxAccount(
  db: Db,
  account: SharedAccount,
  keyring: Keyring,
): Promise<void> {
  const latest = await latestOf(db, account.id);
  const kept = latest && (openSettings(keyring, latest) as object);
  const { base_url } = account.settings as { base_url?: string };
  const settings = { ...account.settings, ...kept, ...(base_url && { base_url }) };
  await seedChannelAccount(db, { ...account, settings }, keyring);
}

type Latest = KeptSettings & Pick<Content, 'methods' | 'currencies' | 'fees'>;

async function latestOf(db: Db, id: string): Promise<Latest | undefined> {
  const found = await db.query<Latest>(
    `select id, version, settings, sealed, key_id, methods, currencies, fees
     from channel_accounts where id = $1 order by version desc limit 1`,
    [id],
  );
  return found.rows[0];
}
