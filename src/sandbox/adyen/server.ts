import { createServer, type IncomingMessage, type Server } from 'node:http';

import { type Answer, carryOut, type Ending, type Mishaps, referenceOf } from '../call.ts';
import { type InFlight, keepingWhatItMade, underKey } from '../idempotency.ts';
import { parsedJson } from '../json.ts';
import { type Heard, heardOf, listener, type Outcome } from '../serve.ts';
import type { AdyenCall, Routed } from './call.ts';
import { conductOf } from './card.ts';
import { repeated } from './idempotency.ts';
import { adyenKeys as keys } from './keys.ts';
import { oneLess } from './money.ts';
import { bankPage } from './page.ts';
import type { AdyenOptions } from './payment.ts';
import { redirectPath } from './redirect.ts';
import { reportCall, reportsPath } from './report-call.ts';
import { route } from './route.ts';
import {
  channel,
  mishapWords,
  notFound,
  refusal,
  unauthorized,
  unknownOriginal,
} from './wording.ts';

/**
 * Adyen's servers in one: the Checkout API, the page of the payer's bank, and the Customer Area's reports.
 *
 * @param inFlight outlives a closed port
 */
export function adyenServer(options: AdyenOptions, inFlight: InFlight): Server {
  const hear = (request: IncomingMessage, text: string) =>
    heard(options, inFlight, heardOf(request, text));
  return createServer(listener(options.books, { hear, dress }));
}

/** Who gives an idempotency key sees it in the answer. */
function dress(_content: string, { headers }: IncomingMessage): Readonly<Record<string, string>> {
  const key = headers['idempotency-key'];
  return typeof key === 'string' ? { 'idempotency-key': key } : {};
}

function heard(
  options: AdyenOptions,
  inFlight: InFlight,
  request: Heard,
): Outcome | Promise<Outcome> {
  const { method, path, query, headers } = request;
  if (path === redirectPath || path.startsWith(`${redirectPath}/`))
    return bankPage(options, method, path, query.get('MD'));
  if (path.startsWith(reportsPath)) return run(options, reportCall(options, method, path, headers));
  return called(options, inFlight, request);
}

/** A call of the API: only for who has the key. */
function called(
  options: AdyenOptions,
  inFlight: InFlight,
  request: Heard,
): Ending | Promise<Ending> {
  const { method, path, headers, text } = request;
  const { books } = options;
  const body = parsedJson(text);
  const routed = route(method, path, { options, body: body.value });
  if (headers['x-api-key'] !== keys.api_key) {
    books.violate(channel, referenceOf(routed), 'missing_or_wrong_api_key', `${method} ${path}`);
    return { answer: unauthorized() };
  }
  if (method !== 'POST') return { answer: notFound() };
  if (!body.isJson) return { answer: malformed() };
  return written(options, inFlight, request, routed);
}

function malformed(): Answer {
  return refusal(400, '702', 'Unexpected input: expected: JSON');
}

/** Once under its idempotency key; to give none is bad manners, and does it each time. */
function written(
  options: AdyenOptions,
  inFlight: InFlight,
  { method, path, headers, text }: Heard,
  routed: Routed,
): Ending | Promise<Ending> {
  const { books, keyMs } = options;
  const key = headers['idempotency-key'];
  if (typeof key !== 'string') {
    if (!('refused' in routed))
      books.violate(channel, referenceOf(routed), 'missing_idempotency_key', `${method} ${path}`);
    return run(options, routed);
  }
  if (key.length > 64)
    return { answer: refusal(422, '000', 'The idempotency-key is longer than 64 characters') };
  const place = { books, inFlight };
  const keyed = { key, fingerprint: `${method} ${path} ${text}` };
  const known = repeated(place, keyed, referenceOf(routed), keyMs);
  if (known && 'refused' in known) return { answer: known.refused };
  if ('refused' in routed) return { answer: routed.refused };
  if (known) return run(options, { ...routed, commit: () => known.again });
  return speaking(routed, () =>
    underKey(place, key, keepingWhatItMade(books, keyed, routed), mishaps()),
  );
}

function run({ books }: AdyenOptions, routed: Routed): Ending | Promise<Ending> {
  if ('refused' in routed) return { answer: routed.refused };
  return speaking(routed, () => carryOut(books, routed, mishaps()));
}

/** Some cards keep whoever charges them waiting for ever, whether they are charged or not. */
async function speaking({ token }: AdyenCall, act: () => Promise<Ending>): Promise<Ending> {
  const conduct = token === null ? null : conductOf(token);
  if (conduct?.kind !== 'silent') return act();
  if (conduct.charged) await act();
  return 'held';
}

function mishaps(): Mishaps {
  return {
    ...mishapWords(),
    not_found: () => unknownOriginal(),
    one_less: (answer) => ({ ...answer, body: oneLess(answer.body) }),
  };
}
