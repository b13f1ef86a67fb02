import { advance, type Attempt } from './attempt.ts';
import { attemptOf, book, type Draft, openCase, refundOf } from './draft.ts';
import { equal, format } from './money.ts';
import { askingMs, type Operation } from './operation.ts';
import type {
  Answer,
  CloseAnswer,
  CreateAnswer,
  QueryAnswer,
  RefundAnswer,
  RefundState,
} from './outcome.ts';
import { freeze, receive } from './receipt.ts';
import { type Refund, refundMay } from './refund.ts';

/** How an operation ended. An operation ends once; of a late answer only money counts. */
export function endOperation(draft: Draft, operation: Operation, answer: Answer | 'silent'): void {
  const attempt = attemptOf(draft.payment, operation.attempt_id);
  const late = operation.ended !== null;
  if (late && !isMoney(answer)) return;
  if (!late) operation.ended = endOf(operation, answer);
  if (operation.refund_id) {
    const refund = refundOf(draft.payment, operation.refund_id);
    if (refund) witnessRefund(draft, refund, known(operation, answer) as RefundAnswer);
    return;
  }
  if (operation.verb === 'create')
    return witnessCreate(draft, attempt, known(operation, answer) as CreateAnswer);
  if (operation.verb === 'close')
    return witnessClose(attempt, known(operation, answer) as CloseAnswer);
  if (answer === 'silent' || answer.kind === 'unknown')
    return unanswered(draft, attempt, operation);
  witnessQuery(draft, attempt, answer as QueryAnswer);
}

function isMoney(answer: Answer | 'silent'): boolean {
  return answer !== 'silent' && (answer.kind === 'approved' || answer.kind === 'disagrees');
}

/** The end that follows. Without an answer the fence falls: what is still unsent then never will be. */
function endOf(operation: Operation, answer: Answer | 'silent'): Operation['ended'] {
  if (answer === 'silent') {
    operation.fenced = true;
    return operation.sent_at === null && operation.verb !== 'query' ? 'never_sent' : 'unknown';
  }
  if (answer.kind === 'never_sent' || answer.kind === 'unknown') return answer.kind;
  return 'answered';
}

/** A silent end as the answer that it amounts to. */
function known(operation: Operation, answer: Answer | 'silent'): Answer {
  if (answer !== 'silent') return answer;
  const kind = operation.ended === 'never_sent' ? 'never_sent' : 'unknown';
  return { kind, detail: 'no answer came' };
}

function witnessCreate(draft: Draft, attempt: Attempt, answer: CreateAnswer): void {
  switch (answer.kind) {
    case 'approved':
      attempt.created = 'yes';
      return receive(draft, attempt, answer.receipt);
    case 'action_required':
      attempt.created = 'yes';
      attempt.next_action = answer.next_action;
      attempt.code_ends_at = answer.code_ends_at === null ? null : Date.parse(answer.code_ends_at);
      return advance(attempt, 'requires_action');
    case 'pending':
      attempt.created = 'yes';
      return advance(attempt, 'processing');
    case 'declined':
      return decline(draft, attempt, answer.failure);
    case 'never_sent':
      return;
    case 'unknown':
      if (attempt.created === 'no') attempt.created = 'maybe';
      return advance(attempt, 'unknown');
  }
}

/** A refusal of a number that the channel already has says nothing about that order: ask. */
function decline(draft: Draft, attempt: Attempt, failure: Attempt['failure']): void {
  if (attempt.created === 'yes') return advance(attempt, 'unknown');
  attempt.failure = failure;
  draft.payment.failure = failure;
  attempt.created = 'no';
  advance(attempt, 'declined');
}

/** What the channel says of an attempt, asked or by callback. */
export function witnessQuery(draft: Draft, attempt: Attempt, answer: QueryAnswer): void {
  switch (answer.kind) {
    case 'approved':
      attempt.created = 'yes';
      return receive(draft, attempt, answer.receipt);
    case 'disagrees':
      return freeze(draft, attempt, answer.detail);
    case 'open':
      attempt.created = 'yes';
      if (attempt.ending) attempt.ending = 'close';
      return advance(attempt, attempt.next_action ? 'requires_action' : 'planned');
    case 'pending':
      attempt.created = 'yes';
      return advance(attempt, 'processing');
    case 'closed':
      attempt.created = 'yes';
      return advance(attempt, 'closed');
    case 'not_found':
      return neverCreated(attempt);
    case 'declined':
      attempt.failure = answer.failure;
      draft.payment.failure = draft.payment.paid_by ? null : answer.failure;
      return advance(attempt, 'declined');
    case 'unknown':
      return;
  }
}

/** Settled "not found": no order. For one that the channel has confirmed before it says nothing. */
function neverCreated(attempt: Attempt): void {
  if (attempt.created === 'yes') return;
  attempt.created = 'no';
  advance(attempt, attempt.ending ? 'closed' : 'planned');
}

/** Only a query proves an end: after a yes ask for the proof, after anything else ask where it stands. */
function witnessClose(attempt: Attempt, answer: CloseAnswer): void {
  attempt.ending = answer.kind === 'closed' ? 'prove' : 'ask';
}

/** A query that nobody answered for 30 days: a person decides. A shorter one is simply over. */
function unanswered(draft: Draft, attempt: Attempt, query: Operation): void {
  const isLastWord =
    draft.context.now >= query.not_after &&
    query.not_after - query.run_at > askingMs / 2 &&
    attempt.status !== 'paid' &&
    attempt.status !== 'closed';
  if (!isLastWord || attempt.status === 'declined') return;
  attempt.frozen = 'unanswered';
  advance(attempt, 'unknown');
  openCase(draft, {
    kind: 'outcome_unknown',
    attempt_id: attempt.id,
    detail: 'the channel did not say for 30 days what became of this attempt',
  });
}

/** What the channel says of a refund, asked or by callback. */
export function witnessRefund(draft: Draft, refund: Refund, answer: RefundAnswer): void {
  switch (answer.kind) {
    case 'refund':
      refund.accepted = 'yes';
      refund.channel_reference ??= answer.channel_reference;
      if (!equal(refund, answer))
        return troubled(draft, refund, `the channel says ${format(answer)}`);
      return moveRefund(draft, refund, answer.status);
    case 'declined':
      refund.failure = answer.failure;
      return troubled(draft, refund, answer.failure.channel_message ?? answer.failure.message);
    case 'disagrees':
      return troubled(draft, refund, answer.detail);
    case 'not_found':
      if (refund.accepted === 'maybe') refund.accepted = 'no';
      return;
    case 'unknown':
      if (refund.accepted === 'no') refund.accepted = 'maybe';
      return;
    case 'never_sent':
      return;
  }
}

function troubled(draft: Draft, refund: Refund, detail: string): void {
  moveRefund(draft, refund, 'needs_attention', detail);
}

function moveRefund(draft: Draft, refund: Refund, to: RefundState, detail?: string): void {
  const from = refund.status;
  if (!refundMay(from, to)) return;
  refund.status = to;
  refund.updated_at = draft.context.now;
  draft.events.push({ type: `refund.${to}`, object: 'refund', id: refund.id });
  if (to === 'succeeded') bookRefund(draft, refund, 'refund_succeeded');
  else if (from === 'succeeded') bookRefund(draft, refund, 'refund_reversed');
  if (to !== 'succeeded') {
    openCase(draft, {
      kind: 'refund_undeliverable',
      attempt_id: refund.attempt_id,
      refund_id: refund.id,
      detail: detail ?? `the channel could not deliver refund ${refund.id}`,
    });
  }
}

/** Books one movement of a refund. */
export function bookRefund(
  draft: Draft,
  refund: Refund,
  reason: 'refund_succeeded' | 'refund_reversed' | 'refund_paid_otherwise',
): void {
  const { channel } = attemptOf(draft.payment, refund.attempt_id);
  const { id: subject, amount, currency } = refund;
  book(draft, { reason, channel, subject, amount, currency });
}
