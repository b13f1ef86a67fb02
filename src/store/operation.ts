import type { AttemptStatus } from '../domain/attempt.ts';
import type { CountedReceipt } from '../domain/attempt.ts';
import type { Currency } from '../domain/currency.ts';
import type { Minor } from '../domain/money.ts';
import type { Verb } from '../domain/operation.ts';
import type { RefundState } from '../domain/outcome.ts';
import { drawId } from './id.ts';
import type { Db } from './store.ts';

/** Everything that a sender needs of one operation, as stored; nothing in it comes from "now". */
export interface StoredCall {
  readonly id: string;
  readonly payment_id: string;
  readonly attempt_id: string;
  readonly refund_id: string | null;
  readonly verb: Verb;
  readonly awaits: 'answer' | 'change' | null;
  readonly ended: string | null;
  readonly channel: string;
  readonly channel_account: string;
  readonly settings: unknown;
  readonly attempt_status: AttemptStatus;
  readonly amount: Minor;
  readonly currency: Currency;
  readonly order_no: string;
  readonly description: string | null;
  readonly expires_at: Date;
  readonly receipts: readonly CountedReceipt[];
  readonly refund_amount: Minor | null;
  readonly refund_status: RefundState | null;
  readonly receipt_reference: string | null;
  /** Is "not found" a fact by now? */
  readonly settled: boolean;
  /** Asking has come to its end. */
  readonly over: boolean;
}

/** The operation with its attempt, its refund and the account's settings of the pinned version. */
export async function loadCall(db: Db, operationId: string): Promise<StoredCall | null> {
  const found = await db.query<StoredCall>(
    `select o.id, o.payment_id, o.attempt_id, o.refund_id, o.verb, o.awaits, o.ended,
       a.channel, a.channel_account, c.settings, a.status as attempt_status, a.amount, a.currency, a.receipts,
       p.order_no, p.description, p.expires_at,
       r.amount as refund_amount, r.status as refund_status, r.receipt_reference,
       coalesce(clock_now() >= o.settles_at, false) as settled, clock_now() >= o.not_after as over
     from operations o
     join attempts a on a.id = o.attempt_id
     join payments p on p.id = o.payment_id
     join channel_accounts c on c.id = a.channel_account and c.version = a.account_version
     left join refunds r on r.id = o.refund_id
     where o.id = $1`,
    [operationId],
  );
  return found.rows[0] ?? null;
}

/**
 * The send fence, taken right before the socket in one statement: true for the one sender that may send.
 * `sent`: somebody has sent it, ask the channel. `closed`: it is too late or was given up, nothing was sent.
 */
export async function takeFence(db: Db, operationId: string): Promise<'taken' | 'sent' | 'closed'> {
  const taken = await db.query(
    `update operations set sent_at = clock_now()
     where id = $1 and sent_at is null and not fenced and ended is null and clock_now() < not_after`,
    [operationId],
  );
  if (taken.rowCount === 1) return 'taken';
  const held = await db.query<{ sent: boolean }>(
    'select sent_at is not null as sent from operations where id = $1',
    [operationId],
  );
  return held.rows[0]?.sent ? 'sent' : 'closed';
}

export interface Exchange {
  readonly payment_id: string;
  readonly operation_id: string;
  readonly channel: string;
  readonly verb: string;
  readonly request: string;
  readonly response: string | null;
  readonly result: string;
  readonly took_ms: number;
}

/** Keeps one exchange with a channel; the texts are redacted already. */
export async function writeExchange(db: Db, exchange: Exchange): Promise<void> {
  await db.query(
    `insert into channel_exchanges (id, payment_id, operation_id, channel, verb, request, response, result, took_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      drawId('exc'), exchange.payment_id, exchange.operation_id, exchange.channel, exchange.verb,
      exchange.request, exchange.response, exchange.result, exchange.took_ms,
    ], // prettier-ignore
  );
}

/** A poll is under way and asks again in `in_ms`: nobody else need look before 60 s after that. */
export async function postponeAttendance(db: Db, paymentId: string, in_ms: number): Promise<void> {
  await db.query(
    `update payments set attend_at = clock_now() + ($2 + 60000) * interval '1 millisecond'
     where id = $1 and attend_at is not null`,
    [paymentId, in_ms],
  );
}
