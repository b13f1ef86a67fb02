import { type Attempt, isLive } from './attempt.ts';
import { bounced } from './capture-evidence.ts';
import { showUntold } from './conflict.ts';
import type { Draft } from './draft.ts';
import { receiptOf } from './hold-evidence.ts';
import type { Authorised, Held, Notice, QueryAnswer } from './outcome.ts';
import { isFinal, liveAttempt } from './payment.ts';
import { ask, doubtMs } from './query-plan.ts';
import { receive } from './receipt.ts';

/**
 * A notice about it: that is all that is ever told of it. Only money counts; that it was declined, released or ran out says
 * nothing about the attempt.
 */
export function hearUntold(
  draft: Draft,
  attempt: Attempt,
  order: string,
  said: QueryAnswer | Notice,
): void {
  switch (said.kind) {
    case 'authorised':
      return receiveUntold(draft, attempt, said);
    case 'bounced':
      return bounced(draft, attempt, said.detail);
    case 'disagrees':
      showUntold(draft, attempt, order, said.detail);
      return ask(draft, attempt, 'answer', doubtMs);
    default:
  }
}

/** Its money, taken or only held: nothing of it is the order's, and all of it goes back. */
export function receiveUntold(draft: Draft, attempt: Attempt, said: Authorised | Held): void {
  if (said.kind === 'held') {
    const captured = said.is_over ? said.captured : said.held;
    return receive(draft, attempt, receiptOf(draft, { ...said, captured }), 'untold');
  }
  const { channel_reference, amount, currency, at: paid_at } = said;
  receive(draft, attempt, { channel_reference, amount, currency, paid_at }, 'untold');
}

/** Is the attempt over, and the payment not waiting for another hold? Then what is authorised now is nobody's to capture. */
export function isPastHolding({ payment }: Draft, attempt: Attempt): boolean {
  if (payment.capture === 'automatic' || isLive(attempt)) return false;
  return isFinal(payment.status) || payment.paid_by !== null || liveAttempt(payment) !== undefined;
}
