import { advance, type Attempt } from './attempt.ts';
import type { Id } from './id.ts';

/**
 * Was the payer sent elsewhere, and has nobody confirmed what he brought back? Then no money moves: only our confirmation
 * would take it (decision 0030).
 */
export function isSentAway({ created, confirmed, next_action, status }: Attempt): boolean {
  const isWaiting = status === 'requires_action' || status === 'planned';
  return isWaiting && created === 'yes' && confirmed === 'no' && next_action !== null;
}

/** The payer is back. Said twice, late, or of an attempt for which nobody was sent anywhere it does nothing. */
export function takeReturn(attempt: Attempt, id: Id<'cbk'>): void {
  if (!isSentAway(attempt) || attempt.returns.includes(id)) return;
  attempt.returns = [...attempt.returns, id];
  advance(attempt, 'planned');
}

/**
 * The channel takes nothing for what he brought: somebody made it up, or he must go once more. What came after it is
 * tried next; without any he has yet to come.
 */
export function dropReturn(attempt: Attempt): void {
  attempt.returns = attempt.returns.slice(1);
  advance(attempt, attempt.returns.length > 0 ? 'planned' : 'requires_action');
}
