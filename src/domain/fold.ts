import type { Attempt } from './attempt.ts';
import { bounced, hearCapture } from './capture-evidence.ts';
import { obey } from './command.ts';
import { isOnlyDoubt } from './conflict.ts';
import { witnessDispute } from './dispute-evidence.ts';
import {
  attemptOf,
  type Context,
  type DomainEvent,
  type Draft,
  draftOf,
  emit,
  operationOf,
  refundOf,
} from './draft.ts';
import { endOperation } from './evidence.ts';
import type { Fact, Refusal } from './fact.ts';
import type { Posting } from './ledger.ts';
import { equal, zero } from './money.ts';
import { isOwnQuery } from './operation-plan.ts';
import type { Authorised, Held, Notice, QueryAnswer } from './outcome.ts';
import {
  isFinal,
  outcomeOf,
  type Payment,
  type PaymentStatus,
  paymentTransitions,
  statusOf,
} from './payment.ts';
import { plan } from './plan.ts';
import { witnessQuery } from './query-evidence.ts';
import { ask, askAnew, askRefund, doubtMs, isReported, isUntold } from './query-plan.ts';
import { witnessRefund } from './refund-evidence.ts';
import { isOverForUs } from './refund-try.ts';
import { takeReturn } from './return.ts';
import { isStray, meetStray } from './stray.ts';
import { hearUntold, isPastHolding, receiveUntold } from './untold.ts';
import { endOf } from './view.ts';

/** What one fact made of a payment. `changed` is false when nothing is to be recorded. */
export interface Fold {
  readonly payment: Payment;
  readonly changed: boolean;
  readonly events: readonly DomainEvent[];
  readonly postings: readonly Posting[];
  readonly refused?: Refusal;
}

/**
 * The one reducer: folds a fact into a payment. Pure; `context` brings clock, ids and what the store knows.
 * Order and duplication of the channel's evidence between two decisions never matter.
 */
export function fold(before: Payment, fact: Fact, context: Context): Fold {
  if (fact.kind === 'attend') return { payment: before, changed: false, events: [], postings: [] };
  const draft = draftOf(before, context);
  const refused = apply(draft, fact);
  if (refused) return { payment: before, changed: false, events: [], postings: [], refused };
  return conclude(draft, before);
}

/** The fold of nothing but time: used for a new payment, whose first work is planned with it. */
export function conclude(draft: Draft, before: Payment): Fold {
  plan(draft);
  move(draft, statusOf(draft.payment));
  plan(draft); // a move may free what the plan before it had to wait for
  draft.payment.outcome = outcomeOf(draft.payment);
  stamp(draft, before);
  const changed = JSON.stringify(draft.payment) !== JSON.stringify(before);
  if (changed) {
    draft.payment.sequence += 1;
    draft.payment.updated_at = draft.context.now;
  }
  return { payment: draft.payment, changed, events: draft.events, postings: draft.postings };
}

/** Dates the attempts that this fact changed. */
function stamp({ payment, context }: Draft, before: Payment): void {
  const bare = (attempt: Attempt) => JSON.stringify({ ...attempt, operations: [] });
  const known = new Set(before.attempts.map(bare));
  for (const attempt of payment.attempts)
    if (!known.has(bare(attempt))) attempt.updated_at = context.now;
}

function apply(draft: Draft, fact: Exclude<Fact, { kind: 'attend' }>): Refusal | undefined {
  switch (fact.kind) {
    case 'due':
      return expire(draft);
    case 'outcome': {
      const operation = operationOf(draft.payment, fact.operation);
      if (operation) endOperation(draft, operation, fact.answer);
      return undefined;
    }
    case 'evidence':
      return witness(draft, fact);
    case 'command':
      return obey(draft, fact.command);
  }
}

/** A callback. One that disagrees is no evidence, but a reason to ask the channel at once. */
function witness(draft: Draft, fact: Fact & { kind: 'evidence' }): undefined {
  const disagrees = fact.answer.kind === 'disagrees';
  if (fact.about === 'refund') {
    const refund = refundOf(draft.payment, fact.reference);
    if (!refund) return;
    const attempt = attemptOf(draft.payment, refund.attempt_id);
    if (!disagrees || isOverForUs(draft.payment, refund)) witnessRefund(draft, refund, fact.answer);
    else if (refund.accepted !== 'no') askRefund(draft, attempt, refund, 'answer', doubtMs);
    return;
  }
  if (fact.about === 'capture') {
    const capture = draft.payment.captures.find((one) => one.id === fact.reference);
    if (capture) hearCapture(draft, capture, fact.answer);
    return;
  }
  const attempt = draft.payment.attempts.find((one) => one.id === fact.reference);
  if (!attempt) return;
  if (fact.about === 'dispute') witnessDispute(draft, attempt, fact.answer);
  else if (isStray(attempt, fact.order)) hearOf(draft, attempt, fact.order, fact.answer);
  else hear(draft, attempt, fact.answer);
}

/** Of an order that is not the attempt's own, as far as we know; where nobody can be asked, before ours has a number it is ours. */
function hearOf(draft: Draft, attempt: Attempt, order: string, said: QueryAnswer | Notice): void {
  if (!isReported(draft, attempt)) return meetStray(draft, attempt, order);
  if (isUntold(draft, attempt, order)) return hearUntold(draft, attempt, order, said);
  hear(draft, attempt, said);
}

function hear(draft: Draft, attempt: Attempt, said: QueryAnswer | Notice): void {
  switch (said.kind) {
    case 'disagrees':
      return ask(draft, attempt, 'answer', doubtMs);
    case 'changed':
      return askAnew(draft, attempt);
    case 'returned':
      return takeReturn(attempt, said.id);
    case 'authorised':
      // Of ours an old word: its own answer has said so, and more may have come since.
      if (attempt.handle === said.channel_reference && !isAgreedAfterAll(draft, attempt, said))
        return;
      if (isPastHolding(draft, attempt)) return receiveUntold(draft, attempt, said);
      return witnessQuery(draft, attempt, authorisedAs(draft, said));
    case 'bounced':
      return bounced(draft, attempt, said.detail);
    case 'held':
      if (isEndUntold(attempt, said)) return askAnew(draft, attempt);
      return witnessQuery(draft, attempt, said);
    default:
      return witnessQuery(draft, attempt, said);
  }
}

/**
 * The answer to our call had told another amount, and nothing but that is in doubt; the notice tells the agreed one. What a report
 * has said is a later word. Of a hold a person decides: what became of it since, no notice tells.
 */
function isAgreedAfterAll(draft: Draft, attempt: Attempt, said: Authorised): boolean {
  const isTaken = draft.payment.capture === 'automatic' && equal(attempt, said);
  const isReportRead = attempt.operations.some((op) => isOwnQuery(op) && op.ended === 'answered');
  return isTaken && !isReportRead && isOnlyDoubt(draft, attempt, said.channel_reference);
}

/** A hold is shown with the time until which it can be captured: a notice that lacks it (Stripe's has no charge) has the channel asked. */
function isEndUntold(attempt: Attempt, { ends_at, is_over }: Held): boolean {
  return ends_at === null && !is_over && attempt.capture_before === null;
}

/** The channel's notice is the same for both: whether the money is taken or held, the payment has asked for. */
function authorisedAs({ payment }: Draft, said: Authorised): QueryAnswer {
  const { channel_reference, amount, currency, at: paid_at, ends_at } = said;
  if (payment.capture === 'automatic')
    return { kind: 'approved', receipt: { channel_reference, amount, currency, paid_at } };
  const hold = { channel_reference, held: amount, captured: zero, currency, ends_at };
  return { kind: 'held', ...hold, is_over: false };
}

/** Ends the payer's time, or a hold that is about to run out, once. Another timer only has the plan looked at again. */
function expire({ payment, context }: Draft): undefined {
  if (payment.given_up || isFinal(payment.status)) return;
  const ends = endOf(payment, context.timing);
  if (ends !== null && context.now >= ends.at) payment.given_up = 'expired';
}

/** Takes the payment to the status that follows, by the table; throws on a step that the table lacks. */
function move(draft: Draft, to: PaymentStatus): void {
  const { payment } = draft;
  if (payment.status === to) return;
  const next: readonly PaymentStatus[] = paymentTransitions[payment.status];
  if (!next.includes(to))
    throw new Error(`bug: ${payment.id} cannot go from ${payment.status} to ${to}`);
  payment.status = to;
  if (to === 'canceled') payment.cancellation_reason = payment.given_up;
  if (to === 'succeeded') payment.cancellation_reason = null;
  emit(draft, `payment.${to}`);
}
