import { type LimitCount, type Measure, overrun } from '../domain/limit-count.ts';
import { isFinal, type Payment } from '../domain/payment.ts';
import type { RuleRefusal } from '../domain/rule.ts';
import { findKey } from './idempotency.ts';
import { type Db, prepared, type Store } from './store.ts';

type Counted = Pick<Payment, 'id' | 'app_id' | 'livemode'>;

/** With what a payment is tried. */
export interface Trying {
  readonly method: string;
  /** The cause of the confirmation that brings it, which keeps the count until it is recorded; null of a create. */
  readonly confirmation: string | null;
}

/** Who counts waits for who was before him: longer than for a key, shorter than a statement may take. */
const turnWithin = `set local lock_timeout = '6s'`;

/** The counts $1 as rows: when the window of each began, by the database's clock in the rule's zone. */
const asked = `
  asked as (
    select a.*, date_trunc(a.span, clock_now() at time zone a.zone)::date as starts_on
    from jsonb_to_recordset($1) as a(rule text, measure text, subject text, zone text, span text, added bigint, most bigint)
  )`;

const resetsAt = `(a.starts_on + ('1 ' || a.span)::interval) at time zone a.zone as resets_at`;

/** Adds the claims of \`from\` to their counters, in one order for all: two that count the same never wait for each other. */
export const counted = (from: string, amount: string) => `
  insert into limit_counters as c (app_id, livemode, rule, measure, subject, starts_on, used)
  select app_id, livemode, rule, measure, subject, starts_on, ${amount} from ${from}
  order by rule, measure, subject, starts_on
  on conflict (app_id, livemode, rule, measure, subject, starts_on) do update set used = c.used + excluded.used`;

const take = prepared(
  'take_limits',
  `with ${asked}, kept as ( -- it was counted before, by this method or by another
     update limit_claims c set
       methods = case when c.methods = '{}' or c.methods @> $5 then c.methods else c.methods || $5 end,
       confirmations = case when c.confirmations @> $6 then c.confirmations else c.confirmations || $6 end
     from asked a where c.payment_id = $2 and c.is_held and (c.rule, c.measure, c.subject) = (a.rule, a.measure, a.subject)
     returning c.rule, c.measure, c.subject
   ), claimed as (
     insert into limit_claims as c (payment_id, app_id, livemode, rule, measure, subject, starts_on, amount, methods, confirmations)
     select $2, $3, $4, rule, measure, subject, starts_on, added, $5, $6 from asked left join kept k using (rule, measure, subject)
     where k.rule is null
     on conflict (payment_id, rule, measure, subject) do update set -- it was given back
       is_held = true, starts_on = excluded.starts_on, amount = excluded.amount, confirmations = excluded.confirmations,
       methods = case when c.methods @> excluded.methods then c.methods else c.methods || excluded.methods end
     returning c.*
   ), counted as (
     ${counted('claimed', 'amount')} returning rule, measure, subject, c.used
   )
   select a.rule, a.measure, a.subject, n.used - a.added as used, ${resetsAt}
   from counted n join asked a using (rule, measure, subject) where n.used > a.most`,
);

interface Overrun {
  readonly rule: string;
  readonly measure: Measure;
  readonly subject: string;
  readonly used: number;
  readonly resets_at: Date;
}

/**
 * Counts a payment, each of its counts once. The counters are locked until the transaction ends, so that as many pass as may,
 * whoever comes at once.
 * @returns what it would go beyond: then the caller must take the transaction back
 */
export async function takeLimits(
  db: Db,
  { id, app_id, livemode }: Counted,
  counts: readonly LimitCount[],
  { method, confirmation }: Trying,
): Promise<RuleRefusal[]> {
  if (counts.length === 0) return [];
  const confirmations = confirmation === null ? [] : [confirmation];
  const [, { rows }] = await Promise.all([
    db.query(turnWithin),
    db.query<Overrun>(take(rowsOf(counts), id, app_id, livemode, [method], confirmations)),
  ]);
  return refusalsOf(counts, rows);
}

function rowsOf(counts: readonly LimitCount[]): string {
  return JSON.stringify(
    counts.map((one) => ({ ...one, span: one.measure.endsWith('day') ? 'day' : 'month' })),
  );
}

function refusalsOf(counts: readonly LimitCount[], overruns: readonly Overrun[]): RuleRefusal[] {
  return overruns.map((standing) => {
    const { rule, measure, subject } = standing;
    const count = counts.find((one) => one.rule === rule && one.measure === measure && one.subject === subject);
    if (!count) throw new Error(`bug: ${rule} was not to be counted`);
    return overrun(count, standing);
  });
} // prettier-ignore

/** Thrown inside the transaction to take back what it counted. */
class Beyond extends Error {
  readonly refusals: readonly RuleRefusal[];
  constructor(refusals: readonly RuleRefusal[]) {
    super('beyond a limit');
    this.refusals = refusals;
  }
}

const hold = prepared(
  'hold_payment',
  'select status from payments where id = $1 for no key update',
);

/**
 * Counts a payment that is there, for the method that a confirmation will name, until that is recorded: under the lock that records it,
 * so that a repeat of what was recorded counts nothing. A payment that has ended is counted no more.
 */
export async function countConfirmation(
  store: Store,
  payment: Counted,
  counts: readonly LimitCount[],
  { method, confirmation }: Trying & { readonly confirmation: string },
): Promise<readonly RuleRefusal[]> {
  if (counts.length === 0) return [];
  try {
    return await store.transaction(async (db) => {
      const { rows } = await db.query<Pick<Payment, 'status'>>(hold(payment.id));
      if (!rows[0] || isFinal(rows[0].status) || (await findKey(db, confirmation))) return [];
      const refusals = await takeLimits(db, payment, counts, { method, confirmation });
      if (refusals.length > 0) throw new Beyond(refusals);
      return [];
    });
  } catch (error) {
    if (error instanceof Beyond) return error.refusals;
    throw error;
  }
}

const look = prepared(
  'look_at_limits',
  `with ${asked}
   select a.rule, a.measure, a.subject, coalesce(c.used, 0) as used, ${resetsAt}
   from asked a left join limit_counters c on (c.app_id, c.livemode, c.rule, c.measure, c.subject, c.starts_on)
     = ($2, $3, a.rule, a.measure, a.subject, a.starts_on)
   where coalesce(c.used, 0) + a.added > a.most`,
);

/** What these counts would go beyond now. Nothing is taken: by the time it is, others may have been faster. */
export async function lookAtLimits(
  db: Db,
  { app_id, livemode }: Omit<Counted, 'id'>,
  counts: readonly LimitCount[],
): Promise<RuleRefusal[]> {
  if (counts.length === 0) return [];
  const { rows } = await db.query<Overrun>(look(rowsOf(counts), app_id, livemode));
  return refusalsOf(counts, rows);
}
