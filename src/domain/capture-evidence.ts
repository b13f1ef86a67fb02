import type { Attempt } from './attempt.ts';
import { type Capture, failCapture } from './capture.ts';
import { freeze } from './conflict.ts';
import { attemptOf, type Draft, emit, openCase } from './draft.ts';
import type { Failure } from './failure.ts';
import { end, take } from './hold-evidence.ts';
import { equal, format, type Money } from './money.ts';
import type { CaptureNotice } from './outcome.ts';

/** What the channel says of one capture by our number for it, where nobody can ask for the hold's total. */
export function hearCapture(draft: Draft, capture: Capture, notice: CaptureNotice): void {
  const attempt = attemptOf(draft.payment, capture.attempt_id);
  switch (notice.kind) {
    case 'captured':
      return captured(draft, attempt, capture, notice);
    case 'declined':
      return notTaken(draft, attempt, capture, notice.failure);
    case 'bounced':
      return notTaken(draft, attempt, capture, notice.detail);
    case 'disagrees': // no evidence, and nobody can be asked
      return;
  }
}

function captured(draft: Draft, attempt: Attempt, capture: Capture, told: Money): void {
  const { amount, status } = capture;
  if (status === 'succeeded') return;
  if (status === 'failed' || !equal({ amount, currency: attempt.currency }, told))
    return freeze(draft, attempt, `${capture.id}: the channel took ${format(told)}`, capture.id);
  take(draft, attempt, capture);
  if (draft.context.rulesOf(attempt).captures === 'once') end(draft, attempt);
}

/** Before we heard that it was taken it has failed, and the hold stands; after that a person must look. */
function notTaken(draft: Draft, attempt: Attempt, capture: Capture, why: Failure | string): void {
  const detail = typeof why === 'string' ? why : why.message;
  if (capture.status === 'succeeded') return bounced(draft, attempt, detail, capture.id);
  if (capture.status === 'processing') failCapture(capture, why, draft.context.now);
}

/**
 * Money that was counted did not come after all. Paid never un-pays: the merchant may have delivered, so a person decides
 * what is to be done about it, with the channel.
 */
export function bounced(
  draft: Draft,
  attempt: Attempt,
  detail: string,
  receipt_reference?: string,
): void {
  emit(draft, 'payment.conflict');
  openCase(draft, {
    kind: 'conflict',
    attempt_id: attempt.id,
    detail,
    ...(receipt_reference === undefined ? {} : { receipt_reference }),
  });
}
