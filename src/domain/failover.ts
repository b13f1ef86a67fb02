import { advance, type Attempt, isLive, isUnseen } from './attempt.ts';
import type { Draft } from './draft.ts';
import { failureOf } from './failure.ts';
import type { Instant, Operation } from './operation.ts';
import { isFrozen, mayTryAgain } from './payment.ts';
import type { Route } from './routing.ts';

/**
 * Nothing of it has left: where the rule names another account it is over, with that for its proof; else the same is sent
 * again when the channel may be back, and at once where only nobody was there to send it. An order that we alone can confirm
 * takes nothing when we do not.
 *
 * @param verb the call that ended
 * @param why nothing left, in the words of the network
 */
export function passOver(draft: Draft, attempt: Attempt, verb: 'create' | 'confirm', why: string): void {
  const { payment, context } = draft;
  const calls = attempt.operations.filter((one) => one.verb === verb);
  const isUntried = isUndone(draft, attempt, verb) && calls.every(({ ended }) => ended === 'never_sent');
  const isWanted = payment.given_up === null && payment.next === null && payment.paid_by === null;
  if (attempt.status !== 'planned' || !isUntried || !isUnseen(attempt) || !isWanted) return;
  const isOverdue = context.now >= payment.expires_at || calls.some((one) => wasOnlyLate(one, context.now));
  if (!attempt.backups?.length || isFrozen(payment) || !mayTryAgain(payment) || isOverdue) return;
  fail(attempt, `was not reached (${why})`);
  advance(attempt, 'closed');
} // prettier-ignore

function isUndone({ context }: Draft, attempt: Attempt, verb: 'create' | 'confirm'): boolean {
  if (verb === 'create') return attempt.created === 'no';
  return attempt.confirmed === 'no' && context.rulesOf(attempt).confirms === 'at_once';
}

/** No worker came by in its time: that says nothing of the channel. */
function wasOnlyLate({ sent_at, not_after }: Operation, now: Instant): boolean {
  return sent_at === null && now >= not_after;
}

/** Asked, the channel says that it has closed what we have not: no payer's doing. One that was over before keeps its reason. */
export function shut(attempt: Attempt): void {
  if (!isLive(attempt) || attempt.ending !== null || !attempt.backups?.length) return;
  fail(attempt, 'has closed it');
}

function fail(attempt: Attempt, message: string): void {
  attempt.failure = failureOf('channel_unavailable', { code: null, message });
}

/** Why the payment goes on there, for a person: what became of the attempt before, and who says where next. */
export function reasonOf(dead: Attempt, { channel, channel_account, routing }: Route): string {
  const { status, failure } = dead;
  const end = status === 'declined' ? `declined it (${failure?.code})` : failure?.channel_message;
  const rule = routing?.rule ? `'${routing.rule}'` : 'the rule';
  return `backup of ${dead.id}: ${dead.channel} ${end}; ${rule} names ${channel} (${channel_account}) next`;
}
