import type { NeverSent, Unknown } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { HttpReply, HttpRequest } from '../exchange.ts';
import { textOf } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { readError, type WireError } from './error.ts';

/** A reply of PayPal: done, refused for good, or `denied` to us whatever we ask (keys, rights). Else why there is none. */
export type Spoken =
  | { readonly kind: 'done'; readonly body: string }
  | ({ readonly kind: 'refused' } & Refusal)
  | ({ readonly kind: 'denied' } & Refusal)
  | NeverSent
  | Unknown;

/** A no that names its reason. */
export interface Refusal {
  readonly error: WireError;
  readonly detail: string;
}

/** Asks. */
export function get(call: Call<Account>, path: string): Promise<Spoken> {
  return speak(call, { method: 'GET', path, body: '', headers: {} });
}

/** Asks for what tells of many orders: it may be large, and is not kept. */
export function getFile(call: Call<Account>, path: string): Promise<Spoken> {
  return speak(call, { method: 'GET', path, body: '', headers: {}, is_file: true });
}

/** Sends one order under its key, so that PayPal does it once, and is told all of what it made. */
export function post(
  call: Call<Account>,
  path: string,
  key: string,
  content: object,
): Promise<Spoken> {
  const headers = {
    'Content-Type': 'application/json',
    'PayPal-Request-Id': key,
    Prefer: 'return=representation',
  };
  return speak(call, { method: 'POST', path, body: JSON.stringify(content), headers });
}

type Asked = Omit<HttpRequest, 'url'> & { readonly path: string };

/** The token is put on by whoever sends (`grant.ts`). */
async function speak(
  { account, send }: Call<Account>,
  { path, headers, ...asked }: Asked,
): Promise<Spoken> {
  const reply = await send({
    ...asked,
    url: account.base_url.replace(/\/$/, '') + path,
    headers: { Accept: 'application/json', 'User-Agent': 'holdfast', ...headers },
  });
  return believed(reply);
}

/** 201: made; 200: told, or made by the same call before; 204: done, with nothing to tell. */
const doing = new Set([200, 201, 204]);
/** Definite answers of the specifications; any other status says nothing certain. */
const refusing = new Set([400, 404, 422]);
const denying = new Set([401, 403]);

function believed(reply: HttpReply): Spoken {
  if (reply.kind === 'never_sent') return reply;
  if (reply.kind === 'lost') return unclear(reply.detail);
  const { status } = reply;
  const body = textOf(reply);
  if (doing.has(status)) return { kind: 'done', body };
  const error = readError(body);
  const detail = `${status} ${error?.issue ?? 'without a code'}`;
  // Over the rate, or with a token that is over: refused before anything was done, and with another it may be.
  if (status === 429 || (status === 401 && isOverToken(error))) return { kind: 'never_sent', detail };
  if (error && denying.has(status)) return { kind: 'denied', error, detail };
  if (error && refusing.has(status)) return { kind: 'refused', error, detail };
  return unclear(detail);
} // prettier-ignore

function isOverToken(error: WireError | null): boolean {
  return error?.issue === 'invalid_token' || error?.issue === 'AUTHENTICATION_FAILURE';
}
