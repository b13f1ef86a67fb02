import type { Attempt } from './attempt.ts';
import { failCapture } from './capture.ts';
import type { Draft } from './draft.ts';
import {
  fence,
  isOfOrder,
  isOwnQuery,
  openOf,
  send,
  supersede,
  type Which,
} from './operation-plan.ts';
import { openCapture } from './payment.ts';
import { ask } from './query-plan.ts';
import { resendOf } from './resend.ts';

/** Sends or asks about the capture that is under way. False when there is none: the hold just stands. */
export function planCapture(draft: Draft, attempt: Attempt): boolean {
  const capture = openCapture(draft.payment);
  if (capture?.attempt_id !== attempt.id) return false;
  if (openOf(attempt, isOfOrder)) return true;
  if (capture.executed === 'yes') {
    ask(draft, attempt, 'change'); // accepted: what becomes of it the channel tells later
    return true;
  }
  const call: Which = (op) => op.capture_id === capture.id;
  const next = resendOf(draft, attempt, { call, question: isOwnQuery });
  if (capture.executed === 'maybe' && next !== 'again') {
    ask(draft, attempt, next);
    return true;
  }
  supersede(attempt, (op) => isOwnQuery(op) && op.awaits !== 'change');
  const until = attempt.capture_before ?? Infinity;
  send(draft, attempt, 'capture', { capture_id: capture.id }, { key: capture.id, until });
  return true;
}

/** Another attempt has paid the order: a capture that has not left is not made any more. */
export function dropCapture({ payment, context }: Draft, attempt: Attempt): void {
  fence(attempt, 'capture');
  const capture = openCapture(payment);
  if (capture?.attempt_id !== attempt.id || capture.executed !== 'no') return;
  if (openOf(attempt, (op) => op.verb === 'capture')) return;
  failCapture(capture, 'another attempt has paid the order', context.now);
}
