import type { Fold } from './fold.ts';
import type { Id } from './id.ts';
import type { LedgerAccount, Posting, PostingReason } from './ledger.ts';
import { type Minor, sum, zero } from './money.ts';
import type { Payment } from './payment.ts';
import { amountIn, isMerchants } from './refund.ts';

/** What a transition changes in the wallet that its payment tops up, in minor units; less is negative. */
export interface WalletChange {
  readonly id: Id<'wal'>;
  readonly balance: number;
  readonly held: number;
}

/**
 * Money that pays a top-up is the wallet's; a refund of it is held there before the channel is asked, so that it cannot
 * be spent meanwhile. Null for a payment that tops up nothing.
 */
export function walletChange(
  before: Payment | null,
  { payment, postings }: Pick<Fold, 'payment' | 'postings'>,
): WalletChange | null {
  if (payment.wallet_id === null) return null;
  return {
    id: payment.wallet_id,
    balance: posted(postings, 'credit') - posted(postings, 'debit'),
    held: goingBack(payment) - (before ? goingBack(before) : 0),
  };
}

function posted(postings: readonly Posting[], side: 'debit' | 'credit'): Minor {
  const account: LedgerAccount = 'wallet';
  return sum([zero, ...postings.filter((one) => one[side] === account).map((one) => one.amount)]);
}

function goingBack({ refunds }: Payment): Minor {
  return amountIn(refunds.filter(isMerchants), 'processing', 'needs_attention');
}

export const walletEntryTypes = [
  'top_up',
  'top_up_refund',
  'top_up_refund_reversal',
  'payment',
  'payment_refund',
  'gift_code',
] as const;
export type WalletEntryType = (typeof walletEntryTypes)[number];

/** What a posting is called on the statement of the wallet that it moves. */
export const entryTypeOf = {
  order_paid: 'top_up',
  captured: 'top_up',
  late_accepted: 'top_up',
  part_accepted: 'top_up',
  refund_succeeded: 'top_up_refund',
  refund_paid_otherwise: 'top_up_refund',
  refund_reversed: 'top_up_refund_reversal',
  wallet_paid: 'payment',
  wallet_captured: 'payment',
  wallet_refunded: 'payment_refund',
  gift_redeemed: 'gift_code',
} as const satisfies Partial<Record<PostingReason, WalletEntryType>>;
