import { createHash, sign, verify } from 'node:crypto';

import { contentOf, type Parameters } from '../form.ts';
import { isBase64 } from '../text.ts';
import type { Account } from './account.ts';

/** What is signed: the digits of the digest of everything but the signature (docs/channels/unionpay.md 1). */
function digestOf(message: Parameters): Buffer {
  const content = contentOf(message, 'signature');
  return Buffer.from(createHash('sha256').update(content).digest('hex'));
}

/** The `signature` of a request. */
export function signatureOf(message: Parameters, { merchant_private_key }: Account): string {
  return sign('sha256', digestOf(message), merchant_private_key).toString('base64');
}

/** Did UnionPay sign this reply or notice, with a certificate that the account knows? */
export function isGenuine({ unionpay_certificates }: Account, message: Parameters): boolean {
  const { signature = '' } = message;
  if (!isBase64(signature)) return false;
  const [digest, mark] = [digestOf(message), Buffer.from(signature, 'base64')];
  return unionpay_certificates.some((key) => verify('sha256', digest, key, mark));
}
