import { verify } from 'node:crypto';
import { crc32 } from 'node:zlib';

import type { RawCallback } from '../callback.ts';
import type { Account } from './account.ts';

/**
 * Is this notice PayPal's own, and meant for this webhook? The signature covers the number and the time of the
 * transmission, the webhook's number and the CRC of the raw body (channels.md section 4).
 */
export function isGenuine(account: Account, { headers, body }: RawCallback): boolean {
  const id = headers['paypal-transmission-id'];
  const time = headers['paypal-transmission-time'];
  const signature = bytesOf(headers['paypal-transmission-sig'] ?? '');
  if (!id || !time || !signature || headers['paypal-auth-algo'] !== 'SHA256withRSA') return false;
  const message = Buffer.from([id, time, account.webhook_id, crc32(body)].join('|'));
  return account.webhook_certificates.some((key) => verify('RSA-SHA256', message, key, signature));
}

/** Strictly, so that one signature has one spelling; null for what is none. */
function bytesOf(base64: string): Buffer | null {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === base64 ? bytes : null;
}
