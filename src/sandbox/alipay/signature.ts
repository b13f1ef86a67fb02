import { createPrivateKey, createPublicKey, createVerify, type KeyObject, sign } from 'node:crypto';

import { rotation } from '../rotation.ts';
import { alipayKeys as keys } from './keys.ts';
import { nextAlipayKeys } from './next-key.ts';
import { channel } from './wording.ts';

const alipaysKeys = {
  first: createPrivateKey(keys.alipay_private_key),
  next: createPrivateKey(nextAlipayKeys.next_alipay_private_key),
} as const;
const appKey = createPublicKey(keys.app_public_key);

/**
 * What is signed of these parameters: sorted by name, without the empty ones, not URL-encoded (channels.md 2.1).
 *
 * @param without `sign`, and in notices `sign_type` too
 */
export function signedText(
  parameters: Iterable<readonly [name: string, value: string]>,
  without: readonly string[],
): string {
  return [...parameters]
    .filter(([name, value]) => value !== '' && !without.includes(name))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function presentKey(): KeyObject {
  return alipaysKeys[rotation.keyOf(channel)];
}

/** RSA2 in Alipay's name, or in that of whoever has the key. */
export function signatureOf(text: string, key: KeyObject = presentKey()): string {
  return sign('sha256', Buffer.from(text), key).toString('base64');
}

/** Did the merchant sign this text? */
export function isMerchants(text: string, signature: string): boolean {
  return createVerify('sha256').update(text).verify(appKey, signature, 'base64');
}

/**
 * An answer as it goes over the wire. The signature covers the exact bytes of the inner object, in which
 * Alipay escapes every slash: whoever parses and prints it again does not get the same bytes.
 *
 * @param body first the inner object under the method's name; `error_response` is not signed
 */
export function spelt(body: object): string {
  const [[name, inner], ...others] = Object.entries(body) as [
    [string, unknown],
    ...[string, unknown][],
  ];
  const text = JSON.stringify(inner).replaceAll('/', '\\/');
  if (name === 'error_response') return `{"${name}":${text}}`;
  const rest = Object.fromEntries([...others, ['sign', signatureOf(text)]]);
  return `{"${name}":${text},${JSON.stringify(rest).slice(1)}`;
}
