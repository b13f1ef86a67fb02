import { isId } from './id.ts';
import { equal, type Money, sum } from './money.ts';
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

/** What we know under a number of ours. `receipts`: what was taken, or of a refund what went back, once it did. */
export interface Known {
  readonly payment_id: string;
  readonly receipts: readonly (Money & { readonly channel_reference: string | null })[];
}

/**
 * What a row is to us. `known`: we have the same. `unheard`: it stands under a number of ours, and we do not have it; its channel
 * is to be asked. `doubled`: we have the same, and a row before it on the bill has told it already. `differs`: we have it in another amount. `foreign`: under no number of this account of ours. `beside`: it is
 * about no payment and no refund, and compared by nobody yet.
 */
export type Finding = 'known' | 'unheard' | 'doubled' | 'differs' | 'foreign' | 'beside';

/** Those that somebody must see to when the channel's own answers have not. */
export type FindingForPerson = Exclude<Finding, 'known' | 'beside'>;

/** Is it? What stands under no number of our form was sold by others, who share the account. */
export function isForPerson(finding: FindingForPerson, { reference }: BillRow): boolean {
  if (finding !== 'foreign') return true;
  return reference !== null && (isId('att', reference) || isId('ref', reference));
}

/** Money that may have moved and is not known here: its channel is to be asked. */
export function isToBeAsked(finding: Finding): boolean {
  return finding === 'unheard' || finding === 'doubled';
}

/**
 * Compares a row with what we know under its number. A payment may have several receipts, a refund has one.
 *
 * @param before rows of the same bill under the same number that were `known`: what we have once is told once
 */
export function findingOf(
  row: BillRow,
  known: Known | undefined,
  before: readonly BillRow[] = [],
): Finding {
  if (row.kind !== 'payment' && row.kind !== 'refund') return 'beside';
  if (!known) return 'foreign';
  if (row.kind === 'refund' && row.direction === 'in')
    return known.receipts.length > 0 ? 'unheard' : 'known'; // it came back
  const captures = known.receipts.filter((one) => isOfCapture(one) && equal(one, row));
  if (captures.length > 0)
    return before.filter((one) => equal(one, row)).length < captures.length ? 'known' : 'doubled';
  const isSame = ({ channel_reference }: Known['receipts'][number]) =>
    row.kind === 'refund' || channel_reference === row.channel_reference;
  const same = known.receipts.filter(isSame);
  if (same.length === 0) return 'unheard';
  if (!isSumOf(row, same)) return 'differs';
  return before.some(isSame) ? 'doubled' : 'known';
}

/** One transfer of too much is two receipts: what pays the order, and what goes back. */
function isSumOf(row: Money, parts: readonly Money[]): boolean {
  const isOneCurrency = parts.every(({ currency }) => currency === row.currency);
  return isOneCurrency && sum(parts.map(({ amount }) => amount)) === row.amount;
}

/** The part of a hold that was captured bears our number, which no channel's bill says: its amount tells it. */
function isOfCapture({ channel_reference }: Known['receipts'][number]): boolean {
  return channel_reference?.startsWith('cap_') === true;
}
