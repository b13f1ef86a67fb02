import { advance, type Attempt, type CountedReceipt, isCounted, isLive } from './attempt.ts';
import type { Capture } from './capture.ts';
import { type Case, decisionsOf, isAllowed } from './case.ts';
import { tooMuch, vouch } from './credit.ts';
import { attemptOf, closeCase, type Draft, refundOf } from './draft.ts';
import type { Command, Refusal } from './fact.ts';
import { failChange } from './hold-change.ts';
import { capturedOf, take } from './hold-evidence.ts';
import { subtract, zero } from './money.ts';
import { openCapture, type Payment } from './payment.ts';
import { askRefund, doubtMs, isReported, isUntold } from './query-plan.ts';
import { payOrder, refundReceipt } from './receipt.ts';
import { awaitsApproval, isMerchants, type Refund } from './refund.ts';
import { refuseAgain, startRefund } from './refund-command.ts';
import { bookRefund, giveUpRefund } from './refund-evidence.ts';
import { otherTries } from './refund-try.ts';

/** Carries out a person's decision about a case, once. */
export function resolve(draft: Draft, command: Command & { name: 'resolve' }): Refusal | undefined {
  const one = draft.payment.cases.find((candidate) => candidate.id === command.case_id);
  if (!one) return { code: 'not_found', detail: `no case ${command.case_id}` };
  if (!isAllowed(one.kind, command.decision)) {
    const allowed = decisionsOf[one.kind].join(', ');
    const detail = `'${String(command.decision)}' is not one of: ${allowed}`;
    return { code: 'case_decision_not_allowed', detail };
  }
  if (one.status === 'resolved') {
    if (one.decision === command.decision) return undefined;
    return {
      code: 'case_decision_not_allowed',
      detail: `${one.id} was resolved as '${one.decision}' already`,
    };
  }
  const refund = refundOf(draft.payment, one.refund_id);
  const barred = command.decision === 'retry' && refund && refuseAgain(draft.payment, refund);
  if (barred) return { code: 'case_decision_not_allowed', detail: barred.detail };
  closeCase(draft, one, command.decision, command.reason);
  decide(draft, one, attemptOf(draft.payment, one.attempt_id));
  return undefined;
}

function decide(draft: Draft, one: Case, attempt: Attempt): void {
  if (isOfDispute(draft.payment, one)) return; // what the channel took beyond the order is settled with it
  if (isOfUntold(draft, one, attempt)) return; // what another payment took is settled with its payer
  if (isOfDelivered(draft.payment, one)) return; // what went back twice is settled with the payer
  if (isOfGivenUp(draft.payment, one)) return; // it stays given up
  switch (one.decision) {
    case 'accept':
    case 'refund':
      return decideLateMoney(draft, one, attempt);
    case 'treat_as_paid':
      return one.refund_id ? decideRefund(draft, one) : treatAsPaid(draft, one, attempt);
    case 'treat_as_unpaid':
      return one.refund_id ? decideRefund(draft, one) : treatAsUnpaid(draft, attempt);
    case 'paid_otherwise':
    case 'retry':
      return decideRefund(draft, one);
    case 'approve':
    case 'reject':
      return decideApproval(draft, one);
    case null:
      throw new Error(`${one.id} was resolved without a decision`);
  }
}

function isOfDispute({ disputes }: Payment, { receipt_reference }: Case): boolean {
  return disputes.some(({ channel_reference }) => channel_reference === receipt_reference);
}

/** Another payment under our number: ours stays what it is, unless that is what it was frozen for (before decision 0056 was amended). */
function isOfUntold(draft: Draft, one: Case, attempt: Attempt): boolean {
  if (one.kind !== 'conflict' || !isUntold(draft, attempt, one.receipt_reference)) return false;
  const isOwn = ({ kind, status, attempt_id, refund_id }: Case) =>
    kind === 'conflict' && status === 'open' && attempt_id === attempt.id && refund_id === null;
  return attempt.frozen === null || draft.payment.cases.some(isOwn);
}

/** A refund that the channel delivered after all: what went back is booked. */
function isOfDelivered(payment: Payment, { kind, refund_id }: Case): boolean {
  return kind === 'conflict' && refundOf(payment, refund_id)?.status === 'succeeded';
}

/** A refund that was given up and went back in another amount, he says, did not; what is the payer's all along another try brings. */
function isOfGivenUp({ refunds }: Payment, { kind, refund_id, decision }: Case): boolean {
  const refund = refunds.find(({ id }) => id === refund_id);
  if (kind !== 'conflict' || decision !== 'treat_as_unpaid' || refund?.status !== 'failed') return false;
  return isMerchants(refund) || otherTries(refunds, refund).length > 0;
} // prettier-ignore

/** Accepting takes the order again; when another payment holds it, the money goes back all the same. */
function decideLateMoney(draft: Draft, one: Case, attempt: Attempt): void {
  const isMeant = ({ use, channel_reference }: CountedReceipt) =>
    use === 'held' && channel_reference === one.receipt_reference; // another part of it may have paid
  const receipt = attempt.receipts.find(isMeant);
  if (!receipt) throw new Error(`${one.id} is about no held receipt`);
  if (one.decision === 'accept' && draft.context.orderFree && !draft.payment.paid_by) {
    return payOrder(draft, attempt, receipt, 'late_accepted');
  }
  const isSurplus = draft.payment.paid_by === attempt.id; // of a transfer that paid: nothing else it could pay for
  receipt.use = isSurplus ? 'duplicate' : 'late';
  refundReceipt(draft, attempt, receipt, receipt.use, isSurplus ? tooMuch : undefined);
}

/**
 * The person vouches for what is missing of the agreed amount, under the channel's number if there is one: of a hold, for the
 * capture that is under way, or for the hold itself where that was in question; one that the channel has told rightly since stands as it
 * is. Of an order that is paid nothing is missing: what was counted of money that bounced he lets stand.
 */
function treatAsPaid(draft: Draft, one: Case, attempt: Attempt): void {
  attempt.frozen = null;
  if (attempt.status === 'paid') return;
  const capture = failedCapture(draft.payment, attempt, one) ?? openCapture(draft.payment);
  if (capture?.attempt_id === attempt.id) return vouchCapture(draft, attempt, capture);
  if (attempt.status === 'held') return; // as the channel has told since: the rest can be captured, or given back
  if (draft.payment.paid_by === attempt.id) return advance(attempt, 'paid'); // captured in part, and that is all
  if (isOfHold(draft.payment, attempt, one)) return vouchHold(attempt);
  vouch(draft, attempt, freshNumber(draft.payment, attempt, one));
}

/** Did the channel tell of another hold than was asked for, and of no money taken of it? One without a number nobody could capture. */
function isOfHold({ capture }: Payment, attempt: Attempt, one: Case): boolean {
  const isUntaken = one.kind === 'conflict' && one.receipt_reference === null;
  return capture === 'manual' && isUntaken && isLive(attempt) && attempt.handle !== null;
}

/** What he vouches for is the hold, whatever was to end it before. */
function vouchHold(attempt: Attempt): void {
  attempt.ending = null;
  attempt.held = attempt.amount;
  advance(attempt, 'held');
}

/** The channel's number of what he vouches for; that of his case where there is none, or it is that of other money or of a hold. */
function freshNumber({ capture }: Payment, attempt: Attempt, { id, receipt_reference: number }: Case): string {
  return number === null || capture === 'manual' || isCounted(attempt, number) ? id : number;
} // prettier-ignore

/** The capture that had failed when the channel said that it took it after all, if the case is about one that still fits. */
function failedCapture(payment: Payment, attempt: Attempt, one: Case): Capture | undefined {
  const left = subtract(attempt.amount, capturedOf(payment, attempt));
  return payment.captures.find(
    ({ id, status, amount }) =>
      id === one.receipt_reference && status === 'failed' && amount <= left,
  );
}

/** What else is held stays so, unless the capture was the last: then it runs out by itself, for the channel does not answer. */
function vouchCapture(draft: Draft, attempt: Attempt, capture: Capture): void {
  capture.failure = null;
  take(draft, attempt, capture);
  if (capture.is_final) failChange(draft.payment, attempt, 'the hold has ended before it', draft.context.now); // prettier-ignore
  advance(attempt, capture.is_final ? 'paid' : 'held');
}

/** Nothing was taken: what was being done to a hold has failed, and what may still stand at the channel is ended there. */
function treatAsUnpaid(draft: Draft, attempt: Attempt): void {
  const { payment, context } = draft;
  const isStanding = mayStand(draft, attempt);
  attempt.frozen = null;
  if (attempt.status === 'paid') return;
  failChange(payment, attempt, 'a person has found that nothing was taken', context.now);
  attempt.status = isStanding ? statusAsStanding(draft, attempt) : 'closed';
  if (isStanding) attempt.ending = 'ask';
}

/**
 * Of a channel that answers, though not as it should, the payer could still pay the order. Where nobody can be asked only a hold can be
 * ended; parts that have come go back at once.
 */
function mayStand(draft: Draft, attempt: Attempt): boolean {
  if (attempt.frozen !== 'disagrees' || !isLive(attempt)) return false;
  const isOpen = attempt.receipts.length === 0 && !isReported(draft, attempt);
  return attempt.held > zero || isOpen;
}

/** Where nobody can be asked it is given back at once; else its channel is asked first. */
function statusAsStanding(draft: Draft, attempt: Attempt): Attempt['status'] {
  return isReported(draft, attempt) ? 'held' : 'unknown';
}

/** Approved, it is sent now; else it has failed, and its reservation is free. */
function decideApproval(draft: Draft, one: Case): void {
  const refund = refundOf(draft.payment, one.refund_id);
  if (!refund || !awaitsApproval(refund))
    throw new Error(`${one.id} is about no refund that waits`);
  const isApproved = one.decision === 'approve';
  refund.approval = isApproved ? 'given' : 'denied';
  refund.updated_at = draft.context.now;
  if (!isApproved) giveUpRefund(draft, refund, `not approved: ${one.reason ?? ''}`);
}

function decideRefund(draft: Draft, one: Case): void {
  const refund = refundOf(draft.payment, one.refund_id);
  if (!refund) throw new Error(`${one.id} is about no refund`);
  const wentBack = one.decision === 'paid_otherwise' || one.decision === 'treat_as_paid';
  refund.updated_at = draft.context.now;
  refund.status = wentBack ? 'succeeded' : 'failed';
  if (wentBack) refund.failure = null;
  draft.events.push({ type: `refund.${refund.status}`, object: 'refund', id: refund.id });
  if (wentBack)
    bookRefund(draft, refund, one.decision === 'paid_otherwise' ? 'paid_otherwise' : 'succeeded');
  // The channel will not try this number again: a new one does. What was the payer's all along goes back in any case.
  if (one.decision === 'retry' || (!wentBack && !isMerchants(refund))) tryAgain(draft, refund);
}

/** Under a new number; asked once more first, the channel may have delivered the old one by now. */
function tryAgain(draft: Draft, refund: Refund): void {
  startRefund(draft, { ...refund, retry_of: refund.id });
  const attempt = attemptOf(draft.payment, refund.attempt_id);
  if (!isReported(draft, attempt)) askRefund(draft, attempt, refund, 'answer', doubtMs);
}
