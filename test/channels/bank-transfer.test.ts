import { bankTransfer } from '../../src/channels/bank-transfer/channel.ts';
import { channelContract } from './conformance.ts';

channelContract({
  channel: bankTransfer,
  settings: (keys, base_url) => ({
    base_url,
    customer: keys.customer,
    customer_key_id: keys.customer_key_id,
    customer_private_key: keys.customer_private_key,
    bank_keys: { [keys.bank_key_id]: keys.bank_public_key },
  }),
  ofAnother: (settings) => ({ ...settings, customer: 'CST9' }),
  signatureHeaders: ['signature', 'signature-input', 'content-digest', 'content-type'],
  secrets: ({ customer_private_key }) => [
    customer_private_key,
    customer_private_key.split('\n')[1],
  ],
  payer: /(?<="debtor":\{[^}]*)"(?:name|iban)":"([^"]+)"/,
  amounts: [1, 999_999_999_999],
  notices: {
    payment: /"type":"credit\.booked"/,
    refund: /"type":"return\.booked"/,
    age_ms: 300_000,
    nameRefunds: true,
    signed: 'bytes',
    holdEnded: null,
  },
  envelope: [],
  authorization: ({ headers }) => headers['Signature'],
  bounces: true,
  operations: {},
  keepsFailures: false,
  credits: true,
  provoked: ['refund_beyond_paid'],
});
