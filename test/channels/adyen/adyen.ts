import { createHmac } from 'node:crypto';

import { adyen } from '../../../src/channels/adyen/channel.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import type { CaptureOrder, Order } from '../../../src/channels/order.ts';
import type { RefundOrder } from '../../../src/channels/refund.ts';
import { toCurrency } from '../../../src/domain/currency.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { answeringAs } from '../answering.ts';

/** The key of the published vector (channels.md section 5). */
export const hmacKey = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';

export const settings = {
  base_url: 'https://checkout-test.adyen.com',
  merchant_account: 'TestMerchant',
  api_key: 'AQEyhmfxKonIYxZGw0m_secret',
  report_api_key: 'AQEreports_secret',
  hmac_keys: [hmacKey],
};
export const account = adyen.parseAccount(settings);
export const now = new Date('2026-11-29T20:00:00.000Z');
export const answering = answeringAs(account, now);

export const order: Order = {
  method: 'card',
  reference: 'att_01kbx6h0000000000000000001',
  amount: toMinor(1_999),
  currency: toCurrency('KWD'),
  description: 'Two tickets',
  expires_at: '2026-11-29T20:30:00.000Z',
  notify_url: 'https://pay.example/v1/callbacks/adyen/cha_01kbx6h0000000000000000009',
  channel_key: 'att_01kbx6h0000000000000000001.create',
  handle: null,
  capture: 'automatic',
  token: 'tok_ok',
  return_url: 'https://shop.example/back',
  returned: 'X6XtfGC3!redirected',
};
export const psp = 'NC6HT9CRT65ZGN82';
export const held: CaptureOrder = {
  ...order,
  handle: psp,
  capture: 'manual',
  channel_key: 'cap_01kbx6h0000000000000000002',
  capture_reference: 'cap_01kbx6h0000000000000000002',
  capture_amount: toMinor(500),
  captured_before: toMinor(0),
  is_final: true,
};
export const back: RefundOrder = {
  method: 'card',
  reference: 'ref_01kbx6h0000000000000000003',
  receipt_reference: psp,
  attempt_reference: order.reference,
  receipt_amount: order.amount,
  amount: toMinor(500),
  currency: order.currency,
  reason: 'broken',
  notify_url: order.notify_url,
  channel_key: 'ref_01kbx6h0000000000000000003',
  handle: psp,
  channel_reference: null,
};

export const replied = (status: number, body: unknown, headers = {}): HttpReply => ({
  kind: 'reply',
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** A report as it is downloaded. */
export const filed = (text: string, status = 200): HttpReply => ({
  kind: 'reply',
  status,
  headers: {},
  body: '',
  file: Buffer.from(text),
});

/** An item of a webhook, signed as Adyen signs it: by hand, from the words of its documents. */
export function item(given: Record<string, unknown> = {}, key = hmacKey): any {
  const made: any = {
    eventCode: 'AUTHORISATION',
    success: 'true',
    eventDate: '2026-11-29T20:59:59+01:00',
    pspReference: psp,
    originalReference: '',
    merchantAccountCode: settings.merchant_account,
    merchantReference: order.reference,
    amount: { value: 1_999, currency: 'KWD' },
    paymentMethod: 'visa',
    operations: ['CANCEL', 'CAPTURE', 'REFUND'],
    reason: '033899:1111:03/2030',
    ...given,
  };
  const text = [made.pspReference, made.originalReference, made.merchantAccountCode, made.merchantReference, made.amount?.value, made.amount?.currency, made.eventCode, made.success].map((part) => part ?? '').join(':'); // prettier-ignore
  const hmacSignature = createHmac('sha256', Buffer.from(key, 'hex')).update(text, 'utf8').digest('base64'); // prettier-ignore
  return {
    ...made,
    additionalData: { ...made.additionalData, hmacSignature, cardSummary: '1111' },
  };
}

export const webhook = (items: unknown[], live = 'false') =>
  Buffer.from(
    JSON.stringify({
      live,
      notificationItems: items.map((one) => ({ NotificationRequestItem: one })),
    }),
  );

/** What is read in a body, its one item. */
export const read = (body: Buffer, of = account) =>
  adyen.readCallback(of, { headers: {}, body }, now);
export const readItem = (given: Record<string, unknown>) => read(webhook([item(given)]));
