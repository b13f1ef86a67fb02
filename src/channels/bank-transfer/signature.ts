import { createHash, type KeyObject, sign, verify } from 'node:crypto';

import type { HttpRequest } from '../exchange.ts';
import { isBase64 } from '../text.ts';
import type { Account } from './account.ts';

/** A component of a message and its value, in the order in which a signature covers them (RFC 9421 section 2). */
export type Component = readonly [name: string, value: string];

/** How far the clock of who signed may be from ours, both ways (section 1). */
const skewMs = 300_000;

/** Headers that bind a request to the customer's key, its address and its body; a GET has none (section 1). */
export function signatureOf(
  { customer_key_id, customer_private_key }: Account,
  { method, url, body }: Pick<HttpRequest, 'method' | 'url' | 'body'>,
  now: Date,
): Record<string, string> {
  const digest = method === 'GET' ? {} : { 'Content-Digest': digestOf(Buffer.from(body)) };
  const covered: Component[] = [
    ['@method', method],
    ['@target-uri', url],
    ...Object.values(digest).map((value): Component => ['content-digest', value]),
  ];
  const created = Math.floor(now.getTime() / 1_000);
  const parameters = `${listOf(covered)};created=${created};keyid="${customer_key_id}";alg="ed25519"`;
  const message = Buffer.from(signatureBase(covered, parameters));
  const signature = sign(null, message, customer_private_key).toString('base64');
  return { ...digest, 'Signature-Input': `sig=${parameters}`, Signature: `sig=:${signature}:` };
}

/** What is signed: a line for each component, and one for the signature's own parameters (RFC 9421 section 2.5). */
export function signatureBase(covered: readonly Component[], parameters: string): string {
  return [...covered, ['@signature-params', parameters] as const]
    .map(([name, value]) => `"${name}": ${value}`)
    .join('\n');
}

function listOf(covered: readonly Component[]): string {
  return `(${covered.map(([name]) => `"${name}"`).join(' ')})`;
}

/** `Content-Digest` of these bytes (RFC 9530). */
function digestOf(body: Buffer): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

export type Verification = 'genuine' | 'stale' | 'forged';

/** What the bank signed: the bytes, and what it covers before their digest. Header names are lower case. */
export interface Signed {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly first: Component;
}

/** Is this reply or callback the bank's own? `stale`: it is, and was not signed within five minutes of `now`. */
export function verification(account: Account, signed: Signed, now: Date): Verification {
  const { headers, body, first } = signed;
  const digest = digestOf(body);
  const covered: Component[] = [first, ['content-digest', digest]];
  const input = readInput(headers['signature-input'] ?? '', listOf(covered));
  const key = input && keyOf(account, input.keyid);
  const signature = bytesOf(headers['signature'] ?? '');
  if (!key || !signature || headers['content-digest'] !== digest) return 'forged';
  const message = Buffer.from(signatureBase(covered, input.parameters));
  if (!verify(null, message, key, signature)) return 'forged';
  return Math.abs(now.getTime() - input.created_ms) <= skewMs ? 'genuine' : 'stale';
}

/** The only form that there is: this list of components, three parameters in their order, and one signature. */
function readInput(text: string, list: string) {
  if (!text.startsWith(`sig=${list};`)) return null;
  const parameters = text.slice('sig='.length);
  const form = /^;created=(\d{1,12});keyid="([0-9A-Za-z_-]{1,64})";alg="ed25519"$/;
  const [, created, keyid] = form.exec(parameters.slice(list.length)) ?? [];
  if (created === undefined || keyid === undefined) return null;
  return { parameters, created_ms: Number(created) * 1_000, keyid };
}

/** Own members only: a key id `constructor` is no key. */
function keyOf({ bank_keys }: Account, keyid: string): KeyObject | undefined {
  return Object.hasOwn(bank_keys, keyid) ? bank_keys[keyid] : undefined;
}

/** The signature's bytes, of which there is one spelling; null for what is none. */
function bytesOf(header: string): Buffer | null {
  const [, base64 = ''] = /^sig=:([^:]+):$/.exec(header) ?? [];
  return isBase64(base64) ? Buffer.from(base64, 'base64') : null;
}
