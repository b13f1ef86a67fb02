import { z } from 'zod';

import type { RefundAnswer, RefundState } from '../../domain/outcome.ts';
import { isVouched } from '../../domain/vouched.ts';
import type { Call } from '../channel.ts';
import type { RefundOrder } from '../refund.ts';
import { atMost, read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { inYuan, toFen } from './money.ts';
import { failureFrom } from './refusal.ts';
import { speak } from './request.ts';
import { cny } from './trade.ts';

/** The number is used with another amount (channels.md 2.5): there is a refund, so it must be asked about. */
const numberTaken = new Set(['DISCORDANT_REPEAT_REQUEST']);

/** Gives money back. The same number with the same amount never refunds twice. */
export async function refund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const spoken = await speak(call, 'alipay.trade.refund', {
    ...paidAs(order),
    refund_amount: inYuan(order.amount),
    out_request_no: order.reference,
    ...(order.reason ? { refund_reason: atMost(256, order.reason) } : {}),
  });
  if (spoken.kind === 'done') return acceptedAs(spoken.answer, order);
  if (spoken.kind === 'pending') return unclear('10003 to a refund');
  if (spoken.kind !== 'refused') return spoken;
  const { refusal } = spoken;
  if (numberTaken.has(refusal.key)) return unclear(refusal.code);
  return { kind: 'declined', failure: failureFrom(refusal) };
}

/** What is paid back: the trade, or where a person vouched for it our order's number. */
function paidAs({ receipt_reference, attempt_reference }: RefundOrder) {
  return isVouched(receipt_reference)
    ? { out_trade_no: attempt_reference }
    : { trade_no: receipt_reference };
}

function isPaidAs({ receipt_reference }: RefundOrder, trade_no: string | null | undefined) {
  return isVouched(receipt_reference) || trade_no === receipt_reference;
}

const accepted = z.object({
  out_trade_no: z.string(),
  trade_no: z.string(),
  fund_change: z.string(),
  refund_fee: z.string(), // of the whole trade, this refund among it
});

/** Y: this call moved the money. N: it did not, for an earlier one had, or it does not yet: to be asked about. */
const fundChanges = new Map<string, RefundState>([
  ['Y', 'succeeded'],
  ['N', 'processing'],
]);

function acceptedAs(answer: string, order: RefundOrder): RefundAnswer {
  const found = read(accepted, answer);
  const status = fundChanges.get(found?.fund_change ?? '');
  if (!found || !status) return unclear('without a readable refund');
  const inAll = toFen(found.refund_fee);
  const isOurs = found.out_trade_no === order.attempt_reference && isPaidAs(order, found.trade_no);
  if (isOurs && (status === 'processing' || (inAll !== null && inAll >= order.amount)))
    return { kind: 'refund', status, channel_reference: null, amount: order.amount, currency: cny };
  const told = `${found.refund_fee} of ${found.out_trade_no}, ${found.trade_no}`;
  return { kind: 'disagrees', detail: `asked to refund ${order.reference}, told about ${told}` };
}

const asked = z.object({
  out_trade_no: z.string().nullish(),
  trade_no: z.string().nullish(),
  out_request_no: z.string().nullish(),
  refund_status: z.string().nullish(),
  refund_amount: z.string().nullish(),
});

/** Asks what became of our refund number. Without a status it has not happened, or not yet. */
export async function queryRefund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const spoken = await speak(call, 'alipay.trade.fastpay.refund.query', {
    out_trade_no: order.attempt_reference,
    out_request_no: order.reference,
  });
  if (spoken.kind === 'done') return refundSaid(spoken.answer, order);
  if (spoken.kind === 'pending') return unclear('10003 to a question');
  return {
    kind: 'unknown',
    detail: spoken.kind === 'refused' ? spoken.refusal.code : spoken.detail,
  };
}

function refundSaid(answer: string, order: RefundOrder): RefundAnswer {
  const found = read(asked, answer);
  if (!found) return unclear('without a readable refund');
  if (!found.refund_status) return { kind: 'not_found' };
  const returned = toFen(found.refund_amount);
  if (found.refund_status !== 'REFUND_SUCCESS' || returned === null)
    return unclear(`refund_status '${found.refund_status}' of ${found.refund_amount}`);
  const { out_request_no, out_trade_no, trade_no } = found;
  const isOurs =
    out_request_no === order.reference &&
    out_trade_no === order.attempt_reference &&
    isPaidAs(order, trade_no);
  if (isOurs)
    return {
      kind: 'refund',
      status: 'succeeded',
      channel_reference: null,
      amount: returned,
      currency: cny,
    };
  const told = `${out_request_no} of ${out_trade_no}, ${trade_no}`;
  return { kind: 'disagrees', detail: `asked about ${order.reference}, told about ${told}` };
}
