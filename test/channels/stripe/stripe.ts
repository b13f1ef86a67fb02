import Stripe from 'stripe';

import type { RawCallback } from '../../../src/channels/callback.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import type { CaptureOrder, Order } from '../../../src/channels/order.ts';
import type { RefundOrder } from '../../../src/channels/refund.ts';
import { type Account, parseAccount } from '../../../src/channels/stripe/account.ts';
import { toCurrency } from '../../../src/domain/currency.ts';
import { toMinor, zero } from '../../../src/domain/money.ts';
import { answeringAs } from '../answering.ts';

export const settings = {
  base_url: 'https://api.stripe.com',
  api_key: 'sk_test_51HoldfastKey',
  webhook_secrets: ['whsec_new', 'whsec_old'],
};
export const account: Account = parseAccount(settings);
export const now = new Date('2026-11-25T02:00:00Z');

/** Official, and none of our code: it signs as Stripe does. */
const official = new Stripe('sk_test_none');

export const order: Order = {
  method: 'card',
  reference: 'att_01kaw0000000000000000000a1',
  amount: toMinor(1_999),
  currency: toCurrency('USD'),
  description: 'Two tickets',
  expires_at: '2026-11-25T02:30:00.000Z',
  notify_url: 'https://pay.example/v1/callbacks/stripe/cha_1',
  channel_key: 'att_01kaw0000000000000000000a1.create',
  handle: 'pi_3QHoldfast',
  capture: 'automatic',
  token: 'tok_visa_secret1',
  return_url: 'https://shop.example/back?a=1&b=2',
};
export const part: CaptureOrder = {
  ...order,
  channel_key: 'cap_01kaw0000000000000000000a1',
  capture: 'manual',
  capture_reference: 'cap_01kaw0000000000000000000a1',
  capture_amount: toMinor(500),
  captured_before: zero,
  is_final: false,
};
export const back: RefundOrder = {
  method: 'card',
  reference: 'ref_01kaw0000000000000000000a1',
  receipt_reference: 'pi_3QHoldfast',
  attempt_reference: order.reference,
  receipt_amount: toMinor(1_999),
  amount: toMinor(500),
  currency: toCurrency('USD'),
  reason: 'paid more than once',
  notify_url: order.notify_url,
  channel_key: 'ref_01kaw0000000000000000000a1',
  handle: 'pi_3QHoldfast',
  channel_reference: 're_3QHoldfast',
};

export const charge = {
  id: 'ch_3QHoldfast',
  object: 'charge',
  amount: 1999,
  billing_details: { email: 'ada@example.org', name: 'Ada Lovelace', phone: null },
  created: 1_795_572_000, // 2026-11-25T02:00:00Z
  payment_method_details: {
    card: { brand: 'visa', capture_before: null, fingerprint: 'Xt5EWLLDS7FJjR1c', last4: '4242' },
    type: 'card',
  },
  receipt_url: 'https://pay.stripe.com/receipts/payment/CAcaFwoV',
};
export const paid = {
  id: 'pi_3QHoldfast',
  object: 'payment_intent',
  amount: 1999,
  amount_capturable: 0,
  amount_received: 1999,
  cancellation_reason: null,
  capture_method: 'automatic',
  client_secret: 'pi_3QHoldfast_secret_YrKJUKribcBjcG8HVhfZluoGH',
  created: 1_795_571_990,
  currency: 'usd',
  last_payment_error: null as object | null,
  latest_charge: charge as object | string | null,
  livemode: false,
  metadata: { reference: order.reference } as Record<string, unknown>,
  next_action: null as object | null,
  payment_method: 'pm_1QHoldfast',
  payment_method_types: ['card'],
  status: 'succeeded',
};
export const waiting = {
  ...paid,
  amount_received: 0,
  latest_charge: null,
  status: 'requires_payment_method',
};
export const refunded = {
  id: 're_3QHoldfast',
  object: 'refund',
  amount: 500,
  charge: charge.id,
  created: 1_795_572_010,
  currency: 'usd',
  metadata: { reference: back.reference } as Record<string, unknown>,
  payment_intent: 'pi_3QHoldfast' as string | null,
  status: 'succeeded' as string | null,
};

/** A reply as it came over the wire; header names are lower case. */
export function replied(status: number, content: unknown, headers = {}): HttpReply {
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  return { kind: 'reply', status, headers, body };
}

export const refusedWith = (status: number, error: object, headers = {}): HttpReply =>
  replied(status, { error: { type: 'invalid_request_error', message: 'No.', ...error } }, headers);

export const replayed = { 'idempotent-replayed': 'true' };

/** A call that is answered so, the last for ever, and what it sent. */
export const answering = answeringAs(account, now);

export interface Signing {
  readonly secret?: string;
  readonly at?: Date;
}

/** A webhook with this text, signed by the official library. */
export function signed(
  body: string,
  { secret = 'whsec_new', at = now }: Signing = {},
): RawCallback {
  const header = official.webhooks.generateTestHeaderString({
    payload: body,
    secret,
    timestamp: Math.floor(at.getTime() / 1_000),
  });
  return { headers: { 'stripe-signature': header }, body: Buffer.from(body) };
}

/** An event of this type about this object. */
export function notified(
  type: string,
  object: unknown,
  given: { change?: object } & Signing = {},
): RawCallback {
  const event = {
    id: 'evt_3QHoldfast',
    object: 'event',
    api_version: '2026-10-28.endive',
    created: 1_795_572_000,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
    ...given.change,
  };
  return signed(JSON.stringify(event), given);
}
