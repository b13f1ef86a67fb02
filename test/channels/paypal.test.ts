import { paypal } from '../../src/channels/paypal/channel.ts';
import { channelContract } from './conformance.ts';

channelContract({
  channel: paypal,
  settings: (keys, base_url) => ({
    base_url,
    client_id: keys.client_id,
    client_secret: keys.client_secret,
    merchant_id: keys.merchant_id,
    webhook_id: keys.webhook_id,
    webhook_certificates: [keys.webhook_certificate],
  }),
  ofAnother: (settings) => ({ ...settings, merchant_id: 'ANOTHERSHOP', webhook_id: 'ANOTHER' }),
  signatureHeaders: [
    'paypal-transmission-id',
    'paypal-transmission-time',
    'paypal-transmission-sig',
    'paypal-auth-algo',
  ],
  secrets: ({ client_secret }) => [client_secret],
  payer: /"(?:email_address|payer_id|account_id)":"([^"]+)"/,
  amounts: [1, 999_999_999],
  notices: {
    payment: /"event_type":"PAYMENT\.CAPTURE\.COMPLETED"/,
    refund: /"event_type":"PAYMENT\.CAPTURE\.REFUNDED"/,
    age_ms: 259_200_000,
    nameRefunds: true,
    signed: 'bytes',
    holdEnded: null,
  },
  envelope: [],
  authorization: ({ headers }) => headers['Authorization'],
  bounces: false,
  operations: { confirm: 'capture' }, // what takes the money of an order
  keepsFailures: false,
  provoked: ['refund_beyond_captured', 'capture_beyond_held'],
});
