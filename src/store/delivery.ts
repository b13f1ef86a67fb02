import { isWanted } from '../domain/event.ts';
import { drawId } from './id.ts';
import { type Db, type DeliveryRound, prepared, type Store } from './store.ts';
import { type KeptSecret, openSecret } from './webhook-secret.ts';

/** The endpoint of what goes to a payment's own `notify_url`. */
const notifyUrl = 'notify_url';

/** Somebody who may be told of an event. */
export interface Target {
  readonly id: string;
  readonly events: readonly string[];
}

/** Who of the app of a payment `p` may be told: its enabled endpoints. */
export const endpointsOfApp = `
  (select coalesce(json_agg(json_build_object('id', w.id, 'events', w.events)), '[]') from webhook_endpoints w
   where w.app_id = p.app_id and w.livemode = p.livemode and w.status = 'enabled') as endpoints`;

/** Those endpoints, and the payment's `notify_url`. */
export function targetsOf(endpoints: readonly Target[], notify_url: string | null): Target[] {
  return notify_url === null ? [...endpoints] : [...endpoints, { id: notifyUrl, events: ['*'] }];
}

/** Those of the targets that want events of this type. */
export function wanting(type: string, targets: readonly Target[]): string[] {
  return targets.filter(({ events }) => isWanted(type, events)).map(({ id }) => id);
}

/** The deliveries of a transition: those of `doc`. */
export const handedOut = `
  insert into deliveries (id, event_id, endpoint)
  select f.id, f.event_id, f.endpoint from doc, jsonb_populate_recordset(null::deliveries, d -> 'deliveries') f`;

/** Writes a delivery of the event for each target that wants it; one that is there begins a new round, at once. */
export async function writeDeliveries(
  db: Db,
  event: { readonly id: string; readonly type: string },
  targets: readonly Target[],
): Promise<DeliveryRound[]> {
  const endpoints = wanting(event.type, targets);
  if (endpoints.length === 0) return [];
  const written = await db.query<DeliveryRound>(
    `insert into deliveries (id, event_id, endpoint)
     select id, $2, endpoint from unnest($1::text[], $3::text[]) as fresh (id, endpoint) order by endpoint
     on conflict (event_id, endpoint) do update set (status, round, tries, began_at, next_try_at, attend_at)
       = ('pending', deliveries.round + 1, 0, excluded.began_at, excluded.next_try_at, excluded.attend_at)
     returning id, round`,
    [endpoints.map(() => drawId('dlv')), event.id, endpoints],
  );
  return written.rows;
}

/** A delivery with all that a try needs. */
export interface Delivery extends DeliveryRound {
  readonly status: 'pending' | 'delivered' | 'failed' | 'canceled';
  readonly endpoint: string;
  /** Null when the endpoint is gone or disabled. */
  readonly url: string | null;
  /** Of the endpoint, else of the app; null with the endpoint. */
  readonly secret: string | null;
  readonly livemode: boolean;
  /** What is sent, as it was at the event. */
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly created_at: Date;
    readonly sequence: number;
    readonly data: object;
  };
  readonly app_id: string;
  readonly tries: number;
  /** Since the round began. */
  readonly age_ms: number;
  /** Until the next try is due; not above 0 when it is. */
  readonly in_ms: number;
}

const delivery = prepared(
  'delivery',
  `select d.id, d.round, d.status, d.endpoint, d.tries, e.app_id, p.livemode,
       case d.endpoint when '${notifyUrl}' then p.notify_url else w.url end as url,
       case d.endpoint when '${notifyUrl}' then a.webhook_secret else w.secret end as secret,
       case d.endpoint when '${notifyUrl}' then a.webhook_sealed else w.sealed end as sealed,
       case d.endpoint when '${notifyUrl}' then a.webhook_key_id else w.key_id end as key_id,
       json_build_object('id', e.id, 'type', e.type, 'created_at', null, 'sequence', e.sequence, 'data', e.data) as event,
       e.created_at,
       (extract(epoch from clock_now() - d.began_at) * 1000)::float8 as age_ms,
       (extract(epoch from d.next_try_at - clock_now()) * 1000)::float8 as in_ms
     from deliveries d join events e on e.id = d.event_id join payments p on p.id = e.payment_id
     join apps a on a.id = e.app_id left join webhook_endpoints w on w.id = d.endpoint and w.status = 'enabled'
     where d.id = $1`,
);

/** The delivery with this id, or null. The URL is the endpoint's current one. Throws when no key opens its secret. */
export async function loadDelivery({ pool, keyring }: Store, id: string): Promise<Delivery | null> {
  const found = await pool.query<Delivery & KeptSecret & { created_at: Date }>(delivery(id));
  const [row] = found.rows;
  if (!row) return null;
  const { created_at, secret, sealed, key_id, ...rest } = row;
  const owner = rest.endpoint === notifyUrl ? rest.app_id : rest.endpoint;
  const opened = openSecret(keyring, owner, { secret, sealed, key_id });
  return { ...rest, secret: opened, event: { ...rest.event, created_at } };
}

const ended = 'next_try_at = null, attend_at = null';
const tried = 'attempts = attempts + 1, tries = tries + 1, last_try_at = clock_now()';
const thisTry = `where id = $1 and round = $2 and status = 'pending'`; // an older round has nothing to say

const delivered = prepared(
  'delivered',
  `update deliveries set status = 'delivered', ${tried}, ${ended}, last_status_code = $3 ${thisTry}`,
);

/** The receiver has it. */
export async function recordDelivered(
  db: Db,
  { id, round }: DeliveryRound,
  statusCode: number,
): Promise<void> {
  await db.query(delivered(id, round, statusCode));
}

/** A try failed; the next one comes in `in_ms`, or never: then the delivery has failed. */
export async function recordFailed(
  db: Db,
  { id, round }: DeliveryRound,
  statusCode: number | null,
  in_ms: number | null,
): Promise<void> {
  const next = in_ms === null
    ? `status = 'failed', ${ended}`
    : `next_try_at = clock_now() + $4::float8 * interval '1 ms', attend_at = clock_now() + ($4::float8 + 60000) * interval '1 ms'`; // prettier-ignore
  await db.query(`update deliveries set ${tried}, last_status_code = $3, ${next} ${thisTry}`, [
    id,
    round,
    statusCode,
    ...(in_ms === null ? [] : [in_ms]),
  ]);
}

/** The receiver is gone for good (410): the delivery failed, its endpoint is disabled, what waits for it is canceled. */
export async function recordGone(
  db: Db,
  delivery: DeliveryRound & { readonly endpoint: string },
): Promise<void> {
  await recordFailed(db, delivery, 410, null);
  if (delivery.endpoint === notifyUrl) return; // one payment's: there is nothing to disable
  await db.query(`update webhook_endpoints set status = 'disabled' where id = $1`, [
    delivery.endpoint,
  ]);
  await db.query(
    `update deliveries set status = 'canceled', ${ended} where endpoint = $1 and status = 'pending'`,
    [delivery.endpoint],
  );
}

/** Nobody is there any more to be told. */
export async function cancelDelivery(db: Db, { id, round }: DeliveryRound): Promise<void> {
  await db.query(`update deliveries set status = 'canceled', ${ended} ${thisTry}`, [id, round]);
}

/** Leases deliveries that nobody has tried 60 s after their time, for another 60 s. */
export async function leaseDeliveries(db: Db): Promise<DeliveryRound[]> {
  const leased = await db.query<DeliveryRound>(
    `update deliveries set attend_at = clock_now() + interval '60 s' where id = any(array(
       select id from deliveries where attend_at < clock_now() order by attend_at limit 200 for update skip locked
     )) returning id, round`,
  );
  return leased.rows;
}

/** Gives leases back soon: these deliveries could not be started. */
export async function returnDeliveries(
  db: Db,
  deliveries: readonly DeliveryRound[],
): Promise<void> {
  await db.query(
    `update deliveries set attend_at = clock_now() + interval '5 s' where id = any($1) and attend_at is not null`,
    [deliveries.map(({ id }) => id)],
  );
}
