import { createSign } from 'node:crypto';
import { crc32 } from 'node:zlib';

import type { RawCallback } from '../../../src/channels/callback.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import type { CaptureOrder, Order } from '../../../src/channels/order.ts';
import { type Account, parseAccount } from '../../../src/channels/paypal/account.ts';
import type { RefundOrder } from '../../../src/channels/refund.ts';
import { toCurrency } from '../../../src/domain/currency.ts';
import { toMinor, zero } from '../../../src/domain/money.ts';
import { answeringAs } from '../answering.ts';
import { keyPair } from '../key-pair.ts';

const [one, other, nobodys] = [keyPair(), keyPair(), keyPair()];
export const keys = { one, other, nobodys };

export const settings = {
  base_url: 'https://api-m.sandbox.paypal.com',
  client_id: 'AcHoldfast_client-1',
  client_secret: 'EK-Holdfast_secret-1',
  merchant_id: 'HOLDFASTSHOP1',
  webhook_id: '8PT597110X687430LKGECATA',
  webhook_certificates: [one.publicKey, other.publicKey],
};
export const account: Account = parseAccount(settings);
export const now = new Date('2026-11-25T02:00:00Z');

export const order: Order = {
  method: 'paypal',
  reference: 'att_01kaw0000000000000000000a1',
  amount: toMinor(1_999),
  currency: toCurrency('USD'),
  description: 'Two tickets',
  expires_at: '2026-11-25T02:30:00.000Z',
  notify_url: 'https://pay.example/v1/callbacks/paypal/cha_1',
  channel_key: 'att_01kaw0000000000000000000a1.create',
  handle: '5O190127TN364715T',
  capture: 'automatic',
  token: null,
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
  method: 'paypal',
  reference: 'ref_01kaw0000000000000000000a1',
  receipt_reference: '3C679366HH908993F',
  attempt_reference: order.reference,
  receipt_amount: toMinor(1_999),
  amount: toMinor(500),
  currency: toCurrency('USD'),
  reason: 'paid more than once',
  notify_url: order.notify_url,
  channel_key: 'ref_01kaw0000000000000000000a1',
  handle: '5O190127TN364715T',
  channel_reference: null,
};
/** The same, of a part of what was held: its receipt bears our number. */
export const backOfPart: RefundOrder = { ...back, receipt_reference: part.capture_reference };

const usd = (value: string) => ({ currency_code: 'USD', value });
const link = (rel: string, href: string) => ({ rel, href, method: 'GET' });
export const page = 'https://www.sandbox.paypal.com/checkoutnow?token=5O190127TN364715T';

export const payer = {
  name: { given_name: 'Ada', surname: 'Lovelace' },
  email_address: 'ada@example.org',
  payer_id: 'QYR5Z8XDVJNXQ',
  address: { address_line_1: '12 St James’s Square', postal_code: 'SW1Y 4JH', country_code: 'GB' },
};
export const captured = {
  id: '3C679366HH908993F',
  status: 'COMPLETED',
  amount: usd('19.99'),
  final_capture: true,
  custom_id: order.reference as string | undefined,
  invoice_id: order.reference,
  create_time: '2026-11-25T01:59:58Z',
  update_time: '2026-11-25T01:59:58Z',
  seller_receivable_breakdown: {
    gross_amount: usd('19.99'),
    paypal_fee: usd('0.88'),
    net_amount: usd('19.11'),
  },
};
/** A part of a hold. */
export const partCaptured = {
  ...captured,
  id: '7TK53561YB803214S',
  amount: usd('5.00'),
  final_capture: false,
  invoice_id: part.capture_reference,
};
export const authorized = {
  id: '0AW2184448108334S',
  status: 'CREATED',
  amount: usd('19.99'),
  custom_id: order.reference,
  create_time: '2026-11-25T01:59:58Z',
  update_time: '2026-11-25T01:59:58Z',
  expiration_time: '2026-12-24T01:59:58Z',
};
export const refunded = {
  id: '1JU08902781691411',
  status: 'COMPLETED',
  amount: usd('5.00'),
  invoice_id: back.reference as string | undefined,
  create_time: '2026-11-25T02:00:00Z',
};

/** An order with what was made of it. */
export function orderOf(status: string, payments?: object, change: object = {}) {
  const unit = {
    reference_id: order.reference,
    custom_id: order.reference,
    invoice_id: order.reference,
    amount: usd('19.99'),
    payee: { email_address: 'shop@example.org', merchant_id: settings.merchant_id },
    ...(payments ? { payments } : {}),
  };
  return {
    id: order.handle,
    intent: 'CAPTURE',
    status,
    payer,
    payment_source: { paypal: { email_address: payer.email_address, account_id: payer.payer_id } },
    purchase_units: [unit],
    links: [link('self', `https://api-m.sandbox.paypal.com/v2/checkout/orders/${order.handle}`)],
    ...change,
  };
}
export const unitWith = (change: object) => {
  const [unit] = orderOf('').purchase_units;
  return { purchase_units: [{ ...unit, ...change }] };
};
export const waiting = orderOf('PAYER_ACTION_REQUIRED', undefined, {
  links: [link('self', 'https://api-m.sandbox.paypal.com/x'), link('payer-action', page)],
});
export const agreed = orderOf('APPROVED');
export const paid = orderOf('COMPLETED', { captures: [captured] });
/** A hold, of which this was captured. */
export const holding = (captures: object[] = [], hold: object = {}) =>
  orderOf('COMPLETED', { authorizations: [{ ...authorized, ...hold }], captures }, { intent: 'AUTHORIZE' }); // prettier-ignore

/** A reply as it came over the wire; header names are lower case. */
export function replied(status: number, content: unknown): HttpReply {
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  return { kind: 'reply', status, headers: {}, body };
}

export const refusedWith = (status: number, issue: string, more: object = {}): HttpReply =>
  replied(status, {
    name: status === 404 ? 'RESOURCE_NOT_FOUND' : 'UNPROCESSABLE_ENTITY',
    message: 'The requested action could not be performed.',
    debug_id: '90957fca61718',
    details: [{ issue, description: 'No.' }],
    ...more,
  });

/** A call that is answered so, the last for ever, and what it sent. */
export const answering = answeringAs(account, now);

export interface Signing {
  readonly key?: string;
  readonly webhook_id?: string;
}

/** A notice of these bytes, signed as channels.md section 4 has it. */
export function signed(
  body: string,
  { key = keys.one.privateKey, webhook_id = settings.webhook_id }: Signing = {},
): RawCallback {
  const id = '69cd13f0-d67a-11e5-baa3-778b53f4ae55';
  const time = '2026-11-25T02:00:00Z';
  const message = [id, time, webhook_id, crc32(body)].join('|');
  return {
    headers: {
      'paypal-transmission-id': id,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': createSign('SHA256').update(message).sign(key, 'base64'),
      'paypal-cert-url': 'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
      'paypal-auth-algo': 'SHA256withRSA',
    },
    body: Buffer.from(body),
  };
}

/** An event of this type about this resource. */
export function notified(
  event_type: string,
  resource_type: string,
  resource: unknown,
  signing: Signing = {},
): RawCallback {
  const event = {
    id: 'WH-58D329510W468432D-8HN650336L201105X',
    event_version: '1.0',
    create_time: '2026-11-25T02:00:00.000Z',
    resource_type,
    event_type,
    summary: 'Something happened',
    resource,
    links: [],
  };
  return signed(JSON.stringify(event), signing);
}

/** A capture as it is told by itself, beside its order. */
export const told = {
  ...captured,
  payee: { email_address: 'shop@example.org', merchant_id: settings.merchant_id },
  supplementary_data: { related_ids: { order_id: order.handle } as object },
};
