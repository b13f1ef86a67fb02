import { z } from 'zod';

import type { CaptureAnswer, CloseAnswer, RefundAnswer } from '../../domain/outcome.ts';
import { isVouched } from '../../domain/vouched.ts';
import type { Call } from '../channel.ts';
import type { CaptureOrder, Order } from '../order.ts';
import type { RefundOrder } from '../refund.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { errorOf } from './failure.ts';
import { toWire } from './money.ts';
import { post } from './request.ts';

/** Adyen only says that it has a modification: what becomes of it comes by notice. */
const modification = z.object({ pspReference: z.string().min(1), status: z.literal('received') });

/** Asks for what is held, or a part of it; of an account that captures once the rest is released with it. */
export async function capture(call: Call<Account>, order: CaptureOrder): Promise<CaptureAnswer> {
  const { capture_amount: amount, currency, capture_reference: reference, channel_key } = order;
  const path = `${addressOf(order)}/captures`;
  const content = { ...ofAccount(call), amount: toWire({ amount, currency }), reference };
  const spoken = await post(call, path, channel_key, content);
  if (spoken.kind === 'done')
    return read(modification, spoken.body) ? { kind: 'pending' } : unclear('not received');
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  return spoken.kind === 'refused' ? errorOf(spoken) : spoken;
}

/** "Original pspReference required for this operation": Adyen does not find what it holds, and nothing will ever be told of it. */
const notFound = '167';

/** Asks for the release of what is held; again where Adyen did not find it. */
export async function release(call: Call<Account>, order: Order): Promise<CloseAnswer> {
  const { reference, channel_key } = order;
  const content = { ...ofAccount(call), reference };
  const spoken = await post(call, `${addressOf(order)}/cancels`, channel_key, content);
  if (spoken.kind === 'done')
    return read(modification, spoken.body) ? { kind: 'closed' } : unclear('not received');
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  if (spoken.kind !== 'refused') return spoken;
  return spoken.code === notFound
    ? unclear(spoken.detail)
    : { kind: 'refused', detail: spoken.detail };
}

/** Asks for money to go back: out of the payment that took it. */
export async function refund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const { amount, currency, channel_key } = order;
  const [path, asked] = isUntold(order) ? reversalOf(order) : refundOf(order);
  const content = { ...ofAccount(call), ...asked };
  const spoken = await post(call, `/payments/${encodeURIComponent(paidPayment(order))}/${path}`, channel_key, content); // prettier-ignore
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  if (spoken.kind === 'refused') return errorOf(spoken);
  if (spoken.kind !== 'done') return spoken;
  const made = read(modification, spoken.body);
  if (!made) return unclear('not received');
  return { kind: 'refund', status: 'processing', channel_reference: made.pspReference, amount, currency }; // prettier-ignore
}

/** A receipt bears its payment's number: a second one, another payment's. A capture or a vouched one bears ours, and its payment is the handle. */
function paidPayment({ handle, receipt_reference }: RefundOrder): string {
  const isOurs = receipt_reference.startsWith('cap_') || isVouched(receipt_reference);
  return isOurs && handle !== null ? handle : receipt_reference;
}

/**
 * Is all of a payment to go back of which only its notice is known? That says the same of money taken and of money held, of
 * which the one can only be refunded and the other only be cancelled.
 */
function isUntold(order: RefundOrder): boolean {
  const { handle, amount, receipt_amount } = order;
  return paidPayment(order) !== handle && amount === receipt_amount;
}

/** Gives back all, be it taken or held (docs: Reversal); its notice says what it came to. */
function reversalOf({ reference }: RefundOrder) {
  return ['reversals', { reference }] as const;
}

/** Without its reason: Adyen knows five words for it (`merchantRefundReason`), and takes no free text. */
function refundOf({ amount, currency, reference }: RefundOrder) {
  return ['refunds', { amount: toWire({ amount, currency }), reference }] as const;
}

function ofAccount({ account }: Call<Account>) {
  return { merchantAccount: account.merchant_account };
}

/** The payment's place at Adyen. Throws without its number, a bug: money is held under it. */
function addressOf({ handle, reference }: Order): string {
  if (handle === null) throw new Error(`${reference} has no number at Adyen yet`);
  return `/payments/${encodeURIComponent(handle)}`;
}
