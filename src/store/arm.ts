import type { VersionedRules } from '../domain/routing.ts';
import type { Db } from './store.ts';

/** What became of the payments that a rule sent to one account first. */
export interface Arm {
  readonly rule: string;
  readonly channel_account: string;
  readonly payments: number;
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

/**
 * Per rule and account, the payments whose first attempt a version's route sent there: what a payer did after it was lost, or where it
 * failed over to, is no merit of the account (intention to treat).
 */
export async function readArms(
  db: Db,
  { app_id, livemode, after, before }: Span,
  { version, routes }: Pick<VersionedRules, 'version' | 'routes'>,
): Promise<Arm[]> {
  const found = await db.query<Arm>(
    `select a.routing->>'rule' as rule, a.channel_account, count(*) as payments,
       count(*) filter (where a.status in ('paid', 'held')) as paid,
       count(*) filter (where a.status = 'declined') as declined,
       count(*) filter (where a.status in ('planned', 'processing', 'requires_action', 'unknown')) as open,
       count(*) filter (where p.paid_by <> a.id) as paid_elsewhere,
       round(avg(extract(epoch from (a.receipts->0->>'paid_at')::timestamptz - a.created_at) * 1000)
         filter (where a.status = 'paid'))::bigint as mean_ms_to_paid,
       round(avg((a.routing->'expected_fee'->>'amount')::numeric * 1000000 / a.amount))::bigint as mean_expected_fee_ppm
     from attempts a join payments p on p.id = a.payment_id
     where a.routing->>'rule' = any($1) and (a.routing->>'rules_version')::integer = $2 and p.app_id = $3 and p.livemode = $4
       and ($5::timestamptz is null or a.created_at > $5) and ($6::timestamptz is null or a.created_at < $6)
       and not exists (select 1 from attempts e where e.payment_id = a.payment_id and (e.created_at, e.id) < (a.created_at, a.id))
     group by 1, 2`,
    [routes.map(({ name }) => name), version, app_id, livemode, after, before],
  );
  return found.rows;
}
