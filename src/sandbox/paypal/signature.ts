import { type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';

import { presentCertificate } from './certificate.ts';
import { paypalKeys as keys } from './keys.ts';

export const algorithm = 'SHA256withRSA';

/** What a signature is about besides the body. */
export interface Transmission {
  readonly id: string;
  /** RFC 3339, as in the header. */
  readonly time: string;
}

/** Transmission, webhook and the CRC-32 of the body's bytes as an unsigned decimal (channels.md 4). */
function signedText({ id, time }: Transmission, webhook_id: string, body: string): string {
  return `${id}|${time}|${webhook_id}|${crc32(body)}`;
}

/**
 * The header `PAYPAL-TRANSMISSION-SIG`.
 *
 * @param body the exact text that is sent
 * @param key another private key than PayPal's own, for faults
 */
export function signatureOf(
  transmission: Transmission,
  body: string,
  key: KeyObject | string = presentCertificate().private_key,
): string {
  const text = signedText(transmission, keys.webhook_id, body);
  return sign('RSA-SHA256', Buffer.from(text), key).toString('base64');
}

/**
 * Is this what was signed for this webhook?
 *
 * @param signature as in the header
 * @param certificate PEM, the one that the webhook names
 */
export function isGenuine(
  transmission: Transmission,
  webhook_id: string,
  body: string,
  signature: string,
  certificate: string,
): boolean {
  const { publicKey } = new X509Certificate(certificate);
  const text = signedText(transmission, webhook_id, body);
  return verify('RSA-SHA256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64'));
}
