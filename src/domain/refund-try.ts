import type { Case } from './case.ts';
import type { Payment } from './payment.ts';
import type { Refund } from './refund.ts';

/** Has a person paid it out? Of such a one the channel says again and again that it could not. */
function isPaidOtherwise({ cases }: Payment, refund: Refund): boolean {
  return cases.some((one) => isOf(one, refund) && one.decision === 'paid_otherwise');
}

/** Has the channel delivered as well what a person has paid out? That is a movement more, and one more when it comes back. */
export function isDelivered(payment: Payment, refund: Refund): boolean {
  return isPaidOtherwise(payment, refund) && refund.movements % 2 === 0;
}

/**
 * Has it failed by our word: its call was refused, a person has decided so, or something else came for its money? Of one that
 * the channel itself said to have failed a success is older than that.
 */
export function isGivenUp({ cases }: Payment, refund: Refund): boolean {
  const isDecided = cases.some((one) => isOf(one, refund) && one.status === 'resolved');
  return refund.status === 'failed' && (refund.accepted !== 'yes' || isDecided);
}

/** Is it over by our word, whatever the channel does? */
export function isOverForUs(payment: Payment, refund: Refund): boolean {
  return isPaidOtherwise(payment, refund) || isGivenUp(payment, refund);
}

/** Does a try stand in the way of this one? One that was made anew may be delivered after all. */
export function isOvertaken(payment: Payment, refund: Refund): boolean {
  return otherTries(payment.refunds, refund).some(({ status }) => status === 'succeeded');
}

/**
 * May the payer have by this success more than was meant for him? Of what was given up somebody has been told that it failed,
 * unless it is being tried again: then the other try is stopped, and where it cannot be its own success says so.
 */
export function isTwice(payment: Payment, refund: Refund, wasGivenUp: boolean): boolean {
  if (isOvertaken(payment, refund)) return true;
  return wasGivenUp && !otherTries(payment.refunds, refund).some(isUnderWay);
}

function isUnderWay({ status }: Refund): boolean {
  return status === 'processing' || status === 'needs_attention';
}

type Try = Pick<Refund, 'id' | 'retry_of'>;

/** What could not be delivered a person has made anew, perhaps more than once: the other tries of the same refund. */
export function otherTries<T extends Try>(refunds: readonly T[], refund: T): T[] {
  const first = firstTry(refunds, refund);
  return refunds.filter((one) => one.id !== refund.id && firstTry(refunds, one).id === first.id);
}

function firstTry<T extends Try>(refunds: readonly T[], refund: T): T {
  const before = refunds.find(({ id }) => id === refund.retry_of);
  return before ? firstTry(refunds, before) : refund;
}

function isOf({ refund_id }: Case, { id }: Refund): boolean {
  return refund_id === id;
}
