import type { NeverSent, Unknown } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { HttpReply, HttpRequest } from '../exchange.ts';
import { textOf } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { readError, type WireError } from './response.ts';
import { signatureOf, verification } from './signature.ts';

/** A reply that the bank signed: done, or refused for good. Else why there is none that can be believed. */
export type Spoken =
  | { readonly kind: 'done'; readonly body: string }
  | { readonly kind: 'refused'; readonly error: WireError; readonly detail: string }
  | NeverSent
  | Unknown;

/** Signs and sends one request, and verifies what comes back. `content` is the body; a GET has none. */
export function speak(
  call: Call<Account>,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  content?: object,
): Promise<Spoken> {
  return sent(call, { method, path, body: content ? JSON.stringify(content) : '' });
}

/** Asks for what tells of many orders: it may be large, and is not kept. */
export function askFile(call: Call<Account>, path: string): Promise<Spoken> {
  return sent(call, { method: 'GET', path, body: '', is_file: true });
}

type Asked = Pick<HttpRequest, 'method' | 'body' | 'is_file'> & { readonly path: string };

async function sent(call: Call<Account>, { path, ...asked }: Asked): Promise<Spoken> {
  const { href: url } = new URL(call.account.base_url.replace(/\/$/, '') + path);
  const headers = {
    ...signatureOf(call.account, { ...asked, url }, call.now()),
    Accept: asked.is_file ? 'text/csv' : 'application/json',
    'User-Agent': 'holdfast',
    ...(asked.body === '' ? {} : { 'Content-Type': 'application/json' }),
  };
  return believed(call, await call.send({ ...asked, url, headers }));
}

function believed({ account, now }: Call<Account>, reply: HttpReply): Spoken {
  if (reply.kind === 'never_sent') return reply;
  if (reply.kind === 'lost') return unclear(reply.detail);
  const { status, headers } = reply;
  const body = textOf(reply);
  const first = ['@status', String(status)] as const;
  const bytes = reply.file ?? Buffer.from(body);
  const trust = verification(account, { headers, body: bytes, first }, now());
  if (trust !== 'genuine') return unclear(`${status} with a ${trust} signature`);
  if (status === 200 || status === 201) return { kind: 'done', body };
  return refusal(status, readError(body));
}

/** 4xx: nothing was done and nothing will be (section 6). With another date, or later, the same may be done. */
function refusal(status: number, error: WireError | null): Spoken {
  const detail = `${status} ${error?.code ?? 'without a code'}`;
  if (!error || status < 400 || status >= 500) return unclear(detail);
  if (status === 429 || error.code === 'SIGNATURE_STALE') return { kind: 'never_sent', detail };
  return { kind: 'refused', error, detail };
}
