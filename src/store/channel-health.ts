import type { Circuit } from '../domain/circuit.ts';
import { type Bucket, bucketMs, type Counted, type Tally, windowMs } from '../domain/health.ts';
import type { Instant } from '../domain/operation.ts';
import { type Db, prepared } from './store.ts';

/** A circuit as it is kept. `version` 0: it has no row yet. */
export interface KeptCircuit extends Circuit {
  readonly version: number;
}

/** No new attempts begin at an account. */
export interface Pause {
  readonly by: string;
  readonly reason: string | null;
  readonly since: Instant;
  readonly until: Instant | null;
}

/** What all processes know together, at one instant of the store's clock. */
export interface Reading {
  readonly now: Instant;
  readonly buckets: readonly (Bucket & Of)[];
  readonly circuits: readonly (KeptCircuit & Of)[];
  readonly pauses: readonly (Pause & Of)[];
  /** The accounts that any of it is about. */
  readonly accounts: readonly (Of & { readonly channel: string })[];
}

interface Of {
  readonly channel_account: string;
}

/** What one process counted of an account since it last said so. */
export type Counts = Of & { readonly counted: Counted; readonly tally: Tally };

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

// In the order of their keys: two processes that add to the same rows wait for each other, and never in a circle.
const add = prepared(
  'add_tallies',
  `with old as (
     delete from channel_tallies where (channel_account, counted, at) in (
       select channel_account, counted, at from channel_tallies where at < clock_now() - interval '2 min' for update skip locked)
   )
   insert into channel_tallies as kept (channel_account, counted, at, answered, declined, unknown, refused, never_sent, times, time_ms)
   select n.channel_account, n.counted, to_timestamp(floor(extract(epoch from clock_now()) * 1000 / ${bucketMs}) * ${bucketMs} / 1000.0),
     n.answered, n.declined, n.unknown, n.refused, n.never_sent, n.times, n.time_ms
   from jsonb_to_recordset($1) as n(channel_account text, counted text, answered integer, declined integer, unknown integer,
     refused integer, never_sent integer, times integer[], time_ms bigint)
   order by n.channel_account, n.counted
   on conflict (channel_account, counted, at) do update set
     answered = kept.answered + excluded.answered, declined = kept.declined + excluded.declined,
     unknown = kept.unknown + excluded.unknown, refused = kept.refused + excluded.refused,
     never_sent = kept.never_sent + excluded.never_sent, time_ms = kept.time_ms + excluded.time_ms,
     times = array(select mine + other from unnest(kept.times, excluded.times) with ordinality as t(mine, other, nth) order by nth)`,
);

/** Adds what was counted to the bucket of now, and deletes what nobody looks at any more. */
export async function addTallies(db: Db, counts: readonly Counts[]): Promise<void> {
  const rows = counts.map(({ tally, ...of }) => ({ ...of, ...tally }));
  await db.query(add(JSON.stringify(rows)));
}

const circuitColumns = `state, ${ms('since')} as since, ${ms('next_probe_at')} as next_probe_at, good, doubled, version`;

const read = prepared(
  'read_health',
  `with tallies as (
     select channel_account, counted, ${ms('at')} as at, json_build_object('answered', answered, 'declined', declined,
       'unknown', unknown, 'refused', refused, 'never_sent', never_sent, 'times', times, 'time_ms', time_ms) as tally
     from channel_tallies where at > clock_now() - ${windowMs} * interval '1 millisecond'
   ), circuits as (
     select channel_account, ${circuitColumns} from channel_circuits
   ), pauses as (
     select channel_account, paused_by as by, reason, ${ms('paused_at')} as since, ${ms('until')} as until
     from channel_pauses where resumed_at is null and (until is null or until > clock_now())
   ), accounts as (
     select distinct id as channel_account, channel from channel_accounts where id in (
       select channel_account from tallies union select channel_account from circuits union select channel_account from pauses)
   )
   select ${ms('clock_now()')} as now,
     (select coalesce(json_agg(t), '[]') from tallies t) as buckets, (select coalesce(json_agg(t), '[]') from circuits t) as circuits,
     (select coalesce(json_agg(t), '[]') from pauses t) as pauses, (select coalesce(json_agg(t), '[]') from accounts t) as accounts`,
);

/** All that is known of all accounts, in one statement. */
export async function readHealth(db: Db): Promise<Reading> {
  const found = await db.query<Reading>(read());
  const [reading] = found.rows;
  if (!reading) throw new Error('bug: a select without a table has one row');
  return reading;
}

/** The circuit of an account as it is now, and what the time is; null where it has no row. */
export async function readCircuit(
  db: Db,
  account: string,
): Promise<{ circuit: KeptCircuit; now: Instant } | null> {
  const found = await db.query<KeptCircuit & { now: Instant }>(
    `select ${circuitColumns}, ${ms('clock_now()')} as now from channel_circuits where channel_account = $1`,
    [account],
  );
  const [row] = found.rows;
  if (!row) return null;
  const { now, ...circuit } = row;
  return { circuit, now };
}

/**
 * Changes a circuit, if it is still the one that was seen: of several who saw the same, one does. False: somebody else has
 * changed it.
 *
 * @param seen the version that this was made of
 */
export async function moveCircuit(
  db: Db,
  account: string,
  seen: number,
  { state, since, next_probe_at, good, doubled }: Circuit,
): Promise<boolean> {
  const moved = await db.query(
    `insert into channel_circuits as kept (channel_account, state, since, next_probe_at, good, doubled, version)
     select $1, $2, to_timestamp($3::float8 / 1000), to_timestamp($4::float8 / 1000), $5, $6, 1
     on conflict (channel_account) do update set state = excluded.state, since = excluded.since,
       next_probe_at = excluded.next_probe_at, good = excluded.good, doubled = excluded.doubled, version = kept.version + 1
     where kept.version = $7`,
    [account, state, since, next_probe_at, good, doubled, seen],
  );
  return moved.rowCount === 1;
}
