import type { NeverSent, Unknown } from '../../domain/outcome.ts';
import type { Call, HttpReply } from '../channel.ts';
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
export async function speak(
  call: Call<Account>,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  content?: object,
): Promise<Spoken> {
  const { href: url } = new URL(call.account.base_url.replace(/\/$/, '') + path);
  const body = content ? JSON.stringify(content) : '';
  const headers = {
    ...signatureOf(call.account, { method, url, body }, call.now()),
    Accept: 'application/json',
    'User-Agent': 'holdfast',
    ...(content ? { 'Content-Type': 'application/json' } : {}),
  };
  return believed(call, await call.send({ method, url, headers, body }));
}

function believed({ account, now }: Call<Account>, reply: HttpReply): Spoken {
  if (reply.kind === 'never_sent') return reply;
  if (reply.kind === 'lost') return unclear(reply.detail);
  const { status, headers, body } = reply;
  const first = ['@status', String(status)] as const;
  const trust = verification(account, { headers, body: Buffer.from(body), first }, now());
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
