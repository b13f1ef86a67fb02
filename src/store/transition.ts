import type { QueryConfig } from 'pg';

import type { DomainEvent } from '../domain/draft.ts';
import type { Fold } from '../domain/fold.ts';
import { startToCloseMs } from '../domain/operation.ts';
import { openOperations, type Payment } from '../domain/payment.ts';
import {
  caseObject,
  type Details,
  disputeObject,
  paymentObject,
  refundObject,
} from '../domain/payment-object.ts';
import { nextDeadline } from '../domain/view.ts';
import { walletChange } from '../domain/wallet.ts';
import { consumed } from './callback-evidence.ts';
import { type Claim, claimed } from './cause.ts';
import { handedOut, type Target, targetsOf, wanting } from './delivery.ts';
import { drawId } from './id.ts';
import { booked, bookingOf, openAccounts } from './ledger.ts';
import { changedParts, type StoredPayment, toRow } from './payment-row.ts';
import { commitWith, type Db, prepared, startAfterCommit, type Store } from './store.ts';
import { toppedUp } from './wallet.ts';
import { insertInto, written } from './written.ts';

/** What brought a transition, for its row on the timeline. */
export interface Origin {
  readonly cause: string;
  readonly kind: string;
  readonly summary: string;
  readonly data: object;
}

/** One transition, and what is written with it. */
export interface Transition {
  /** Null for a new payment. */
  readonly before: StoredPayment | null;
  readonly fold: Fold;
  readonly details: Details;
  readonly origin: Origin;
  readonly now: number;
  /** The endpoints of the payment's app. */
  readonly endpoints: readonly Target[];
  readonly attend_at: Date | null;
  readonly claim?: Claim | undefined;
  /** The callback that is folded. */
  readonly callback?: string | undefined;
}

/**
 * Writes one transition whole, in one statement with the commit behind it: row, parts, timeline, postings, events,
 * key. The caller holds the row's lock and does nothing after this.
 */
export async function writeTransition(db: Db, transition: Transition): Promise<void> {
  commitWith(db, db.query(await statementOf(db, transition)));
}

/** The same for who writes more in this transaction: done when PostgreSQL has taken it. */
export async function writeAmongOthers(db: Db, transition: Transition): Promise<void> {
  await db.query(await statementOf(db, transition));
}

async function statementOf(db: Db, transition: Transition): Promise<QueryConfig> {
  const { before, fold, details, origin, now, endpoints, attend_at } = transition;
  const { attempts: _a, captures: _p, refunds: _r, cases: _c, disputes: _d, ...core } = fold.payment;
  const at = new Date(now).toISOString();
  const booking = bookingOf(fold.payment, fold.postings, at);
  const outgoing = outgoingOf(fold, details, targetsOf(endpoints, details.notify_url), at);
  const doc = JSON.stringify({
    payment: { ...toRow(core), ...details, attend_at },
    ...changedParts(before, fold.payment),
    transition: { payment_id: core.id, sequence: core.sequence, status: core.status, at, ...origin },
    ...booking,
    ...outgoing,
    keys: transition.claim ? [transition.claim] : [],
    callback: transition.callback ?? null,
    wallet: walletChange(before, fold),
  });
  await openAccounts(db, booking);
  startAfterCommit(db, outgoing.deliveries.map(({ id }) => ({ id, round: 1 })));
  return before ? change(doc) : creation(doc);
} // prettier-ignore

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

// What of a payment may change; the rest is as the merchant asked for it, once.
const changing = `amount, status, outcome, sequence, given_up, cancellation_reason, cancel_note, failure, late, paid_by,
  updated_at, attend_at, method, next`;

const changed = `
  update payments p set (${changing}) = (select ${changing} from jsonb_populate_record(null::payments, d -> 'payment'))
  from doc where p.id = d -> 'payment' ->> 'id'`;

const inserted = `
  insert into payments (${written.payments})
  select ${written.payments} from doc, jsonb_populate_record(null::payments, d -> 'payment')`;

const parts = `
  tries as (
    ${insertInto('attempts')}
    on conflict (id) do update set (status, created, ending, frozen, channel_reference, next_action, code_ends_at,
      failure, receipts, updated_at, handle, confirmed, amount, held, increments, capture_before, returns, token) = (excluded.status,
      excluded.created, excluded.ending, excluded.frozen, excluded.channel_reference, excluded.next_action,
      excluded.code_ends_at, excluded.failure, excluded.receipts, excluded.updated_at, excluded.handle, excluded.confirmed,
      excluded.amount, excluded.held, excluded.increments, excluded.capture_before, excluded.returns,
      case when excluded.token is not null then attempts.token end) -- it may be sealed anew meanwhile
  ), taken as (
    ${insertInto('captures')}
    on conflict (id) do update set (status, executed, failure, updated_at)
      = (excluded.status, excluded.executed, excluded.failure, excluded.updated_at)
  ), given_back as (
    ${insertInto('refunds')}
    on conflict (id) do update set (status, accepted, channel_reference, failure, movements, updated_at, receipt_reference, approval)
      = (excluded.status, excluded.accepted, excluded.channel_reference, excluded.failure, excluded.movements,
        excluded.updated_at, excluded.receipt_reference, excluded.approval)
  ), calls as ( -- \`sent_at\` belongs to the sender alone: a fold never writes it
    ${insertInto('operations')}
    on conflict (id) do update set (run_at, fenced, ended) = (excluded.run_at, excluded.fenced, excluded.ended)
  ), questions as (
    ${insertInto('cases')}
    on conflict (id) do update set (status, decision, reason, resolved_at, receipt_reference)
      = (excluded.status, excluded.decision, excluded.reason, excluded.resolved_at, excluded.receipt_reference)
  ), contested as (
    ${insertInto('disputes')}
    on conflict (id) do update set (amount, status, channel_status, stage, reason, channel_reason, due_by,
      amount_withdrawn, amount_lost, movements, heard, updated_at) = (excluded.amount, excluded.status,
      excluded.channel_status, excluded.stage, excluded.reason, excluded.channel_reason, excluded.due_by,
      excluded.amount_withdrawn, excluded.amount_lost, excluded.movements, excluded.heard, excluded.updated_at)
  )`;

const entered = `
  insert into payment_events (payment_id, sequence, cause, kind, status, summary, data, at)
  select t.payment_id, t.sequence, t.cause, t.kind, t.status, t.summary, t.data, t.at
  from doc, jsonb_populate_record(null::payment_events, d -> 'transition') t`;

// Each with the next number of its object's events.
const told = `
  insert into events (id, merchant_id, app_id, object_id, payment_id, type, sequence, data, created_at)
  select e.id, e.merchant_id, e.app_id, e.object_id, e.payment_id, e.type,
    coalesce((select max(x.sequence) from events x where x.object_id = e.object_id), 0) + e.sequence, e.data, e.created_at
  from doc, jsonb_populate_recordset(null::events, d -> 'events') e`;

/** Constraints are looked at when all of it is done, those of the ledger at the commit. */
const whole = (first: string, answer: string) => `
  with doc as (select $1::jsonb as d), first as (${first}), ${parts}, entered as (${entered}), ${booked},
    told as (${told}), handed_out as (${handedOut}), claimed as (${claimed}), consumed as (${consumed}),
    topped_up as (${toppedUp})
  select ${answer} from doc`;

// Nobody waits yet for a payment that is being made.
const creation = prepared('creation', whole(inserted, '1'));
const change = prepared('change', whole(changed, `pg_notify('payment', d -> 'payment' ->> 'id')`));

interface Outgoing {
  readonly events: readonly object[];
  readonly deliveries: readonly { readonly id: string }[];
}

/** The outgoing events, with the object as it is now, each with a delivery to everybody who wants it. */
function outgoingOf(fold: Fold, details: Details, targets: readonly Target[], at: string): Outgoing {
  const { payment } = fold;
  const { id: payment_id, merchant_id, app_id } = payment;
  const events = fold.events.map((event, i) => ({
    id: drawId('evt'), merchant_id, app_id, object_id: event.id, payment_id, type: event.type,
    sequence: fold.events.slice(0, i + 1).filter(({ id }) => id === event.id).length,
    data: { object: objectOf(payment, details, event) }, created_at: at,
  }));
  const deliveries = events.flatMap(({ id: event_id, type }) =>
    wanting(type, targets).map((endpoint) => ({ id: drawId('dlv'), event_id, endpoint })),
  );
  return { events, deliveries };
} // prettier-ignore

function objectOf(payment: Payment, details: Details, event: DomainEvent): object {
  if (event.object === 'payment') return paymentObject(payment, details);
  const refund = payment.refunds.find((one) => one.id === event.id);
  if (refund) return refundObject(refund, payment.id);
  const opened = payment.cases.find((one) => one.id === event.id);
  if (opened) return caseObject(opened, payment.id);
  const dispute = payment.disputes.find((one) => one.id === event.id);
  if (dispute) return disputeObject(dispute, payment.id);
  throw new Error(`event ${event.type} is about ${event.id}, which ${payment.id} does not have`);
}
