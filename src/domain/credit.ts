import { advance, type Attempt, type CountedReceipt, isCounted, isLive } from './attempt.ts';
import { acceptedShortfall, type CreditPolicy, policyByDefault } from './credit-policy.ts';
import type { Draft } from './draft.ts';
import { equal, format, type Minor, subtract, sum, zero } from './money.ts';
import type { Credited, Receipt } from './outcome.ts';
import { isFinal } from './payment.ts';
import {
  besideUse,
  bookReceipt,
  count,
  freeze,
  payOrder,
  receive,
  refundReceipt,
  thaw,
} from './receipt.ts';
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
  const known = attempt.receipts.filter(
    (one) => one.channel_reference === credit.channel_reference,
  );
  if (known.length > 0) return compare(draft, attempt, credit, known);
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
  const come = sum([zero, ...partsOf(attempt).map((part) => part.amount)]);
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
function compare(
  draft: Draft,
  attempt: Attempt,
  credit: Receipt,
  known: readonly CountedReceipt[],
): void {
  const { currency } = known[0] ?? credit;
  const told = { amount: sum(known.map((one) => one.amount)), currency };
  if (equal(told, credit)) return;
  const { channel_reference } = credit;
  const detail = `${channel_reference} was ${format(told)}, and is ${format(credit)} now`;
  freeze(draft, attempt, detail, channel_reference);
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
