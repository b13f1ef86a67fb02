import type { DomainEvent } from '../domain/draft.ts';
import type { Fold } from '../domain/fold.ts';
import { startToCloseMs } from '../domain/operation.ts';
import { openOperations, type Payment } from '../domain/payment.ts';
import { caseObject, type Details, paymentObject, refundObject } from '../domain/payment-object.ts';
import { nextDeadline } from '../domain/view.ts';
import { targetsOf, writeDeliveries } from './delivery.ts';
import { drawId } from './id.ts';
import { writePosting } from './ledger.ts';
import { changedParts, type StoredPayment, toRow } from './payment-row.ts';
import { type Db, startAfterCommit, type Store } from './store.ts';

/** What brought a transition, for its row on the timeline. */
export interface Origin {
  readonly cause: string;
  readonly kind: string;
  readonly summary: string;
  readonly data: object;
}

/** Writes one transition whole: row, parts, timeline, postings, events. The caller holds the row's lock. */
export async function writeTransition(
  store: Store,
  db: Db,
  before: StoredPayment | null,
  fold: Fold,
  details: Details,
  origin: Origin,
  now: number,
): Promise<void> {
  const after = fold.payment;
  if (before) await updatePayment(db, after, attendAt(store, after, now));
  await writeParts(db, before, after);
  await db.query(
    `insert into payment_events (payment_id, sequence, cause, kind, status, summary, data, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      after.id,
      after.sequence,
      origin.cause,
      origin.kind,
      after.status,
      origin.summary,
      origin.data,
      new Date(now),
    ],
  );
  for (const posting of fold.postings) await writePosting(db, after, posting, now);
  await writeEvents(db, after, details, fold.events, now);
  await db.query(`select pg_notify('payment', $1)`, [after.id]);
}

/**
 * When somebody must look if nobody did: 60 s after the next deadline or after a call under way must have
 * ended; null at rest. A poll under way moves it along by itself.
 */
export function attendAt(store: Store, payment: Payment, now: number): Date | null {
  const running = openOperations(payment).some((op) => op.run_at <= now);
  const deadline = running
    ? now + startToCloseMs(store.timing)
    : nextDeadline(payment, now, store.timing)?.at;
  return deadline === undefined ? null : new Date(deadline + 60_000);
}

async function updatePayment(db: Db, payment: Payment, attend_at: Date | null): Promise<void> {
  await db.query(
    `update payments set status = $2, outcome = $3, sequence = $4, given_up = $5, cancellation_reason = $6,
       cancel_note = $7, failure = $8, late = $9, paid_by = $10, updated_at = $11, attend_at = $12, method = $13,
       next = $14 where id = $1`,
    [
      payment.id, payment.status, payment.outcome, payment.sequence, payment.given_up, payment.cancellation_reason,
      payment.cancel_note, payment.failure, payment.late, payment.paid_by, new Date(payment.updated_at), attend_at,
      payment.method, payment.next && JSON.stringify(payment.next),
    ], // prettier-ignore
  );
}

/** Writes a new payment's row. */
export async function insertPaymentRow(
  db: Db,
  payment: Payment,
  details: Details,
  attend_at: Date,
): Promise<void> {
  const { attempts: _a, captures: _p, refunds: _r, cases: _c, ...core } = payment;
  const row = { ...toRow(core), ...details, attend_at: attend_at.toISOString() };
  await db.query('insert into payments select * from jsonb_populate_record(null::payments, $1)', [
    JSON.stringify(row),
  ]);
}

async function writeParts(db: Db, before: Payment | null, after: Payment): Promise<void> {
  const parts = changedParts(before, after);
  await upsert(db, upsertAttempts, parts.attempts);
  await upsert(db, upsertCaptures, parts.captures);
  await upsert(db, upsertRefunds, parts.refunds);
  await upsert(db, upsertOperations, parts.operations);
  await upsert(db, upsertCases, parts.cases);
}

async function upsert(db: Db, statement: string, rows: readonly object[]): Promise<void> {
  if (rows.length > 0) await db.query(statement, [JSON.stringify(rows)]);
}

const upsertAttempts = `
  insert into attempts select * from jsonb_populate_recordset(null::attempts, $1)
  on conflict (id) do update set (status, created, ending, frozen, channel_reference, next_action, code_ends_at,
    failure, receipts, updated_at, handle, confirmed, held, capture_before) = (excluded.status, excluded.created,
    excluded.ending, excluded.frozen, excluded.channel_reference, excluded.next_action, excluded.code_ends_at,
    excluded.failure, excluded.receipts, excluded.updated_at, excluded.handle, excluded.confirmed, excluded.held,
    excluded.capture_before)`;

const upsertCaptures = `
  insert into captures select * from jsonb_populate_recordset(null::captures, $1)
  on conflict (id) do update set (status, executed, updated_at) = (excluded.status, excluded.executed, excluded.updated_at)`;

const upsertRefunds = `
  insert into refunds select * from jsonb_populate_recordset(null::refunds, $1)
  on conflict (id) do update set (status, accepted, channel_reference, failure, updated_at)
    = (excluded.status, excluded.accepted, excluded.channel_reference, excluded.failure, excluded.updated_at)`;

// `sent_at` belongs to the sender alone: a fold never writes it.
const upsertOperations = `
  insert into operations select * from jsonb_populate_recordset(null::operations, $1)
  on conflict (id) do update set (run_at, fenced, ended) = (excluded.run_at, excluded.fenced, excluded.ended)`;

const upsertCases = `
  insert into cases select * from jsonb_populate_recordset(null::cases, $1)
  on conflict (id) do update set (status, decision, reason, resolved_at)
    = (excluded.status, excluded.decision, excluded.reason, excluded.resolved_at)`;

/** The outgoing events, each with a delivery to everybody who wants it. */
async function writeEvents(
  db: Db,
  payment: Payment,
  details: Details,
  events: readonly DomainEvent[],
  now: number,
): Promise<void> {
  if (events.length === 0) return;
  const targets = await targetsOf(db, { ...payment, notify_url: details.notify_url });
  for (const event of events) {
    const id = await writeEvent(db, payment, details, event, now);
    startAfterCommit(db, await writeDeliveries(db, { id, type: event.type }, targets));
  }
}

/** An outgoing event, with the object as it is now and the next number of that object's events. */
async function writeEvent(
  db: Db,
  payment: Payment,
  details: Details,
  event: DomainEvent,
  now: number,
): Promise<string> {
  const id = drawId('evt');
  await db.query(
    `insert into events (id, merchant_id, app_id, object_id, payment_id, type, sequence, data, created_at)
     select $1, $2, $3, $4, $5, $6, coalesce(max(sequence), 0) + 1, $7, $8 from events where object_id = $4`,
    [
      id, payment.merchant_id, payment.app_id, event.id, payment.id, event.type,
      { object: objectOf(payment, details, event) }, new Date(now),
    ], // prettier-ignore
  );
  return id;
}

function objectOf(payment: Payment, details: Details, event: DomainEvent): object {
  if (event.object === 'payment') return paymentObject(payment, details);
  const refund = payment.refunds.find((one) => one.id === event.id);
  if (refund) return refundObject(refund, payment.id);
  const opened = payment.cases.find((one) => one.id === event.id);
  if (opened) return caseObject(opened, payment.id);
  throw new Error(`event ${event.type} is about ${event.id}, which ${payment.id} does not have`);
}
