import type { Attempt } from './attempt.ts';
import { asFailure, type Failure } from './failure.ts';
import type { Id } from './id.ts';
import type { Minor, Money } from './money.ts';
import type { Instant } from './operation.ts';

export const incrementStatuses = ['processing', 'succeeded', 'failed'] as const;
type IncrementStatus = (typeof incrementStatuses)[number];

/** Raising what is held, to a new total (incremental authorization, decision 0036). */
export interface Increment {
  readonly id: Id<'inc'>;
  /** The new total, and the one before it. */
  readonly amount: Minor;
  readonly previous_amount: Minor;
  status: IncrementStatus;
  /** Did the channel execute it? `maybe`: it left and was not answered. */
  executed: 'no' | 'maybe';
  /** Why it failed. */
  failure: Failure | null;
  readonly created_at: Instant;
  updated_at: Instant;
}

/** The increment that is under way, if any: one at a time, so that a total says whether it was executed. */
export function openIncrement({
  increments,
}: {
  readonly increments: readonly Increment[];
}): Increment | undefined {
  return increments.find((increment) => increment.status === 'processing');
}

/** The increment that was sent under this key of the channel's: its id, or that with the number of a further try. */
export function incrementOf<Of extends Pick<Increment, 'id'>>(
  increments: readonly Of[],
  channel_key: string,
): Of | undefined {
  const [id] = channel_key.split('.');
  return increments.find((increment) => increment.id === id);
}

/** Was this the total before the hold was raised? Then who says it speaks of the past. */
export function wasTotal({ increments, currency }: Attempt, told: Money): boolean {
  if (told.currency !== currency) return false;
  return increments.some(
    (one) => one.status === 'succeeded' && one.previous_amount === told.amount,
  );
}

/** Is the hold being raised to this total? Whether it is raised already the channel alone knows. */
export function isToBeTotal(attempt: Attempt, { amount, currency }: Money): boolean {
  return currency === attempt.currency && openIncrement(attempt)?.amount === amount;
}

/** The channel holds the new total. */
export function succeedIncrement(increment: Increment, now: Instant): void {
  increment.status = 'succeeded';
  increment.updated_at = now;
}

/**
 * What was held before is all there is.
 * @param why the channel's refusal, or in words what has become of the hold
 */
export function failIncrement(increment: Increment, why: Failure | string, now: Instant): void {
  increment.status = 'failed';
  increment.failure = asFailure(why);
  increment.updated_at = now;
}
