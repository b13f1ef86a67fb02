import type { Id } from './id.ts';
import { type Minor, type Money, subtract, sum, zero } from './money.ts';
import type { Instant } from './operation.ts';
import { amountReserved, type Refund } from './refund.ts';

/** `won` and `lost` are from the merchant's view; a payer who withdraws his complaint has lost it. */
export const disputeStatuses = ['opened', 'under_review', 'won', 'lost'] as const;
export type DisputeStatus = (typeof disputeStatuses)[number];

/** `inquiry`: a question of the payer or his bank, by which no money moves and which a refund settles. */
export const disputeStages = ['inquiry', 'chargeback', 'arbitration'] as const;
export type DisputeStage = (typeof disputeStages)[number];

/** Why the payer complains; the channel's own code stands beside it. */
export const disputeReasons = [
  'fraudulent', 'unrecognized', 'product_not_received', 'product_unacceptable', 'duplicate', 'incorrect_amount',
  'credit_not_processed', 'subscription_canceled', 'other',
] as const; // prettier-ignore
export type DisputeReason = (typeof disputeReasons)[number];

/** What a channel says of a dispute in one notice: the whole of it, as it stood then. */
export interface DisputeNotice extends Money {
  readonly kind: 'dispute';
  /** The channel's own number of the dispute. */
  readonly channel_reference: string;
  /** Null for a word of the channel that we do not know: it stays where it stood, and so does the stage. */
  readonly status: DisputeStatus | null;
  readonly channel_status: string;
  readonly stage: DisputeStage;
  readonly reason: DisputeReason;
  readonly channel_reason: string | null;
  /** Until when the merchant may answer (RFC 3339). */
  readonly due_by: string | null;
  /** Has the channel taken the amount from us? Null where the notice does not say. */
  readonly is_withdrawn: boolean | null;
  /** Grows with every later word about this dispute, however they arrive; no two have the same. */
  readonly ordinal: number;
}

/** A payer's complaint about a payment at his bank or at the channel. */
export interface Dispute {
  readonly id: Id<'dsp'>;
  readonly attempt_id: Id<'att'>;
  readonly channel_reference: string;
  readonly currency: Money['currency'];
  amount: Minor;
  status: DisputeStatus;
  channel_status: string;
  stage: DisputeStage;
  reason: DisputeReason;
  channel_reason: string | null;
  due_by: string | null;
  /** What of it the channel has taken from us, and of that what the merchant has to bear: as it is booked. */
  amount_withdrawn: Minor;
  amount_lost: Minor;
  /** Counts its postings: money may be withdrawn, returned and withdrawn again. */
  movements: number;
  /** The ordinal of the newest notice that said each of these. */
  heard: { readonly money: number; readonly words: number; readonly status: number };
  readonly created_at: Instant;
  updated_at: Instant;
}

/** Is there nothing more to wait for, as far as one knows? An appeal may still open it again. */
export function isDecided(status: DisputeStatus): boolean {
  return status === 'won' || status === 'lost';
}

/** What payers contest, or have got back by it. What a merchant gives back by a refund of ours is counted there. */
export function amountDisputed(disputes: readonly Dispute[], refunds: readonly Refund[]): Minor {
  const open = disputes.filter(({ stage, status }) => stage === 'inquiry' && !isDecided(status));
  return sum([amountBarred(disputes, refunds), ...open.map((one) => one.amount)]);
}

/** What of it must not be refunded, or the payer would get it twice. A refund is how an inquiry is settled. */
export function amountBarred(disputes: readonly Dispute[], refunds: readonly Refund[]): Minor {
  const barred = disputes.filter(({ stage, status }) => stage !== 'inquiry' && status !== 'won');
  return sum([amountSettledElsewhere(disputes, refunds), ...barred.map(amountAtStake)]);
}

/** Once it is lost, the payer has what the channel says that it took, be it nothing; until it says so, all. */
function amountAtStake({ status, amount, amount_withdrawn, heard }: Dispute): Minor {
  return status === 'lost' && heard.money >= 0 ? amount_withdrawn : amount;
}

/**
 * What payers have got in inquiries that the merchant has lost and no refund of ours made meanwhile explains: he has
 * given it back at the channel, whose own refund bears no number of ours.
 */
function amountSettledElsewhere(disputes: readonly Dispute[], refunds: readonly Refund[]): Minor {
  const lost = disputes.filter(({ stage, status }) => stage === 'inquiry' && status === 'lost');
  const told = sum([zero, ...lost.map(amountAtStake)]);
  const settling = refunds.filter((refund) => lost.some((one) => isMadeDuring(refund, one)));
  const ours = amountReserved(settling);
  return ours > told ? zero : subtract(told, ours);
}

function isMadeDuring({ created_at }: Refund, dispute: Dispute): boolean {
  return dispute.created_at <= created_at && created_at <= dispute.updated_at;
}
