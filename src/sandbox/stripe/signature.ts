import { createHmac } from 'node:crypto';

import { stripeKeys as keys } from './keys.ts';

/**
 * The header `Stripe-Signature` (channels.md 3): `v1` is HMAC-SHA256 over time, a point and the body.
 *
 * @param body the exact text that is sent
 * @param options another time or another secret than the endpoint's, for faults
 */
export function signatureOf(body: string, options: { at?: number; secret?: string } = {}): string {
  const t = Math.floor((options.at ?? Date.now()) / 1_000);
  const v1 = createHmac('sha256', options.secret ?? keys.webhook_secret)
    .update(`${t}.${body}`)
    .digest('hex');
  return `t=${t},v1=${v1}`;
}
