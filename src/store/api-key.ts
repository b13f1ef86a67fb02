import type { Id } from '../domain/id.ts';
import type { LateMoney } from '../domain/payment.ts';
import { addKey, drawKey, hashKey } from './seed.ts';
import { type Db, prepared } from './store.ts';

/** Who calls: an app of a merchant, by a test or a live key. */
export interface Caller {
  readonly key_id: Id<'key'>;
  readonly app_id: Id<'app'>;
  readonly merchant_id: Id<'mer'>;
  readonly livemode: boolean;
  readonly late_money: LateMoney;
  /** The version of the app's rules that is in force; null where it has none. */
  readonly rules_id: Id<'rul'> | null;
}

const caller = prepared(
  'caller',
  `select k.id as key_id, a.id as app_id, a.merchant_id, k.livemode, a.late_money,
       (select r.id from rule_sets r where r.app_id = a.id and r.livemode = k.livemode and r.effective_at <= clock_now()
        order by r.version desc limit 1) as rules_id
   from api_keys k join apps a on a.id = k.app_id where k.hash = $1 and k.revoked_at is null`,
);

/** The caller with this key, or null for one that is unknown or revoked. */
export async function findCaller(db: Db, apiKey: string): Promise<Caller | null> {
  const found = await db.query<Caller>(caller(hashKey(apiKey)));
  return found.rows[0] ?? null;
}

/** A key as it can be shown: what it is itself nobody has. */
export interface ApiKey {
  readonly id: string;
  readonly app_id: string;
  readonly livemode: boolean;
  readonly last4: string;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
}

const columns = 'id, app_id, livemode, last4, created_at, revoked_at';

/** Makes a key of the app; it is answered here and never again. Null when there is no such app. */
export async function makeKey(
  db: Db,
  appId: string,
  livemode: boolean,
): Promise<(ApiKey & { readonly api_key: string }) | null> {
  const app = await db.query('select 1 from apps where id = $1', [appId]);
  if (app.rowCount === 0) return null;
  const api_key = drawKey(livemode);
  const id = await addKey(db, appId, api_key, livemode);
  const made = await db.query<ApiKey>(`select ${columns} from api_keys where id = $1`, [id]);
  return made.rows[0] ? { ...made.rows[0], api_key } : null;
}

/** All keys of the app, revoked ones included, newest first. */
export async function keysOf(db: Db, appId: string): Promise<readonly ApiKey[]> {
  const text = `select ${columns} from api_keys where app_id = $1 order by created_at desc, id desc`;
  return (await db.query<ApiKey>(text, [appId])).rows;
}

/** Ends a key at once and for good; again it changes nothing. Null when there is none with this id. */
export async function revokeKey(db: Db, id: string): Promise<ApiKey | null> {
  const revoked = await db.query<ApiKey>(
    `update api_keys set revoked_at = coalesce(revoked_at, clock_now()) where id = $1 returning ${columns}`,
    [id],
  );
  return revoked.rows[0] ?? null;
}
