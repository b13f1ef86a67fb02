import type { AttemptStatus } from '../domain/attempt.ts';
import type { CountedReceipt } from '../domain/attempt.ts';
import type { Currency } from '../domain/currency.ts';
import type { Increment } from '../domain/increment.ts';
import type { Minor } from '../domain/money.ts';
import type { Awaits, MadeCall, Verb } from '../domain/operation.ts';
import type { RefundState } from '../domain/outcome.ts';
import type { Usage } from '../domain/payment-method.ts';
import type { KeptSettings, PinnedSettings } from './account-settings.ts';
import { type Db, prepared } from './store.ts';

/** Everything that a sender needs of one operation, as stored; nothing in it comes from "now". */
export interface StoredCall {
  readonly id: string;
  readonly payment_id: string;
  readonly attempt_id: string;
  readonly refund_id: string | null;
  readonly verb: Verb;
  readonly awaits: Awaits | null;
  /** Asked about in place of the attempt's own order. */
  readonly stray: string | null;
  readonly ended: string | null;
  readonly channel: string;
  readonly channel_account: string;
  /** The account's settings in the version that the attempt was made with; in the newest where that one was retired. */
  readonly account: PinnedSettings;
  readonly attempt_status: AttemptStatus;
  readonly method: string;
  readonly amount: Minor;
  readonly currency: Currency;
  readonly order_no: string;
  readonly description: string | null;
  readonly expires_at: Date;
  readonly channel_key: string;
  readonly handle: string | null;
  readonly capture: 'automatic' | 'manual';
  /** As it is kept: `openToken` opens it. */
  readonly token: string | null;
  readonly usage: Usage;
  readonly app_id: string;
  readonly return_url: string | null;
  /** What the payer brought back, sealed, where this confirms by it. */
  readonly returned: string | null;
  /**
   * The files in which the channel has reported since, the last ones before that, and how long after all must stand in
   * one the newest came out; null: none has.
   */
  readonly reports: readonly string[];
  readonly reports_before: readonly string[];
  readonly reported_late_ms: number | null;
  /** What was sent so far to make the order or the refund that this makes or asks about, the oldest first, and this itself as not ended yet. */
  readonly calls: readonly MadeCall[];
  /** Was the confirmation, or a capture, sent and not answered? Then "nothing happened" is a fact only when settled. */
  readonly confirmed: 'no' | 'maybe' | 'yes';
  readonly is_capture_unknown: boolean;
  readonly increments: readonly Increment[];
  readonly captured: Minor;
  readonly capture_id: string | null;
  readonly capture_amount: Minor | null;
  readonly is_final: boolean | null;
  readonly receipts: readonly CountedReceipt[];
  readonly refund_amount: Minor | null;
  readonly refund_currency: Currency | null;
  readonly refund_status: RefundState | null;
  readonly receipt_reference: string | null;
  readonly refund_channel_reference: string | null;
  readonly refund_reason: string | null;
  /** Is "not found" a fact by now? */
  readonly settled: boolean;
  /** Milliseconds until it is, or until asking ends: a poll must not sleep beyond. */
  readonly next_fact_in_ms: number;
  /** Asking has come to its end. */
  readonly over: boolean;
}

type Row = Omit<StoredCall, 'account'> &
  Omit<KeptSettings, 'id'> & {
    readonly newest_version: number | null;
    readonly newest_settings: unknown;
    readonly newest_sealed: Buffer | null;
    readonly newest_key_id: string | null;
  };

const call = prepared(
  'call',
  `select o.id, o.payment_id, o.attempt_id, o.refund_id, o.verb, o.awaits, o.ended,
       a.channel, a.channel_account, c.version, c.settings, c.sealed, c.key_id,
       newest.version as newest_version, newest.settings as newest_settings, newest.sealed as newest_sealed, newest.key_id as newest_key_id, a.status as attempt_status, a.method, a.amount, a.currency, a.receipts,
       coalesce(o.stray, a.handle) as handle, o.stray, a.token, a.usage, a.confirmed, a.increments, o.channel_key, o.capture_id, k.amount as capture_amount, k.is_final,
       p.app_id, p.order_no, p.description, p.expires_at, p.capture, p.return_url,
       r.amount as refund_amount, r.currency as refund_currency, r.status as refund_status, r.receipt_reference, r.reason as refund_reason,
       r.channel_reference as refund_channel_reference,
       coalesce((select sum(c.amount) from captures c where c.attempt_id = a.id and c.status = 'succeeded'), 0)::bigint as captured,
       exists (select 1 from captures c where c.attempt_id = a.id and c.status = 'processing' and c.executed = 'maybe')
         as is_capture_unknown,
       (select coalesce(json_agg(json_build_object('run_at', (extract(epoch from m.run_at) * 1000)::bigint, 'ended', case when m.id <> o.id then m.ended end)
           order by m.run_at, m.id), '[]')
         from operations m where m.payment_id = o.payment_id and m.attempt_id = o.attempt_id
         and m.refund_id is not distinct from o.refund_id and (m.sent_at is not null or m.id = o.id)
         and m.verb = case o.verb when 'query' then 'create' when 'query_refund' then 'refund' else o.verb end) as calls,
       coalesce(clock_now() >= o.settles_at, false) as settled, clock_now() >= o.not_after as over,
       (select r.token from returns r where r.id = o.channel_key) as returned,
       array(select r.name from reports r where r.channel_account = a.channel_account and r.published_at > a.created_at
         order by r.published_at, r.name) as reports,
       array(select r.name from reports r where r.channel_account = a.channel_account and r.published_at <= a.created_at
         order by r.published_at desc limit 10) as reports_before,
       (select extract(epoch from max(r.published_at) - o.settles_at)::float8 * 1000 from reports r
         where r.channel_account = a.channel_account and r.published_at >= o.settles_at) as reported_late_ms,
       extract(epoch from case when o.settles_at > clock_now() then o.settles_at else o.not_after end - clock_now())::float8 * 1000
         as next_fact_in_ms
     from operations o
     join attempts a on a.id = o.attempt_id
     join payments p on p.id = o.payment_id
     join channel_accounts pinned on pinned.id = a.channel_account and pinned.version = a.account_version
     join channel_accounts c on c.id = pinned.id and c.version = case when pinned.retired_at is null then pinned.version
       else (select max(n.version) from channel_accounts n where n.id = pinned.id) end
     left join channel_accounts newest on newest.id = c.id and newest.version > c.version
       and newest.version = (select max(n.version) from channel_accounts n where n.id = c.id)
     left join refunds r on r.id = o.refund_id
     left join captures k on k.id = o.capture_id
     where o.id = $1`,
);

/** The operation with its attempt, its refund and the account's settings. */
export async function loadCall(db: Db, operationId: string): Promise<StoredCall | null> {
  const found = await db.query<Row>(call(operationId));
  const [row] = found.rows;
  if (!row) return null;
  const { version, settings, sealed, key_id, newest_version, newest_settings, newest_sealed, newest_key_id, ...stored } = row;
  const id = row.channel_account;
  const newest = newest_version === null ? null
    : { id, version: newest_version, settings: newest_settings, sealed: newest_sealed, key_id: newest_key_id };
  return { ...stored, account: { id, version, settings, sealed, key_id, newest } };
} // prettier-ignore

const fence = prepared(
  'fence',
  `update operations set sent_at = clock_now()
   where id = $1 and sent_at is null and not fenced and ended is null and clock_now() < not_after`,
);

/**
 * The send fence, taken right before the socket in one statement: true for the one sender that may send.
 * `sent`: somebody has sent it, ask the channel. `closed`: it is too late or was given up, nothing was sent.
 */
export async function takeFence(db: Db, operationId: string): Promise<'taken' | 'sent' | 'closed'> {
  const taken = await db.query(fence(operationId));
  if (taken.rowCount === 1) return 'taken';
  const held = await db.query<{ sent: boolean }>(
    'select sent_at is not null as sent from operations where id = $1',
    [operationId],
  );
  return held.rows[0]?.sent ? 'sent' : 'closed';
}

/** A poll is under way and asks again in `in_ms`: nobody else need look before 60 s after that. */
export async function postponeAttendance(db: Db, paymentId: string, in_ms: number): Promise<void> {
  await db.query(
    `update payments set attend_at = clock_now() + ($2 + 60000) * interval '1 millisecond'
     where id = $1 and attend_at is not null`,
    [paymentId, in_ms],
  );
}
