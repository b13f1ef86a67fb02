import { createHash, sign, verify } from 'node:crypto';

import { httpbis } from 'http-message-signatures';

/** RFC 9421 by the third-party `http-message-signatures`, never by our own code. */

export type HeaderMap = Record<string, string>;

export const digestOf = (body: string | Buffer) =>
  `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;

/** How a request is to be wrong. */
export interface Wrong {
  readonly keyid?: string;
  readonly privateKey?: string;
  readonly created?: Date;
  readonly fields?: string[];
  readonly params?: string[];
  readonly name?: string;
  readonly alg?: string;
}

/** The headers of a request, signed with the customer's key. */
export async function signedRequest(
  keys: any,
  method: string,
  url: string,
  headers: HeaderMap,
  wrong: Wrong = {},
): Promise<HeaderMap> {
  const key = wrong.privateKey ?? keys.customer_private_key;
  const fields = ['@method', '@target-uri', ...('Content-Digest' in headers ? ['content-digest'] : [])]; // prettier-ignore
  const config = {
    key: {
      id: wrong.keyid ?? keys.customer_key_id,
      alg: wrong.alg ?? 'ed25519',
      sign: (data: Buffer) => Promise.resolve(sign(null, data, key)),
    },
    name: wrong.name ?? 'sig',
    fields: wrong.fields ?? fields,
    params: wrong.params ?? ['created', 'keyid', 'alg'],
    paramValues: wrong.created ? { created: wrong.created } : {},
  };
  return (await httpbis.signMessage(config, { method, url, headers })).headers;
}

/** Is this message the bank's: the key that it names, the components that the page wants, a digest of these bytes? */
export async function isBanks(
  keys: any,
  message: { status: number; headers: HeaderMap } | { method: string; url: string; headers: HeaderMap },
  body: string,
  covered: string,
): Promise<boolean> {
  const { headers } = message;
  if (headers['content-digest'] !== digestOf(body)) return false;
  const form = `^sig=\\(${covered}\\);created=\\d{10};keyid="${keys.bank_key_id}";alg="ed25519"$`;
  if (!new RegExp(form).test(headers['signature-input'] ?? '')) return false;
  const key = {
    algs: ['ed25519'],
    verify: (data: Buffer, signature: Buffer) =>
      Promise.resolve(verify(null, data, keys.bank_public_key, signature)),
  };
  const keyLookup = ({ keyid }: { keyid?: string }) =>
    Promise.resolve(keyid === keys.bank_key_id ? key : null);
  return (await httpbis.verifyMessage({ keyLookup }, message as any)) === true;
} // prettier-ignore
