import { type Attempt, isLive } from './attempt.ts';
import type { Case } from './case.ts';
import type { Currency } from './currency.ts';
import type { Failure } from './failure.ts';
import type { Id } from './id.ts';
import type { Minor } from './money.ts';
import type { Instant, Operation } from './operation.ts';
import type { Refund } from './refund.ts';

export const paymentStatuses = [
  'requires_payment_method', 'in_review', 'requires_action', 'processing', 'requires_capture',
  'partially_captured', 'canceling', 'succeeded', 'canceled', 'failed',
] as const; // prettier-ignore
export type PaymentStatus = (typeof paymentStatuses)[number];

/**
 * What may follow what. The final three are decisions: only accepted late money leads from
 * `canceled` or `failed` to `succeeded`, and nothing leads away from `succeeded`.
 */
export const paymentTransitions = {
  requires_payment_method: ['requires_action', 'processing', 'canceled', 'failed', 'succeeded'],
  in_review: ['processing', 'canceled', 'failed'],
  requires_action: ['requires_payment_method', 'processing', 'canceling', 'succeeded', 'canceled', 'failed'],
  processing: ['requires_payment_method', 'requires_action', 'canceling', 'succeeded', 'canceled', 'failed'],
  requires_capture: ['partially_captured', 'canceling', 'succeeded', 'canceled'],
  partially_captured: ['canceling', 'succeeded'],
  canceling: ['processing', 'succeeded', 'canceled'],
  succeeded: [],
  canceled: ['succeeded'],
  failed: ['succeeded'],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>; // prettier-ignore

export type LateMoney = 'accept' | 'refund' | 'hold';

/** What the merchant asked for; never changes. */
export interface Terms {
  readonly id: Id<'pay'>;
  readonly merchant_id: Id<'mer'>;
  readonly app_id: Id<'app'>;
  readonly livemode: boolean;
  readonly order_no: string;
  readonly amount: Minor;
  readonly currency: Currency;
  readonly capture: 'automatic' | 'manual';
  readonly on_decline: 'retry' | 'fail';
  readonly max_attempts: number;
  readonly late_money: LateMoney;
  readonly expires_at: Instant;
  readonly created_at: Instant;
}

/** One payment with everything that belongs to it: what `record` loads, folds and writes. */
export interface Payment extends Terms {
  status: PaymentStatus;
  outcome: 'known' | 'unknown';
  /** Counts recorded transitions. */
  sequence: number;
  method: string | null;
  /** The decision to give up, taken once. */
  given_up: 'requested' | 'expired' | null;
  cancellation_reason: 'requested' | 'expired' | 'duplicate' | 'risk' | null;
  cancel_note: string | null;
  failure: Failure | null;
  /** Money came after the payment was given up. */
  late: boolean;
  /** The attempt whose money pays the order. */
  paid_by: Id<'att'> | null;
  attempts: Attempt[];
  refunds: Refund[];
  cases: Case[];
  updated_at: Instant;
}

const final: ReadonlySet<PaymentStatus> = new Set(['succeeded', 'canceled', 'failed']);

/** Final for the merchant; later evidence still gets handled. */
export function isFinal(status: PaymentStatus): boolean {
  return final.has(status);
}

/** Does a payment in this state hold its order number? Canceled and failed ones free it. */
export function holdsOrder(payment: Pick<Payment, 'status'>): boolean {
  return payment.status !== 'canceled' && payment.status !== 'failed';
}

/** The one attempt that may still take money, if any. */
export function liveAttempt(payment: Payment): Attempt | undefined {
  return payment.attempts.find(isLive);
}

/** The attempt that paid, else the latest. */
export function mainAttempt(payment: Payment): Attempt | undefined {
  return (
    payment.attempts.find((attempt) => attempt.id === payment.paid_by) ?? payment.attempts.at(-1)
  );
}

/** Every operation that has not ended. */
export function openOperations(payment: Payment): Operation[] {
  return payment.attempts.flatMap((attempt) =>
    attempt.operations.filter((op) => op.ended === null),
  );
}

/** The status that follows from the facts; a decision once taken is not derived again. */
export function statusOf(payment: Payment): PaymentStatus {
  if (payment.paid_by) return 'succeeded';
  if (isFinal(payment.status)) return payment.status;
  const live = liveAttempt(payment);
  if (payment.given_up) return live ? statusOfEnding(payment, live) : 'canceled';
  if (!live) return isExhausted(payment) ? 'failed' : 'requires_payment_method';
  return live.status === 'requires_action' ? 'requires_action' : 'processing';
}

function statusOfEnding(payment: Payment, live: Attempt): PaymentStatus {
  if (live.frozen) return 'processing';
  const stillPaying = live.status === 'processing' && payment.given_up === 'expired';
  return stillPaying ? 'processing' : 'canceling';
}

function isExhausted(payment: Payment): boolean {
  const declined = payment.attempts.filter((attempt) => attempt.status === 'declined').length;
  return declined > 0 && (payment.on_decline === 'fail' || declined >= payment.max_attempts);
}

/** `unknown` while money may or may not have moved. */
export function outcomeOf(payment: Payment): 'known' | 'unknown' {
  if (isFinal(payment.status)) return 'known';
  return payment.attempts.some((attempt) => attempt.status === 'unknown') ? 'unknown' : 'known';
}
