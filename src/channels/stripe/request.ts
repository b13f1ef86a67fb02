import type { NeverSent, Unknown } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { HttpReply } from '../exchange.ts';
import { textOf } from '../text.ts';
import type { Account } from './account.ts';
import { readError, type WireError } from './failure.ts';

/** The version whose objects this adapter reads: an account's own default may be any other. */
const version = '2026-10-28.endive';

/**
 * A reply of Stripe: done, refused for good, or `denied` to us whatever we ask (key, permission). Else why
 * there is none. `date`: of the answer, by Stripe's clock. `is_replayed`: the answer that was stored when the key was first used, an old word.
 */
export type Spoken =
  | { readonly kind: 'done'; readonly status: number; readonly body: string; readonly date: string }
  | ({ readonly kind: 'refused' } & Refusal)
  | ({ readonly kind: 'denied' } & Refusal)
  | NeverSent
  | Unknown;

/** A no that names its reason. */
export interface Refusal {
  readonly status: number;
  readonly error: WireError;
  readonly detail: string;
  readonly is_replayed: boolean;
}

/** Members by their bracket names; `undefined` is left out. */
export type Form = Readonly<Record<string, string | number | boolean | undefined>>;

/** Asks; `query` becomes the address's. */
export function get(call: Call<Account>, path: string, query: Form = {}): Promise<Spoken> {
  const search = encoded(query);
  return speak(call, 'GET', search ? `${path}?${search}` : path, {});
}

/** Asks for what tells of many orders: it may be large, and is not kept. */
export function getFile(call: Call<Account>, path: string, query: Form): Promise<Spoken> {
  return speak(call, 'GET', `${path}?${encoded(query)}`, { is_file: true });
}

/** Sends one order under its key, so that Stripe does it once. */
export function post(call: Call<Account>, path: string, key: string, form: Form): Promise<Spoken> {
  return speak(call, 'POST', path, { key, body: encoded(form) });
}

function encoded(form: Form): string {
  const members = new URLSearchParams();
  for (const [name, value] of Object.entries(form))
    if (value !== undefined) members.append(name, String(value));
  return members.toString();
}

async function speak(
  call: Call<Account>,
  method: 'GET' | 'POST',
  path: string,
  { key, body = '', is_file }: { key?: string; body?: string; is_file?: true },
): Promise<Spoken> {
  const reply = await call.send({
    method,
    url: call.account.base_url.replace(/\/$/, '') + path,
    body,
    headers: {
      Authorization: `Bearer ${call.account.api_key}`,
      'Stripe-Version': version,
      Accept: 'application/json',
      'User-Agent': 'holdfast',
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      ...(method === 'POST' ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}),
    },
    ...(is_file && { is_file }),
  });
  return believed(reply);
}

function believed(reply: HttpReply): Spoken {
  if (reply.kind === 'never_sent') return reply;
  if (reply.kind === 'lost') return { kind: 'unknown', detail: reply.detail };
  const { status, headers } = reply;
  const body = textOf(reply);
  if (status === 200) return { kind: 'done', status, body, date: headers['date'] ?? '' };
  return refusal(status, readError(body), headers['idempotent-replayed'] === 'true');
}

/** Definite answers of docs.stripe.com/api/errors; any other status says nothing certain. */
const refusing = new Set([400, 402, 404]);
const denying = new Set([401, 403]);

function refusal(status: number, error: WireError | null, is_replayed: boolean): Spoken {
  const detail = `${status} ${error?.code ?? error?.type ?? 'without a code'}`;
  // Over the rate, or behind a lock: refused before anything was done.
  if (status === 429) return { kind: 'never_sent', detail };
  // "Keys for idempotent requests can only be used with the same parameters": for ever under this key.
  if (error?.type === 'idempotency_error' && status === 400) return stored(detail);
  if (status >= 500 && is_replayed) return stored(detail);
  if (error && denying.has(status)) return { kind: 'denied', status, error, detail, is_replayed };
  if (error && refusing.has(status)) return { kind: 'refused', status, error, detail, is_replayed };
  return { kind: 'unknown', detail };
}

/** Unknown, and the same again under this key. */
export function stored(detail: string): Unknown {
  return { kind: 'unknown', detail, is_stored: true };
}
