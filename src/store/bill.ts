import type { BillAnswer } from '../domain/bill.ts';
import type { Finding, Known } from '../domain/bill-finding.ts';
import { storable } from './storable.ts';
import { type Db, prepared } from './store.ts';

/** The bill of a day that somebody is to look at. */
export interface DueBill {
  readonly channel: string;
  readonly channel_account: string;
  /** Of the channel's zone, like 2026-11-29. */
  readonly day: string;
  /** The how many-th look this is. */
  readonly looks: number;
  /** What the look before has come to; null before the first. */
  readonly outcome: BillAnswer['kind'] | null;
  /** After how many of them what was unheard of was asked about. */
  readonly asked: number;
}

/** Days whose bills nobody has looked at are owed for so long: a stack that stood still over a weekend makes up for it. */
const daysOwed = 7;

const plan = prepared(
  'plan_bills',
  `insert into bills (channel_account, day, look_at)
   select a.id, d::date, clock_now()
   from (select id, min(created_at) as created_at from channel_accounts where channel = $1 group by id) a
   cross join lateral generate_series(
     greatest((a.created_at at time zone $2)::date, (clock_now() at time zone $2)::date - ${daysOwed})::timestamp,
     (clock_now() at time zone $2)::date - interval '1 day', interval '1 day') d
   where (d + interval '1 day') at time zone $2 + $3 * interval '1 millisecond' <= clock_now()
   on conflict do nothing`,
);

/** Writes down which days' bills of a channel are ready by now, from the day on when each account was made. */
export async function planBills(
  db: Db,
  channel: string,
  { zone, ready_after_ms }: { readonly zone: string; readonly ready_after_ms: number },
): Promise<void> {
  await db.query(plan(channel, zone, ready_after_ms));
}

const lease = prepared(
  'lease_bill',
  `update bills b set look_at = clock_now() + interval '10 minutes', looks = looks + 1
   where (b.channel_account, b.day) = (
     select d.channel_account, d.day from bills d
     where d.look_at <= clock_now() and exists (select 1 from channel_accounts c where c.id = d.channel_account and c.channel = any($1::text[]))
     order by d.look_at limit 1 for update skip locked
   )
   returning b.channel_account, b.day::text, b.looks, b.outcome, b.asked,
     (select c.channel from channel_accounts c where c.id = b.channel_account limit 1) as channel`,
);

/**
 * The one that is due longest, for ten minutes: nobody else looks at it meanwhile.
 *
 * @param channels that this build reads the bills of; those of others are left to a worker that does
 */
export async function leaseBill(db: Db, channels: readonly string[]): Promise<DueBill | null> {
  const leased = await db.query<DueBill>(lease(channels));
  return leased.rows[0] ?? null;
}

const keep = prepared(
  'keep_lease',
  `update bills set look_at = clock_now() + interval '10 minutes' where channel_account = $1 and day = $2`,
);

/** Ten minutes more for a look that takes long. */
export async function keepLease(
  db: Db,
  { channel_account, day }: Pick<DueBill, 'channel_account' | 'day'>,
): Promise<void> {
  await db.query(keep(channel_account, day));
}

/** What a look has come to, and in how many milliseconds the next one is due; null: none is. */
export interface Looked {
  readonly outcome: BillAnswer['kind'];
  readonly detail: string | null;
  readonly findings: Readonly<Record<Finding, number>> | null;
  readonly again_ms: number | null;
  /** Was what is unheard of asked about? */
  readonly is_asked: boolean;
}

const end = prepared(
  'end_look',
  `update bills set outcome = $3, detail = $4, findings = $5, looked_at = clock_now(), asked = asked + $7::int,
     look_at = clock_now() + $6 * interval '1 millisecond' where channel_account = $1 and day = $2`,
);

/** Writes down what a look has come to. */
export async function endLook(
  db: Db,
  { channel_account, day }: Pick<DueBill, 'channel_account' | 'day'>,
  looked: Looked,
): Promise<void> {
  const { outcome, detail, findings, again_ms, is_asked } = storable(looked);
  await db.query(end(channel_account, day, outcome, detail, findings, again_ms, is_asked ? 1 : 0));
}

const known = prepared(
  'known_on_bill',
  `select k.id, k.payment_id, k.receipts, k.taken_back, k.bounced, coalesce(t.told, '[]') as told
   from (
     select a.id, a.payment_id, a.receipts, case
       when exists (select 1 from cases c where c.payment_id = a.payment_id and c.attempt_id = a.id and c.kind = 'conflict') then a.amount
       else (select coalesce(sum(amount), 0)::bigint from (
         select d.amount from disputes d where d.payment_id = a.payment_id and d.attempt_id = a.id and d.status <> 'won'
         union all
         select r.amount from refunds r where r.payment_id = a.payment_id and r.attempt_id = a.id and r.status = 'succeeded'
           and r.channel_reference is null -- by our reversal of an order (decision 0033)
       ) back) end as taken_back, null::jsonb as bounced
     from attempts a where a.id = any($2::text[]) and a.channel_account = $1
     union all
     select r.id, r.payment_id, case when r.status = 'succeeded'
       then jsonb_build_array(jsonb_build_object('channel_reference', r.channel_reference, 'amount', r.amount, 'currency', r.currency))
       else '[]' end, 0::bigint, case when r.status in ('failed', 'needs_attention') or b.is_booked
       then jsonb_build_object('amount', r.amount, 'currency', r.currency, 'is_booked', b.is_booked) end
     from refunds r join attempts a on a.id = r.attempt_id cross join lateral (
       select exists (select 1 from ledger_transactions l where l.payment_id = r.payment_id
         and l.reason in ('refund_reversed', 'return_reversed') and split_part(l.subject, ' ', 1) = r.id) as is_booked
     ) b where r.id = any($2::text[]) and a.channel_account = $1
   ) k left join (
     select m.reference, jsonb_agg(jsonb_build_object('movement_reference', m.movement_reference, 'subject', m.subject, 'amount', m.amount)) as told
     from bill_movements m where m.channel_account = $1 and m.reference = any($2::text[]) group by m.reference
   ) t on t.reference = k.id`,
);

/** What this account's attempts and refunds are, by these numbers of ours; what else they are, is nobody's. */
export async function knownUnder(
  db: Db,
  channelAccount: string,
  references: readonly string[],
): Promise<Map<string, Known>> {
  const found = await db.query<Known & { readonly id: string }>(known(channelAccount, references));
  return new Map(found.rows.map(({ id, ...one }) => [id, one]));
}

const reports = prepared(
  'reports_of_day',
  `with told as (select name, published_at, (published_at at time zone $3)::date as day from reports where channel_account = $1)
   select array(select name from told where day = $2::date order by published_at, name) as names,
     array(select name from told where day < $2::date order by published_at desc limit 10) as before`,
);

/** The files in which a channel reported on a day of this zone, and the last ones before that. */
export async function reportsOf(
  db: Db,
  channelAccount: string,
  day: string,
  zone: string,
): Promise<{ readonly names: readonly string[]; readonly before: readonly string[] }> {
  const found = await db.query<{ names: string[]; before: string[] }>(
    reports(channelAccount, day, zone),
  );
  return found.rows[0] ?? { names: [], before: [] };
}
