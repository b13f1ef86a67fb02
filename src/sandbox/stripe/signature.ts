import { createHmac } from 'node:crypto';

import { rotation } from '../rotation.ts';
import { stripeKeys as keys } from './keys.ts';
import { channel } from './wording.ts';

/** The secrets of the endpoint: while it is rolled both, the new one first. */
function secrets(): readonly string[] {
  const both = [keys.webhook_secret, keys.next_webhook_secret];
  const newestFirst = rotation.keyOf(channel) === 'next' ? both.toReversed() : both;
  return rotation.isWithBoth(channel) ? newestFirst : newestFirst.slice(0, 1);
}

/**
 * The header `Stripe-Signature` (channels.md 3): each `v1` is HMAC-SHA256 over time, a point and the body.
 *
 * @param body the exact text that is sent
 * @param options another time or another secret than the endpoint's, for faults
 */
export function signatureOf(body: string, options: { at?: number; secret?: string } = {}): string {
  const t = Math.floor((options.at ?? Date.now()) / 1_000);
  const v1 = (secret: string) => createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
  const signed = options.secret === undefined ? secrets() : [options.secret];
  return [`t=${t}`, ...signed.map((secret) => `v1=${v1(secret)}`)].join();
}
