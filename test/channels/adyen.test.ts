import { adyen } from '../../src/channels/adyen/channel.ts';
import { channelContract } from './conformance.ts';

channelContract({
  channel: adyen,
  settings: ({ merchant_account, api_key, report_api_key, hmac_key }, base_url) => ({
    base_url,
    merchant_account,
    api_key,
    report_api_key,
    hmac_keys: [hmac_key],
  }),
  ofAnother: (settings) => ({ ...settings, merchant_account: 'AnotherShop', hmac_keys: ['ab'.repeat(32)] }),
  signatureHeaders: [], // each item bears its own
  secrets: ({ api_key, report_api_key, hmac_keys }) => [api_key, report_api_key, ...hmac_keys],
  payer: /"(?:authCode|expiryDate)":"([^"]+)"/,
  amounts: [1, 999_999_999],
  notices: {
    payment: /"eventCode":"AUTHORISATION"/,
    refund: /"eventCode":"REFUND"/,
    age_ms: null,
    nameRefunds: true,
    signed: 'members',
    holdEnded: /"eventCode":"EXPIRE"/,
  },
  envelope: [],
  authorization: ({ headers }) => headers['X-API-Key'],
  bounces: true,
  operations: { confirm: 'create' }, // what takes money is its `create`
  keepsFailures: false,
  reportsSoon: { SANDBOX_ADYEN_BATCH_S: '2' },
  provoked: ['refund_beyond_captured', 'capture_beyond_held'],
}); // prettier-ignore
