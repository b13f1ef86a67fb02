import { z } from 'zod';

import type { Failure } from '../../domain/failure.ts';
import type { RefundAnswer, RefundState } from '../../domain/outcome.ts';
import { isVouched } from '../../domain/vouched.ts';
import type { Call } from '../channel.ts';
import type { RefundOrder } from '../refund.ts';
import { atMost, read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { failureFrom } from './failure.ts';
import { findListed } from './list.ts';
import { get, post } from './request.ts';
import { currency, metadata, minor, money, parse } from './response.ts';

const refunds = '/v1/refunds';

/** Gives money back, once under its key. */
export async function refund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const spoken = await post(call, refunds, order.channel_key, {
    payment_intent: paidOrder(order),
    amount: order.amount,
    'metadata[reference]': order.reference,
    'metadata[reason]': atMost(500, order.reason) || undefined, // Stripe's own `reason` is one of three words
  });
  if (spoken.kind === 'done') return refundSaid(read(wireRefund, spoken.body), order);
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  if (spoken.kind !== 'refused') return spoken;
  return { kind: 'declined', failure: failureFrom(spoken.error) };
}

/** A receipt bears its order's number: a second one, another order's. A capture or a vouched one bears ours, and its order is the handle. */
function paidOrder({ handle, receipt_reference }: RefundOrder): string {
  const isOurs = receipt_reference.startsWith('cap_') || isVouched(receipt_reference);
  return isOurs && handle !== null ? handle : receipt_reference;
}

/** Asks what became of our refund; before its number is known, among the refunds of its order. */
export async function queryRefund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  if (order.channel_reference !== null) return ask(call, order, order.channel_reference);
  const filter = { payment_intent: paidOrder(order) };
  const found = await findListed(call, refunds, filter, order.reference);
  if (found.kind !== 'found') return found;
  return refundSaid(parse(wireRefund, found.item), order);
}

async function ask(call: Call<Account>, order: RefundOrder, id: string): Promise<RefundAnswer> {
  const spoken = await get(call, `${refunds}/${encodeURIComponent(id)}`);
  if (spoken.kind === 'done') return refundSaid(read(wireRefund, spoken.body), order);
  const isMissing = spoken.kind === 'refused' && spoken.error.code === 'resource_missing';
  return isMissing ? { kind: 'not_found' } : unclear(spoken.detail);
}

const wireRefund = z.object({
  id: z.string().min(1),
  object: z.literal('refund'),
  amount: minor,
  currency,
  payment_intent: z.string().nullish(),
  failure_reason: z.string().nullish(),
  status: z.string().nullish(),
  metadata,
});
export type WireRefund = z.infer<typeof wireRefund>;

/** A Refund of channels.md section 3, or null. */
export const readRefund = (value: unknown): WireRefund | null => parse(wireRefund, value);

function refundSaid(found: WireRefund | null, order: RefundOrder): RefundAnswer {
  if (!found) return unclear('200 without a readable refund');
  const of = paidOrder(order);
  if (found.metadata['reference'] === order.reference && found.payment_intent === of)
    return refundAnswerOf(found);
  const said = `${found.id} of ${found.payment_intent}`;
  return { kind: 'disagrees', detail: `asked about ${order.reference} of ${of}, told ${said}` };
}

/** Every status; one that is not listed is not understood, hence `unknown`. */
const refundStates = new Map<string, RefundState>([
  ['pending', 'processing'],
  ['requires_action', 'processing'], // the payer is asked where to send it
  ['succeeded', 'succeeded'],
  ['failed', 'failed'], // also after it had succeeded: the bank sent it back
  ['canceled', 'failed'],
]);

/** What a refund says; the amount is as Stripe tells it, the domain compares it. */
export function refundAnswerOf(found: WireRefund): RefundAnswer {
  const status = refundStates.get(found.status ?? '');
  const returned = money(found.amount, found.currency);
  if (!status || !returned) return unclear(`a refund in '${found.status}', ${found.currency}`);
  const answer = { kind: 'refund', status, channel_reference: found.id, ...returned } as const;
  return status === 'failed' ? { ...answer, failure: whyFailed(found) } : answer;
}

function whyFailed({ failure_reason, status }: WireRefund): Failure {
  return failureFrom({ type: `refund_${status}`, code: failure_reason });
}
