import type { Money } from './money.ts';
import type { NeverSent, Unknown } from './outcome.ts';

/** Money and which way it went, as the merchant sees it. */
export interface Moved extends Money {
  readonly direction: 'in' | 'out';
}

/** What a row is about; `reversal`: the channel gave back what a payer had paid, without a refund of ours. */
export type BillKind = 'payment' | 'refund' | 'reversal' | 'fee' | 'dispute' | 'payout' | 'other';

/** One row of a channel's bill. */
export interface BillRow extends Moved {
  readonly kind: BillKind;
  /** Our number of it, `att_…` or `ref_…`, or what stands in its place: others may have made the order. Null without one. */
  readonly reference: string | null;
  /** The channel's number. */
  readonly channel_reference: string | null;
  /** The channel's number of this movement alone, where several stand under the one before: an order may be captured in parts. */
  readonly movement_reference?: string;
  /** What the channel took for it, or gave back of that; null where the row does not say it in whole minor units. */
  readonly fee: Moved | null;
  /** RFC 3339, UTC. */
  readonly at: string;
}

/**
 * `trade`: what payers paid and got back, in full, by our numbers. `fund`: what came to the merchant's balance at the channel
 * and left it.
 */
export type BillFlow = 'trade' | 'fund';

/**
 * What became of asking for a bill. `bill`: all of its rows, and they add up as it says. `not_ready`: it is not made yet.
 * `no_bill`: nothing moved on that day. `refused`: for good, whoever asks again hears the same. What cannot be believed, or
 * not be read to its end, is `unknown`.
 */
export type BillAnswer =
  | { readonly kind: 'bill'; readonly rows: readonly BillRow[] }
  | { readonly kind: 'not_ready' | 'no_bill' | 'refused'; readonly detail: string }
  | NeverSent
  | Unknown;
