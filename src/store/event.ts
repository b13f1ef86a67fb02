import type { Caller } from './api-key.ts';
import { endpointsOfApp, type Target, targetsOf, writeDeliveries } from './delivery.ts';
import { claimKey, type KeyClaim } from './idempotency.ts';
import { type Condition, type Page, type PageRequest, readPage } from './page.ts';
import { type Db, startAfterCommit, type Store } from './store.ts';

/** An event with what became of it. */
export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly created_at: Date;
  readonly sequence: number;
  readonly data: object;
  readonly deliveries: readonly DeliveryState[];
}

/** One line of the delivery log. */
export interface DeliveryState {
  readonly id: string;
  readonly endpoint: string;
  readonly status: string;
  readonly attempts: number;
  readonly last_status_code: number | null;
  readonly next_try_at: Date | null;
}

export interface EventFilter {
  readonly object_id?: string | undefined;
  readonly type?: string | undefined;
}

const from = 'events t join payments p on p.id = t.payment_id';

/** What this key sees: its own app's events, live or test like itself. */
const scopeOf = ({ app_id, livemode }: Caller): Condition[] => [
  ['t.app_id = ?', app_id],
  ['p.livemode = ?', livemode],
];

/** One page of the caller's events, newest first. */
export async function listEvents(
  db: Db,
  caller: Caller,
  filter: EventFilter,
  asked: PageRequest,
): Promise<Page<StoredEvent>> {
  const filters: Condition[] = [
    ['t.object_id = ?', filter.object_id],
    ['t.type = ?', filter.type],
  ];
  const page = await readPage(db, { from, scope: scopeOf(caller), filters }, asked);
  return page.kind === 'page' ? { ...page, data: await loadEvents(db, page.data) } : page;
}

/** The caller's event with this id, or null: another app's does not exist for it. */
export async function findEvent(db: Db, caller: Caller, id: string): Promise<StoredEvent | null> {
  const found = await db.query(
    `select 1 from ${from} where t.id = $1 and t.app_id = $2 and p.livemode = $3`,
    [id, caller.app_id, caller.livemode],
  );
  const [event] = found.rowCount ? await loadEvents(db, [id]) : [];
  return event ?? null;
}

async function loadEvents(db: Db, ids: readonly string[]): Promise<StoredEvent[]> {
  const events = await db.query<Omit<StoredEvent, 'deliveries'>>(
    'select id, type, created_at, sequence, data from events where id = any($1) order by array_position($1, id)',
    [ids],
  );
  const deliveries = await db.query<DeliveryState & { event_id: string }>(
    `select event_id, id, endpoint, status, attempts, last_status_code, next_try_at from deliveries
     where event_id = any($1) order by created_at, id`,
    [ids],
  );
  const of = (id: string) => deliveries.rows.filter((row) => row.event_id === id);
  return events.rows.map((event) => ({
    ...event,
    deliveries: of(event.id).map(({ event_id: _, ...delivery }) => delivery),
  }));
}

/** A redelivery was begun, or the key had begun it before, or the key named another request. */
export type Redelivery = 'begun' | 'replayed' | 'key_reused';

/** Sends the event again, at once, to everybody to whom it would go if it happened now. */
export async function redeliver(
  store: Store,
  { app_id }: Caller,
  event: Pick<StoredEvent, 'id' | 'type'>,
  key: KeyClaim | null,
): Promise<Redelivery> {
  return store.transaction(async (db) => {
    const held = key && (await claimKey(db, key, app_id, event.id));
    if (held) return held.fingerprint === key.fingerprint ? 'replayed' : 'key_reused';
    const found = await db.query<{ notify_url: string | null; endpoints: Target[] }>(
      `select p.notify_url, ${endpointsOfApp} from events e join payments p on p.id = e.payment_id where e.id = $1`,
      [event.id],
    );
    const { notify_url = null, endpoints = [] } = found.rows[0] ?? {};
    const targets = targetsOf(endpoints, notify_url);
    startAfterCommit(db, await writeDeliveries(db, event, targets));
    return 'begun';
  });
}
