import { amountCaptured, type Attempt } from './attempt.ts';
import type { Capture } from './capture.ts';
import { type Case, decisionsOf } from './case.ts';
import { amountDisputed, type Dispute } from './dispute.ts';
import { failureObject } from './failure.ts';
import type { Increment } from './increment.ts';
import { type Minor, subtract, zero } from './money.ts';
import type { Instant } from './operation.ts';
import { amountPaid, disputesOfOrder, mainAttempt, type Payment } from './payment.ts';
import { amountIn, isMerchants, type Refund } from './refund.ts';

/** What the merchant told us about a payment and gets back unread. */
export interface Details {
  readonly description: string | null;
  readonly customer: Readonly<Record<string, string>> | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly return_url: string | null;
  readonly notify_url: string | null;
}

type Json = Readonly<Record<string, unknown>>;

function time(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** The payment as the API and the events show it (contract section 2). */
export function paymentObject(payment: Payment, details: Details): Json {
  const main = mainAttempt(payment);
  return {
    id: payment.id,
    object: 'payment',
    order_no: payment.order_no,
    amount: payment.amount,
    currency: payment.currency,
    status: payment.status,
    outcome: payment.outcome,
    ...amounts(payment, main),
    capture: payment.capture,
    method: payment.method === null ? null : main ? methodObject(main) : { type: payment.method },
    channel: main?.channel ?? null,
    channel_reference: main?.channel_reference ?? null,
    next_action: nextAction(payment, main),
    failure: failureObject(payment.failure),
    cancellation_reason: payment.cancellation_reason,
    late: payment.late,
    attempts: payment.attempts.map((attempt) => attemptObject(payment, attempt)),
    captures: payment.captures.map(captureObject),
    ...raised(main),
    refunds: payment.refunds.map((refund) => refund.id),
    ...details,
    checkout_url: null,
    expires_at: time(payment.expires_at),
    capture_before: captureBefore(main),
    created_at: time(payment.created_at),
    updated_at: time(payment.updated_at),
    sequence: payment.sequence,
    workflow_id: payment.id,
    livemode: payment.livemode,
  };
}

function methodObject({ method, payment_method }: Attempt): Json {
  return { type: method, ...(payment_method === null ? {} : { payment_method }) };
}

/** Only money that pays the order counts; late and duplicate money shows on its attempt and its refund. */
function amounts(payment: Payment, main: Attempt | undefined): Json {
  const captured = amountPaid(payment);
  const isHeld = main?.status === 'held';
  const authorized = main && main.held > 0 && (isHeld || captured > 0) ? main.held : captured;
  const refunds = payment.refunds.filter(isMerchants);
  return {
    amount_authorized: authorized,
    amount_capturable: isHeld ? subtract(main.held, captured) : zero,
    amount_captured: captured,
    amount_refunded: amountIn(refunds, 'succeeded'),
    amount_refunding: amountIn(refunds, 'processing', 'needs_attention'),
    amount_disputed: amountDisputed(disputesOfOrder(payment), payment.refunds),
  };
}

function captureBefore(main: Attempt | undefined): string | null {
  if (main?.status !== 'held' || main.capture_before === null) return null;
  return time(main.capture_before);
}

function captureObject({ id, amount, status, failure, created_at }: Capture): Json {
  const why = failure === null ? {} : { failure: failureObject(failure) }; // beyond the contract's members: of failed ones alone
  return { id, amount, status, created_at: time(created_at), ...why };
}

/** Shown of the holds alone that were to be raised (decision 0036). */
function raised(main: Attempt | undefined): Json {
  return main?.increments.length ? { increments: main.increments.map(incrementObject) } : {};
}

function incrementObject({ id, amount, previous_amount, ...rest }: Increment): Json {
  const { status, failure, created_at } = rest;
  return {
    id,
    amount,
    previous_amount,
    status,
    failure: failureObject(failure),
    created_at: time(created_at),
  };
}

/** A code is shown until the earlier of the payment's and its own end. */
function nextAction(payment: Payment, attempt: Attempt | undefined): Json | null {
  if (payment.status !== 'requires_action' || !attempt?.next_action) return null;
  if (attempt.next_action.type !== 'display_qr_code') return attempt.next_action;
  const ends = Math.min(payment.expires_at, attempt.code_ends_at ?? payment.expires_at);
  return { ...attempt.next_action, expires_at: time(ends) };
}

function attemptObject(payment: Payment, attempt: Attempt): Json {
  const refunded: Minor = amountIn(
    payment.refunds.filter(
      ({ attempt_id, currency }) => attempt_id === attempt.id && currency === attempt.currency,
    ),
    'succeeded',
  );
  return {
    id: attempt.id,
    reference: attempt.id,
    channel: attempt.channel,
    channel_account: attempt.channel_account,
    method: methodObject(attempt),
    status: attempt.status,
    amount: attempt.amount,
    amount_captured: amountCaptured(attempt),
    amount_refunded: refunded,
    channel_reference: attempt.channel_reference,
    failure: failureObject(attempt.failure),
    ...expected(attempt),
    created_at: time(attempt.created_at),
    updated_at: time(attempt.updated_at),
  };
}

/** Beyond the contract's members: of attempts at accounts that say what they cost (decision 0049). */
function expected({ routing }: Attempt): Json {
  return routing?.expected_fee ? { expected_fee: routing.expected_fee } : {};
}

/** The refund as the API and the events show it (contract section 3). */
export function refundObject(refund: Refund, paymentId: string): Json {
  return {
    id: refund.id,
    object: 'refund',
    payment_id: paymentId,
    amount: refund.amount,
    currency: refund.currency,
    status: refund.status,
    origin: refund.origin,
    failure: failureObject(refund.failure),
    channel_reference: refund.channel_reference,
    reason: refund.reason,
    retry_of: refund.retry_of,
    ...judged(refund),
    created_at: time(refund.created_at),
    updated_at: time(refund.updated_at),
  };
}

/** Beyond the contract's members: of refunds that a rule of the app was about (decision 0047). */
function judged({ rules_version, approval }: Refund): Json {
  return rules_version === null ? {} : { rules_version, approval };
}

/** The dispute as the API and the events show it (decision 0037). */
export function disputeObject(dispute: Dispute, paymentId: string): Json {
  return {
    id: dispute.id,
    object: 'dispute',
    payment_id: paymentId,
    attempt_id: dispute.attempt_id,
    amount: dispute.amount,
    currency: dispute.currency,
    amount_withdrawn: dispute.amount_withdrawn,
    status: dispute.status,
    stage: dispute.stage,
    reason: dispute.reason,
    due_by: dispute.due_by,
    channel_reference: dispute.channel_reference,
    channel_status: dispute.channel_status,
    channel_reason: dispute.channel_reason,
    created_at: time(dispute.created_at),
    updated_at: time(dispute.updated_at),
  };
}

/** Work for a person, with the decisions that are allowed (contract section 2). */
export function caseObject(one: Case, paymentId: string): Json {
  return {
    id: one.id,
    object: 'case',
    kind: one.kind,
    payment_id: paymentId,
    status: one.status,
    allowed: decisionsOf[one.kind],
    detail: one.detail,
    decision: one.decision,
    reason: one.reason,
    created_at: time(one.created_at),
    resolved_at: one.resolved_at === null ? null : time(one.resolved_at),
  };
}
