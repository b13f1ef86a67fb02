import type { RefundEntry, Taking, Transaction } from '../transaction.ts';
import { paid } from './payment-wire.ts';
import type { ResponseCode, Said } from './wording.ts';

/** What UnionPay keeps of a refund besides what every channel keeps. */
export interface OwnRefund {
  /** What was asked, verbatim. */
  readonly asked: Said;
}

/** A refund, and the order that it gives back. */
export interface Refund {
  readonly transaction: Transaction;
  readonly refund: RefundEntry;
}

/** UnionPay's own part of a refund. */
export function ownOf(refund: RefundEntry): OwnRefund {
  return refund.own as OwnRefund;
}

/** How it stands: taken and under way, done, or the payer's card could not take it. */
export function standing({ state }: RefundEntry): ResponseCode {
  if (state === 'processing') return '05';
  return state === 'succeeded' ? '00' : '63';
}

/** A refund as queries and notices show it. */
export function wireRefund(refund: RefundEntry): Said {
  const { amount, created_at, refund_id, transaction_id } = refund;
  const taking: Taking = { transaction_id: refund_id, amount, at: created_at };
  return { ...paid(ownOf(refund).asked, taking), origQryId: transaction_id };
}
