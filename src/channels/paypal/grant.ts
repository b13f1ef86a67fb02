import { z } from 'zod';

import type { HttpReply } from '../exchange.ts';
import type { Grant, Granted } from '../grant.ts';
import { read } from '../text.ts';
import type { Account } from './account.ts';
import { readError } from './error.ts';

const given = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  token_type: z.literal('Bearer'),
  expires_in: z.int().positive(),
});

/** OAuth 2 client credentials (channels.md section 4): a token lives for some hours, and a new one costs nothing. */
export const grant: Grant<Account> = { request, read: granted };

function request({ base_url, client_id, client_secret }: Account) {
  const secret = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
  return {
    method: 'POST',
    url: `${base_url.replace(/\/$/, '')}/v1/oauth2/token`,
    body: 'grant_type=client_credentials',
    headers: {
      Authorization: `Basic ${secret}`,
      Accept: 'application/json',
      'User-Agent': 'holdfast',
      'Content-Type': 'application/x-www-form-urlencoded',
    },
  } as const;
}

/** Refused keys are handed on: a person must mend them. Whatever else comes is no token, this time. */
function granted(reply: HttpReply): Granted {
  if (reply.kind !== 'reply') return none(reply.detail);
  const { status, body } = reply;
  const token = status === 200 ? read(given, body) : null;
  if (token) return { kind: 'granted', token: token.access_token, lives_ms: token.expires_in * 1_000 }; // prettier-ignore
  const error = readError(body);
  if (status === 401 && error) return reply;
  return none(`${status} ${error?.issue ?? 'without a token'}`);
}

function none(detail: string): Granted {
  return { kind: 'never_sent', detail: `no token: ${detail}` };
}
