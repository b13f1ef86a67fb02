import { createHash, createVerify, sign } from 'node:crypto';

import type { RawCallback } from '../../../src/channels/callback.ts';
import type { HttpReply, HttpRequest } from '../../../src/channels/exchange.ts';
import type { Order } from '../../../src/channels/order.ts';
import type { RefundOrder } from '../../../src/channels/refund.ts';
import { parseAccount } from '../../../src/channels/unionpay/account.ts';
import { unionpay } from '../../../src/channels/unionpay/channel.ts';
import { toCurrency } from '../../../src/domain/currency.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { answeringAs } from '../answering.ts';
import { keyPair } from '../key-pair.ts';

export const merchant = keyPair();
export const gateway = keyPair();
export const rotated = keyPair();
export const stranger = keyPair();

export const settings = {
  base_url: 'https://gateway.test.95516.com',
  mer_id: '777290058110097',
  cert_id: '68759663125',
  merchant_private_key: merchant.privateKey,
  unionpay_certificates: [gateway.publicKey, rotated.publicKey],
};
export const account = parseAccount(settings);
/** A minute after the order's end. */
export const now = new Date('2025-11-24T23:04:00Z');

export type Members = Readonly<Record<string, string | undefined>>;

/** The signed text in the words of docs/channels/unionpay.md 1, said by Node alone. */
function contentOf(members: Members): string {
  const names = Object.keys(members).filter((name) => members[name] && name !== 'signature');
  return names.toSorted().map((name) => `${name}=${members[name]}`).join('&');
} // prettier-ignore

const hexOf = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');

export function signed(members: Members, key = gateway.privateKey): Record<string, string> {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  const signature = sign('sha256', Buffer.from(hexOf(contentOf(members))), key).toString('base64');
  return { ...(Object.fromEntries(given) as Record<string, string>), signature };
}

/** A reply as it goes over the wire: nothing in it is encoded. */
export function replied(members: Members, key?: string): HttpReply {
  const body = Object.entries(signed(members, key)).map((pair) => pair.join('=')).join('&');
  return { kind: 'reply', status: 200, headers: {}, body };
} // prettier-ignore

/** A notice as it comes over the wire. */
export function notified(members: Members, key?: string): RawCallback {
  const body = new URLSearchParams(signed(members, key)).toString();
  return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: Buffer.from(body) };
} // prettier-ignore

/** The members of a request, and whether the merchant signed them. */
export function readRequest({ body }: HttpRequest) {
  const members = Object.fromEntries(new URLSearchParams(body));
  const verifier = createVerify('RSA-SHA256').update(hexOf(contentOf(members)));
  return { members, isSigned: verifier.verify(merchant.publicKey, members['signature'] ?? '', 'base64') }; // prettier-ignore
}

export const order: Order = {
  method: 'unionpay_qr',
  reference: 'att_01kaw000000000000000000001',
  amount: toMinor(1_999),
  currency: toCurrency('CNY'),
  description: 'Two tickets',
  expires_at: '2025-11-24T23:03:00.000Z',
  notify_url: 'https://pay.example/v1/callbacks/unionpay/cha_1',
  channel_key: 'att_01kaw000000000000000000001',
  handle: null,
  capture: 'automatic',
  token: null,
  return_url: null,
};
export const back: RefundOrder = {
  method: 'unionpay_qr',
  reference: 'ref_01kaw000000000000000000002',
  receipt_reference: '442611250959580000018',
  attempt_reference: order.reference,
  receipt_amount: toMinor(1_999),
  amount: toMinor(500),
  currency: toCurrency('CNY'),
  reason: 'paid more than once',
  notify_url: order.notify_url,
  channel_key: 'ref_01kaw000000000000000000002',
  handle: null,
  channel_reference: null,
};

const common = { version: '5.1.0', encoding: 'UTF-8', signMethod: '01', accessType: '0', merId: settings.mer_id, currencyCode: '156', respMsg: '成功[0000000]' } as const; // prettier-ignore

/** The second in which both numbers above were drawn, in Beijing. */
export const txnTime = '20251125063319';
export const paid = {
  ...common, orderId: 'att01kaw000000000000000000001', txnTime, txnType: '01', txnSubType: '07', bizType: '000000',
  txnAmt: '1999', queryId: back.receipt_reference, traceTime: '1125063401', settleDate: '1125', settleAmt: '1999', accNo: '6216***********0018',
}; // prettier-ignore
export const returned = { ...paid, orderId: 'ref01kaw000000000000000000002', txnType: '04', txnSubType: '00', txnAmt: '500', queryId: '442611251005000000028', origQryId: paid.queryId }; // prettier-ignore

export const answering = answeringAs(account, now);

/** What each verb makes of a reply. */
export const verbs = {
  create: (reply: HttpReply) => unionpay.create(answering(reply), order),
  query: (reply: HttpReply) => unionpay.query(answering(reply), order),
  refund: (reply: HttpReply) => unionpay.refund(answering(reply), back),
  query_refund: (reply: HttpReply) => unionpay.queryRefund(answering(reply), back),
};
