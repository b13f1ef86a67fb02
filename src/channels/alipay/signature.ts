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

/** What stands beside a text of Alipay's: its signature and, in the mode of certificates, whose key has made it. */
export interface Signed {
  readonly sign: string;
  readonly alipay_cert_sn?: string | undefined;
}

/**
 * Did Alipay sign this text, with one of the keys that the account knows? Where a certificate is named, with that one's:
 * a certificate that the account lacks verifies nothing, and no other stands in for it.
 */
export function isSigned(
  { alipay_keys }: Account,
  text: string,
  { sign: mark, alipay_cert_sn: named = '' }: Signed,
): boolean {
  if (!isBase64(mark)) return false;
  const [bytes, signature] = [Buffer.from(text), Buffer.from(mark, 'base64')];
  return alipay_keys
    .filter(({ cert_sn }) => named === '' || cert_sn === null || cert_sn === named)
    .some(({ key }) => verify('sha256', bytes, key, signature));
}

/**
 * Did Alipay sign this notice? Without `sign` and `sign_type` (channels.md 2.3); some products keep `sign_type` in,
 * which Alipay's own SDK tries too, and a client of others' (smartwalle/alipay) leaves the certificate's name out. RSA
 * with SHA-1 is not taken.
 */
export function isGenuine(account: Account, notice: Parameters): boolean {
  const { sign = '', sign_type, alipay_cert_sn } = notice;
  if (sign_type !== 'RSA2') return false;
  const uncovered = [
    ['sign', 'sign_type'],
    ['sign'],
    ...(alipay_cert_sn === undefined ? [] : [['sign', 'sign_type', 'alipay_cert_sn']]),
  ];
  return uncovered.some((without) =>
    isSigned(account, contentOf(notice, ...without), { sign, alipay_cert_sn }),
  );
}
