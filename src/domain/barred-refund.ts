import { amountBarred, type Dispute } from './dispute.ts';
import { attemptOf, type Draft } from './draft.ts';
import { type Minor, sum } from './money.ts';
import { isOpen } from './operation.ts';
import { amountPaid, disputesOfOrder, type Payment } from './payment.ts';
import { amountReserved, isMerchants, type Refund } from './refund.ts';
import { giveUpRefund } from './refund-evidence.ts';

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

/**
 * A dispute has come for money that was to be refunded: what has not left for the channel does not, the newest first, or
 * the payer would have it twice (decision 0050). What left, or may have, cannot be called back.
 */
export function failBarred(draft: Draft): void {
  for (const refund of draft.payment.refunds.toReversed()) {
    if (!isMerchants(refund)) continue;
    if (refund.status === 'processing') failWaiting(draft, refund);
    if (refund.status === 'needs_attention') failUndeliverable(draft, refund);
  }
}

function failWaiting(draft: Draft, refund: Refund): void {
  if (!isOverdrawn(draft.payment)) return;
  if (mayLeave(draft, refund) || refund.accepted !== 'no') return;
  giveUpRefund(draft, refund, 'the payer has disputed the payment before the refund was sent');
}

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

/** The payer has got by a lost dispute what no refund could bring him: nobody need decide about it any more. */
function failUndeliverable(draft: Draft, refund: Refund): void {
  const { payment } = draft;
  const isAsked = payment.cases.some(
    ({ kind, refund_id, status }) =>
      refund_id === refund.id && status === 'open' && kind === 'refund_undeliverable',
  );
  const lost = disputesOfOrder(payment).filter(({ status }) => status === 'lost');
  if (!isAsked || !isOverdrawn(payment, lost)) return;
  giveUpRefund(draft, refund, 'the payer has got the money by a dispute that was lost');
}
