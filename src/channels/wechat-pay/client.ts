import { createHash } from 'node:crypto';

import type { Account } from './account.ts';
import { signedLines } from './signature.ts';

/**
 * What a page in WeChat hands to `WeixinJSBridge`, and a mini program to `wx.requestPayment` (channels.md 1.4). Made
 * once, when the order's reply comes in, and shown from its row; out of the same reply of the same second it is the same.
 */
export function jsapiParameters(account: Account, prepayId: string, now: Date) {
  const { appid: appId } = account;
  const { timeStamp, nonceStr } = dated(prepayId, now);
  const pack = `prepay_id=${prepayId}`;
  const paySign = signedLines(account, [appId, timeStamp, nonceStr, pack]);
  return { appId, timeStamp, nonceStr, package: pack, signType: 'RSA', paySign };
}

/** What an app hands to WeChat's SDK (channels.md 1.4), made like that. */
export function appParameters(account: Account, prepayid: string, now: Date) {
  const { appid, mchid: partnerid } = account;
  const { timeStamp: timestamp, nonceStr: noncestr } = dated(prepayid, now);
  const sign = signedLines(account, [appid, timestamp, noncestr, prepayid]);
  return { appid, partnerid, prepayid, package: 'Sign=WXPay', noncestr, timestamp, sign };
}

/** The nonce need only differ from order to order and from second to second: the order's number says enough. */
function dated(prepayId: string, now: Date): { timeStamp: string; nonceStr: string } {
  const timeStamp = String(Math.floor(now.getTime() / 1_000));
  const digest = createHash('sha256').update(`${prepayId}\n${timeStamp}`).digest('hex');
  return { timeStamp, nonceStr: digest.slice(0, 32) };
}
