import { advance, type Attempt, type CountedReceipt, isCounted, isLive } from './attempt.ts';
import { freeze, isOnlyDoubt, thaw } from './conflict.ts';
import { acceptedShortfall, type CreditPolicy, policyByDefault } from './credit-policy.ts';
import type { Draft } from './draft.ts';
import { equal, format, type Minor, type Money, subtract, sum, zero } from './money.ts';
import type { Credited, Receipt } from './outcome.ts';
import { isFinal } from './payment.ts';
import { besideUse, bookReceipt, count, payOrder, receive, refundReceipt } from './receipt.ts';
import { isAcknowledged } from './vouched.ts';

/**
 * Everything that was credited under our number; whether it takes more money is the caller's affair. What is known is
 * looked at first: one that changed must not be completed by the one beside it.
 */
export function witnessCredits(
  draft: Draft,
  attempt: Attempt,
  { receipts, policy }: Pick<Credited, 'receipts' | 'policy'>,
): void {
  const isKnown = (credit: Receipt) => isCounted(attempt, credit.channel_reference);
  const fresh = receipts.filter((credit) => !isKnown(credit));
  for (const credit of [...receipts.filter(isKnown), ...fresh])
    takeCredit(draft, attempt, credit, policy);
  if (isAgreedAfterAll(draft, attempt, receipts)) payAsAgreed(draft, attempt);
}

/**
 * The channel had told of another order than ours, for which the attempt was frozen. Are these the credits that were kept
 * since, each as it is counted, and together the agreed amount, no more and no less? A credit that has changed stays a
 * person's to look at, whatever adds up (decision 0031).
 */
function isAgreedAfterAll(draft: Draft, attempt: Attempt, told: readonly Receipt[]): boolean {
  if (!isWaiting(draft, attempt) || !isOnlyDoubt(draft, attempt, null)) return false;
  const isAsCounted = (credit: Receipt) => {
    const counted = countedOf(attempt, credit);
    return counted !== null && equal(counted, credit);
  };
  const parts = partsOf(attempt);
  const isTold = (part: Receipt) =>
    told.some((credit) => credit.channel_reference === part.channel_reference);
  return totalOf(parts) === attempt.amount && parts.every(isTold) && told.every(isAsCounted);
}

function payAsAgreed(draft: Draft, attempt: Attempt): void {
  attempt.channel_reference ??= partsOf(attempt).at(-1)?.channel_reference ?? null;
  thaw(draft, attempt);
  advance(attempt, 'paid');
  payByParts(draft, attempt);
}

/**
 * One credit of several that may come under one number (decision 0031). As long as the order waits for money, what is
 * too little is kept as a part, and what completes the amount pays, with the parts; the rest of it goes back, unless the
 * account's policy says otherwise (decision 0044). At any other time a credit counts alone, as a receipt: in the exact amount by the rules for late and second money, else back.
 * While a person is asked about what the bank said, what comes is kept: no sum with it is sure.
 */
function takeCredit(
  draft: Draft,
  attempt: Attempt,
  credit: Receipt,
  policy: CreditPolicy = policyByDefault,
): void {
  const counted = countedOf(attempt, credit);
  if (counted) return compare(draft, attempt, credit, counted);
  if (isAcknowledged(draft, attempt, credit)) return;
  const isOwn = credit.currency === attempt.currency;
  if (isOwn && isWaiting(draft, attempt)) {
    if (attempt.frozen === 'disagrees') return keepPart(draft, attempt, credit);
    const missing = missingOf(attempt);
    const enough = subtract(missing, smaller(missing, acceptedShortfall(policy, attempt)));
    if (credit.amount >= enough) return complete(draft, attempt, credit, policy);
    if (policy.underpayment !== 'refund') return keepPart(draft, attempt, credit);
    return count(draft, attempt, credit, 'duplicate', { why: tooLittle });
  }
  if (equal(attempt, credit)) return receive(draft, attempt, credit);
  const why = isOwn ? 'not the amount of the order' : 'not the currency of the order';
  count(draft, attempt, credit, besideUse(draft), { why });
}

/** A person says that the order is paid: by its parts, and for what they lack he vouches, under this number. */
export function vouch(draft: Draft, attempt: Attempt, channel_reference: string): void {
  const amount = missingOf(attempt);
  const { currency } = attempt;
  const paid_at = new Date(draft.context.now).toISOString();
  if (amount > zero)
    return takeCredit(draft, attempt, { channel_reference, amount, currency, paid_at });
  if (!isWaiting(draft, attempt)) return; // paid otherwise: they go back when the attempt is over
  advance(attempt, 'paid');
  payByParts(draft, attempt);
}

/** What must still come under the attempt before its order is paid. */
function missingOf(attempt: Attempt): Minor {
  const come = totalOf(partsOf(attempt));
  return subtract(attempt.amount, smaller(attempt.amount, come));
}

const tooLittle = 'paid less than the order';
export const tooMuch = 'paid more than the order';

/** Parts of an order that will not be completed go back, and what is over of those that paid it; nobody need decide that. */
export function returnParts(draft: Draft, attempt: Attempt): void {
  if (isLive(attempt)) return;
  const why = draft.payment.paid_by === attempt.id ? tooMuch : tooLittle;
  for (const part of partsOf(attempt)) {
    part.use = 'duplicate';
    refundReceipt(draft, attempt, part, 'duplicate', why);
  }
}

function partsOf({ receipts }: Attempt): CountedReceipt[] {
  return receipts.filter((receipt) => receipt.use === 'part');
}

function isWaiting({ payment }: Draft, attempt: Attempt): boolean {
  return isLive(attempt) && payment.paid_by === null && !isFinal(payment.status);
}

/** A credit is told again and again, and never changes: of one that did a person must know. */
function compare(draft: Draft, attempt: Attempt, credit: Receipt, counted: Money): void {
  if (equal(counted, credit)) return;
  const { channel_reference } = credit;
  const detail = `${channel_reference} was ${format(counted)}, and is ${format(credit)} now`;
  freeze(draft, attempt, detail, channel_reference);
}

/** What is counted under the credit's number; null where nothing is. */
function countedOf({ receipts }: Attempt, { channel_reference }: Receipt): Money | null {
  const known = receipts.filter((one) => one.channel_reference === channel_reference);
  const [first] = known;
  return first ? { amount: totalOf(known), currency: first.currency } : null;
}

function totalOf(receipts: readonly Receipt[]): Minor {
  return sum([zero, ...receipts.map((receipt) => receipt.amount)]);
}

function keepPart(draft: Draft, attempt: Attempt, credit: Receipt): void {
  const part: CountedReceipt = { ...credit, use: 'part' };
  attempt.receipts.push(part);
  bookReceipt(draft, attempt, part, 'part_receipt');
}

/** The order is paid by its parts and of this credit what is missing, or all of it where less was accepted. */
function complete(
  draft: Draft,
  attempt: Attempt,
  credit: Receipt,
  { overpayment }: CreditPolicy,
): void {
  const paying = smaller(missingOf(attempt), credit.amount);
  attempt.channel_reference ??= credit.channel_reference;
  thaw(draft, attempt);
  advance(attempt, 'paid');
  payByParts(draft, attempt);
  count(draft, attempt, { ...credit, amount: paying }, 'order');
  const surplus = subtract(credit.amount, paying);
  if (surplus === zero) return;
  const use = overpayment === 'case' ? 'held' : 'duplicate';
  count(draft, attempt, { ...credit, amount: surplus }, use, { why: tooMuch });
}

/** The oldest first. What is over of one stays a part: the attempt is over, so it goes back. */
function payByParts(draft: Draft, attempt: Attempt): void {
  let left = attempt.amount;
  for (const part of partsOf(attempt)) {
    const paying = smaller(left, part.amount);
    left = subtract(left, paying);
    if (paying === zero) continue;
    payOrder(draft, attempt, splitPart(attempt, part, paying), 'part_accepted');
  }
}

/** So much of it, with the rest as a part of its own. */
function splitPart(attempt: Attempt, part: CountedReceipt, amount: Minor): CountedReceipt {
  if (part.amount === amount) return part;
  const split = { ...part, amount };
  const rest = { ...part, amount: subtract(part.amount, amount) };
  attempt.receipts = attempt.receipts.flatMap((one) => (one === part ? [split, rest] : [one]));
  return split;
}

const smaller = (one: Minor, other: Minor): Minor => (one < other ? one : other);
