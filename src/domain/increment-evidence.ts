import type { Attempt } from './attempt.ts';
import type { Draft } from './draft.ts';
import { witnessHold } from './hold-evidence.ts';
import { failIncrement, incrementOf, openIncrement } from './increment.ts';
import type { Operation } from './operation.ts';
import type { Held, IncrementAnswer } from './outcome.ts';

/** How an increment ended: the hold's total says whether it was executed; without it the channel is asked. */
export function witnessIncrement(
  draft: Draft,
  attempt: Attempt,
  { id, channel_key }: Operation,
  answer: IncrementAnswer,
): void {
  const increment = incrementOf(attempt.increments, channel_key);
  if (!increment) throw new Error(`${id} raises nothing`);
  if (answer.kind === 'never_sent') return;
  if (answer.kind === 'held') witnessHold(draft, attempt, answer);
  if (increment.status !== 'processing') return;
  const isFinal = increment.executed === 'no'; // else a call before this one may still be executed
  if (answer.kind === 'declined' && isFinal)
    failIncrement(increment, answer.failure, draft.context.now);
  else increment.executed = 'maybe';
}

/** Asked when every sender was out of time, the channel holds what it held: the increment never happened. */
export function notRaised(attempt: Attempt, held: Held): void {
  const increment = openIncrement(attempt);
  if (increment?.executed === 'maybe' && held.held === increment.previous_amount)
    increment.executed = 'no';
}
