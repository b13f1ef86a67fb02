import { sign, verify } from 'node:crypto';

import type { Account } from './account.ts';

/** Parameters by their names, not encoded. */
export type Parameters = Readonly<Record<string, string>>;

/** What a signature covers (channels.md 2.1): all parameters but these and the empty ones, sorted, `k=v` joined by `&`. */
export function contentOf(parameters: Parameters, ...without: string[]): string {
  return Object.entries(parameters)
    .filter(([name, value]) => value !== '' && !without.includes(name))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

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

/** Strictly: `Buffer.from` skips what it cannot read. */
function isBase64(text: string): boolean {
  return text.length > 0 && Buffer.from(text, 'base64').toString('base64') === text;
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
