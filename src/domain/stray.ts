import { type Attempt, isCounted } from './attempt.ts';
import type { Draft } from './draft.ts';
import { receiptOf } from './hold-evidence.ts';
import type { Answer } from './outcome.ts';
import { askStray } from './query-plan.ts';
import { receive } from './receipt.ts';

/**
 * Is this number of the channel that of a stray: an order that bears the attempt's reference and is not the
 * attempt's own? Another system of the merchant may have made it, or a create whose answer we never heard.
 */
export function isStray(attempt: Attempt, order: string | null | undefined): order is string {
  return order != null && order !== attempt.handle;
}

/** A callback about a stray is no evidence, whatever it says: the channel is asked about that very order. */
export function meetStray(draft: Draft, attempt: Attempt, stray: string): void {
  if (!isCounted(attempt, stray)) askStray(draft, attempt, stray);
}

/** Money under our reference while ours was never heard of: this is ours. */
export function adopt(attempt: Attempt, order: string | null, answer: Answer): void {
  const isMoney = answer.kind === 'approved' || answer.kind === 'held';
  if (isMoney && order !== null) attempt.handle ??= order;
}

/**
 * What the channel says of a stray when it is asked. Only money that was taken counts: that it waits, holds some,
 * was declined or bears another reference says nothing about the attempt. Never does it pay in place of an order of
 * ours that may still take or hold money: it goes back, and ours stays what it was.
 */
export function witnessStray(draft: Draft, attempt: Attempt, answer: Answer): void {
  if (answer.kind === 'approved') receive(draft, attempt, answer.receipt, 'stray');
  if (answer.kind === 'held' && answer.captured > 0)
    receive(draft, attempt, receiptOf(draft, answer), 'stray');
}
