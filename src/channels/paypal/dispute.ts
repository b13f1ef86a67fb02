import { z } from 'zod';

import type {
  DisputeNotice,
  DisputeReason,
  DisputeStage,
  DisputeStatus,
} from '../../domain/dispute.ts';
import type { Money } from '../../domain/money.ts';
import { fromWire, wireMoney } from './money.ts';
import { instant } from './response.ts';

const text = z.string().min(1);

/** A dispute of the Customer Disputes API, as its notices show it. What the parties write to each other is not read. */
export const wireDispute = z.object({
  dispute_id: text.max(255),
  create_time: instant.nullish(),
  update_time: instant.nullish(),
  status: text,
  reason: text.nullish(),
  dispute_amount: wireMoney,
  dispute_life_cycle_stage: text.nullish(),
  dispute_outcome: z
    .object({ outcome_code: text.nullish(), amount_refunded: wireMoney.nullish() })
    .nullish(),
  seller_response_due_date: instant.nullish(),
  disputed_transactions: z
    .array(z.object({ seller_transaction_id: text.nullish(), custom: text.nullish() }))
    .min(1),
});
type WireDispute = z.infer<typeof wireDispute>;

/** While it runs. `OTHER` and `RESOLVED` without an outcome of the next table are not understood. */
const statuses = new Map<string, DisputeStatus>([
  ['OPEN', 'opened'],
  ['WAITING_FOR_SELLER_RESPONSE', 'opened'],
  ['WAITING_FOR_BUYER_RESPONSE', 'under_review'],
  ['UNDER_REVIEW', 'under_review'],
]);

/** `RESOLVED_WITH_PAYOUT` (PayPal protects "the merchant or the customer") and `NONE` do not say whose money it was. */
const outcomes = new Map<string, DisputeStatus>([
  ['RESOLVED_BUYER_FAVOUR', 'lost'],
  ['ACCEPTED', 'lost'],
  ['RESOLVED_SELLER_FAVOUR', 'won'],
  ['CANCELED_BY_BUYER', 'won'],
  ['DENIED', 'won'],
]);

const stages = new Map<string, DisputeStage>([
  ['INQUIRY', 'inquiry'],
  ['CHARGEBACK', 'chargeback'],
  ['PRE_ARBITRATION', 'arbitration'],
  ['ARBITRATION', 'arbitration'],
]);

const reasons = new Map<string, DisputeReason>([
  ['UNAUTHORISED', 'fraudulent'],
  ['MERCHANDISE_OR_SERVICE_NOT_RECEIVED', 'product_not_received'],
  ['MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED', 'product_unacceptable'],
  ['DUPLICATE_TRANSACTION', 'duplicate'],
  ['PAYMENT_BY_OTHER_MEANS', 'duplicate'],
  ['INCORRECT_AMOUNT', 'incorrect_amount'],
  ['CREDIT_NOT_PROCESSED', 'credit_not_processed'],
  ['CANCELED_RECURRING_BILLING', 'subscription_canceled'],
]);

/** Notices of one instant, in the order in which they are made. */
const steps = ['CREATED', 'UPDATED', 'RESOLVED'];

/**
 * What a notice says of a dispute; null where its money or its time cannot be read.
 * PayPal keeps what is contested on hold in the account and takes it when the seller has lost: all, a part, or nothing.
 * It gives back when he has won; while it thinks about it, also again in an appeal, nothing moves.
 * @param eventType `CUSTOMER.DISPUTE.…`
 */
export function disputeOf(found: WireDispute, eventType: string): DisputeNotice | null {
  const outcome = found.dispute_outcome?.outcome_code ?? null;
  const isOver = found.status === 'RESOLVED';
  const status = (isOver ? outcomes.get(outcome ?? '') : statuses.get(found.status)) ?? null;
  const told = status === 'lost' ? found.dispute_outcome?.amount_refunded : null;
  const paidBack = told ? fromWire(told) : null;
  const isUnreadable = told && !paidBack;
  const contested = paidBack?.amount ? paidBack : fromWire(found.dispute_amount);
  const at = found.update_time ?? found.create_time;
  if (isUnreadable || !contested || contested.amount === 0 || !at) return null;
  const stage = stages.get(found.dispute_life_cycle_stage ?? '') ?? 'chargeback';
  const step = steps.indexOf(eventType.slice('CUSTOMER.DISPUTE.'.length));
  return {
    kind: 'dispute',
    channel_reference: found.dispute_id,
    ...contested,
    status,
    channel_status: isOver && outcome !== null ? `RESOLVED: ${outcome}` : found.status,
    stage,
    reason: reasons.get(found.reason ?? '') ?? 'other',
    channel_reason: found.reason ?? null,
    due_by: found.seller_response_due_date ?? null,
    is_withdrawn: withdrawnBy(status, stage, paidBack),
    ordinal: Date.parse(at) * (steps.length + 1) + step + 1,
  };
}

function withdrawnBy(
  status: DisputeStatus | null,
  stage: DisputeStage,
  paidBack: Money | null,
): boolean | null {
  if (status === 'won' || paidBack?.amount === 0) return false;
  if (status !== 'lost') return null;
  return stage === 'inquiry' ? null : true; // by the seller himself: that is a refund
}
