import type { Attempt, CountedReceipt } from './attempt.ts';
import type { Refusal } from './fact.ts';
import { format, type Minor, subtract, zero } from './money.ts';
import type { Payment } from './payment.ts';
import { amountReserved } from './refund.ts';

/** A receipt of the order's money, and what of it can still go back. */
export interface Source {
  readonly receipt: CountedReceipt;
  readonly left: Minor;
}

/** The receipts that pay the order, each with what of it is neither sent back nor on its way; oldest first. */
export function sourcesOf({ refunds }: Payment, attempt: Attempt): Source[] {
  const ofOrder = attempt.receipts.filter(({ use }) => use === 'order');
  return ofOrder.map((receipt) => {
    const { channel_reference, amount } = receipt;
    const of = refunds.filter((one) => one.receipt_reference === channel_reference);
    return { receipt, left: without(amount, amountReserved(of)) };
  });
}

/** The source that has enough and least to spare, so that the large ones stay for large refunds; undefined where none has. */
export function sourceFor(sources: readonly Source[], amount: Minor): Source | undefined {
  return sources.filter(({ left }) => left >= amount).toSorted((a, b) => a.left - b.left)[0];
}

/** Several sources have it together, and the channel gives back out of one: the merchant asks for it in these parts. */
export function spansReceipts(sources: readonly Source[], amount: Minor, attempt: Attempt): Refusal {
  const { channel, currency } = attempt;
  const words = (some: Minor) => format({ amount: some, currency });
  const parts = sources.filter(({ left }) => left > 0).map(({ left }) => left);
  const most = parts.toSorted((a, b) => b - a).map(words);
  const detail = `${channel} gives back of one capture at a time, and ${words(amount)} is more than the ${most[0] ?? words(zero)} that one has left: refund at most ${most.join(' and ')}, each by itself`;
  return { code: 'refund_spans_captures', detail };
} // prettier-ignore

/** What is left of an amount; a refund that was given up may have gone back beyond it (decision 0060). */
export function without(amount: Minor, taken: Minor): Minor {
  return taken > amount ? zero : subtract(amount, taken);
}
