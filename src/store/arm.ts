import type { VersionedRules } from '../domain/routing.ts';
import type { Db } from './store.ts';

/** What became of the payments that a rule meant for one account, and sent there first. */
export interface Arm {
  readonly rule: string;
  readonly channel_account: string;
  readonly payments: number;
  /** Meant for it, and sent to another, which it could not take: counted nowhere else. */
  readonly passed_over: number;
  /** By the first attempt itself, held money included. */
  readonly paid: number;
  readonly declined: number;
  /** Nothing is decided yet. */
  readonly open: number;
  /** Paid by a later attempt, which speaks for another account. */
  readonly paid_elsewhere: number;
  readonly mean_ms_to_paid: number | null;
  /** Millionths of the amounts, of those whose fee was known. */
  readonly mean_expected_fee_ppm: number | null;
}

/** Whose payments, and when they were tried first; null: without a bound. */
export interface Span {
  readonly app_id: string;
  readonly livemode: boolean;
  readonly after: Date | null;
  readonly before: Date | null;
}

/** Did the account take it that the rule meant it for? Payments of before 2026-11-30 do not say, and count as if. */
const isMeant = `a.routing->>'passed_over' is null`;

/**
 * Per rule and account, the payments whose first attempt a version's route sent there: what a payer did after it was lost, or where it
 * failed over to, is no merit of the account (intention to treat). What it took for an account that could not is left out, or the
 * shares would be no random split.
 */
export async function readArms(
  db: Db,
  { app_id, livemode, after, before }: Span,
  { version, routes }: Pick<VersionedRules, 'version' | 'routes'>,
): Promise<Arm[]> {
  const found = await db.query<Arm>(
    `select a.routing->>'rule' as rule, coalesce(a.routing->>'passed_over', a.channel_account) as channel_account,
       count(*) filter (where ${isMeant}) as payments,
       count(*) filter (where not ${isMeant}) as passed_over,
       count(*) filter (where ${isMeant} and a.status in ('paid', 'held')) as paid,
       count(*) filter (where ${isMeant} and a.status = 'declined') as declined,
       count(*) filter (where ${isMeant} and a.status in ('planned', 'processing', 'requires_action', 'unknown')) as open,
       count(*) filter (where ${isMeant} and p.paid_by <> a.id) as paid_elsewhere,
       round(avg(extract(epoch from (a.receipts->0->>'paid_at')::timestamptz - a.created_at) * 1000)
         filter (where ${isMeant} and a.status = 'paid'))::bigint as mean_ms_to_paid,
       round(avg((a.routing->'expected_fee'->>'amount')::numeric * 1000000 / a.amount) filter (where ${isMeant}))::bigint
         as mean_expected_fee_ppm
     from attempts a join payments p on p.id = a.payment_id
     where a.routing->>'rule' = any($1) and (a.routing->>'rules_version')::integer = $2 and p.app_id = $3 and p.livemode = $4
       and ($5::timestamptz is null or a.created_at > $5) and ($6::timestamptz is null or a.created_at < $6)
       and not exists (select 1 from attempts e where e.payment_id = a.payment_id and (e.created_at, e.id) < (a.created_at, a.id))
     group by 1, 2`,
    [routes.map(({ name }) => name), version, app_id, livemode, after, before],
  );
  return found.rows;
}
