import wechatpay from 'wechatpay-axios-plugin';

import { appParameters } from '../../../src/channels/wechat-pay/client.ts';
import { account, merchant, now, settings } from './wechat.ts';

const { Formatter, Rsa } = wechatpay as any;

test('an app is told parameters whose signature a third-party library verifies', () => {
  const { sign, ...params } = appParameters(account, 'wx1', now);
  expect(params).toEqual({
    appid: settings.appid,
    partnerid: settings.mchid,
    prepayid: 'wx1',
    package: 'Sign=WXPay',
    noncestr: expect.stringMatching(/^[0-9a-f]{32}$/),
    timestamp: String(now.getTime() / 1_000),
  });
  const lines = [params.appid, params.timestamp, params.noncestr, params.prepayid];
  const key = Rsa.from(merchant.publicKey, 'public');
  expect(Rsa.verify(Formatter.joinedByLineFeed(...lines), sign, key)).toBe(true);
});
