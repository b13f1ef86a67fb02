import { createHmac, timingSafeEqual } from 'node:crypto';

import type { Books } from '../books.ts';
import type { Answer } from '../call.ts';
import { paypalKeys as keys } from './keys.ts';
import { badToken, channel, refusal } from './wording.ts';

const badClient: Answer = {
  status: 401,
  body: { error: 'invalid_client', error_description: 'Client Authentication failed' },
};

/** A token says when it ends and is sealed with the secret: it is good on every port and after `kill -9`. */
function freshToken(endsAt: number): string {
  const claim = Buffer.from(`${keys.client_id}:${endsAt}`).toString('base64url');
  return `A21AA${claim}.${seal(claim)}`;
}

function seal(claim: string): string {
  return createHmac('sha256', keys.client_secret).update(claim).digest('base64url');
}

/**
 * `POST /v1/oauth2/token` (channels.md 4): who knows the client's secret gets a token for a while.
 *
 * @param header `Authorization`: Basic, client id and secret
 * @param form the body
 */
export function grantToken(
  books: Books,
  tokenMs: number,
  header: string | undefined,
  form: string,
): Answer {
  const [scheme, credentials = ''] = header?.split(' ', 2) ?? [];
  const given = Buffer.from(credentials, 'base64').toString();
  if (scheme !== 'Basic' || given !== `${keys.client_id}:${keys.client_secret}`) {
    books.violate(channel, '', 'wrong_client_credentials', 'for a token');
    return badClient;
  }
  const grant = new URLSearchParams(form).get('grant_type');
  if (grant !== 'client_credentials') return badGrant(grant);
  const expires_in = Math.floor(tokenMs / 1_000);
  return {
    status: 200,
    body: {
      scope:
        'https://uri.paypal.com/services/payments/payment/authcapture https://uri.paypal.com/services/payments/refund https://uri.paypal.com/services/applications/webhooks',
      access_token: freshToken(Date.now() + tokenMs),
      token_type: 'Bearer',
      app_id: 'APP-80W284485P519543T',
      expires_in,
      nonce: `${new Date().toISOString()}sandbox`,
    },
  };
}

function badGrant(grant: string | null): Answer {
  const error_description = grant === null ? 'Grant Type is NULL' : 'unsupported grant_type';
  return { status: 400, body: { error: 'unsupported_grant_type', error_description } };
}

/**
 * Why a caller is not let in, or null: PayPal's gateway words a token that is no good differently from the API
 * behind it, which misses one. One that has ended is everyday life, any other is a violation.
 *
 * @param header `Authorization`: Bearer and a token
 * @param reference what the request is about
 */
export function shutOut(
  books: Books,
  header: string | undefined,
  reference: () => string,
): Answer | null {
  const [scheme, token = ''] = header?.split(' ', 2) ?? [];
  const endsAt = scheme === 'Bearer' ? endOf(token) : null;
  if (endsAt !== null && endsAt > Date.now()) return null;
  if (endsAt !== null) return badToken('Access Token not found in cache');
  books.violate(channel, reference(), 'missing_or_wrong_access_token', 'nobody granted it');
  return scheme === 'Bearer' ? badToken('Token signature verification failed') : noToken();
}

function endOf(token: string): number | null {
  const [, claim = '', sealed = ''] = /^A21AA([\w-]+)\.([\w-]+)$/.exec(token) ?? [];
  const [given, right] = [Buffer.from(sealed), Buffer.from(seal(claim))];
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
  return Number(Buffer.from(claim, 'base64url').toString().split(':')[1]);
}

function noToken(): Answer {
  const message =
    'Authentication failed due to invalid authentication credentials or a missing Authorization header.';
  return refusal(401, 'AUTHENTICATION_FAILURE', message);
}
