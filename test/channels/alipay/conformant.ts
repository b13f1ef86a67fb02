import { alipay } from '../../../src/channels/alipay/channel.ts';
import type { Conformant } from '../rig.ts';
import { settingsOf } from './settings.ts';

/** Alipay as the suite of every channel must be told of it, in the mode of public keys. */
export const conformant: Conformant = {
  channel: alipay,
  settings: settingsOf,
  ofAnother: (settings) => ({ ...settings, seller_id: '2088000000000009' }),
  signatureHeaders: [], // the signature is in the body
  secrets: ({ app_private_key }) => [app_private_key, app_private_key.split('\n')[1]],
  payer: /"buyer_(?:user_id|open_id|logon_id)":"([^"]+)"/,
  amounts: [1, 10_000_000_000],
  notices: {
    payment: /notify_type=trade_status_sync/,
    refund: /refund_fee=/,
    age_ms: 90_000_000,
    nameRefunds: false,
    signed: 'values',
    holdEnded: null,
  },
  envelope: ['timestamp', 'sign'],
  authorization: ({ url }) => /[?&]sign=([^&]+)/.exec(url)?.[1],
  bounces: false, // a refund is done at once
  operations: {},
  keepsFailures: false,
  codes: {
    pays: '285061098828009400',
    asks: '285061098828009401',
    refused: '285061098828009402',
    silent: '285061098828009403',
    lost: '285061098828009404',
  },
  provoked: ['close_without_query', 'refund_beyond_paid'],
};
