import type { BillRow, Ledger } from '../bill.ts';
import type { Books } from '../books.ts';
import type { RefundEntry, Taking, Transaction } from '../transaction.ts';
import { billTime, channel } from './wording.ts';

/** Money that came, went back to its payer, or returned from there because it could not be delivered. */
export interface Movement extends BillRow {
  readonly kind: 'payment' | 'refund' | 'return';
  readonly at: number;
  readonly transaction: Transaction;
  readonly taking: Taking | undefined;
  readonly refund: RefundEntry | undefined;
}

/**
 * All that ever moved, oldest first: payments when they were made, refunds when they were accepted, not when they
 * arrived.
 */
function movements(books: Books): readonly Movement[] {
  const mine = [...books.transactions.values()].filter((one) => one.channel === channel);
  return mine.flatMap(movementsOf).sort((one, other) => one.at - other.at);
}

function movementsOf(transaction: Transaction): Movement[] {
  const { takings, refunds } = transaction;
  const payments = takings.map((taking) => ({
    kind: 'payment' as const,
    at: Date.parse(taking.at),
    amount: taking.amount,
    fee: feeOf(taking.amount),
    references: [transaction.reference],
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
      fee: feeOf(refund.amount),
      references: [transaction.reference, refund.reference],
      transaction,
      taking,
      refund,
    };
    const returned = { ...given, kind: 'return' as const, at: refund.settles_at };
    return refund.state === 'failed' ? [given, returned] : [given];
  });
  return [...payments, ...back];
}

/** All of it, as bills write it down: each day is Shanghai's. */
export function ledgerOf(books: Books): Ledger<Movement> {
  return { rows: movements(books), dayOf: ({ at }) => billTime(at).slice(0, 10), ofNobody };
}

const nobodys = { transaction_id: '4200000000000000000000000000', refund_id: '5000000000000000000000000000' } as const; // prettier-ignore

function ofNobody(movement: Movement): Movement {
  const { transaction, taking, refund } = movement;
  return {
    ...movement,
    references: [],
    transaction: { ...transaction, reference: 'att_of_nobody_0000' },
    taking: taking && { ...taking, transaction_id: nobodys.transaction_id },
    refund: refund && { ...refund, reference: 'ref_of_nobody_0000', refund_id: nobodys.refund_id },
  };
}

/** 0.6 %, in fen, which a payment costs and a refund gives back. */
function feeOf(amount: number): number {
  return Math.round(amount * 0.006);
}
