import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';

import { type Answer, carryOut, type Ending, type Mishaps, referenceOf } from '../call.ts';
import type { InFlight } from '../idempotency.ts';
import { parsedJson } from '../json.ts';
import { type Heard, heardOf, listener, type Outcome } from '../serve.ts';
import type { Routed } from './call.ts';
import { certificateAt, certificateFile } from './certificate.ts';
import { once, repeated, type RequestId } from './idempotency.ts';
import { oneLess, withAmounts } from './money.ts';
import { inputOf } from './multipart.ts';
import type { PaypalOptions } from './order.ts';
import { cashier } from './page.ts';
import { disputes, route } from './route.ts';
import { grantToken, shutOut } from './token.ts';
import { verification } from './verification.ts';
import { channel, debugId, invalid, mishapWords, missing, refusal } from './wording.ts';

/**
 * PayPal's server: tokens, the API, the certificate of its webhooks, and the cashier's page.
 *
 * @param inFlight outlives a closed port
 */
export function paypalServer(options: PaypalOptions, inFlight: InFlight): Server {
  const hear = (request: IncomingMessage, text: string) =>
    heard(options, inFlight, heardOf(request, text));
  return createServer(
    listener(options.books, { hear, dress: () => ({ 'Paypal-Debug-Id': debugId() }) }),
  );
}

function heard(
  options: PaypalOptions,
  inFlight: InFlight,
  request: Heard,
): Outcome | Promise<Outcome> {
  const { method, path, query, headers, text } = request;
  const { books, tokenMs } = options;
  if (path === '/checkoutnow' || path.startsWith('/checkoutnow/'))
    return cashier(options, method, path, query.get('token'));
  const certificate = certificateAt(path);
  if (certificate) return certificateFile(certificate);
  if (path === '/v1/oauth2/token')
    return { answer: grantToken(books, tokenMs, headers.authorization, text) };
  return called(options, inFlight, request);
}

/** A call of the API: only for who has a token. */
function called(
  options: PaypalOptions,
  inFlight: InFlight,
  request: Heard,
): Ending | Promise<Ending> {
  const { method, path, query, headers, text } = request;
  const { books } = options;
  const isOfDispute = path.startsWith(`${disputes}/`);
  const content = isOfDispute ? inputOf(headers['content-type'], text) : text;
  const body = content === '' ? { isJson: true, value: undefined } : parsedJson(content);
  const routed = route(method, path, {
    options,
    query,
    body: body.value,
    isFull: headers['prefer'] === 'return=representation',
    isKeyed: headers['paypal-request-id'] !== undefined,
  });
  const stranger = shutOut(books, headers.authorization, () => referenceOf(routed));
  if (stranger) return { answer: stranger };
  if (method === 'POST' && !isOfDispute && !isTyped(path, headers)) return { answer: unsupported };
  if (!body.isJson) return { answer: malformed };
  if (path === '/v1/notifications/verify-webhook-signature')
    return {
      answer: method === 'POST' ? verification(text, body.value, options.origin) : missing(),
    };
  const isOnce = method === 'POST' && !isOfDispute; // a dispute hears every answer anew, whatever its request id
  return isOnce ? written(options, inFlight, request, routed) : run(options, routed);
}

/** A void has no body: PayPal's own SDK names no type for it, or another one. */
function isTyped(path: string, headers: IncomingHttpHeaders): boolean {
  return path.endsWith('/void') || headers['content-type']?.startsWith('application/json') === true;
}

const unsupported: Answer = refusal(
  415,
  'UNSUPPORTED_MEDIA_TYPE',
  'The server does not support the request payload’s media type.',
);
const malformed: Answer = invalid({
  issue: 'MALFORMED_REQUEST_JSON',
  description: 'The request JSON is not well formed.',
  location: 'body',
});

const dayMs = 86_400_000;

/** A call that changes something: once under its `PayPal-Request-Id`; to give none is bad manners. */
function written(
  options: PaypalOptions,
  inFlight: InFlight,
  { method, path, headers, text }: Heard,
  routed: Routed,
): Ending | Promise<Ending> {
  const { books } = options;
  const key = headers['paypal-request-id'];
  if (typeof key !== 'string') {
    books.violate(channel, referenceOf(routed), 'missing_request_id', `${method} ${path}`);
    return run(options, routed);
  }
  const keyMs = path.startsWith('/v2/checkout/') ? options.keyMs : 45 * dayMs;
  const keyed: RequestId = { key, fingerprint: `${method} ${path} ${text}`, keyMs };
  const known = repeated({ books, inFlight }, keyed, referenceOf(routed));
  if (known && 'refused' in known) return { answer: known.refused };
  if ('refused' in routed) return { answer: routed.refused };
  if (known) return run(options, { ...routed, commit: () => routed.latest(known.made) });
  return once({ books, inFlight }, keyed, routed, mishaps());
}

function run({ books }: PaypalOptions, routed: Routed): Ending | Promise<Ending> {
  return 'refused' in routed ? { answer: routed.refused } : carryOut(books, routed, mishaps());
}

function mishaps(): Mishaps {
  return {
    ...mishapWords(),
    not_found: () => missing(),
    one_less: (answer) => ({ ...answer, body: withAmounts(answer.body, oneLess) }),
  };
}
