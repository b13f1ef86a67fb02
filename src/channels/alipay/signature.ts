import { sign, verify } from 'node:crypto';

import { contentOf, type Parameters } from '../form.ts';
import { isBase64 } from '../text.ts';
import type { Account } from './account.ts';

/** The `sign` of a request: RSA2 over everything else, `sign_type` too. */
export function signatureOf(parameters: Parameters, { app_private_key }: Account): string {
  return sign('sha256', Buffer.from(contentOf(parameters, 'sign')), app_private_key).toString(
    'base64',
  );
}

/** Did Alipay sign this text, with one of the keys that the account knows? */
export function isSigned(
  { alipay_public_keys }: Account,
  text: string,
  signature: string,
): boolean {
  if (!isBase64(signature)) return false;
  const [bytes, mark] = [Buffer.from(text), Buffer.from(signature, 'base64')];
  return alipay_public_keys.some((key) => verify('sha256', bytes, key, mark));
}

/**
 * Did Alipay sign this notice? Without `sign` and `sign_type` (channels.md 2.3); some products keep `sign_type` in,
 * which Alipay's own SDK tries too. RSA with SHA-1 is not taken.
 */
export function isGenuine(account: Account, notice: Parameters): boolean {
  const { sign = '', sign_type } = notice;
  if (sign_type !== 'RSA2') return false;
  return [['sign', 'sign_type'], ['sign']].some((without) =>
    isSigned(account, contentOf(notice, ...without), sign),
  );
}
