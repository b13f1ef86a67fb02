/** How long one round of a delivery goes on (contract section 5). */
const roundMs = 30 * 24 * 3_600_000;

/** No receiver that asks for patience is left alone for longer. */
const patienceMs = 24 * 3_600_000;

/** Where a delivery stands when a try of it has failed. */
export interface Failure {
  /** Tries of this round, the failed one included. */
  readonly tries: number;
  /** Since the round began. */
  readonly age_ms: number;
  /** What the receiver asked for, if it did. */
  readonly retry_after_ms: number | null;
}

/**
 * When to try again: by the schedule (seconds, the last repeats), never earlier and at most 20 % later, so that
 * receivers that come back are not met by everybody at once. Null when the round is over.
 * @param chance from 0 to 1
 */
export function nextTryInMs(
  schedule: readonly number[],
  failure: Failure,
  chance: number,
): number | null {
  const seconds = schedule[Math.min(failure.tries, schedule.length) - 1] ?? 0;
  const asked = Math.min(failure.retry_after_ms ?? 0, patienceMs);
  const in_ms = Math.round(Math.max(seconds * 1_000, asked) * (1 + 0.2 * chance));
  return failure.age_ms + in_ms > roundMs ? null : in_ms;
}
