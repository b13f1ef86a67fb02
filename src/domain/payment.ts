import { type Attempt, isDead, isLive } from './attempt.ts';
import type { Capture } from './capture.ts';
import type { Case } from './case.ts';
import type { Currency } from './currency.ts';
import type { Dispute } from './dispute.ts';
import type { Failure } from './failure.ts';
import type { Id } from './id.ts';
import { type Minor, sum, zero } from './money.ts';
import type { Instant, Operation } from './operation.ts';
import type { Usage } from './payment-method.ts';
import type { Refund } from './refund.ts';
import type { Route } from './routing.ts';

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
  requires_payment_method: ['requires_action', 'processing', 'requires_capture', 'canceled', 'failed', 'succeeded'],
  in_review: ['processing', 'canceled', 'failed'],
  requires_action: ['requires_payment_method', 'processing', 'requires_capture', 'canceling', 'succeeded', 'canceled', 'failed'],
  processing: ['requires_payment_method', 'requires_action', 'requires_capture', 'partially_captured', 'canceling', 'succeeded', 'canceled', 'failed'],
  requires_capture: ['processing', 'partially_captured', 'canceling', 'succeeded', 'canceled'],
  partially_captured: ['processing', 'canceling', 'succeeded'],
  canceling: ['processing', 'succeeded', 'canceled'],
  succeeded: [],
  canceled: ['succeeded'],
  failed: ['succeeded'],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>; // prettier-ignore

export type LateMoney = 'accept' | 'refund' | 'hold';

/** What the merchant asked for; but for its amount it never changes. */
export interface Terms {
  readonly id: Id<'pay'>;
  readonly merchant_id: Id<'mer'>;
  readonly app_id: Id<'app'>;
  readonly livemode: boolean;
  readonly order_no: string;
  /** Raised when what is held for it is. */
  amount: Minor;
  readonly currency: Currency;
  readonly capture: 'automatic' | 'manual';
  readonly on_decline: 'retry' | 'fail';
  readonly max_attempts: number;
  readonly late_money: LateMoney;
  /** The wallet that it tops up; null: the money is the merchant's. */
  readonly wallet_id: Id<'wal'> | null;
  readonly expires_at: Instant;
  readonly created_at: Instant;
}

/** The method that a payer has switched to; its attempt is made when the earlier one is closed. */
export interface Choice {
  readonly method: string;
  readonly token: string | null;
  /** As of the attempt; a choice that was kept before methods could be saved has neither. */
  readonly payment_method?: Id<'pm'> | null;
  readonly usage?: Usage;
  readonly route: Route;
  /** Where it goes on by itself when nothing can come of this route, in this order; absent where it stays (decision 0045). */
  readonly backups?: readonly Route[];
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
  /** A switch that waits for the earlier attempt's end. */
  next: Choice | null;
  attempts: Attempt[];
  captures: Capture[];
  refunds: Refund[];
  cases: Case[];
  disputes: Dispute[];
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

/** What was taken for the order, and not for anything else. */
export function amountPaid(payment: Payment): Minor {
  const payer = payment.attempts.find((attempt) => attempt.id === payment.paid_by);
  const receipts = payer?.receipts.filter((receipt) => receipt.use === 'order') ?? [];
  return sum([zero, ...receipts.map((receipt) => receipt.amount)]);
}

/** The disputes about what pays the order: of other money none shows in the amounts of the payment. */
export function disputesOfOrder({ disputes, paid_by }: Payment): Dispute[] {
  return disputes.filter((one) => one.attempt_id === paid_by);
}

/** The status that follows from the facts; a decision once taken is not derived again. */
export function statusOf(payment: Payment): PaymentStatus {
  const live = liveAttempt(payment);
  const isHeld = live?.id === payment.paid_by; // captured in part, the rest still held
  if (payment.paid_by && !isHeld) return 'succeeded';
  if (isFinal(payment.status)) return payment.status;
  if (payment.given_up) return live ? statusOfEnding(payment, live) : 'canceled';
  if (live) return statusOfLife(payment, live);
  if (backupOf(payment)) return 'processing';
  return isExhausted(payment) ? 'failed' : 'requires_payment_method';
}

function statusOfLife(payment: Payment, live: Attempt): PaymentStatus {
  if (live.frozen || payment.next) return 'processing';
  switch (live.status) {
    case 'requires_action':
      return live.ending ? 'processing' : 'requires_action'; // it is being closed
    case 'held':
      if (payment.paid_by) return 'partially_captured';
      return live.ending ? 'processing' : 'requires_capture'; // it is being given back
    default:
      return 'processing';
  }
}

function statusOfEnding(payment: Payment, live: Attempt): PaymentStatus {
  if (live.frozen) return 'processing';
  const stillPaying = live.status === 'processing' && payment.given_up === 'expired';
  return stillPaying ? 'processing' : 'canceling';
}

/** Declined for the last time: one that was closed, not declined, leaves the payment to its expiry. */
function isExhausted(payment: Payment): boolean {
  if (payment.attempts.at(-1)?.status !== 'declined') return false;
  return payment.on_decline === 'fail' || !mayTryAgain(payment);
}

/**
 * The account at which a payment goes on by itself, as soon as nothing of its last attempt is under way; null where it stays. One that
 * was said to wait for its payer is his.
 */
export function backupOf(payment: Payment): Route | null {
  const { status, given_up, paid_by, next } = payment;
  const last = payment.attempts.at(-1);
  const isTold = isFinal(status) || status === 'requires_payment_method';
  const isDecided = isTold || given_up !== null || paid_by !== null || next !== null;
  if (!last || isDecided || isFrozen(payment) || !mayTryAgain(payment) || !isDead(last))
    return null;
  return last.backups?.[0] ?? null;
}

/** Does a person have to judge what a channel said of an attempt? Then money may have been taken under it, live or not. */
export function isFrozen({ attempts }: Payment): boolean {
  return attempts.some(({ frozen }) => frozen !== null);
}

/** Is another attempt allowed? All count, however they ended. */
export function mayTryAgain({ attempts, max_attempts }: Payment): boolean {
  return attempts.length < max_attempts;
}

/** The capture that is under way, if any: one at a time, so that a total says which were executed. */
export function openCapture(payment: Payment): Capture | undefined {
  return payment.captures.find((capture) => capture.status === 'processing');
}

/** `unknown` while money may or may not have moved. */
export function outcomeOf(payment: Payment): 'known' | 'unknown' {
  if (isFinal(payment.status)) return 'known';
  const isUnknown = payment.attempts.some(
    (attempt) => attempt.status === 'unknown' || attempt.frozen !== null,
  );
  const isDoubtful = [
    ...payment.captures,
    ...payment.attempts.flatMap(({ increments }) => increments),
  ].some((change) => change.status === 'processing' && change.executed === 'maybe');
  return isUnknown || isDoubtful ? 'unknown' : 'known';
}
