import { unionpay } from '../../src/channels/unionpay/channel.ts';
import { channelContract } from './conformance.ts';

channelContract({
  channel: unionpay,
  settings: (keys, base_url) => ({
    base_url,
    mer_id: keys.mer_id,
    cert_id: keys.cert_id,
    merchant_private_key: keys.merchant_private_key,
    unionpay_certificates: [keys.unionpay_certificate],
  }),
  ofAnother: (settings) => ({ ...settings, mer_id: '777290058110097' }),
  signatureHeaders: [], // the signature is in the body
  secrets: ({ merchant_private_key }) => [
    merchant_private_key,
    merchant_private_key.split('\n')[1],
  ],
  payer: /accNo=([^&]+)/,
  amounts: [1, 999_999_999_999],
  notices: {
    payment: /txnType=01/,
    refund: /txnType=04/,
    age_ms: null,
    nameRefunds: true,
    signed: 'values',
    holdEnded: null,
  },
  envelope: [],
  authorization: ({ body }) => /signature=([^&]+)/.exec(body)?.[1],
  neverCloses: true,
  bounces: false, // nothing is known of one that is sent back once it has succeeded
  operations: {},
  keepsFailures: false,
  others: { unionpay_app: null },
  provoked: ['refund_beyond_paid'],
});
