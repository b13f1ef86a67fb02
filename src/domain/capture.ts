import { asFailure, type Failure } from './failure.ts';
import type { Id } from './id.ts';
import { type Minor, sum, zero } from './money.ts';
import type { Instant } from './operation.ts';

export const captureStatuses = ['processing', 'succeeded', 'failed'] as const;
export type CaptureStatus = (typeof captureStatuses)[number];

/** What evidence may follow what: a capture ends once; only a person's decision takes one that failed as taken. */
export const captureTransitions = {
  processing: ['succeeded', 'failed'],
  succeeded: [],
  failed: [],
} as const satisfies Record<CaptureStatus, readonly CaptureStatus[]>;

/** Taking all or a part of what is held. */
export interface Capture {
  readonly id: Id<'cap'>;
  readonly attempt_id: Id<'att'>;
  readonly amount: Minor;
  /** The rest is released with it. */
  readonly is_final: boolean;
  status: CaptureStatus;
  /** Did the channel execute it? `maybe`: it left and was not answered. */
  executed: 'no' | 'maybe' | 'yes';
  /** Why it failed. */
  failure: Failure | null;
  readonly created_at: Instant;
  updated_at: Instant;
}

/** The sum of what was captured. */
export function amountOf(captures: readonly Capture[]): Minor {
  const done = captures.filter((capture) => capture.status === 'succeeded');
  return sum([zero, ...done.map((capture) => capture.amount)]);
}

/**
 * Nothing was taken, and will not be.
 * @param why the channel's refusal, or in words what has become of the hold
 */
export function failCapture(capture: Capture, why: Failure | string, now: Instant): void {
  capture.status = 'failed';
  capture.failure = asFailure(why);
  capture.updated_at = now;
}
