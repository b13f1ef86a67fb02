import { createHash, X509Certificate } from 'node:crypto';

import { rotation } from '../rotation.ts';
import { alipayKeys as keys } from './keys.ts';
import { nextAlipayKeys } from './next-key.ts';
import { channel } from './wording.ts';

/** How Alipay names a certificate: the MD5 of its issuer, most specific first, and its serial number in decimal. */
function serialOf(pem: string): string {
  const { issuer, serialNumber } = new X509Certificate(pem);
  const name = issuer.split('\n').reverse().join(',');
  return createHash('md5')
    .update(`${name}${BigInt(`0x${serialNumber}`)}`)
    .digest('hex');
}

const serials = {
  app_cert_sn: serialOf(keys.app_cert),
  alipay_root_cert_sn: serialOf(keys.alipay_root_cert),
} as const;
const alipaySerials = {
  first: serialOf(keys.alipay_cert),
  next: serialOf(nextAlipayKeys.next_alipay_cert),
} as const;

type Parameters = ReadonlyMap<string, string>;

/** Which of the two names of certificates is wrong, or null; in key mode there are none. */
export function wrongCertificate(parameters: Parameters): string | null {
  const names = ['app_cert_sn', 'alipay_root_cert_sn'] as const;
  if (!names.some((name) => parameters.get(name))) return null;
  return names.find((name) => parameters.get(name) !== serials[name]) ?? null;
}

/** Is the merchant in certificate mode? Who names his certificate is. */
export function isCertified(parameters: Parameters): boolean {
  return Boolean(parameters.get('app_cert_sn'));
}

/** What answers and notices say to a merchant in certificate mode: by which certificate they are signed. */
export function named(isCertified: boolean): { readonly alipay_cert_sn?: string } {
  return isCertified ? { alipay_cert_sn: alipaySerials[rotation.keyOf(channel)] } : {};
}
