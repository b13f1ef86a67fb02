import type { Attempt } from './attempt.ts';
import type { Draft } from './draft.ts';
import { failChange } from './hold-change.ts';
import { openIncrement } from './increment.ts';
import {
  fence,
  isOfOrder,
  isOwnQuery,
  isUnder,
  openOf,
  send,
  type Subject,
  supersede,
  type Which,
} from './operation-plan.ts';
import { openCapture, type Payment } from './payment.ts';
import { ask } from './query-plan.ts';
import { resendOf } from './resend.ts';

/** A capture or an increment as the call that is made of it. */
interface Change {
  readonly id: string;
  readonly executed: 'no' | 'maybe' | 'yes';
  readonly verb: 'capture' | 'increment';
  readonly subject: Subject;
}

/** Sends or asks about what is being done to the hold. False when there is nothing: it just stands. */
export function planChange(draft: Draft, attempt: Attempt): boolean {
  const change = changeOf(draft.payment, attempt);
  if (!change) return false;
  const { id, executed, verb, subject } = change;
  if (openOf(attempt, isOfOrder)) return true;
  if (executed === 'yes') {
    ask(draft, attempt, 'change'); // accepted: what becomes of it the channel tells later
    return true;
  }
  const call: Which = (op) => op.verb === verb && isUnder(op.channel_key, id);
  const next = resendOf(draft, attempt, { call, question: isOwnQuery });
  if (executed === 'maybe' && next !== 'again') {
    ask(draft, attempt, next);
    return true;
  }
  const until = attempt.capture_before ?? Infinity;
  if (executed === 'no' && draft.context.now >= until) {
    failChange(
      draft.payment,
      attempt,
      'it could not be sent while the hold stood',
      draft.context.now,
    );
    return false;
  }
  supersede(attempt, (op) => isOwnQuery(op) && op.awaits !== 'change');
  send(draft, attempt, verb, subject, { key: id, until });
  return true;
}

function changeOf(payment: Payment, attempt: Attempt): Change | undefined {
  const capture = openCapture(payment);
  if (capture?.attempt_id === attempt.id)
    return { ...capture, verb: 'capture', subject: { capture_id: capture.id } };
  const increment = openIncrement(attempt);
  return increment && { ...increment, verb: 'increment', subject: {} };
}

/**
 * What has not left is not done to this hold any more: a capture, when another attempt has paid the order, and an increment, when
 * the hold is given up, for it would be raised only to be given back.
 */
export function dropChange(
  { payment, context }: Draft,
  attempt: Attempt,
  verb: Change['verb'],
  why: string,
): void {
  fence(attempt, verb);
  const change = changeOf(payment, attempt);
  if (change?.verb !== verb || change.executed !== 'no') return;
  if (openOf(attempt, (op) => op.verb === verb)) return;
  failChange(payment, attempt, why, context.now);
}
