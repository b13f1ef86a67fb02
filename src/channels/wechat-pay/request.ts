import type { NeverSent, Unknown } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { HttpReply } from '../exchange.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { readError, type WireError } from './response.ts';
import { authorization, expectedKey, verification } from './signature.ts';

/** A reply that WeChat signed: done, or refused for good. Else why there is none that can be believed. */
export type Spoken =
  | { readonly kind: 'done'; readonly status: number; readonly body: string }
  | { readonly kind: 'refused'; readonly status: number; readonly error: WireError }
  | NeverSent
  | Unknown;

/** Signs and sends one request, and verifies what comes back. `content` is the body; a GET has none. */
export async function speak(
  call: Call<Account>,
  method: 'GET' | 'POST',
  path: string,
  content?: object,
): Promise<Spoken> {
  const url = call.account.base_url.replace(/\/$/, '') + path;
  const body = content ? JSON.stringify(content) : '';
  const serial = expectedKey(call.account);
  const reply = await call.send({
    method,
    url,
    body,
    headers: {
      Authorization: authorization(call.account, method, url, body, call.now()),
      Accept: 'application/json', // mandatory, like the agent
      'User-Agent': 'holdfast',
      ...(serial ? { 'Wechatpay-Serial': serial } : {}),
      ...(content ? { 'Content-Type': 'application/json' } : {}),
    },
  });
  return believed(call, reply);
}

function believed(call: Call<Account>, reply: HttpReply): Spoken {
  if (reply.kind === 'never_sent') return reply;
  if (reply.kind === 'lost') return { kind: 'unknown', detail: reply.detail };
  const { status, body } = reply;
  const trust = verification(call.account, reply.headers, Buffer.from(body), call.now());
  if (trust !== 'genuine') return unclear(`${status} with a ${trust} signature`);
  if (status < 400) return { kind: 'done', status, body };
  return refusal(status, readError(body));
}

/** "Same parameters, call again" (channels.md 1.8): it may have happened. */
const undecided = new Set(['SYSTEMERROR', 'BANKERROR']);
/** Refused before anything was done: a resend under the same number is safe and wanted. */
const tooOften = new Set(['FREQUENCYLIMITED', 'RATELIMITEXCEEDED']);

/** Refused for what it says, whatever the status: another payer than the app knows (channels.md 1.8 has it under 500). */
const definite = new Set(['OPENIDMISMATCH']);

function refusal(status: number, error: WireError | null): Spoken {
  if (error && definite.has(error.key)) return { kind: 'refused', status, error };
  if (status >= 500 || !error || undecided.has(error.key))
    return unclear(`${status} ${error?.code ?? 'without a code'}`);
  if (status === 429 || tooOften.has(error.key)) return { kind: 'never_sent', detail: error.code };
  return { kind: 'refused', status, error };
}
