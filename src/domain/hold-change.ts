import type { Attempt } from './attempt.ts';
import { type Capture, failCapture } from './capture.ts';
import type { Refusal } from './fact.ts';
import { failIncrement, type Increment, openIncrement } from './increment.ts';
import type { Instant } from './operation.ts';
import { liveAttempt, openCapture, type Payment } from './payment.ts';

/** What is being done to the hold: a capture or an increment, one at a time, so that its totals tell what happened. */
export function openChange(payment: Payment): Capture | Increment | undefined {
  const hold = liveAttempt(payment);
  return openCapture(payment) ?? (hold && openIncrement(hold));
}

/** Why nothing else can be done to the hold meanwhile, if so. */
export function refuseMeanwhile(payment: Payment): Refusal | undefined {
  const running = openChange(payment);
  if (!running) return undefined;
  if (running.executed === 'maybe')
    return { code: 'payment_outcome_unknown', detail: `${running.id} may have been executed: the channel is asked` };
  const code = running === openCapture(payment) ? 'capture_in_progress' : 'increment_in_progress';
  return { code, detail: `${running.id} is under way` };
} // prettier-ignore

/** What was being done to this hold is not done any more. @param why in words */
export function failChange(payment: Payment, attempt: Attempt, why: string, now: Instant): void {
  const capture = openCapture(payment);
  if (capture?.attempt_id === attempt.id) failCapture(capture, why, now);
  const increment = openIncrement(attempt);
  if (increment) failIncrement(increment, why, now);
}
