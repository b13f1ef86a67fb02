import { channelNumberMax } from './channel-number.ts';
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

/** Which capture or refund of ours a bill has told, by the channel's number of that movement. */
export interface Told {
  readonly movement_reference: string;
  /** Our number of it, `cap_…` or `ref_…`. */
  readonly subject: string;
}

/**
 * What we know under a number of ours. `receipts`: what was taken, or of a refund what went back, once it did. `told`: what bills
 * have told of it before, those of other days too (decision 0051).
 */
export interface Known {
  readonly payment_id: string;
  readonly receipts: readonly (Money & { readonly channel_reference: string | null })[];
  readonly told: readonly Told[];
}

/**
 * What a row is to us. `known`: we have the same. `unheard`: it stands under a number of ours, and we do not have it; its channel
 * is to be asked. `doubled`: we have the same, and another row has told it already. `differs`: we have it in another amount.
 * `foreign`: under no number of this account of ours. `beside`: it is about no payment and no refund, and compared by nobody yet.
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

/** What a row is to us, and what it tells first of all bills. */
export interface Compared {
  readonly row: BillRow;
  readonly finding: Finding;
  readonly told: Told | null;
}

/**
 * Compares the rows of a bill under one number with what we know under it. A payment may have several receipts, a refund has one;
 * what we have once is told once, by one movement.
 */
export function findingsOf(rows: readonly BillRow[], known: Known | undefined): Compared[] {
  const before: Match[] = [];
  return rows.map((row) => {
    const match = matchOf(row, known, before);
    if (match.finding === 'known') before.push(match);
    return { row, finding: match.finding, told: known ? newlyTold(match, known) : null };
  });
}

/** A row, what it is, and the capture or refund that it tells, where it tells one. */
interface Match {
  readonly row: BillRow;
  readonly finding: Finding;
  readonly subject?: string | undefined;
}

function matchOf(row: BillRow, known: Known | undefined, before: readonly Match[]): Match {
  if (row.kind !== 'payment' && row.kind !== 'refund') return { row, finding: 'beside' };
  if (!known) return { row, finding: 'foreign' };
  if (row.kind === 'refund' && row.direction === 'in')
    return { row, finding: known.receipts.length > 0 ? 'unheard' : 'known' }; // it came back
  const subjects = subjectsOf(row, known);
  if (subjects.length === 0) return { row, finding: findingUnder(row, known, before) };
  const subject = untoldOf(subjects, row, known, before);
  return { row, finding: subject === undefined ? 'doubled' : 'known', subject };
}

/** The refund, or the captures of this amount: they bear our numbers, which no bill says. */
function subjectsOf(row: BillRow, { receipts }: Known): string[] {
  if (row.kind === 'refund')
    return receipts.length > 0 && isSumOf(row, receipts) ? [row.reference ?? ''] : [];
  return receipts.flatMap(({ channel_reference: number, ...money }) =>
    number?.startsWith('cap_') === true && equal(money, row) ? [number] : [],
  );
}

/**
 * The one of these that this row tells: it alone, by the number of the movement. Without such a number, any that no other row of
 * this bill tells.
 */
function untoldOf(
  subjects: readonly string[],
  row: BillRow,
  known: Known,
  before: readonly Match[],
): string | undefined {
  const number = numberOf(row);
  const here = before.flatMap((match) => newlyTold(match, known) ?? []);
  const told = number === null ? [] : [...known.told, ...here];
  const own = told.find(({ movement_reference }) => movement_reference === number);
  return subjects.find(
    (subject) =>
      !before.some((match) => match.subject === subject) &&
      (own ? own.subject === subject : !told.some((one) => one.subject === subject)),
  );
}

/** The channel's number of this movement and no other; null where the channel gives none. */
function numberOf({ kind, movement_reference, channel_reference }: BillRow): string | null {
  const number = movement_reference ?? (kind === 'refund' ? channel_reference : null);
  return number !== null && number.length <= channelNumberMax ? number : null;
}

function newlyTold({ row, subject }: Match, known: Known): Told | null {
  const movement_reference = numberOf(row);
  if (subject === undefined || movement_reference === null) return null;
  const isKept = known.told.some((one) => one.subject === subject);
  return isKept ? null : { movement_reference, subject };
}

/** What was taken under the channel's number of the order itself. */
function findingUnder(row: BillRow, { receipts }: Known, before: readonly Match[]): Finding {
  const isSame = ({ channel_reference }: { readonly channel_reference: string | null }) =>
    row.kind === 'refund' || channel_reference === row.channel_reference;
  const same = receipts.filter(isSame);
  if (same.length === 0) return 'unheard';
  if (!isSumOf(row, same)) return 'differs';
  return before.some((match) => isSame(match.row)) ? 'doubled' : 'known';
}

/** One transfer of too much is two receipts: what pays the order, and what goes back. */
function isSumOf(row: Money, parts: readonly Money[]): boolean {
  const isOneCurrency = parts.every(({ currency }) => currency === row.currency);
  return isOneCurrency && sum(parts.map(({ amount }) => amount)) === row.amount;
}
