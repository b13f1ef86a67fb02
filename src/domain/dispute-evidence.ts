import { amountCaptured, type Attempt } from './attempt.ts';
import { type Dispute, type DisputeNotice, isDecided } from './dispute.ts';
import { type Draft, emit, openCase } from './draft.ts';
import { postingFor, type PostingReason } from './ledger.ts';
import { format, type Minor, subtract, sum, toMinor, zero } from './money.ts';
import type { Payment } from './payment.ts';

/**
 * What a channel tells of a dispute. Its notices come in any order and any number of times, and the newest word
 * counts. Paid never un-pays: a dispute stands beside its payment, and moves money by postings of its own.
 */
export function witnessDispute(draft: Draft, attempt: Attempt, told: DisputeNotice): void {
  if (told.currency !== attempt.currency) return; // no evidence: the caller has refused it
  const notice = { ...told, amount: toMinor(Math.min(told.amount, attempt.amount)) };
  const { disputes } = draft.payment;
  const known = disputes.find((one) => isOf(one, attempt, notice));
  const dispute = known ?? begun(draft, attempt, notice);
  if (!known) disputes.push(dispute);
  const before = { ...dispute };
  const withdrawn = hear(dispute, notice);
  bookDispute(draft, attempt, dispute, withdrawn);
  tellOf(draft, dispute, known ? before : null);
  questionExcess(draft, attempt, told);
}

/** Nobody can take back more than was asked for, nor by all disputes more than was taken: a person looks into it, once. */
function questionExcess(draft: Draft, attempt: Attempt, told: DisputeNotice): void {
  const { channel_reference: receipt_reference } = told;
  const excess = excessOf(draft.payment, attempt, told);
  if (excess === null) return;
  if (draft.payment.cases.some((one) => one.receipt_reference === receipt_reference)) return;
  emit(draft, 'payment.conflict');
  openCase(draft, {
    kind: 'conflict',
    attempt_id: attempt.id,
    receipt_reference,
    detail: `the dispute ${receipt_reference} ${excess}`,
  });
}

/** In words; null where there is none. What the channel has withdrawn is booked all the same: it has it. */
function excessOf({ disputes }: Payment, attempt: Attempt, told: DisputeNotice): string | null {
  const { currency } = attempt;
  if (told.amount > attempt.amount)
    return `is of ${format(told)}, asked ${format(attempt)}: the rest is not booked`;
  const mine = disputes.filter((one) => one.attempt_id === attempt.id);
  const withdrawn = sum([zero, ...mine.map((one) => one.amount_withdrawn)]);
  const taken = amountCaptured(attempt);
  if (taken === zero || withdrawn <= taken) return null; // it may be told before the money
  return `and others have withdrawn ${format({ amount: withdrawn, currency })} in all, of ${format({ amount: taken, currency })} that were taken`;
}

function isOf(one: Dispute, attempt: Attempt, { channel_reference }: DisputeNotice): boolean {
  return one.attempt_id === attempt.id && one.channel_reference === channel_reference;
}

/** As of before its first notice, which is heard next. */
function begun({ context }: Draft, attempt: Attempt, notice: DisputeNotice): Dispute {
  const { kind: _k, ordinal: _o, is_withdrawn: _w, ...words } = notice;
  return {
    id: context.draw('dsp'),
    attempt_id: attempt.id,
    ...words,
    status: 'opened',
    amount_withdrawn: zero,
    amount_lost: zero,
    movements: 0,
    heard: { money: -1, words: -1, status: -1 },
    created_at: context.now,
    updated_at: context.now,
  };
}

/**
 * Takes over what this notice says newer than what was heard; answers what the channel has of it: as much as the
 * notice named that said it was taken, for an appeal may contest another amount.
 */
function hear(dispute: Dispute, notice: DisputeNotice): Minor {
  const { ordinal, status, stage, is_withdrawn } = notice;
  const { words, status: stood, money } = dispute.heard;
  if (ordinal > words) {
    const { amount, channel_status, reason, channel_reason, due_by } = notice;
    Object.assign(dispute, { amount, channel_status, reason, channel_reason, due_by });
  }
  if (status === null ? stood < 0 && ordinal > words : ordinal > stood) dispute.stage = stage;
  if (status !== null && ordinal > stood) dispute.status = status;
  const isNewer = is_withdrawn !== null && ordinal > money;
  const told = is_withdrawn === true ? notice.amount : zero;
  // In the order in which jsonb gives its members back: a part that was read and rewritten alike is not written again.
  dispute.heard = {
    money: is_withdrawn === null ? money : Math.max(money, ordinal),
    words: Math.max(words, ordinal),
    status: status === null ? stood : Math.max(stood, ordinal),
  };
  return isNewer ? told : dispute.amount_withdrawn;
}

/** What the channel has withdrawn is nobody's until it is decided; lost, the merchant bears it, also of a top-up. */
function bookDispute(
  draft: Draft,
  attempt: Attempt,
  dispute: Dispute,
  withdrawn: Minor,
): void {
  const lost = dispute.status === 'lost' ? withdrawn : zero;
  const { amount_withdrawn, amount_lost } = dispute;
  const move = (reason: PostingReason, from: Minor, to: Minor) => {
    if (to <= from) return;
    dispute.movements += 1;
    const subject = `${dispute.id} ${dispute.movements}`;
    const { channel } = attempt;
    const { currency } = dispute;
    draft.postings.push(postingFor({ reason, channel, subject, amount: subtract(to, from), currency }));
  };
  move('dispute_withdrawn', amount_withdrawn, withdrawn);
  move('dispute_regained', lost, amount_lost);
  move('dispute_lost', amount_lost, lost);
  move('dispute_returned', withdrawn, amount_withdrawn);
  dispute.amount_withdrawn = withdrawn;
  dispute.amount_lost = lost;
} // prettier-ignore

/** A notice that only confirms what was known is no news to anybody. */
function tellOf({ context, events }: Draft, dispute: Dispute, before: Dispute | null): void {
  const shown = ({ heard: _, ...rest }: Dispute) => JSON.stringify(rest);
  if (before && shown(before) === shown(dispute)) return;
  dispute.updated_at = context.now;
  events.push({ type: `dispute.${happening(dispute, before)}`, object: 'dispute', id: dispute.id });
}

function happening({ status }: Dispute, before: Dispute | null): string {
  if (isDecided(status) && before?.status !== status) return status;
  return before ? 'updated' : 'opened';
}
