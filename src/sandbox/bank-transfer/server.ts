import { isUtf8 } from 'node:buffer';
import { createServer, type IncomingMessage, type Server } from 'node:http';

import { type Answer, carryOut, type Mishaps } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import { listener, type Outcome } from '../serve.ts';
import { oneLess, withMoney } from './money.ts';
import { route } from './route.ts';
import { complaint, signedHeaders, type SignedRequest } from './signature.ts';
import { channel, mishapWords, refusal } from './wording.ts';

/** The bank's server: verifies, carries out, signs every answer over the bytes it sends. */
export function bankTransferServer(options: ChannelOptions): Server {
  const hear = (request: IncomingMessage, _text: string, content: Buffer) => {
    const { method = '', url = '/', headers } = request;
    return heard(options, { method, target: url, headers, content });
  };
  const dress = (content: string, _request: IncomingMessage, status: number) =>
    signedHeaders({ '@status': String(status) }, content);
  return createServer(listener(options.books, { hear, dress }));
}

const mishaps: Mishaps = {
  ...mishapWords,
  one_less: (answer) => ({ ...answer, body: withMoney(answer.body, oneLess) }),
};

/** Looked at in the order of the bank's page, section 6. */
function heard(options: ChannelOptions, request: SignedRequest): Outcome | Promise<Outcome> {
  const { method, target, content } = request;
  const routed = route(method, target);
  if ('refused' in routed) return { answer: routed.refused };
  const unread = notRead(request);
  if (unread) return { answer: unread };
  const call = routed.understand({ options, name: routed.name, body: parsed(content) });
  const wrong = complaint(request);
  if (!wrong) return carryOut(options.books, call, mishaps);
  const [code, detail] = wrong;
  options.books.violate(channel, call.references[0] ?? '', 'unsigned_or_stale_request', detail);
  return { answer: refusal(code, detail) };
}

const bodyMax = 64 * 1_024;

function notRead({ method, headers, content }: SignedRequest): Answer | null {
  if (content.length > bodyMax) return refusal('BODY_TOO_LARGE', `at most ${bodyMax} bytes`);
  if (method === 'GET' || /^application\/json *(;|$)/i.test(headers['content-type'] ?? ''))
    return null;
  return refusal('MEDIA_TYPE', 'must be application/json');
}

function parsed(content: Buffer): unknown {
  if (!isUtf8(content)) return undefined;
  try {
    return JSON.parse(content.toString()) as unknown;
  } catch {
    return undefined;
  }
}
