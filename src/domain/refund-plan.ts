import type { Attempt } from './attempt.ts';
import { isBarred } from './barred-refund.ts';
import { attemptOf, type Draft } from './draft.ts';
import type { Instant, Operation } from './operation.ts';
import { openOf, send, supersede } from './operation-plan.ts';
import { askRefund, isNeedless } from './query-plan.ts';
import { awaitsApproval, type Refund } from './refund.ts';
import { forgottenRefund } from './refund-evidence.ts';
import { resendOf, sentUntil } from './resend.ts';

/** What the refund needs next: to be sent, to be asked about, or nothing. */
export function planRefund(draft: Draft, refund: Refund): void {
  const attempt = attemptOf(draft.payment, refund.attempt_id);
  const mine = (op: Operation) => op.refund_id === refund.id;
  if (refund.status !== 'processing')
    return supersede(
      attempt,
      (op) => mine(op) && op.verb === 'query_refund' && isNeedless(draft, op),
    );
  if (awaitsApproval(refund) || openOf(attempt, (op) => mine(op) && op.verb === 'refund')) return;
  if (refund.accepted === 'yes') return askRefund(draft, attempt, refund, 'change');
  const call = (op: Operation) => mine(op) && op.verb === 'refund';
  const question = (op: Operation) => mine(op) && op.verb === 'query_refund';
  const next = isBarred(draft.payment, refund)
    ? 'answer'
    : resendOf(draft, attempt, { call, question });
  if (refund.accepted === 'maybe' && next !== 'again')
    return askRefund(draft, attempt, refund, next);
  supersede(attempt, (op) => mine(op) && op.verb === 'query_refund');
  if (isAskedBefore(attempt, refund)) return;
  const until = sentUntil(draft, attempt, call, refund.accepted === 'no');
  if (draft.context.now >= until) return forgottenRefund(draft, refund);
  const notBefore = Math.max(spacedFrom(draft, attempt, refund), declinedUntil(attempt, refund));
  const sending = { key: refund.id, notBefore, until };
  send(draft, attempt, 'refund', { refund_id: refund.id }, sending);
}

/** Is the channel asked once more of the try before it, which it may have delivered by now? */
function isAskedBefore(attempt: Attempt, { retry_of }: Refund): boolean {
  const isBefore = (op: Operation) => op.verb === 'query_refund' && op.refund_id === retry_of;
  return retry_of !== null && openOf(attempt, isBefore) !== undefined;
}

/**
 * Declined for now, for want of money or by a limit: again after 1, 2, 4 … 60 minutes. Where the channel only could not do it,
 * or did not find its own order, it mostly can a second later.
 */
function declinedUntil(attempt: Attempt, refund: Refund): Instant {
  const isRefusal = (op: Operation) =>
    op.verb === 'refund' && op.refund_id === refund.id && op.ended === 'answered';
  const refusals = attempt.operations.filter(isRefusal);
  const last = refusals.at(-1);
  if (!last || refund.failure === null) return 0; // none, or of a resend only, which proved nothing
  const first = refund.failure.code === 'channel_unavailable' ? 1_000 : 60_000;
  return (last.sent_at ?? last.run_at) + Math.min(3_600_000, first * 2 ** (refusals.length - 1));
}

/** How long after its leaving a call is counted by its channel: with 60 s sharp, WeChat turned away three refunds in four. */
const onTheWayMs = 1_000;

/** The channel wants time between two refunds of one order: counted from the latest that left or will. */
function spacedFrom(draft: Draft, attempt: Attempt, refund: Refund): Instant {
  const others = attempt.operations.filter(
    (op) => op.verb === 'refund' && op.refund_id !== refund.id && op.ended !== 'never_sent',
  );
  const latest = Math.max(0, ...others.map((op) => op.sent_at ?? op.run_at));
  const { refund_spacing_ms } = draft.context.rulesOf(attempt);
  return latest === 0 || refund_spacing_ms === 0 ? 0 : latest + refund_spacing_ms + onTheWayMs;
}
