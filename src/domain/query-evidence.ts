import { advance, type Attempt, isLive } from './attempt.ts';
import type { ChannelRules } from './channel.ts';
import { freeze } from './conflict.ts';
import { witnessCredits } from './credit.ts';
import type { Draft } from './draft.ts';
import { shut } from './failover.ts';
import { type Failure, overrules } from './failure.ts';
import { end, notCaptured, witnessHold } from './hold-evidence.ts';
import { notRaised } from './increment-evidence.ts';
import { type ActionRequired, isUnconfirmed, type QueryAnswer } from './outcome.ts';
import { isReported, isUntold, unopenedEnd } from './query-plan.ts';
import { reverseNow, witnessPaid } from './reversal.ts';
import { receiveUntold } from './untold.ts';

/** How a question was answered: while something could still happen, or when nobody waited for it any more. */
interface Heard {
  readonly isWord: boolean;
  readonly isLate: boolean;
}

/** What the channel answers when asked: unlike a callback, which may be an old one, it also says what did not happen. */
export function witnessAnswer(
  draft: Draft,
  attempt: Attempt,
  answer: QueryAnswer,
  { isWord, isLate }: Heard,
): void {
  if (isWord) return witnessWord(draft, attempt, answer, !isLate);
  if (isUnconfirmed(answer) && attempt.confirmed === 'maybe') attempt.confirmed = 'no';
  if (answer.kind === 'held') {
    notCaptured(draft, attempt, answer);
    notRaised(attempt, answer);
  }
  witnessQuery(draft, attempt, answer, !isLate);
}

/** Asked while something may still happen: that nothing did so far is no fact. */
function witnessWord(draft: Draft, attempt: Attempt, answer: QueryAnswer, isAsked: boolean): void {
  if (answer.kind !== 'not_found') witnessQuery(draft, attempt, answer, isAsked);
}

/** What the channel says of an attempt: asked, by callback, or in answer to something else. */
export function witnessQuery(
  draft: Draft,
  attempt: Attempt,
  answer: QueryAnswer,
  isAsked = false,
): void {
  if (answer.kind === 'unknown') return;
  if (answer.kind === 'not_found') return notFound(draft, attempt);
  if (answer.kind === 'disagrees') return freeze(draft, attempt, answer.detail);
  if (answer.kind === 'held' && isUntold(draft, attempt, answer.channel_reference))
    return receiveUntold(draft, attempt, answer);
  if (answer.kind !== 'action_required' || unopenedEnd(draft, attempt) === null)
    attempt.created = 'yes';
  else if (attempt.created === 'no') attempt.created = 'maybe'; // it is, once the payer has opened it
  if (isConfirmation(draft, attempt, answer)) attempt.confirmed = 'yes';
  keepNumber(draft, attempt, answer);
  switch (answer.kind) {
    case 'approved':
      if (draft.context.rulesOf(attempt).several_credits)
        return witnessCredits(draft, attempt, { receipts: [answer.receipt] }); // which may have changed since
      return witnessPaid(draft, attempt, answer, isAsked);
    case 'held':
      return witnessHold(draft, attempt, answer);
    case 'credited':
      witnessCredits(draft, attempt, answer);
      if (attempt.frozen === 'disagrees') return;
      return answer.is_closed ? advance(attempt, 'closed') : stillPayable(attempt);
    case 'open':
      return stillPayable(attempt);
    case 'agreed':
      if (attempt.confirmed === 'no') advance(attempt, 'planned'); // else an old word
      return;
    case 'action_required':
      if (attempt.ending) attempt.ending = 'close';
      return require(attempt, answer);
    case 'pending':
      reverseNow(attempt);
      return advance(attempt, 'processing');
    case 'closed': // a hold may be given back at the channel by others than us
      if (isAsked) shut(attempt);
      return attempt.status === 'held' ? end(draft, attempt) : advance(attempt, 'closed');
    case 'declined':
      return refuse(draft, attempt, answer.failure);
  }
}

/** Where no order was made before it, or its number is lost and money bears it, money itself brings the channel's number. */
function keepNumber(draft: Draft, attempt: Attempt, answer: QueryAnswer): void {
  const confirms = confirmsOf(draft, attempt);
  if (confirms !== 'when_returned' && confirms !== 'at_once') return;
  if (answer.kind === 'approved') attempt.handle ??= answer.receipt.channel_reference;
  if (answer.kind === 'held') attempt.handle ??= answer.channel_reference;
}

function stillPayable(attempt: Attempt): void {
  if (attempt.confirmed !== 'no') return; // an old word: it was confirmed since, or may have been
  if (attempt.ending) attempt.ending = 'close';
  advance(attempt, attempt.next_action ? 'requires_action' : 'planned');
}

/** What only our confirmation brings about, also when its own answer was lost. */
function isConfirmation(draft: Draft, attempt: Attempt, { kind }: QueryAnswer): boolean {
  const confirms = confirmsOf(draft, attempt);
  if (confirms !== 'when_agreed' && confirms !== 'when_returned') return false;
  return kind === 'approved' || kind === 'held' || kind === 'pending';
}

function require(attempt: Attempt, { next_action, code_ends_at }: ActionRequired): void {
  attempt.next_action = next_action;
  attempt.code_ends_at = code_ends_at === null ? null : Date.parse(code_ends_at);
  advance(attempt, 'requires_action');
}

/**
 * Settled "not found": no order, or one that nobody has opened, which only its own end makes sure of. For one that the
 * channel has confirmed before it says nothing.
 */
function notFound(draft: Draft, attempt: Attempt): void {
  if (attempt.created === 'yes') return notConfirmed(draft, attempt);
  const ends = unopenedEnd(draft, attempt);
  if (ends !== null && attempt.created === 'maybe') {
    if (draft.context.now >= ends) advance(attempt, 'closed');
    return;
  }
  attempt.created = 'no';
  advance(attempt, attempt.ending ? 'closed' : 'planned');
}

/** An order for which no money was taken stands in no report: what we confirmed under it never happened. */
function notConfirmed(draft: Draft, attempt: Attempt): void {
  if (attempt.confirmed !== 'maybe' || !isReported(draft, attempt)) return;
  attempt.confirmed = 'no';
  advance(attempt, attempt.ending ? 'closed' : 'planned');
}

/** When a confirmation takes the money of this attempt's order. */
export function confirmsOf({ context }: Draft, attempt: Attempt): ChannelRules['confirms'] {
  return context.rulesOf(attempt).confirms;
}

/**
 * The attempt is over, and no money was taken: why. Said again in other words (a notice has fewer than the answer), the
 * first word stands, unless the later one forbids what the first allowed.
 */
export function refuse(draft: Draft, attempt: Attempt, failure: Failure): void {
  if (isLive(attempt) || overrules(failure, attempt.failure)) {
    attempt.failure = failure;
    if (!draft.payment.paid_by) draft.payment.failure = failure;
  }
  advance(attempt, 'declined');
}
