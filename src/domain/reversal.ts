import { advance, agrees, type Attempt, isCounted, isLive, isPresented } from './attempt.ts';
import type { Draft } from './draft.ts';
import { isOpen, type Operation } from './operation.ts';
import type { Approved, Receipt } from './outcome.ts';
import { ask, doubtMs } from './query-plan.ts';
import { besideUse, count, receive } from './receipt.ts';
import { witnessRefund } from './refund-evidence.ts';

/**
 * Has a reversal left that is not known to have been refused? Whatever was paid under the order then goes back, now or when
 * it is sent again, so it pays for nothing.
 */
function isReversing(attempt: Attempt): boolean {
  const last = reversalsOf(attempt).at(-1);
  if (!last) return false;
  return last.ended !== 'answered' || attempt.ending === 'prove';
}

/** Those that have left. One that was lost may have been carried out, also when one after it was refused. */
function reversalsOf(attempt: Attempt): readonly Operation[] {
  if (!isPresented(attempt)) return [];
  return attempt.operations.filter((op) => op.verb === 'close' && hasLeft(op));
}

function hasLeft(op: Operation): boolean {
  return isOpen(op) ? op.sent_at !== null : op.ended !== 'never_sent' && op.ended !== 'superseded';
}

/**
 * Money that the channel says it took. What a reversal takes back is in and out, and pays nothing; it is not lost sight of
 * because it went both ways.
 * @param isAsked the channel answered a question: a callback, or an answer that comes late, may be older than the reversal
 */
export function witnessPaid(
  draft: Draft,
  attempt: Attempt,
  { receipt, is_returned }: Approved,
  isAsked: boolean,
): void {
  const isTakenBack = is_returned === true && reversalsOf(attempt).length > 0;
  if (isTakenBack && isAsked && agrees(attempt, receipt)) return takeBack(draft, attempt, receipt);
  if (!isReversing(attempt)) return receive(draft, attempt, receipt);
  if (!isAsked) return ask(draft, attempt, 'answer', doubtMs);
  // It was proved that nothing was left, so this came after; or it is not what was asked for, and a person looks.
  if (!isLive(attempt) || !agrees(attempt, receipt)) return receive(draft, attempt, receipt);
  attempt.ending = 'close';
}

/** Paid, and given back by the reversal: both are booked, and nothing is asked of the channel any more. */
function takeBack(draft: Draft, attempt: Attempt, receipt: Receipt): void {
  const { channel_reference, amount, currency } = receipt;
  if (!isCounted(attempt, channel_reference)) {
    attempt.channel_reference ??= channel_reference;
    count(draft, attempt, receipt, besideUse(draft), {
      why: 'paid, and taken back by the reversal',
    });
    const back = draft.payment.refunds.findLast(
      (one) => one.receipt_reference === channel_reference,
    );
    if (!back) throw new Error('bug: money that does not pay is not given back');
    const done = { kind: 'refund', status: 'succeeded', channel_reference: null } as const;
    witnessRefund(draft, back, { ...done, amount, currency });
  }
  advance(attempt, 'closed');
}

/** The last question before the reversal has no answer, or the payer has not paid yet: it is reversed. */
export function reverseNow(attempt: Attempt): void {
  if (attempt.ending && isPresented(attempt)) attempt.ending = 'close';
}
