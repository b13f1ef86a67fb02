import type { Case, CaseKind } from './case.ts';
import { attemptOf, book, closeCase, type Draft, emit, openCase } from './draft.ts';
import { type Failure, failureOf } from './failure.ts';
import type { Payee } from './ledger.ts';
import { equal, format } from './money.ts';
import { askingMs } from './operation.ts';
import type { RefundAnswer, RefundState } from './outcome.ts';
import { askRefund, doubtMs, isReported } from './query-plan.ts';
import { isMerchants, type Refund, refundMay } from './refund.ts';
import { isDelivered, isGivenUp, isOverForUs, isTwice } from './refund-try.ts';

/** What the channel says of a refund, asked or by callback. Only when asked it can say that a trouble is over. */
export function witnessRefund(
  draft: Draft,
  refund: Refund,
  answer: RefundAnswer,
  isAsked = false,
): void {
  if (isOverForUs(draft.payment, refund)) return witnessGivenUp(draft, refund, answer, isAsked);
  switch (answer.kind) {
    case 'refund':
      if (!equal(refund, answer))
        return disagreed(draft, refund, `the channel says ${format(answer)}`, isAsked);
      refund.accepted = 'yes';
      refund.channel_reference ??= answer.channel_reference;
      if (isUnanswered(draft, refund) && answer.status !== 'processing')
        settle(draft, refund, 'the channel said it after all');
      if (isAsked && refund.status === 'needs_attention')
        return recovered(draft, refund, answer.status);
      return moveRefund(draft, refund, answer.status, { failure: answer.failure });
    case 'declined':
      if (refund.accepted === 'maybe') return; // a call before this one may still be accepted: ask
      return declined(draft, refund, answer.failure);
    case 'disagrees':
      return disagreed(draft, refund, answer.detail, isAsked);
    case 'not_found':
      if (refund.accepted === 'maybe') refund.accepted = 'no';
      return;
    case 'unknown':
      if (refund.accepted === 'no' && !isAsked) refund.accepted = 'maybe'; // a lost question moved nothing
      return;
    case 'never_sent':
      return;
  }
}

/**
 * Nothing is waited for any more, and a person has acted on that: that the channel could not is what he was asked about.
 * What is new, that it did, or that this came back, counts when it is asked, or else it may be older than its trouble.
 */
function witnessGivenUp(
  draft: Draft,
  refund: Refund,
  answer: RefundAnswer,
  isAsked: boolean,
): void {
  if (answer.kind !== 'refund' && answer.kind !== 'disagrees') return;
  const wasHeard = refund.accepted === 'yes' || answer.kind === 'disagrees';
  if (answer.kind === 'refund' && equal(refund, answer) && answer.status === 'failed')
    refund.accepted = 'yes'; // its own word from now on
  if (!isNews(draft, refund, answer)) return;
  const attempt = attemptOf(draft.payment, refund.attempt_id);
  if (wasHeard && !isAsked && !isReported(draft, attempt))
    return askRefund(draft, attempt, refund, 'answer', doubtMs);
  if (answer.kind === 'disagrees') return wentOtherwise(draft, refund, answer.detail);
  if (!equal(refund, answer)) return wentOtherwise(draft, refund, `that ${format(answer)} went back`);
  if (answer.status !== 'succeeded') return bounceBeside(draft, refund);
  refund.channel_reference ??= answer.channel_reference;
  if (refund.status === 'failed') moveRefund(draft, refund, 'succeeded');
  else deliver(draft, refund, true);
  refund.accepted = 'yes';
} // prettier-ignore

function isNews(
  { payment }: Draft,
  refund: Refund,
  answer: Extract<RefundAnswer, { kind: 'refund' | 'disagrees' }>,
): boolean {
  if (answer.kind === 'disagrees') return true;
  if (answer.status === 'succeeded') return !equal(refund, answer) || !isDelivered(payment, refund);
  const cameBack = answer.status === 'failed' || answer.status === 'needs_attention';
  return cameBack && equal(refund, answer) && isDelivered(payment, refund);
}

/** Something went back, and not the amount that was asked for: none is booked, and a person must know of both, once. */
function wentOtherwise(draft: Draft, refund: Refund, said: string): void {
  const detail = `refund ${refund.id} of ${format(refund)} was given up, made anew or paid otherwise, and the channel says: ${said}`;
  const wasAsked = ({ refund_id, detail: before }: Case) =>
    refund_id === refund.id && before === detail;
  if (!draft.payment.cases.some(wasAsked)) askPerson(draft, refund, detail);
}

/** What the channel delivered beside a person came back: the payer has it once, unless he has settled that already. */
function bounceBeside(draft: Draft, refund: Refund): void {
  const isOpen = openCasesOf(draft, refund).some(({ kind }) => kind === 'conflict');
  bounce(draft, refund);
  if (isOpen) return;
  askPerson(draft, refund, `refund ${refund.id} was paid otherwise, and what the channel delivered beside that, about which was decided, came back to it`);
} // prettier-ignore

/** Books that it went back; where the payer may have it twice by that, or spent it before, a person must know. */
function deliver(draft: Draft, refund: Refund, wasGivenUp: boolean): void {
  const isLacking = wasGivenUp && isSpent(draft, refund);
  bookRefund(draft, refund, 'succeeded', isLacking ? 'merchant_payable' : undefined);
  if (!isLacking && !isTwice(draft.payment, refund, wasGivenUp)) return;
  askPerson(draft, refund, `refund ${refund.id} was given up, made anew or paid otherwise, and the channel delivered it after all: the payer may have it twice`);
} // prettier-ignore

function askPerson(draft: Draft, { attempt_id, id: refund_id }: Refund, detail: string): void {
  emit(draft, 'payment.conflict');
  openCase(draft, { kind: 'conflict', attempt_id, refund_id, detail });
}

/** Does the wallet not have it any more, which got it back when the refund was given up? Then the merchant bears it, as a dispute (decision 0037). */
function isSpent({ context: { walletAvailable } }: Draft, refund: Refund): boolean {
  return walletAvailable !== null && isMerchants(refund) && refund.amount > walletAvailable;
}

/** Declined for now (an empty balance), it is sent again under the same number for 30 days; else it has failed. */
function declined(draft: Draft, refund: Refund, failure: Failure): void {
  refund.failure = failure;
  if (failure.retryable && draft.context.now < refund.created_at + askingMs) return;
  if (isMerchants(refund)) return moveRefund(draft, refund, 'failed', { failure });
  const detail = failure.channel_message ?? failure.message;
  moveRefund(draft, refund, 'needs_attention', { detail, failure });
}

/** Undeliverable once, delivered after all (the merchant gave the channel another account): nobody need decide. */
function recovered(draft: Draft, refund: Refund, to: RefundState): void {
  if (to !== 'succeeded') return;
  settle(draft, refund, 'the channel delivered the refund after all');
  moveRefund(draft, refund, to);
}

/** What a person was asked is settled without him: the refund goes on from before it. */
function settle(draft: Draft, refund: Refund, reason: string): void {
  for (const one of openCasesOf(draft, refund)) closeCase(draft, one, null, reason);
  refund.status = 'processing';
}

function openCasesOf({ payment }: Draft, { id }: Refund): Case[] {
  return payment.cases.filter(({ refund_id, status }) => refund_id === id && status === 'open');
}

/** Nobody said for 30 days what became of it: a person decides, unless the channel tells before him. */
export function unansweredRefund(draft: Draft, refund: Refund): void {
  if (refund.status !== 'processing') return;
  const detail = `the channel did not say for 30 days what became of refund ${refund.id}`;
  moveRefund(draft, refund, 'needs_attention', { kind: 'outcome_unknown', detail });
}

/**
 * It left unanswered, nobody can be asked whether it was made, and the channel may have forgotten its key: sent again it may be a
 * second refund. A person decides, unless the channel tells before him.
 */
export function forgottenRefund(draft: Draft, refund: Refund): void {
  const detail = `no report names refund ${refund.id}, which left unanswered, and the channel may have forgotten its key: sent again, the payer may have it twice`;
  moveRefund(draft, refund, 'needs_attention', { kind: 'outcome_unknown', detail });
}

function isUnanswered(draft: Draft, refund: Refund): boolean {
  return openCasesOf(draft, refund).some(({ kind }) => kind === 'outcome_unknown');
}

/**
 * Something went back, and not as it was asked for. The answer to the call itself may be garbled: the channel is asked.
 * What it then says again a person must look into; sent anew it would go back twice.
 */
function disagreed(draft: Draft, refund: Refund, detail: string, isAsked: boolean): void {
  if (refund.accepted === 'no') refund.accepted = 'maybe';
  if (isAsked) moveRefund(draft, refund, 'needs_attention', { detail, kind: 'conflict' });
}

/** It is not made any more. @param why in words; whoever was asked what to do about it need not answer */
export function giveUpRefund(draft: Draft, refund: Refund, why: string): void {
  for (const one of openCasesOf(draft, refund)) closeCase(draft, one, null, why);
  moveRefund(draft, refund, 'failed', { failure: unexplained(why), kind: null });
}

interface Why {
  readonly failure?: Failure | undefined;
  /** For the person who decides. */
  readonly detail?: string;
  /** What he is asked, null: nothing; default: that it could not be delivered. */
  readonly kind?: CaseKind | null;
}

function moveRefund(
  draft: Draft,
  refund: Refund,
  to: RefundState,
  { failure, detail, kind = 'refund_undeliverable' }: Why = {},
): void {
  const from = refund.status;
  const isAfterAll = to === 'succeeded' && isGivenUp(draft.payment, refund);
  if (!refundMay(from, to) && !isAfterAll) return;
  refund.status = to;
  refund.failure = to === 'succeeded' ? null : (failure ?? refund.failure ?? unexplained(detail));
  refund.updated_at = draft.context.now;
  draft.events.push({ type: `refund.${to}`, object: 'refund', id: refund.id });
  if (kind === 'conflict') emit(draft, 'payment.conflict');
  if (to === 'succeeded') deliver(draft, refund, isAfterAll);
  else if (from === 'succeeded') bounce(draft, refund);
  if (kind && (to === 'needs_attention' || (to === 'failed' && !isMerchants(refund)))) {
    openCase(draft, {
      kind,
      attempt_id: refund.attempt_id,
      refund_id: refund.id,
      detail: detail ?? `the channel could not deliver refund ${refund.id}`,
    });
  }
}

/** It came back: that the payer has it twice need nobody know any more. */
function bounce(draft: Draft, refund: Refund): void {
  for (const one of openCasesOf(draft, refund))
    closeCase(draft, one, null, 'the channel says that it could not deliver it');
  bookRefund(draft, refund, 'reversed');
}

/** The channel gave no reason, or it is ours. */
function unexplained(message: string | undefined): Failure {
  return failureOf('processing_error', { code: null, message: message ?? null });
}

/**
 * Books one movement of a refund: of the merchant's money, or of the payer's that was never the merchant's.
 * @param payee who bears it; default: whom the payment's money belongs to
 */
export function bookRefund(
  draft: Draft,
  refund: Refund,
  what: 'succeeded' | 'reversed' | 'paid_otherwise',
  payee?: Payee,
): void {
  const { channel } = attemptOf(draft.payment, refund.attempt_id);
  refund.movements += 1;
  const { id, amount, currency, movements } = refund;
  const subject = movements === 1 ? id : `${id} ${movements}`;
  const reason = `${isMerchants(refund) ? 'refund' : 'return'}_${what}` as const;
  book(draft, { reason, channel, subject, amount, currency }, payee);
}
