import type { Acted } from './channel.ts';
import type { RefundEntry, Transaction } from './transaction.ts';

/**
 * A refund that had succeeded comes back: the money is with the merchant again.
 *
 * @param reference which refund, as the payer's act names it
 * @param isNamed does that name this one? Our number does at every channel, at some their own does too
 * @param fail what the channel makes of it
 */
export function bounceRefund(
  transaction: Transaction,
  reference: string | undefined,
  isNamed: (refund: RefundEntry, reference: string) => boolean,
  fail: (refund: RefundEntry) => Transaction,
): Acted {
  if (reference === undefined) return { status: 400, error: 'refund: which one bounces?' };
  const refund = transaction.refunds.find((one) => isNamed(one, reference));
  if (!refund) return { status: 404, error: `unknown refund '${reference}'` };
  if (refund.state !== 'succeeded') return { status: 409, error: `the refund is ${refund.state}` };
  return { transaction: fail(refund) };
}

/** By our number alone. */
export function byReference({ reference }: RefundEntry, named: string): boolean {
  return reference === named;
}
