import {
  advance,
  agrees,
  type Attempt,
  type CountedReceipt,
  isCounted,
  isLive,
  type ReceiptUse,
} from './attempt.ts';
import { freeze, showUntold, thaw } from './conflict.ts';
import { book, type Draft, emit, openCase } from './draft.ts';
import { isToBeTotal, wasTotal } from './increment.ts';
import { format } from './money.ts';
import type { Receipt } from './outcome.ts';
import { isFinal } from './payment.ts';
import { isMerchants, type Refund, type RefundOrigin } from './refund.ts';
import { startRefund } from './refund-command.ts';
import { isAcknowledged } from './vouched.ts';

/**
 * Money that the channel says it took. The same receipt twice is nothing; one that disagrees is never
 * booked; the first on an open payment pays the order; what comes after is late or a duplicate.
 * `under`: a stray's money is second money as long as the attempt's own order may take or hold any; `untold`: and of this one
 * nobody says whether it is taken or only held.
 */
export function receive(
  draft: Draft,
  attempt: Attempt,
  receipt: Receipt,
  under: 'own' | 'stray' | 'untold' = 'own',
): void {
  if (isCounted(attempt, receipt.channel_reference)) return;
  if (under !== 'own' && (wasTotal(attempt, receipt) || isToBeTotal(attempt, receipt)))
    // made before ours was raised, or of what it is raised to: right then, and it pays nothing now
    return count(draft, attempt, receipt, besideUse(draft));
  if (!agrees(attempt, receipt)) {
    const detail = `asked ${format(attempt)}, the channel says ${format(receipt)}`;
    if (under === 'untold') return showUntold(draft, attempt, receipt.channel_reference, detail);
    return freeze(draft, attempt, detail, receipt.channel_reference);
  }
  if (isAcknowledged(draft, attempt, receipt)) return;
  if (under === 'untold') return count(draft, attempt, receipt, untoldUse(draft));
  if (under === 'stray' && isLive(attempt)) return count(draft, attempt, receipt, besideUse(draft));
  const use = useOf(draft, attempt);
  attempt.channel_reference ??= receipt.channel_reference;
  thaw(draft, attempt);
  advance(attempt, 'paid');
  count(draft, attempt, receipt, use);
}

/** A capture was executed: it pays the order, unless another attempt has paid meanwhile. */
export function receiveCapture(draft: Draft, attempt: Attempt, receipt: Receipt): void {
  const use = draft.payment.paid_by === attempt.id ? 'order' : useOf(draft, attempt);
  count(draft, attempt, receipt, use, { reason: 'captured' });
}

interface Counting {
  /** What pays the order is booked as this. */
  readonly reason?: 'order_paid' | 'captured';
  /** What does not pay it goes back for this reason; default: that it is late, or that there was one before it. */
  readonly why?: string;
}

/** A new receipt, booked by what it pays for. */
export function count(
  draft: Draft,
  attempt: Attempt,
  receipt: Receipt,
  use: ReceiptUse,
  counting: Counting = {},
): void {
  const counted: CountedReceipt = { ...receipt, use };
  attempt.receipts.push(counted);
  settle(draft, attempt, counted, counting);
}

/** What a receipt pays for, given where the payment stands now. What was asked for before a hold was raised pays no order of the new total. */
function useOf(draft: Draft, attempt: Attempt): ReceiptUse {
  const { payment, context } = draft;
  if (attempt.amount !== payment.amount) return besideUse(draft);
  if (!isFinal(payment.status) && !payment.paid_by) return 'order';
  if (payment.paid_by) return 'duplicate';
  if (payment.late_money === 'accept' && context.orderFree) return 'order';
  return payment.late_money === 'hold' ? 'held' : 'late';
}

/** Of money that came beside an order, or not in its amount: it never pays. */
export function besideUse({ payment }: Draft): ReceiptUse {
  return isFinal(payment.status) && !payment.paid_by ? 'late' : 'duplicate';
}

/** Of money that may only be held: it pays no order by itself. Whoever wants late money, or to look at it, is asked. */
function untoldUse(draft: Draft): ReceiptUse {
  const use = besideUse(draft);
  return use === 'late' && draft.payment.late_money !== 'refund' ? 'held' : use;
}

function settle(
  draft: Draft,
  attempt: Attempt,
  receipt: CountedReceipt,
  { reason = 'order_paid', why }: Counting,
): void {
  const { payment } = draft;
  if (isFinal(payment.status) && receipt.use !== 'duplicate') {
    payment.late = true;
    emit(draft, 'payment.late_receipt');
  }
  switch (receipt.use) {
    case 'order':
      return payOrder(draft, attempt, receipt, reason);
    case 'duplicate':
      emit(draft, 'payment.duplicate_receipt');
      bookReceipt(draft, attempt, receipt, 'duplicate_receipt');
      return refundReceipt(draft, attempt, receipt, 'duplicate', why);
    case 'late':
      bookReceipt(draft, attempt, receipt, 'late_receipt');
      return refundReceipt(draft, attempt, receipt, 'late', why);
    case 'held':
      bookReceipt(draft, attempt, receipt, 'late_receipt');
      return openCase(draft, {
        kind: 'late_money',
        attempt_id: attempt.id,
        receipt_reference: receipt.channel_reference,
        detail: `${format(receipt)} ${why ? `is over: ${why}` : `came after the payment was ${payment.status}`}`,
      });
    case 'part':
      throw new Error('bug: a part is kept, not counted');
  }
}

/** The receipt pays the order: now, or by a decision about money that was held. */
export function payOrder(
  draft: Draft,
  attempt: Attempt,
  receipt: CountedReceipt,
  reason: 'order_paid' | 'captured' | 'late_accepted' | 'part_accepted',
): void {
  receipt.use = 'order';
  draft.payment.paid_by = attempt.id;
  draft.payment.failure = null;
  bookReceipt(draft, attempt, receipt, reason);
}

type ReceiptReason =
  | 'order_paid'
  | 'captured'
  | 'late_receipt'
  | 'duplicate_receipt'
  | 'late_accepted'
  | 'part_receipt'
  | 'part_accepted';

/** Books what became of a receipt. */
export function bookReceipt(
  draft: Draft,
  attempt: Attempt,
  receipt: Receipt,
  reason: ReceiptReason,
): void {
  const { amount, currency, channel_reference: subject } = receipt;
  book(draft, { reason, channel: attempt.channel, subject, amount, currency });
}

/** Sends a receipt back by itself. Unique per receipt and purpose while the last one has not failed. */
export function refundReceipt(
  draft: Draft,
  attempt: Attempt,
  receipt: Receipt,
  origin: RefundOrigin,
  reason = origin === 'late' ? 'paid after the payment was given up' : 'paid more than once',
): void {
  const { payment } = draft;
  const same = (refund: Refund) =>
    refund.receipt_reference === receipt.channel_reference &&
    refund.status !== 'failed' &&
    !isMerchants(refund); // a receipt may pay the order with one part of it
  if (payment.refunds.some(same)) return;
  const { channel_reference, amount, currency } = receipt;
  startRefund(draft, {
    attempt_id: attempt.id,
    receipt_reference: channel_reference,
    amount,
    currency,
    origin,
    reason,
  });
}
