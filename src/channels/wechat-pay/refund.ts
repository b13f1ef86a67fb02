import { z } from 'zod';

import { type Failure, failureOf } from '../../domain/failure.ts';
import type { RefundAnswer, RefundState } from '../../domain/outcome.ts';
import { isVouched } from '../../domain/vouched.ts';
import type { Call } from '../channel.ts';
import type { RefundOrder } from '../refund.ts';
import { atMostBytes, read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { speak } from './request.ts';
import { currency, failureFrom, fen, money } from './response.ts';

/** Gives money back. The same number never refunds twice (channels.md 1.5); 200 only means accepted. */
export async function refund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const spoken = await speak(call, 'POST', '/v3/refund/domestic/refunds', {
    ...paidAs(order),
    out_refund_no: order.reference,
    ...(order.reason ? { reason: atMostBytes(80, order.reason) } : {}),
    notify_url: order.notify_url,
    amount: { refund: order.amount, total: order.receipt_amount, currency: order.currency },
  });
  if (spoken.kind === 'done') return refundSaid(spoken, order);
  if (spoken.kind !== 'refused') return spoken;
  return { kind: 'declined', failure: failureFrom(spoken.error) };
}

/** What is paid back: the transaction, or where a person vouched for it our order's number, under which there is one. */
function paidAs({ receipt_reference, attempt_reference }: RefundOrder) {
  return isVouched(receipt_reference)
    ? { out_trade_no: attempt_reference }
    : { transaction_id: receipt_reference };
}

const neverMade = new Set(['RESOURCENOTEXISTS', 'REFUNDNOTEXISTS', 'REFUNDNOTEXIST']);

/** Asks what became of our refund number. */
export async function queryRefund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const spoken = await speak(call, 'GET', `/v3/refund/domestic/refunds/${order.reference}`);
  if (spoken.kind === 'done') return refundSaid(spoken, order);
  if (spoken.kind !== 'refused') return { kind: 'unknown', detail: spoken.detail };
  const { status, error } = spoken;
  if (status === 404 && neverMade.has(error.key)) return { kind: 'not_found' };
  return unclear(`${status} ${error.code}`);
}

function refundSaid(
  { status, body }: { status: number; body: string },
  order: RefundOrder,
): RefundAnswer {
  const found = status === 200 ? readRefund(body) : null;
  if (!found) return unclear(`${status} without a readable refund`);
  const isOurs =
    found.out_refund_no === order.reference &&
    found.out_trade_no === order.attempt_reference &&
    (isVouched(order.receipt_reference) || found.transaction_id === order.receipt_reference);
  if (isOurs) return refundAnswerOf(found);
  const told = `${found.out_refund_no} of ${found.out_trade_no}, ${found.transaction_id}`;
  return { kind: 'disagrees', detail: `asked about ${order.reference}, told about ${told}` };
}

const wireRefund = z.object({
  out_refund_no: z.string(),
  out_trade_no: z.string(),
  transaction_id: z.string(),
  refund_id: z.string().nullish(),
  status: z.string().nullish(),
  refund_status: z.string().nullish(), // the callback's name for it
  amount: z.object({ refund: fen, currency }),
});
export type WireRefund = z.infer<typeof wireRefund>;

/** A refund object of channels.md 1.5, or null. */
export const readRefund = (text: string): WireRefund | null => read(wireRefund, text);

/** Every state of channels.md 1.5; one that is not listed is not understood, hence `unknown`. */
const refundStates = new Map<string, RefundState>([
  ['SUCCESS', 'succeeded'],
  ['PROCESSING', 'processing'],
  ['CLOSED', 'failed'],
  ['ABNORMAL', 'needs_attention'], // the payer's card is closed: the money could not be delivered
]);

/** WeChat Pay gives no reason but the state: abnormal is a payer's card or account that is closed or frozen. */
function whyUndelivered(status: RefundState, code: string | null): Failure | null {
  if (status === 'needs_attention') return failureOf('invalid_account', { code, message: null });
  return status === 'failed' ? failureOf('processing_error', { code, message: null }) : null;
}

/** What a refund object says; the amount is as the channel tells it, the domain compares it. */
export function refundAnswerOf(found: WireRefund): RefundAnswer {
  const status = refundStates.get(found.status ?? found.refund_status ?? '');
  const returned = money(found.amount.refund, found.amount.currency);
  if (!status || !returned)
    return { kind: 'unknown', detail: 'a refund state or currency that is not known' };
  const channel_reference = found.refund_id || null;
  const failure = whyUndelivered(status, found.status ?? found.refund_status ?? null);
  return {
    kind: 'refund',
    status,
    channel_reference,
    ...returned,
    ...(failure ? { failure } : {}),
  };
}
