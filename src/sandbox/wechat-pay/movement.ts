import type { Books } from '../books.ts';
import type { RefundEntry, Taking, Transaction } from '../transaction.ts';
import { billTime, channel } from './wording.ts';

/** Money that came, went back to its payer, or returned from there because it could not be delivered. */
export interface Movement {
  readonly kind: 'payment' | 'refund' | 'return';
  readonly at: number;
  readonly amount: number;
  readonly transaction: Transaction;
  readonly taking: Taking | undefined;
  readonly refund: RefundEntry | undefined;
}

/**
 * All that ever moved, oldest first: payments when they were made, refunds when they were accepted, not when they
 * arrived.
 */
export function movements(books: Books): readonly Movement[] {
  const mine = [...books.transactions.values()].filter((one) => one.channel === channel);
  return mine.flatMap(movementsOf).sort((one, other) => one.at - other.at);
}

function movementsOf(transaction: Transaction): Movement[] {
  const { takings, refunds } = transaction;
  const payments = takings.map((taking) => ({
    kind: 'payment' as const,
    at: Date.parse(taking.at),
    amount: taking.amount,
    transaction,
    taking,
    refund: undefined,
  }));
  const back = refunds.flatMap((refund) => {
    const taking = takings.find((one) => one.transaction_id === refund.transaction_id);
    const given = {
      kind: 'refund' as const,
      at: Date.parse(refund.created_at),
      amount: refund.amount,
      transaction,
      taking,
      refund,
    };
    const returned = { ...given, kind: 'return' as const, at: refund.settles_at };
    return refund.state === 'failed' ? [given, returned] : [given];
  });
  return [...payments, ...back];
}

/** Was it on this day in Shanghai? */
export function isOf(day: string): (movement: Movement) => boolean {
  return ({ at }) => billTime(at).startsWith(day);
}

/** 0.6 %, in fen, which a payment costs and a refund gives back. */
export function feeOf(amount: number): number {
  return Math.round(amount * 0.006);
}
