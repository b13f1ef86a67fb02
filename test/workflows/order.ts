import { randomUUID } from 'node:crypto';

import type { Id } from '../../src/domain/id.ts';
import { toMinor } from '../../src/domain/money.ts';
import type { Choice, Terms } from '../../src/domain/payment.ts';
import type { NewPayment } from '../../src/store/payment.ts';
import type { MadeMerchant } from '../../src/store/seed.ts';
import { cny, expiresInMs } from '../support/payment.ts';

export const channel = 'scripted';
export const cardChannel = 'scripted-cards';
export const accountOf = (slug: string): Id<'cha'> => `cha_${slug}`;

/** What of a payment a test cares about. */
export type Given = Partial<Terms> & {
  readonly expires_in_ms?: number;
  readonly by?: Choice | null;
};

export const byCode: Choice = {
  method: 'wechat_pay_qr',
  token: null,
  route: { channel, channel_account: accountOf(channel), account_version: 1 },
};
export const byCard: Choice = {
  method: 'card',
  token: 'tok_any',
  route: { channel: cardChannel, channel_account: accountOf(cardChannel), account_version: 1 },
};

/** An order of CNY 19.99, by QR code at the scripted channel if nothing else is said. */
export function orderOf(
  { merchant, app }: MadeMerchant,
  { by = byCode, ...given }: Given,
): NewPayment {
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
      wallet_id: null,
      expires_in_ms: expiresInMs,
      ...given,
    },
    choice: by,
    details: { description: null, customer: null, metadata: {}, return_url: null, notify_url: null }, // prettier-ignore
    key: { cause: randomUUID(), fingerprint: 'f' },
  };
}
