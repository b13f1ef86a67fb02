import { createHash, X509Certificate } from 'node:crypto';

import { z } from 'zod';

/** A certificate of an RSA key, as its account holds it: read once, not at each signature. */
export const certificate = z.string().transform((pem, context) => {
  const read = rsaCertificates(pem)[0];
  if (read) return read;
  context.addIssue({ code: 'custom', message: 'must be a certificate (RSA, PEM)' });
  return z.NEVER;
});

/**
 * Alipay's root certificates, as it hands them out: in one file, beside those of elliptic keys, which do not count. As
 * the name of the whole, that a request gives.
 */
export const rootName = z.string().transform((pem, context) => {
  const roots = rsaCertificates(pem);
  if (roots.length > 0) return roots.map(nameOf).join('_');
  context.addIssue({ code: 'custom', message: 'must be Alipay’s root certificates (PEM)' });
  return z.NEVER;
});

/** How Alipay names a certificate (channels.md 2.1): the MD5 of who issued it, the most specific first, and its number. */
export function nameOf({ issuer, serialNumber }: X509Certificate): string {
  const issuedBy = issuer.split('\n').reverse().join(',');
  return createHash('md5')
    .update(`${issuedBy}${BigInt(`0x${serialNumber}`)}`)
    .digest('hex');
}

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function rsaCertificates(text: string): X509Certificate[] {
  return (text.match(block) ?? []).flatMap(rsaCertificate);
}

/**
 * None where the key is of another kind, or of none that Node could read (it throws only when the key is asked for), or
 * where nobody is named who issued it. A root signs itself, so its key is of the kind of its signature.
 */
function rsaCertificate(pem: string): X509Certificate[] {
  try {
    const read = new X509Certificate(pem);
    return read.issuer && read.publicKey.asymmetricKeyType === 'rsa' ? [read] : [];
  } catch {
    return [];
  }
}
