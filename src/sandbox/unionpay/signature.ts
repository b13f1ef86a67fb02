import {
  createHash,
  createPrivateKey,
  createVerify,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';

import { rotation } from '../rotation.ts';
import { unionpayKeys as keys } from './keys.ts';
import { nextUnionpayKeys as next } from './next-key.ts';
import { channel, type Said } from './wording.ts';

/** Who signs a message: his key, and the certificate that he sends with it. */
interface Signer {
  readonly key: KeyObject;
  readonly certificate: string;
}

const unionpay: Readonly<Record<'first' | 'next', Signer>> = {
  first: {
    key: createPrivateKey(keys.unionpay_private_key),
    certificate: keys.unionpay_certificate,
  },
  next: {
    key: createPrivateKey(next.next_unionpay_private_key),
    certificate: next.next_unionpay_certificate,
  },
};
const merchantKey = new X509Certificate(keys.merchant_certificate).publicKey;

/** What is signed of these members: sorted by name, without the empty ones, with their plain values. */
function signedText(members: Iterable<readonly [name: string, value: string]>): string {
  return [...members]
    .filter(([name, value]) => value !== '' && name !== 'signature')
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** What RSA then signs: not the text, but its SHA-256 as hex digits. */
function digestOf(members: Iterable<readonly [name: string, value: string]>): Buffer {
  return Buffer.from(createHash('sha256').update(signedText(members)).digest('hex'));
}

/** Did the merchant sign these members, by the certificate that they name? */
export function isMerchants(members: ReadonlyMap<string, string>): boolean {
  const signature = members.get('signature') ?? '';
  const verifier = createVerify('sha256').update(digestOf(members));
  return (
    members.get('certId') === keys.cert_id && verifier.verify(merchantKey, signature, 'base64')
  );
}

/**
 * A message in UnionPay's name, or in that of whoever has a key and a certificate.
 *
 * @param said what it says
 */
export function signed(
  said: Said,
  { key, certificate }: Signer = unionpay[rotation.keyOf(channel)],
): Said {
  const message = { ...said, signMethod: '01', signPubKeyCert: certificate };
  const signature = sign('sha256', digestOf(Object.entries(message)), key).toString('base64');
  return { ...message, signature };
}

/** An answer as it goes over the wire: signed, and not URL-encoded. */
export function spelt(body: object): string {
  const members = Object.entries(signed(body as Said)).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return members.map(([name, value]) => `${name}=${value}`).join('&');
}
