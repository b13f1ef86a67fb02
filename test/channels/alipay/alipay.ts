import { createVerify, sign } from 'node:crypto';

import { type Account, parseAccount } from '../../../src/channels/alipay/account.ts';
import type { RawCallback } from '../../../src/channels/callback.ts';
import type { HttpReply, HttpRequest } from '../../../src/channels/exchange.ts';
import { answeringAs } from '../answering.ts';
import { keyPair } from '../key-pair.ts';

export const app = keyPair();
export const platform = keyPair();
export const rotated = keyPair();
export const stranger = keyPair();

export const settings = {
  base_url: 'https://openapi.alipay.com',
  app_id: '2021000000000001',
  seller_id: '2088000000000001',
  app_private_key: app.privateKey,
  alipay_public_keys: [platform.publicKey, rotated.publicKey],
};
export const account: Account = parseAccount(settings);
export const now = new Date('2026-11-25T02:00:00Z');

const rsa2 = (text: string, key: string) =>
  sign('sha256', Buffer.from(text), key).toString('base64');

export interface Signing {
  readonly key?: string;
  /** The name of the certificate that a reply says it is signed by. */
  readonly cert_sn?: string | undefined;
  readonly signature?: string;
}

/** A reply of the gateway to this method; `answer` is the inner object, as text where its very bytes matter. */
export function replied(method: string, answer: object | string, signing: Signing = {}): HttpReply {
  const inner = typeof answer === 'string' ? answer : JSON.stringify(answer);
  const mark = signing.signature ?? rsa2(inner, signing.key ?? platform.privateKey);
  const named = signing.cert_sn === undefined ? '' : `"alipay_cert_sn":"${signing.cert_sn}",`;
  const body = `{"${method.replaceAll('.', '_')}_response":${inner},${named}"sign":${JSON.stringify(mark)}}`;
  return { kind: 'reply', status: 200, headers: {}, body };
}

export const done = { code: '10000', msg: 'Success' };
export const refusedBy = (sub_code: string, code = '40004') => ({ code, msg: 'Business Failed', sub_code, sub_msg: '原因' }); // prettier-ignore

/** A call that is answered so, and what it sent. */
export const answering = answeringAs(account, now);

/** Every parameter of a request, wherever it stands. */
export function parametersOf({
  url,
  body,
}: Pick<HttpRequest, 'url' | 'body'>): Record<string, string> {
  return Object.fromEntries([...new URL(url).searchParams, ...new URLSearchParams(body)]);
}

/** Was this request signed with this key, over all of its parameters? Said by Node alone, in the words of channels.md 2.1. */
export function isSignedBy(key: string, { sign: mark, ...rest }: Record<string, string>): boolean {
  const text = Object.keys(rest).toSorted().map((name) => `${name}=${rest[name]}`).join('&');
  return createVerify('RSA-SHA256').update(text).verify(key, mark ?? '', 'base64');
} // prettier-ignore

export const isSignedByApp = (request: Record<string, string>) =>
  isSignedBy(app.publicKey, request);

/** A notice of Alipay as it comes over the wire. `without`: what its signature does not cover. */
export function notified(
  parameters: Record<string, string>,
  { key = platform.privateKey, signature, without = ['sign_type'] }: Signing & { without?: string[] } = {},
): RawCallback {
  const all: Record<string, string> = { ...parameters, sign_type: 'RSA2' };
  const names = Object.keys(all).filter((name) => all[name] !== '' && !without.includes(name));
  const text = names.toSorted().map((name) => `${name}=${all[name]}`).join('&');
  const body = new URLSearchParams({ ...all, sign: signature ?? rsa2(text, key) }).toString();
  return { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: Buffer.from(body) };
} // prettier-ignore

export const trade = {
  ...done,
  out_trade_no: 'att_01kaw0000000000000000000001',
  trade_no: '2026112522001400001000000001',
  trade_status: 'TRADE_SUCCESS',
  total_amount: '19.99',
  receipt_amount: '19.99',
  buyer_pay_amount: '19.99',
  invoice_amount: '19.99',
  point_amount: '0.00',
  send_pay_date: '2026-11-25 09:59:58',
  buyer_user_id: '2088101117955611',
  buyer_logon_id: '159****5620',
  fund_bill_list: [{ fund_channel: 'BANKCARD', bank_code: 'ICBC', amount: '19.99' }],
};

/** A trade that was opened and not paid. */
export const unpaid = {
  ...done,
  out_trade_no: trade.out_trade_no,
  trade_no: trade.trade_no,
  trade_status: 'WAIT_BUYER_PAY',
  total_amount: '19.99',
  receipt_amount: '0.00',
  buyer_pay_amount: '0.00',
};

export const notice = {
  notify_time: '2026-11-25 10:00:00',
  notify_type: 'trade_status_sync',
  notify_id: '2026112500222095958001400001000001',
  app_id: settings.app_id,
  auth_app_id: settings.app_id,
  charset: 'utf-8',
  version: '1.0',
  trade_no: trade.trade_no,
  out_trade_no: trade.out_trade_no,
  buyer_id: '2088101117955611',
  buyer_logon_id: '159****5620',
  seller_id: settings.seller_id,
  seller_email: 'shop@example.com',
  trade_status: 'TRADE_SUCCESS',
  total_amount: '19.99',
  receipt_amount: '19.99',
  subject: 'Two tickets & 两张票 = 50% off+',
  gmt_create: '2026-11-25 09:59:50',
  gmt_payment: '2026-11-25 09:59:58',
  fund_bill_list: '[{"amount":"19.99","fundChannel":"BANKCARD"}]',
};

export const refunded = {
  ...done,
  out_trade_no: trade.out_trade_no,
  trade_no: trade.trade_no,
  out_request_no: 'ref_01kaw0000000000000000000001',
  refund_status: 'REFUND_SUCCESS',
  refund_amount: '5.00',
  total_amount: '19.99',
};

export const accepted = {
  ...done,
  out_trade_no: trade.out_trade_no,
  trade_no: trade.trade_no,
  fund_change: 'Y',
  refund_fee: '5.00',
  gmt_refund_pay: '2026-11-25 10:05:00',
  buyer_user_id: '2088101117955611',
};
