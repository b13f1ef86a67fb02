import type { HttpReply } from '../../../src/channels/exchange.ts';
import type { Order } from '../../../src/channels/order.ts';
import type { RefundOrder } from '../../../src/channels/refund.ts';
import { wechatPay } from '../../../src/channels/wechat-pay/channel.ts';
import { toCurrency } from '../../../src/domain/currency.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { answering, madeRefund, paidTransaction } from './wechat.ts';

export const order: Order = {
  method: 'wechat_pay_qr',
  reference: paidTransaction.out_trade_no,
  amount: toMinor(1_999),
  currency: toCurrency('CNY'),
  description: 'Two tickets',
  expires_at: '2026-11-25T02:30:00.000Z',
  notify_url: 'https://pay.example/v1/callbacks/wechat-pay/cha_1',
  channel_key: paidTransaction.out_trade_no,
  handle: null,
  capture: 'automatic',
  token: null,
  return_url: null,
};
export const back: RefundOrder = {
  method: 'wechat_pay_qr',
  reference: madeRefund.out_refund_no,
  receipt_reference: madeRefund.transaction_id,
  attempt_reference: madeRefund.out_trade_no,
  receipt_amount: toMinor(1_999),
  amount: toMinor(500),
  currency: toCurrency('CNY'),
  reason: 'paid more than once',
  notify_url: order.notify_url,
  channel_key: madeRefund.out_refund_no,
  handle: null,
  channel_reference: null,
};
export const h5Order: Order = {
  ...order,
  method: 'wechat_pay_h5',
  token: '203.0.113.7',
  return_url: 'https://shop.example/back?order=7&name=票',
};
export const jsapiOrder: Order = {
  ...order,
  method: 'wechat_pay_jsapi',
  token: paidTransaction.payer.openid,
};

/** What each verb makes of a reply. */
export const verbs = {
  create: (reply: HttpReply) => wechatPay.create(answering(reply), order),
  create_h5: (reply: HttpReply) => wechatPay.create(answering(reply), h5Order),
  create_jsapi: (reply: HttpReply) => wechatPay.create(answering(reply), jsapiOrder),
  query: (reply: HttpReply) => wechatPay.query(answering(reply), order),
  close: (reply: HttpReply) => wechatPay.close(answering(reply), order),
  refund: (reply: HttpReply) => wechatPay.refund(answering(reply), back),
  query_refund: (reply: HttpReply) => wechatPay.queryRefund(answering(reply), back),
};
