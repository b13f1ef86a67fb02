import { wechatPay } from '../../src/channels/wechat-pay/channel.ts';
import { channelContract } from './conformance.ts';
import { settingsOf } from './wechat-pay/account.ts';

channelContract({
  channel: wechatPay,
  settings: settingsOf,
  ofAnother: (settings) => ({ ...settings, mchid: '1900000001' }),
  signatureHeaders: [
    'wechatpay-signature',
    'wechatpay-timestamp',
    'wechatpay-nonce',
    'wechatpay-serial',
  ],
  secrets: (settings) => [
    settings.api_v3_key,
    settings.merchant_private_key,
    settings.merchant_private_key.split('\n')[1],
  ],
  payer: /"(?:openid|payer_client_ip)":"([^"]+)"/,
  amounts: [1, 999_999_999_999],
  notices: {
    payment: /TRANSACTION\.SUCCESS/,
    refund: /REFUND\./,
    age_ms: 300_000,
    nameRefunds: true,
    signed: 'bytes',
    holdEnded: null,
  },
  envelope: [],
  authorization: ({ headers }) => headers['Authorization'],
  bounces: true,
  operations: {},
  keepsFailures: false,
  others: {
    wechat_pay_app: null,
    wechat_pay_h5: '203.0.113.7',
    wechat_pay_jsapi: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
  },
  codes: {
    pays: '130061098828009400',
    asks: '130061098828009401',
    refused: '130061098828009402',
    silent: '130061098828009403',
    lost: '130061098828009404',
  },
  provoked: ['close_without_query', 'refund_beyond_paid'],
});
