import type { Db } from './store.ts';

/** One line of a payment's story (contract section 2). `sequence` is that of the transition, null beside it. */
export interface TimelineEntry {
  readonly sequence: number | null;
  readonly at: Date;
  readonly kind:
    'request' | 'attempt' | 'exchange' | 'callback' | 'state' | 'posting' | 'webhook' | 'case';
  readonly summary: string;
  readonly data: object;
}

/**
 * Everything that is known of a payment, oldest first. Within one instant: what was heard, the transition
 * that it made, the state it led to, what was booked, what a person was asked, what a merchant was told.
 */
const story = `
  select null::integer as sequence, at, 'exchange' as kind, 1 as rank, id,
    verb || ' at ' || channel || ': ' || result as summary,
    jsonb_build_object('operation', operation_id, 'request', request, 'response', response, 'took_ms', took_ms) as data
  from channel_exchanges where payment_id = $1
  union all
  select null, received_at, 'callback', 2, id,
    case verdict when 'accepted' then 'a callback of ' || channel || ' was taken' else 'a callback of ' || channel || ' was refused: ' || detail end,
    jsonb_build_object('callback', id, 'channel_account', channel_account, 'reference', reference, 'verdict', verdict)
  from callbacks where payment_id = $1
  union all
  select sequence, at, kind, 3, sequence::text, summary, data from payment_events where payment_id = $1
  union all
  select sequence, at, 'state', 4, sequence::text, coalesce(was || ' → ', '') || status, jsonb_build_object('from', was, 'to', status)
  from (
    select sequence, at, status, lag(status) over (order by sequence) as was from payment_events where payment_id = $1
  ) moves where was is distinct from status
  union all
  select null, t.at, 'posting', 5, t.id, replace(t.reason, '_', ' '),
    jsonb_build_object('transaction', t.id, 'reason', t.reason, 'subject', t.subject, 'entries', jsonb_agg(
      jsonb_build_object('account', a.name, 'channel', nullif(a.channel, ''), 'direction', e.direction, 'amount', e.amount, 'currency', e.currency)
      order by e.direction desc))
  from ledger_transactions t join ledger_entries e on e.transaction_id = t.id join ledger_accounts a on a.id = e.account_id
  where t.payment_id = $1 group by t.id
  union all
  select null, created_at, 'case', 6, id, 'a person must decide: ' || replace(kind, '_', ' '), jsonb_build_object('case', id, 'kind', kind, 'detail', detail)
  from cases where payment_id = $1
  union all
  select null, resolved_at, 'case', 7, id, 'decided: ' || replace(decision, '_', ' '), jsonb_build_object('case', id, 'decision', decision, 'reason', reason)
  from cases where payment_id = $1 and resolved_at is not null
  union all
  select null, coalesce(d.last_try_at, d.created_at), 'webhook', 8, d.id, e.type || ' to ' || d.endpoint || ': ' || d.status,
    jsonb_build_object('event', e.id, 'type', e.type, 'delivery', d.id, 'endpoint', d.endpoint, 'status', d.status,
      'attempts', d.attempts, 'last_status_code', d.last_status_code)
  from deliveries d join events e on e.id = d.event_id where e.object_id in (
    select $1 union all select id from refunds where payment_id = $1 union all select id from cases where payment_id = $1
    union all select id from disputes where payment_id = $1)`;

/** The payment's timeline; the texts were redacted when they were stored. */
export async function readTimeline(db: Db, paymentId: string): Promise<TimelineEntry[]> {
  const found = await db.query<TimelineEntry>(
    `select sequence, at, kind, summary, data from (${story}) story order by at, rank, sequence, id`,
    [paymentId],
  );
  return found.rows;
}
