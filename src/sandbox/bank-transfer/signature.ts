import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { rotation } from '../rotation.ts';
import { bankTransferKeys as keys } from './keys.ts';
import { channel } from './wording.ts';

/** What a signature covers: names of RFC 9421 and their values, in order. */
type Components = Readonly<Record<string, string>>;

/** By whom and when. */
export interface Signer {
  readonly key_id: string;
  readonly key: KeyObject | string;
  /** In milliseconds since the epoch. */
  readonly at: number;
}

/** The bank, now, with the key that it signs with at present. */
export function bankNow(): Signer {
  const at = Date.now();
  return rotation.keyOf(channel) === 'next'
    ? { key_id: keys.next_bank_key_id, key: keys.next_bank_private_key, at }
    : { key_id: keys.bank_key_id, key: keys.bank_private_key, at };
}

/** `Content-Digest` (RFC 9530). */
export function digestOf(content: string | Buffer): string {
  return `sha-256=:${createHash('sha256').update(content).digest('base64')}:`;
}

/** The text that is signed (RFC 9421 section 2.5). */
function baseOf(components: Components, parameters: string): string {
  const lines = Object.entries({ ...components, '@signature-params': parameters });
  return lines.map(([name, value]) => `"${name}": ${value}`).join('\n');
}

function listOf(components: Components): string {
  return `(${Object.keys(components)
    .map((name) => `"${name}"`)
    .join(' ')})`;
}

/**
 * The headers of a message of the bank's.
 *
 * @param covered what the signature covers besides the content's digest
 * @param content the exact text that is sent
 */
export function signedHeaders(
  covered: Components,
  content: string,
  { key_id, key, at }: Signer = bankNow(),
): Readonly<Record<string, string>> {
  const digest = digestOf(content);
  const components = { ...covered, 'content-digest': digest };
  const created = Math.floor(at / 1_000);
  const parameters = `${listOf(components)};created=${created};keyid="${key_id}";alg="ed25519"`;
  const signature = sign(null, Buffer.from(baseOf(components, parameters)), key);
  return {
    'Content-Digest': digest,
    'Signature-Input': `sig=${parameters}`,
    Signature: `sig=:${signature.toString('base64')}:`,
  };
}

/** A request as it came, as far as a signature covers it. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly content: Buffer;
}

const form = /^sig=((\([^()]*\));created=(\d{1,12});keyid="([^"]*)";alg="ed25519")$/;

/**
 * What is wrong with a request's signature, or null. One that is both stale and wrong is wrong.
 *
 * @returns the error's code, and in which point
 */
export function complaint(
  request: SignedRequest,
): readonly ['SIGNATURE_INVALID' | 'SIGNATURE_STALE', string] | null {
  const { headers } = request;
  const components = componentsOf(request);
  const [, parameters = '', list, created, keyid] = form.exec(headerOf(headers, 'signature-input')) ?? []; // prettier-ignore
  if (list !== listOf(components)) return ['SIGNATURE_INVALID', `must cover ${listOf(components)}`];
  if (keyid !== keys.customer_key_id) return ['SIGNATURE_INVALID', `unknown key '${keyid ?? ''}'`];
  const digest = components['content-digest'];
  if (digest !== undefined && headers['content-digest'] !== digest)
    return ['SIGNATURE_INVALID', 'Content-Digest does not fit the body'];
  const [, signature = ''] = /^sig=:([\d+/=A-Za-z]*):$/.exec(headerOf(headers, 'signature')) ?? [];
  const base = Buffer.from(baseOf(components, parameters));
  if (!verify(null, base, keys.customer_public_key, Buffer.from(signature, 'base64')))
    return ['SIGNATURE_INVALID', 'the signature does not verify'];
  const isStale = Math.abs(Date.now() - Number(created) * 1_000) > 300_000;
  return isStale ? ['SIGNATURE_STALE', 'created is more than 300 s away'] : null;
}

/** What the customer's signature has to cover. */
function componentsOf({ method, target, headers, content }: SignedRequest): Components {
  const line = { '@method': method, '@target-uri': `http://${headers.host ?? ''}${target}` };
  return method === 'GET' ? line : { ...line, 'content-digest': digestOf(content) };
}

function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}
