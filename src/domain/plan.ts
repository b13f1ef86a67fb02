import { attemptAt, planAttempt } from './attempt-plan.ts';
import { failBarred } from './barred-refund.ts';
import { returnParts } from './credit.ts';
import type { Draft } from './draft.ts';
import { failOver } from './failover-plan.ts';
import { isFinal, liveAttempt } from './payment.ts';
import { planRefund } from './refund-plan.ts';

/**
 * Derives what the payment owes from where it stands: after every fact each attempt and each refund has
 * exactly the operations that it needs next. Doing it twice adds nothing.
 */
export function plan(draft: Draft): void {
  for (const attempt of draft.payment.attempts) {
    planAttempt(draft, attempt);
    returnParts(draft, attempt);
  }
  failOver(draft);
  begin(draft);
  failBarred(draft);
  for (const refund of draft.payment.refunds) planRefund(draft, refund);
}

/** The switch to another method: its attempt is made as soon as the earlier one can take no more money. */
function begin(draft: Draft): void {
  const { payment, context } = draft;
  if (!payment.next || liveAttempt(payment)) return;
  const choice = payment.next;
  payment.next = null;
  if (payment.given_up || payment.paid_by || isFinal(payment.status)) return;
  payment.method = choice.method;
  const attempt = attemptAt(payment, choice, context);
  payment.attempts.push(attempt);
  planAttempt(draft, attempt);
}
