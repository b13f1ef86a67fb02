import type { Channel } from '../channel.ts';
import { type Account, parseAccount } from './account.ts';
import { bill, bills } from './bill.ts';
import { readCallback } from './callback.ts';
import { charge, reverse } from './codepay.ts';
import { close, query } from './order.ts';
import { create } from './prepay.ts';
import { redact } from './redaction.ts';
import { queryRefund, refund } from './refund.ts';
import { isPresented } from './way.ts';

const fail = JSON.stringify({ code: 'FAIL', message: '失败' });

/**
 * WeChat Pay, APIv3: a QR code, a page for a phone's browser, a page or mini program in WeChat, an app, and a code that the
 * payer presents (channels.md section 1).
 */
export const wechatPay: Channel<Account> = {
  slug: 'wechat-pay',
  facts: {
    methods: {
      wechat_pay_qr: ['CNY'],
      wechat_pay_h5: ['CNY'],
      wechat_pay_jsapi: ['CNY'],
      wechat_pay_app: ['CNY'],
      wechat_pay_code: ['CNY'],
    },
    exceptions: { wechat_pay_code: { reversed_after_ms: 60_000 } }, // the code is good for a minute
    bill: bills,
    hosts: ['api.mch.weixin.qq.com', 'api2.mch.weixin.qq.com'], // the second one in another city
    identity: ['mchid', 'appid'],
    reply_keys: ['platform_keys'],
    reported_after_ms: null,
    replay_window_ms: null,
    not_found_means: 'never_created',
    calls: { at_once: 100, per_second: 100 }, // WeChat allows queries of refunds 300 times a second, and names no other limit
    closed_when: 'query_says_closed',
    confirms: 'never',
    captures: 'none',
    refund_spacing_ms: 60_000,
    refunds_max: 50,
    verdict_type: 'application/json',
    verdicts: {
      accepted: { status: 204, body: null },
      refused: { status: 400, body: fail },
      forged: { status: 401, body: fail },
      retry: { status: 500, body: fail },
    },
  },
  parseAccount,
  create: (call, order) => (isPresented(order) ? charge(call, order) : create(call, order)),
  query,
  close: (call, order) => (isPresented(order) ? reverse(call, order) : close(call, order)),
  refund,
  queryRefund,
  bill,
  readCallback,
  redact,
};
