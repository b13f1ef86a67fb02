import { advance, type Attempt, type CountedReceipt, isLive } from './attempt.ts';
import { acceptedShortfall, type CreditPolicy, policyByDefault } from './credit-policy.ts';
import type { Draft } from './draft.ts';
import { equal, format, type Minor, subtract, sum, zero } from './money.ts';
import type { Credited, Receipt } from './outcome.ts';
import { isFinal } from './payment.ts';
import { besideUse, bookReceipt, count, freeze, receive, refundReceipt, thaw } from './receipt.ts';
import { isAcknowledged } from './vouched.ts';

/** Everything that was credited under our number; whether it takes more money is the caller's affair. */
export function witnessCredits(
  draft: Draft,
  attempt: Attempt,
  { receipts, policy }: Credited,
): void {
  for (const receipt of receipts) takeCredit(draft, attempt, receipt, policy);
}

/**
 * One credit of several that may come under one number (decision 0031). As long as the order waits for money, what is
 * too little is kept as a part, and what completes the amount pays, with the parts; the rest of it goes back, unless the
 * account's policy says otherwise (decision 0044). At any other time a credit counts alone, as a receipt: in the exact amount by the rules for late and second money, else back.
 */
export function takeCredit(
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
  const missing = missingOf(attempt);
  const isOwn = credit.currency === attempt.currency;
  if (isOwn && isWaiting(draft, attempt)) {
    const enough = subtract(missing, smaller(missing, acceptedShortfall(policy, attempt)));
    if (credit.amount >= enough) return complete(draft, attempt, credit, policy);
    if (policy.underpayment !== 'refund') return keepPart(draft, attempt, credit);
    return count(draft, attempt, credit, 'duplicate', { why: tooLittle });
  }
  if (equal(attempt, credit)) return receive(draft, attempt, credit);
  const why = isOwn ? 'not the amount of the order' : 'not the currency of the order';
  count(draft, attempt, credit, besideUse(draft), { why });
}

/** What must still come under the attempt before its order is paid. */
export function missingOf(attempt: Attempt): Minor {
  return subtract(attempt.amount, sum([zero, ...partsOf(attempt).map((part) => part.amount)]));
}

const tooLittle = 'paid less than the order';
export const tooMuch = 'paid more than the order';

/** Parts of an order that will not be completed go back; nobody need decide that. */
export function returnParts(draft: Draft, attempt: Attempt): void {
  if (isLive(attempt)) return;
  for (const part of partsOf(attempt)) {
    part.use = 'duplicate';
    refundReceipt(draft, attempt, part, 'duplicate', tooLittle);
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
  freeze(draft, attempt, `${channel_reference} was ${format(told)}, and is ${format(credit)} now`);
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
  for (const part of partsOf(attempt)) {
    part.use = 'order';
    bookReceipt(draft, attempt, part, 'part_accepted');
  }
  count(draft, attempt, { ...credit, amount: paying }, 'order');
  const surplus = subtract(credit.amount, paying);
  if (surplus === zero) return;
  const use = overpayment === 'case' ? 'held' : 'duplicate';
  count(draft, attempt, { ...credit, amount: surplus }, use, { why: tooMuch });
}

const smaller = (one: Minor, other: Minor): Minor => (one < other ? one : other);
