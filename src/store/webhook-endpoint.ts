import type { Caller } from './api-key.ts';
import { drawId } from './id.ts';
import { claimKey, type KeyClaim } from './idempotency.ts';
import { type Condition, type Page, type PageRequest, readPage } from './page.ts';
import type { Db, Store } from './store.ts';
import { drawSecret, type KeptSecret, openSecret, sealSecret } from './webhook-secret.ts';

/** Where an app wants its events sent. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string | null;
  readonly status: 'enabled' | 'disabled';
  readonly created_at: Date;
}

/** One with the secret that signs what goes there: shown to whoever made it, and to nobody later. */
export interface MadeEndpoint extends WebhookEndpoint {
  readonly secret: string;
}

export type NewEndpoint = Pick<WebhookEndpoint, 'url' | 'events' | 'description'>;

/** An endpoint was made, or the key had made it before, or the key named another request. */
export type EndpointInsertion =
  | { readonly kind: 'created' | 'replayed'; readonly endpoint: MadeEndpoint }
  | { readonly kind: 'key_reused' };

const columns = 't.id, t.url, t.events, t.description, t.status, t.created_at';

/** What this key sees: its own app's endpoints, live or test like itself. */
const scopeOf = ({ app_id, livemode }: Caller): Condition[] => [
  ['t.app_id = ?', app_id],
  ['t.livemode = ?', livemode],
];

/** Makes an endpoint with a secret of its own; under a key at most one, for as long as it lives. */
export async function insertEndpoint(
  store: Store,
  caller: Caller,
  { url, events, description }: NewEndpoint,
  key: KeyClaim | null,
): Promise<EndpointInsertion> {
  return store.transaction(async (db) => {
    const id = drawId('whe');
    const held = key && (await claimKey(db, key, caller.app_id, id));
    if (held && held.fingerprint !== key.fingerprint) return { kind: 'key_reused' };
    if (held) return { kind: 'replayed', endpoint: await load(store, db, held.object_id) };
    const { app_id, livemode } = caller;
    const { sealed, key_id } = sealSecret(store.keyring, id, drawSecret(), livemode);
    await db.query(
      `insert into webhook_endpoints (id, app_id, livemode, url, events, description, cause, secret, sealed, key_id)
       values ($1, $2, $3, $4, $5, $6, $7, null, $8, $9)`,
      [id, app_id, livemode, url, events, description, key?.cause ?? null, sealed, key_id],
    );
    return { kind: 'created', endpoint: await load(store, db, id) };
  });
}

async function load({ keyring }: Store, db: Db, id: string): Promise<MadeEndpoint> {
  const found = await db.query<WebhookEndpoint & KeptSecret>(
    `select ${columns}, t.secret, t.sealed, t.key_id from webhook_endpoints t where id = $1`,
    [id],
  );
  const [row] = found.rows;
  if (!row) throw new Error(`bug: a key names ${id}, which is not there`);
  const { secret, sealed, key_id, ...endpoint } = row;
  const opened = openSecret(keyring, id, { secret, sealed, key_id });
  if (opened === null) throw new Error(`bug: ${id} has no secret`);
  return { ...endpoint, secret: opened };
}

/** One page of the caller's endpoints, newest first. */
export async function listEndpoints(
  db: Db,
  caller: Caller,
  asked: PageRequest,
): Promise<Page<WebhookEndpoint>> {
  const listing = { from: 'webhook_endpoints t', scope: scopeOf(caller), filters: [] };
  const page = await readPage(db, listing, asked);
  if (page.kind !== 'page') return page;
  const found = await db.query<WebhookEndpoint>(
    `select ${columns} from webhook_endpoints t where id = any($1) order by array_position($1, id)`,
    [page.data],
  );
  return { ...page, data: found.rows };
}

/** The caller's endpoint with this id, or null: another app's does not exist for it. */
export async function findEndpoint(
  db: Db,
  caller: Caller,
  id: string,
): Promise<WebhookEndpoint | null> {
  const found = await db.query<WebhookEndpoint>(
    `select ${columns} from webhook_endpoints t where id = $1 and app_id = $2 and livemode = $3`,
    [id, caller.app_id, caller.livemode],
  );
  return found.rows[0] ?? null;
}

/** Removes the caller's endpoint, its secret and its key, and cancels what waits for it. False when there is none. */
export async function deleteEndpoint(db: Db, caller: Caller, id: string): Promise<boolean> {
  const removed = await db.query(
    `with gone as (
       delete from webhook_endpoints where id = $1 and app_id = $2 and livemode = $3 returning id, cause
     ), freed as (
       delete from idempotency_keys where cause in (select cause from gone)
     ), canceled as (
       update deliveries set status = 'canceled', next_try_at = null, attend_at = null
       where endpoint in (select id from gone) and status = 'pending'
     )
     select 1 from gone`,
    [id, caller.app_id, caller.livemode],
  );
  return removed.rowCount === 1;
}

/** The secret that signs what goes to the `notify_url` of the app's payments; null when there is no such app. */
export async function webhookSecretOf({ pool, keyring }: Store, appId: string): Promise<string | null> {
  const found = await pool.query<KeptSecret>(
    'select webhook_secret as secret, webhook_sealed as sealed, webhook_key_id as key_id from apps where id = $1',
    [appId],
  );
  const [kept] = found.rows;
  return kept ? openSecret(keyring, appId, kept) : null;
} // prettier-ignore
