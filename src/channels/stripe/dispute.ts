import { z } from 'zod';

import type {
  DisputeNotice,
  DisputeReason,
  DisputeStage,
  DisputeStatus,
} from '../../domain/dispute.ts';
import { currency, instant, minor, money, seconds } from './response.ts';

/** A dispute of channels.md section 3. Stripe names the order in it, and writes nothing of ours on it. */
export const wireDispute = z.object({
  id: z.string().min(1),
  object: z.literal('dispute'),
  amount: minor.positive(),
  currency,
  payment_intent: z.string().nullish(), // null for a charge made without an order
  status: z.string().min(1),
  reason: z.string().nullish(),
  evidence_details: z.object({ due_by: seconds.nullish() }).nullish(),
});
type WireDispute = z.infer<typeof wireDispute>;

/** Every status of the API's reference but `prevented`, of which it does not say whose money it was: that one stays unknown. */
const statuses = new Map<string, readonly [DisputeStatus, DisputeStage]>([
  ['warning_needs_response', ['opened', 'inquiry']],
  ['warning_under_review', ['under_review', 'inquiry']],
  ['warning_closed', ['won', 'inquiry']], // it never became a chargeback
  ['needs_response', ['opened', 'chargeback']],
  ['under_review', ['under_review', 'chargeback']],
  ['won', ['won', 'chargeback']],
  ['lost', ['lost', 'chargeback']],
  ['appeal_needs_response', ['opened', 'arbitration']],
  ['appeal_under_review', ['under_review', 'arbitration']],
]);

const reasons = new Map<string, DisputeReason>([
  ['fraudulent', 'fraudulent'],
  ['unrecognized', 'unrecognized'],
  ['product_not_received', 'product_not_received'],
  ['product_unacceptable', 'product_unacceptable'],
  ['duplicate', 'duplicate'],
  ['credit_not_processed', 'credit_not_processed'],
  ['subscription_canceled', 'subscription_canceled'],
]);

/** Events of one second, in the order in which Stripe makes them: an event's time has no finer part. */
const steps = ['created', 'funds_withdrawn', 'updated', 'funds_reinstated', 'closed'];

/**
 * What an event says of a dispute; null where it is in no currency that we know.
 * @param event its type (`charge.dispute.…`) and when it was made, in Unix seconds
 */
export function disputeOf(
  found: WireDispute,
  event: { readonly type: string; readonly created: number },
): DisputeNotice | null {
  const contested = money(found.amount, found.currency);
  if (!contested) return null;
  const what = event.type.slice('charge.dispute.'.length);
  const [status, stage] = statuses.get(found.status) ?? [null, 'chargeback' as const];
  const due = found.evidence_details?.due_by ?? null;
  return {
    kind: 'dispute',
    channel_reference: found.id,
    ...contested,
    status,
    channel_status: found.status,
    stage,
    reason: reasons.get(found.reason ?? '') ?? 'other',
    channel_reason: found.reason ?? null,
    due_by: due === null ? null : instant(due),
    is_withdrawn: withdrawnBy(what),
    ordinal: event.created * (steps.length + 1) + steps.indexOf(what) + 1,
  };
}

/** Only these two say it; the others show the dispute as it stands, with or without them before. */
function withdrawnBy(what: string): boolean | null {
  if (what === 'funds_withdrawn') return true;
  return what === 'funds_reinstated' ? false : null;
}
