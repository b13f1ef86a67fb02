import { randomUUID } from 'node:crypto';

import { toMinor } from '../../src/domain/money.ts';
import type { Terms } from '../../src/domain/payment.ts';
import type { NewPayment } from '../../src/store/payment.ts';
import type { MadeMerchant } from '../../src/store/seed.ts';
import { cny, expiresInMs } from '../support/payment.ts';

export const channel = 'scripted';
export const account = 'cha_scripted';

/** What of a payment's terms a test cares about. */
export type Given = Partial<Terms> & { readonly expires_in_ms?: number };

/** An order of CNY 19.99 by QR code at the scripted channel. */
export function orderOf({ merchant, app }: MadeMerchant, given: Given): NewPayment {
  return {
    terms: {
      merchant_id: merchant as `mer_${string}`,
      app_id: app as `app_${string}`,
      livemode: false,
      order_no: randomUUID(),
      amount: toMinor(1_999),
      currency: cny,
      capture: 'automatic',
      on_decline: 'retry',
      max_attempts: 5,
      late_money: 'refund',
      expires_in_ms: expiresInMs,
      ...given,
    },
    choice: {
      method: 'wechat_pay_qr',
      token: null,
      route: { channel, channel_account: account, account_version: 1 },
    },
    details: { description: null, customer: null, metadata: {}, return_url: null, notify_url: null }, // prettier-ignore
    key: { cause: randomUUID(), fingerprint: 'f' },
  };
}
