import { advance, type Attempt } from './attempt.ts';
import { takesMoneyUnconfirmed } from './channel.ts';
import { attemptOf, type Draft, openCase, refundOf } from './draft.ts';
import { passOver } from './failover.ts';
import type { Failure } from './failure.ts';
import { witnessCapture } from './hold-evidence.ts';
import { openIncrement } from './increment.ts';
import { witnessIncrement } from './increment-evidence.ts';
import { isMutating, type Operation } from './operation.ts';
import type {
  Answer,
  CaptureAnswer,
  CloseAnswer,
  ConfirmAnswer,
  CreateAnswer,
  IncrementAnswer,
  QueryAnswer,
  RefundAnswer,
} from './outcome.ts';
import { confirmsOf, refuse, witnessAnswer, witnessQuery } from './query-evidence.ts';
import { isLastWord, isReported } from './query-plan.ts';
import { unansweredRefund, witnessRefund } from './refund-evidence.ts';
import { dropReturn } from './return.ts';
import { reverseNow } from './reversal.ts';
import { adopt, isStray, witnessStray } from './stray.ts';

/** How an operation ended. An operation ends once; of a late answer only money counts. */
export function endOperation(draft: Draft, operation: Operation, answer: Answer | 'silent'): void {
  const isLate = operation.ended !== null;
  if (isLate && !isMoney(answer)) return;
  if (!isLate) operation.ended = endOf(operation, answer);
  if (answer !== 'silent' && answer.kind === 'never_sent')
    draft.again_in_ms = answer.again_in_ms ?? null;
  if (saysNothingNew(draft, operation, answer)) return;
  hear(draft, operation, known(operation, answer), { isSilent: answer === 'silent', isLate });
}

/**
 * A resend leaves only when the channel has said that nothing happened; answered with the failure that is
 * stored under its key it did nothing either, and the next key may say it again at once.
 */
function saysNothingNew(draft: Draft, operation: Operation, answer: Answer | 'silent'): boolean {
  if (answer === 'silent' || answer.kind !== 'unknown' || !answer.is_stored) return false;
  const { operations, ...attempt } = attemptOf(draft.payment, operation.attempt_id);
  if (isDoubtful(draft, attempt, operation)) return false;
  return operations.some(
    (op) =>
      op.id !== operation.id &&
      op.verb === operation.verb &&
      op.channel_key === operation.channel_key &&
      op.ended === 'unknown',
  );
}

/** Was it sent while the end of a call before it was unknown, on the channel's word alone? */
function isDoubtful(
  { payment }: Draft,
  attempt: Omit<Attempt, 'operations'>,
  { verb, capture_id, refund_id }: Operation,
): boolean {
  switch (verb) {
    case 'create':
      return attempt.created === 'maybe';
    case 'confirm':
      return attempt.confirmed === 'maybe';
    case 'increment':
      return openIncrement(attempt)?.executed === 'maybe';
    case 'capture':
      return payment.captures.some((one) => one.id === capture_id && one.executed === 'maybe');
    default:
      return refundOf(payment, refund_id)?.accepted === 'maybe';
  }
}

function isMoney(answer: Answer | 'silent'): boolean {
  if (answer === 'silent') return false;
  return ['approved', 'credited', 'disagrees', 'held'].includes(answer.kind);
}

/** The end that follows. Without an answer the fence falls: what is still unsent then never will be. */
function endOf(operation: Operation, answer: Answer | 'silent'): Operation['ended'] {
  if (answer === 'silent') {
    operation.fenced = true;
    return operation.sent_at === null && isMutating(operation.verb) ? 'never_sent' : 'unknown';
  }
  if (answer.kind === 'unknown') return answer.is_stored ? 'stored' : 'unknown';
  return answer.kind === 'never_sent' ? 'never_sent' : 'answered';
}

/** A silent end as the answer that it amounts to. */
function known(operation: Operation, answer: Answer | 'silent'): Answer {
  if (answer !== 'silent') return answer;
  const kind = operation.ended === 'never_sent' ? 'never_sent' : 'unknown';
  return { kind, detail: 'no answer came' };
}

interface Manner {
  readonly isSilent: boolean;
  readonly isLate: boolean;
}

function hear(
  draft: Draft,
  operation: Operation,
  answer: Answer,
  { isSilent, isLate }: Manner,
): void {
  const attempt = attemptOf(draft.payment, operation.attempt_id);
  const isWord = operation.awaits === 'word';
  switch (operation.verb) {
    case 'create':
      return witnessCreate(draft, attempt, answer as CreateAnswer);
    case 'confirm':
      return witnessConfirm(draft, attempt, answer as ConfirmAnswer);
    case 'increment':
      return witnessIncrement(draft, attempt, operation, answer as IncrementAnswer);
    case 'capture':
      return witnessCapture(draft, attempt, operation, answer as CaptureAnswer);
    case 'close':
    case 'void':
      return witnessClose(draft, attempt, answer as CloseAnswer);
    case 'refund':
    case 'query_refund': {
      const refund = refundOf(draft.payment, operation.refund_id);
      const isAsked = operation.verb === 'query_refund';
      if (isWord && answer.kind === 'not_found') return; // so far: no fact
      if (!refund) return;
      if (isAsked && answer.kind === 'unknown' && isLastWord(draft, operation))
        return unansweredRefund(draft, refund);
      return witnessRefund(draft, refund, answer as RefundAnswer, isAsked);
    }
    case 'query':
      adopt(attempt, operation.stray, answer);
      if (isStray(attempt, operation.stray)) return witnessStray(draft, attempt, answer);
      if (isSilent || answer.kind === 'unknown') return unanswered(draft, attempt, operation);
      return witnessAnswer(draft, attempt, answer as QueryAnswer, { isWord, isLate });
  }
}

function witnessCreate(draft: Draft, attempt: Attempt, answer: CreateAnswer): void {
  switch (answer.kind) {
    case 'created':
      return keepHandle(attempt, answer.handle);
    case 'action_required':
      if (answer.handle !== undefined) keepHandle(attempt, answer.handle);
      return witnessQuery(draft, attempt, answer);
    case 'declined':
      return decline(draft, attempt, answer.failure);
    case 'never_sent':
      return passOver(draft, attempt, 'create', answer.detail);
    case 'unknown':
      if (attempt.created === 'no') attempt.created = 'maybe';
      if (!isMoneyUnconfirmed(draft, attempt) || isTold(draft, attempt)) return; // made again, or known by now
      return advance(attempt, 'unknown');
    default:
      return witnessQuery(draft, attempt, answer);
  }
}

function keepHandle(attempt: Attempt, handle: string): void {
  attempt.created = 'yes';
  attempt.handle ??= handle;
  attempt.channel_reference ??= handle;
}

/** Has a channel that nobody asks told what became of its order, before the answer to a call came? */
function isTold(draft: Draft, attempt: Attempt): boolean {
  return attempt.created === 'yes' && confirmsOf(draft, attempt) === 'when_returned';
}

function isMoneyUnconfirmed({ context }: Draft, attempt: Attempt): boolean {
  return takesMoneyUnconfirmed(context.rulesOf(attempt));
}

/**
 * A refusal of a number that the channel already has, or may still get by a call before this one, says nothing about
 * that order: ask. One that is to be confirmed takes no money by being made.
 */
function decline(draft: Draft, attempt: Attempt, failure: Failure): void {
  if (isTold(draft, attempt)) return;
  const isDoubtful = attempt.created === 'maybe' && isMoneyUnconfirmed(draft, attempt);
  if (attempt.created === 'yes' || isDoubtful) return advance(attempt, 'unknown');
  attempt.created = 'no';
  refuse(draft, attempt, failure);
}

function witnessConfirm(draft: Draft, attempt: Attempt, answer: ConfirmAnswer): void {
  switch (answer.kind) {
    case 'never_sent':
      return passOver(draft, attempt, 'confirm', answer.detail);
    case 'unknown':
      if (isBeyondConfirmation(draft, attempt)) return;
      attempt.confirmed = 'maybe';
      return advance(attempt, 'unknown');
    case 'declined':
      if (attempt.confirmed === 'maybe') return; // a call before this one may still be executed: ask
      attempt.confirmed = 'yes';
      return refuse(draft, attempt, answer.failure);
    case 'refused':
      attempt.confirmed = 'no'; // by any call under this key
      return dropReturn(attempt);
    case 'action_required': // nothing was taken: where the payer agrees first, or comes back, he is to do so once more
      if (confirmsOf(draft, attempt) === 'at_once') attempt.confirmed = 'yes';
      if (attempt.returns.length > 0) dropReturn(attempt);
      return witnessQuery(draft, attempt, answer);
    default:
      attempt.confirmed = 'yes';
      return witnessQuery(draft, attempt, answer);
  }
}

/** A callback that came before the lost answer has said what became of the confirmation: then nothing is unknown. */
function isBeyondConfirmation(draft: Draft, attempt: Attempt): boolean {
  const { status } = attempt;
  if (status === 'requires_action') return confirmsOf(draft, attempt) === 'at_once'; // else it is the action before it
  return status === 'held' || status === 'processing';
}

/** Only a query proves an end, or what the channel tells by itself: after a yes ask for it, after anything else ask where it stands. */
function witnessClose(draft: Draft, attempt: Attempt, { kind }: CloseAnswer): void {
  const isToBeTold = kind === 'refused' && isReported(draft, attempt);
  attempt.ending = kind === 'closed' || isToBeTold ? 'prove' : 'ask';
}

/** A query that nobody answered for 30 days: a person decides. */
function unanswered(draft: Draft, attempt: Attempt, query: Operation): void {
  if (attempt.ending === 'ask') reverseNow(attempt);
  const isSettled = ['paid', 'closed', 'declined'].includes(attempt.status);
  if (isSettled || !isLastWord(draft, query)) return;
  attempt.frozen = 'unanswered';
  advance(attempt, 'unknown');
  openCase(draft, {
    kind: 'outcome_unknown',
    attempt_id: attempt.id,
    detail: 'the channel did not say for 30 days what became of this attempt',
  });
}
