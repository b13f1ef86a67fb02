import { amountBarred, type Dispute } from './dispute.ts';
import { attemptOf, type Draft } from './draft.ts';
import { type Minor, sum } from './money.ts';
import { isOpen } from './operation.ts';
import { amountPaid, disputesOfOrder, type Payment } from './payment.ts';
import { amountReserved, isMerchants, type Refund } from './refund.ts';
import { giveUpRefund } from './refund-evidence.ts';
import { isOvertaken } from './refund-try.ts';

/** What of the order's money is sent back, on its way, or the payer's by a dispute. */
export function amountSpoken(
  payment: Payment,
  disputes: readonly Dispute[] = disputesOfOrder(payment),
): Minor {
  return sum([amountReserved(payment.refunds), amountBarred(disputes, payment.refunds)]);
}

/** Do refunds and these disputes together give back more than came? A dispute comes without asking what was reserved. */
export function isOverdrawn(payment: Payment, disputes?: readonly Dispute[]): boolean {
  return amountSpoken(payment, disputes) > amountPaid(payment);
}

/** Has its money gone back on another way, or is it on it? Then it is not sent again, and fails when it is certain that it never arrived. */
export function isBarred(payment: Payment, refund: Refund): boolean {
  return isOvertaken(payment, refund) || (isMerchants(refund) && isOverdrawn(payment));
}

/**
 * A dispute has come for money that was to be refunded, or a refund that was given up was delivered after all: what has not
 * left for the channel does not, the newest first, or the payer would have it twice (decisions 0050, 0060). What left, or
 * may have, cannot be called back.
 */
export function failBarred(draft: Draft): void {
  for (const refund of draft.payment.refunds.toReversed()) {
    if (refund.status === 'processing') failWaiting(draft, refund);
    if (refund.status === 'needs_attention') failUndeliverable(draft, refund);
  }
}

function failWaiting(draft: Draft, refund: Refund): void {
  const { payment } = draft;
  if (!isBarred(payment, refund)) return;
  if (mayLeave(draft, refund) || refund.accepted !== 'no') return;
  const isDisputed = !isOvertaken(payment, refund) && disputesOfOrder(payment).length > 0;
  giveUpRefund(
    draft,
    refund,
    isDisputed ? 'the payer has disputed the payment before the refund was sent' : deliveredBefore,
  );
}

const deliveredBefore =
  'another refund of the money was delivered after all, before this one was sent';

/**
 * Fences its calls. One whose time has come may be leaving at this moment: whether it did its own end says, since a fenced
 * one answers that it was never sent.
 */
function mayLeave({ payment, context }: Draft, refund: Refund): boolean {
  const calls = attemptOf(payment, refund.attempt_id).operations.filter(
    (op) => op.verb === 'refund' && op.refund_id === refund.id && isOpen(op),
  );
  for (const call of calls.filter(({ sent_at }) => sent_at === null)) {
    call.fenced = true;
    if (call.run_at > context.now) call.ended = 'never_sent';
  }
  return calls.some(isOpen);
}

/** The payer has got otherwise what this could not bring him: nobody need decide about it any more. */
function failUndeliverable(draft: Draft, refund: Refund): void {
  const { payment } = draft;
  const isAsked = payment.cases.some(
    ({ kind, refund_id, status }) =>
      refund_id === refund.id && status === 'open' && kind === 'refund_undeliverable',
  );
  if (!isAsked) return;
  if (isOvertaken(payment, refund)) return giveUpRefund(draft, refund, deliveredBefore);
  const lost = disputesOfOrder(payment).filter(({ status }) => status === 'lost');
  if (!isMerchants(refund) || !isOverdrawn(payment, lost)) return;
  giveUpRefund(draft, refund, 'the payer has got the money by a dispute that was lost');
}
