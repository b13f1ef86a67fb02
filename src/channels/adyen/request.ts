import { z } from 'zod';

import type { NeverSent, Unknown } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { HttpReply } from '../exchange.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';

/** Of Checkout API, which names its version in the address. */
const version = 'v71';

/** A reply of Adyen: done, refused for good, or `denied` to us whatever we ask (keys, rights). Else why there is none. */
export type Spoken =
  | { readonly kind: 'done'; readonly body: string }
  | ({ readonly kind: 'refused' } & Refusal)
  | ({ readonly kind: 'denied' } & Refusal)
  | NeverSent
  | Unknown;

/** A no that names its reason: a number of Adyen's, and words. */
export interface Refusal {
  readonly code: string;
  readonly message: string | null;
  readonly detail: string;
}

/**
 * Sends one order under its key, so that Adyen does it once in seven days (docs: API idempotency).
 *
 * @param content all of it, and no more: a member that Adyen does not know is refused (702)
 */
export async function post(
  { account, send }: Call<Account>,
  path: string,
  key: string,
  content: object,
): Promise<Spoken> {
  const reply = await send({
    method: 'POST',
    url: `${account.base_url.replace(/\/$/, '')}/${version}${path}`,
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      'User-Agent': 'holdfast',
      'X-API-Key': account.api_key,
      'idempotency-key': key,
    },
    body: JSON.stringify(content),
  });
  return believed(reply);
}

const wireError = z.object({
  errorCode: z.string().min(1),
  message: z.string().nullish(),
});

/** The same key is with another request of ours at this moment, or was: it says nothing about what that came to. */
const keyTaken = '704';

/** Definite answers; any other status, and whatever Adyen itself calls transient, says nothing certain. */
const refusing = new Set([400, 404, 422]);
const denying = new Set([401, 403]);

function believed(reply: HttpReply): Spoken {
  if (reply.kind === 'never_sent') return reply;
  if (reply.kind === 'lost') return unclear(reply.detail);
  const { status, body, headers } = reply;
  if (status === 200 || status === 201) return { kind: 'done', body };
  const error = read(wireError, body);
  const detail = `${status} ${error?.errorCode ?? 'without a code'}`;
  if (status === 429) return { kind: 'never_sent', detail };
  if (!error || headers['transient-error'] === 'true' || error.errorCode === keyTaken)
    return unclear(detail);
  const refusal = { code: error.errorCode, message: error.message ?? null, detail };
  if (denying.has(status)) return { kind: 'denied', ...refusal };
  return refusing.has(status) ? { kind: 'refused', ...refusal } : unclear(detail);
}
