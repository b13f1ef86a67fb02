import type { Currency } from './currency.ts';
import type { Failure } from './failure.ts';
import type { Id } from './id.ts';
import { type Minor, sum, zero } from './money.ts';
import type { Instant } from './operation.ts';
import type { RefundState } from './outcome.ts';

export const refundOrigins = ['merchant', 'late', 'duplicate', 'dispute'] as const;
export type RefundOrigin = (typeof refundOrigins)[number];

/**
 * What evidence may follow what: a bank may return a refund that had succeeded. Strictly upward, so that
 * the order in which a success and its bounce arrive does not matter; only a person's decision goes back.
 */
export const refundTransitions = {
  processing: ['succeeded', 'failed', 'needs_attention'],
  succeeded: ['failed', 'needs_attention'],
  needs_attention: ['failed'],
  failed: [],
} as const satisfies Record<RefundState, readonly RefundState[]>;

export interface Refund {
  readonly id: Id<'ref'>;
  readonly attempt_id: Id<'att'>;
  /** The channel's number of the receipt that is paid back. */
  receipt_reference: string;
  readonly amount: Minor;
  readonly currency: Currency;
  readonly origin: RefundOrigin;
  readonly reason: string | null;
  /** The refund that could not be delivered, of which this is another try by a person's decision. */
  readonly retry_of: Id<'ref'> | null;
  /** The version of the app's rules that judged it; null where none was about it. */
  readonly rules_version: number | null;
  /** Must a person approve it before it is sent? Null: nobody is asked. */
  approval: 'awaited' | 'given' | 'denied' | null;
  status: RefundState;
  /** Does the channel have it? `maybe`: it left and was not answered. */
  accepted: 'no' | 'maybe' | 'yes';
  channel_reference: string | null;
  failure: Failure | null;
  /** Counts its postings: it may be delivered, bounce and be delivered again. */
  movements: number;
  readonly created_at: Instant;
  updated_at: Instant;
}

/** Is it the merchant's money that goes back? Late and duplicate money was the payer's all along. */
export function isMerchants(refund: Pick<Refund, 'origin'>): boolean {
  return refund.origin === 'merchant' || refund.origin === 'dispute';
}

/** Does it wait for a person, so that it has not been sent? */
export function awaitsApproval({ status, approval }: Pick<Refund, 'status' | 'approval'>): boolean {
  return status === 'processing' && approval === 'awaited';
}

/** True when the table allows this step. */
export function refundMay(from: RefundState, to: RefundState): boolean {
  const next: readonly RefundState[] = refundTransitions[from];
  return next.includes(to);
}

/** What of the merchant's money is sent back or on its way: what has failed, or was rejected, is neither. */
export function amountReserved(refunds: readonly Refund[]): Minor {
  return amountIn(refunds.filter(isMerchants), 'processing', 'needs_attention', 'succeeded');
}

/** The sum of the refunds in these states. */
export function amountIn(refunds: readonly Refund[], ...states: RefundState[]): Minor {
  const counted = refunds.filter((refund) => states.includes(refund.status));
  return sum([zero, ...counted.map((refund) => refund.amount)]);
}
