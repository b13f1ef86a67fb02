import type { BillRow } from './bill.ts';
import { channelNumberMax } from './channel-number.ts';
import { isId } from './id.ts';
import { equal, type Minor, type Money, sum } from './money.ts';

/** What of ours a bill has told, by the channel's number of that movement. */
export interface Told {
  readonly movement_reference: string;
  /** A capture or a refund, by our number; or the payment of which it is a part, by the channel's. */
  readonly subject: string;
  /** Of a part; null where it is all of it. */
  readonly amount: Minor | null;
}

/**
 * What we know under a number of ours. `receipts`: what was taken, or of a refund what went back, once it did and stayed. `told`: what bills
 * have told of it before, those of other days too (decision 0051).
 */
export interface Known {
  readonly payment_id: string;
  readonly receipts: readonly (Money & { readonly channel_reference: string | null })[];
  readonly told: readonly Told[];
  /** How much of it the channel is known to have taken back without a refund of ours; all of it where a person looks into that. */
  readonly taken_back: Minor;
  /** Of a refund that did not stay with the payer: what comes back, and whether it is booked that it went and came back. */
  readonly bounced: (Money & { readonly is_booked: boolean }) | null;
}

/**
 * What a row is to us. `known`: we have the same. `unheard`: it stands under a number of ours, and we do not have it; its channel
 * is to be asked. `doubled`: we have the same, and another row has told it already. `differs`: we have it in another amount.
 * `foreign`: under no number of this account of ours. `beside`: it is about no payment, refund or reversal, and compared by nobody yet.
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
 * what we have once is told once, by one movement, or in parts that add up to it.
 */
export function findingsOf(rows: readonly BillRow[], known: Known | undefined): Compared[] {
  if (!known) return rows.map(ofNobody); // all that bear no number stand here: a hundred thousand, where others sell too
  const before: Match[] = [];
  return rows.map((row) => {
    const isLike = ({ kind }: BillRow) => kind === row.kind;
    const beside = { rows: rows.filter(isLike), before: before.filter((one) => isLike(one.row)) };
    const match = matchOf(row, known, beside);
    if (match.finding === 'known') before.push(match);
    return { row, finding: match.finding, told: newlyTold(match, known) };
  });
}

function ofNobody(row: BillRow): Compared {
  return { row, finding: isCompared(row) ? 'foreign' : 'beside', told: null };
}

/** A row, what it is, and what of ours it tells, be it in part. */
interface Match {
  readonly row: BillRow;
  readonly finding: Finding;
  readonly subject?: string | undefined;
  readonly isPart?: true;
}

/** The rows of this kind of a bill under one number, and those before this one that are known. */
interface Beside {
  readonly rows: readonly BillRow[];
  readonly before: readonly Match[];
}

function matchOf(row: BillRow, known: Known, beside: Beside): Match {
  if (!isCompared(row)) return { row, finding: 'beside' };
  if (row.kind === 'reversal')
    return { row, finding: isTakenBack(row, known, beside) ? 'known' : 'unheard' };
  if (row.kind === 'refund' && row.direction === 'in')
    return { row, finding: cameBack(row, known) };
  const subjects = subjectsOf(row, known, beside);
  if (subjects.length === 0) return matchUnder(row, known, beside);
  const subject = untoldOf(subjects, row, known, beside.before);
  return { row, finding: subject === undefined ? 'doubled' : 'known', subject };
}

/** What was taken back and came again is not: it leaves us what we have. */
function isCompared({ kind, direction }: BillRow): boolean {
  return kind === 'payment' || kind === 'refund' || (kind === 'reversal' && direction === 'out');
}

/** Together with what the bill told of before. */
function isTakenBack({ amount }: BillRow, { taken_back }: Known, { before }: Beside): boolean {
  return sum([amount, ...before.map(({ row }) => row.amount)]) <= taken_back;
}

/** All of a refund comes back, or a person must know of the rest. */
function cameBack(row: BillRow, { bounced }: Known): Finding {
  if (bounced === null) return 'unheard';
  return equal(row, bounced) ? 'known' : 'differs';
}

/** The refund, or the captures of this amount: they bear our numbers, which no bill says. */
function subjectsOf(row: BillRow, known: Known, { rows }: Beside): string[] {
  if (row.kind === 'refund') return isGone(row, known, rows) ? [row.reference ?? ''] : [];
  return known.receipts.flatMap(({ channel_reference: number, ...money }) =>
    number?.startsWith('cap_') === true && equal(money, row) ? [number] : [],
  );
}

/**
 * Did it go to the payer? One that failed did where that is booked, or where the same bill tells that it came back: its success
 * may never have been heard (a bank bounced 10.00, and the row of its going stood there as work for a person).
 */
function isGone(row: BillRow, { receipts, bounced }: Known, rows: readonly BillRow[]): boolean {
  if (receipts.length > 0) return equal(row, totalOf(receipts, row));
  if (bounced === null || !equal(row, bounced)) return false;
  return bounced.is_booked || rows.some((one) => one.direction === 'in' && equal(one, bounced));
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

function newlyTold({ row, subject, isPart }: Match, { told }: Known): Told | null {
  const movement_reference = numberOf(row);
  if (subject === undefined || movement_reference === null) return null;
  if (told.some((one) => one.movement_reference === movement_reference)) return null;
  return { movement_reference, subject, amount: isPart ? row.amount : null };
}

/** What was taken under the channel's number of the order itself; or a refund that is not what went back. */
function matchUnder(row: BillRow, known: Known, { rows, before }: Beside): Match {
  const isSame = ({ channel_reference }: { readonly channel_reference: string | null }) =>
    row.kind === 'refund' || channel_reference === row.channel_reference;
  const same = known.receipts.filter(isSame);
  if (same.length === 0) return { row, finding: 'unheard' };
  const total = totalOf(same, row);
  if (equal(row, total))
    return { row, finding: before.some((match) => isSame(match.row)) ? 'doubled' : 'known' };
  if (row.kind === 'refund' || total.currency !== row.currency || numberOf(row) === null)
    return { row, finding: 'differs' };
  const isPart = (one: BillRow) => one.currency === total.currency && one.amount !== total.amount;
  const parts = rows.filter((one) => isSame(one) && isPart(one));
  return matchPart(row, total, known, { rows: parts, before });
}

/**
 * Several captures of what we have as one receipt, by others or by the account itself: known once all of them are told, on whatever
 * bills. What they are more than we have is to be asked about.
 */
function matchPart(row: BillRow, total: Money, known: Known, { rows, before }: Beside): Match {
  const subject = row.channel_reference ?? '';
  const part = (one: BillRow) => ({ row: one, finding: 'differs', subject, isPart: true }) as const;
  const here = rows.flatMap((one) => newlyTold(part(one), known) ?? []);
  const told = [...known.told.filter((one) => one.subject === subject), ...here];
  const parts = new Map(told.map((one) => [one.movement_reference, one.amount ?? total.amount]));
  const sumOfParts = sum([...parts.values()]);
  const isTwice = before.some((match) => match.isPart && numberOf(match.row) === numberOf(row));
  if (isTwice || (parts.size > 1 && sumOfParts > total.amount))
    return { ...part(row), finding: 'doubled' };
  return { ...part(row), finding: sumOfParts === total.amount ? 'known' : 'differs' };
}

/** One transfer of too much is two receipts: what pays the order, and what goes back. In the row's currency, if all of them are. */
function totalOf(receipts: readonly Money[], row: Money): Money {
  const other = receipts.find(({ currency }) => currency !== row.currency);
  return other ?? { amount: sum(receipts.map(({ amount }) => amount)), currency: row.currency };
}
