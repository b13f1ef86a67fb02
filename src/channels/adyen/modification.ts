import { z } from 'zod';

import type { CaptureAnswer, CloseAnswer, RefundAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { CaptureOrder, Order } from '../order.ts';
import type { RefundOrder } from '../refund.ts';
import { atMost, read } from '../text.ts';
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
  const spoken = await post(call, path, channel_key, { amount: toWire({ amount, currency }), reference }); // prettier-ignore
  if (spoken.kind === 'done')
    return read(modification, spoken.body) ? { kind: 'pending' } : unclear('not received');
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  return spoken.kind === 'refused' ? errorOf(spoken) : spoken;
}

/** Asks for the release of what is held. */
export async function release(call: Call<Account>, order: Order): Promise<CloseAnswer> {
  const { reference, channel_key } = order;
  const spoken = await post(call, `${addressOf(order)}/cancels`, channel_key, { reference });
  if (spoken.kind === 'done')
    return read(modification, spoken.body) ? { kind: 'closed' } : unclear('not received');
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  return spoken.kind === 'refused' ? { kind: 'refused', detail: spoken.detail } : spoken;
}

/** Asks for money to go back. */
export async function refund(call: Call<Account>, order: RefundOrder): Promise<RefundAnswer> {
  const { amount, currency, reference, channel_key, reason } = order;
  const psp = order.handle ?? order.receipt_reference;
  const spoken = await post(call, `/payments/${encodeURIComponent(psp)}/refunds`, channel_key, {
    amount: toWire({ amount, currency }),
    reference,
    metadata: { reason: atMost(80, reason) },
  });
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  if (spoken.kind === 'refused') return errorOf(spoken);
  if (spoken.kind !== 'done') return spoken;
  const made = read(modification, spoken.body);
  if (!made) return unclear('not received');
  return { kind: 'refund', status: 'processing', channel_reference: made.pspReference, amount, currency }; // prettier-ignore
}

/** The payment's place at Adyen. Throws without its number, a bug: money is held under it. */
function addressOf({ handle, reference }: Order): string {
  if (handle === null) throw new Error(`${reference} has no number at Adyen yet`);
  return `/payments/${encodeURIComponent(handle)}`;
}
