import { createServer, type IncomingMessage, type Server } from 'node:http';

import { carryOut, type Ending, type Mishaps, referenceOf } from '../call.ts';
import { clock } from '../clock.ts';
import type { InFlight, Keyed } from '../idempotency.ts';
import { listener } from '../serve.ts';
import { type Routed, type StripeCall } from './call.ts';
import { oneLess } from './callback.ts';
import { conductOf } from './card.ts';
import { canonical, readForm } from './form.ts';
import { once, repeated } from './idempotency.ts';
import { freshId, type StripeOptions } from './intent.ts';
import { stripeKeys as keys } from './keys.ts';
import { pageOf, servePage } from './page.ts';
import { route } from './route.ts';
import { apiVersion, channel, invalid, mishapWords } from './wording.ts';

/**
 * Stripe's server: the API, and the page of 3-D Secure.
 *
 * @param inFlight outlives a closed port
 */
export function stripeServer(options: StripeOptions, inFlight: InFlight): Server {
  const hear = (request: IncomingMessage, body: string) => heard(options, inFlight, request, body);
  const api = listener(options.books, { hear, dress });
  return createServer((request, response) => {
    const page = pageOf(request.url ?? '/');
    if (page) void servePage(options, page, request, response);
    else api(request, response);
  });
}

function dress(): Readonly<Record<string, string>> {
  const now = new Date(clock.now()).toUTCString();
  return { 'Request-Id': freshId('req'), 'Stripe-Version': apiVersion, Date: now };
}

async function heard(
  options: StripeOptions,
  inFlight: InFlight,
  request: IncomingMessage,
  body: string,
): Promise<Ending> {
  const { method = '', url = '/', headers } = request;
  const [path = '', query = ''] = url.split('?', 2);
  const form = readForm(method === 'POST' ? body : query);
  const routed = route(options, method, path, form);
  const wrong = complaint(headers.authorization);
  if (wrong) {
    options.books.violate(channel, referenceOf(routed), 'missing_or_wrong_api_key', wrong);
    return { answer: invalid(wrong, {}, 401) };
  }
  if (body !== '' && !headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    return {
      answer: invalid('Check that your POST content type is application/x-www-form-urlencoded.'),
    };
  const key = headers['idempotency-key'];
  if (method !== 'POST' || typeof key !== 'string') return run(options, routed);
  if (key.length > 255)
    return { answer: invalid('Idempotency-Key is longer than 255 characters.') };
  const fingerprint = `${method} ${path} ${canonical(form)}`;
  return runKeyed(options, inFlight, { key, fingerprint }, routed);
}

function runKeyed(
  options: StripeOptions,
  inFlight: InFlight,
  keyed: Keyed,
  routed: Routed,
): Ending | Promise<Ending> {
  const { books, keyMs } = options;
  const place = { books, inFlight, keyMs };
  const known = repeated(place, keyed, referenceOf(routed));
  if (known && 'refused' in known) return { answer: known.refused };
  if ('refused' in routed) return { answer: routed.refused };
  if (known) return run(options, { ...routed, commit: () => known.again });
  return speaking(routed, () => once(place, keyed, routed, mishaps(routed)));
}

/** Why a request is not the merchant's, or null when it is: his key as a token or as a user's name. */
function complaint(header: string | undefined): string | null {
  const [scheme = '', credentials = ''] = header?.split(' ', 2) ?? [];
  if (!['Bearer', 'Basic'].includes(scheme)) return 'You did not provide an API key.';
  const key =
    scheme === 'Basic'
      ? Buffer.from(credentials, 'base64').toString().split(':', 1)[0]
      : credentials;
  return key === keys.api_key ? null : 'Invalid API Key provided.';
}

function run({ books }: StripeOptions, routed: Routed): Ending | Promise<Ending> {
  if ('refused' in routed) return { answer: routed.refused };
  return speaking(routed, () => carryOut(books, routed, mishaps(routed)));
}

/** Some cards keep whoever charges them waiting for ever, whether they are charged or not. */
async function speaking({ token }: StripeCall, act: () => Promise<Ending>): Promise<Ending> {
  const conduct = token === null ? null : conductOf(token);
  if (conduct?.kind !== 'silent') return act();
  if (conduct.charged) await act();
  return 'held';
}

function mishaps({ denial }: StripeCall): Mishaps {
  return {
    ...mishapWords,
    not_found: () => denial,
    one_less: (answer) => {
      const body = answer.body as Readonly<Record<string, unknown>> | null;
      return { ...answer, body: body && oneLess(body) };
    },
  };
}
