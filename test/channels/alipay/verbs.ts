import { alipay } from '../../../src/channels/alipay/channel.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import type { Order } from '../../../src/channels/order.ts';
import type { RefundOrder } from '../../../src/channels/refund.ts';
import { toCurrency } from '../../../src/domain/currency.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { answering, refunded, trade } from './alipay.ts';

export const order: Order = {
  method: 'alipay_qr',
  reference: trade.out_trade_no,
  amount: toMinor(1_999),
  currency: toCurrency('CNY'),
  description: 'Two tickets',
  expires_at: '2026-11-25T02:30:00.000Z',
  notify_url: 'https://pay.example/v1/callbacks/alipay/cha_1',
  channel_key: trade.out_trade_no,
  handle: null,
  capture: 'automatic',
  token: null,
  return_url: 'https://shop.example/back?order=1&from=alipay',
};
export const back: RefundOrder = {
  method: 'alipay_qr',
  reference: refunded.out_request_no,
  receipt_reference: trade.trade_no,
  attempt_reference: trade.out_trade_no,
  receipt_amount: toMinor(1_999),
  amount: toMinor(500),
  currency: toCurrency('CNY'),
  reason: 'paid more than once',
  notify_url: order.notify_url,
  channel_key: refunded.out_request_no,
  handle: null,
  channel_reference: null,
};

/** The method that each verb calls at the gateway. */
export const methods = {
  create: 'alipay.trade.precreate',
  query: 'alipay.trade.query',
  close: 'alipay.trade.close',
  refund: 'alipay.trade.refund',
  query_refund: 'alipay.trade.fastpay.refund.query',
};

/** What each verb makes of a reply. */
export const verbs = {
  create: (reply: HttpReply) => alipay.create(answering(reply), order),
  query: (reply: HttpReply) => alipay.query(answering(reply), order),
  close: (reply: HttpReply) => alipay.close(answering(reply), order),
  refund: (reply: HttpReply) => alipay.refund(answering(reply), back),
  query_refund: (reply: HttpReply) => alipay.queryRefund(answering(reply), back),
};

export const verbNames = Object.keys(verbs) as (keyof typeof verbs)[];
