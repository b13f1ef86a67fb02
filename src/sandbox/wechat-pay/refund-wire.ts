import type { Books } from '../books.ts';
import type { Answer } from '../call.ts';
import type { RefundEntry, Transaction } from '../transaction.ts';
import { channel, refusal, shanghai } from './wording.ts';

/** What WeChat keeps of a refund besides what every channel keeps. */
export interface OwnRefund {
  /** Null: nobody is called back. */
  readonly notify_url: string | null;
  /** The key that signs its callbacks. */
  readonly serial: string;
  readonly funds_account: string;
  /** Where the money goes: back the way it came, or, once it was ABNORMAL, where the merchant said. */
  readonly to: 'payer' | 'card' | 'merchant';
}

/** A refund, and the order that it gives back. */
export interface Refund {
  readonly transaction: Transaction;
  readonly refund: RefundEntry;
}

/** WeChat's own part of a refund. */
export function ownOf(refund: RefundEntry): OwnRefund {
  return refund.own as OwnRefund;
}

/**
 * `GET /v3/refund/domestic/refunds/{out_refund_no}`: the refund, 404 when there is none.
 *
 * @param reference the merchant's number of the refund
 */
export function queryRefund(books: Books, reference: string): Answer {
  const found = books.findRefund(channel, reference);
  if (!found) return refusal(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
  return { status: 200, body: wireRefund(found.transaction, found.refund) };
}

function statusOf(refund: RefundEntry): 'PROCESSING' | 'SUCCESS' | 'ABNORMAL' | 'CLOSED' {
  if (refund.state === 'processing') return 'PROCESSING';
  if (refund.state === 'succeeded') return 'SUCCESS';
  return ownOf(refund).to === 'merchant' ? 'CLOSED' : 'ABNORMAL';
}

const receivers = {
  payer: '招商银行信用卡0403',
  card: '招商银行借记卡0000',
  merchant: '商户结算银行账户',
} as const;

/** A refund as WeChat shows it (channels.md 1.5). */
export function wireRefund(transaction: Transaction, refund: RefundEntry): Record<string, unknown> {
  const { amount: total, currency } = transaction;
  const { to, funds_account } = ownOf(refund);
  return {
    refund_id: refund.refund_id,
    out_refund_no: refund.reference,
    transaction_id: refund.transaction_id,
    out_trade_no: transaction.reference,
    channel: to === 'payer' ? 'ORIGINAL' : 'OTHER_BANKCARD',
    user_received_account: receivers[to],
    create_time: shanghai(refund.created_at),
    ...(refund.state === 'succeeded' ? { success_time: shanghai(refund.settles_at) } : {}),
    status: statusOf(refund),
    funds_account,
    amount: {
      total,
      refund: refund.amount,
      payer_total: total,
      payer_refund: refund.amount,
      settlement_total: total,
      settlement_refund: refund.amount,
      discount_refund: 0,
      currency,
    },
  };
}
