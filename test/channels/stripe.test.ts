import { stripe } from '../../src/channels/stripe/channel.ts';
import { channelContract } from './conformance.ts';

channelContract({
  channel: stripe,
  settings: (keys, base_url) => ({
    base_url,
    api_key: keys.api_key,
    webhook_secrets: [keys.webhook_secret],
  }),
  ofAnother: (settings) => ({ ...settings, webhook_secrets: ['whsec_of_another'] }),
  signatureHeaders: ['stripe-signature'],
  secrets: ({ api_key, webhook_secrets }) => [api_key, ...webhook_secrets],
  payer: /"payment_method":"([^"]+)"/,
  amounts: [50, 99_999_999],
  notices: {
    payment: /"type":"payment_intent\.succeeded"/,
    refund: /"type":"refund\./,
    age_ms: 300_000,
    nameRefunds: true,
    signed: 'bytes',
    holdEnded: /"type":"payment_intent\.canceled"/,
  },
  envelope: [],
  authorization: ({ headers }) => headers['Authorization'],
  bounces: true,
  operations: { create: 'any', confirm: 'create' }, // what takes money is its `create`
  keepsFailures: true,
  others: { apple_pay: 'tok_ok', google_pay: 'pm_card_visa', ideal: null, grabpay: null },
  provoked: ['refund_beyond_captured', 'capture_beyond_held'],
});
