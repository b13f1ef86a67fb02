import type { Attempt, CountedReceipt } from './attempt.ts';
import type { Draft } from './draft.ts';
import { equal } from './money.ts';
import type { Receipt } from './outcome.ts';

/** Did a person vouch for it, who knew no number of the channel? Then it bears that of his case. */
export function isVouched(channel_reference: Receipt['channel_reference']): boolean {
  return channel_reference.startsWith('case_');
}

/**
 * The channel tells of money that a person has vouched for: it is counted already, and takes the channel's number in place
 * of the case's, wherever it is meant. What was booked stays as it is.
 * @returns false: it is none of that, by its amount or its currency, or nobody has vouched for anything
 */
export function isAcknowledged(draft: Draft, attempt: Attempt, receipt: Receipt): boolean {
  const vouched = attempt.receipts.find(
    (one) => isVouched(one.channel_reference) && equal(one, receipt),
  );
  if (!vouched) return false;
  renumber(draft, attempt, vouched, receipt);
  return true;
}

function renumber(
  { payment }: Draft,
  attempt: Attempt,
  vouched: CountedReceipt,
  { channel_reference, paid_at }: Receipt,
): void {
  const was = vouched.channel_reference;
  if (attempt.channel_reference === was) attempt.channel_reference = channel_reference;
  for (const one of [...payment.refunds, ...payment.cases])
    if (one.receipt_reference === was) one.receipt_reference = channel_reference;
  Object.assign(vouched, { channel_reference, paid_at });
}
