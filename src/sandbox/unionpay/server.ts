import { createServer, type IncomingMessage, type Server } from 'node:http';

import { type Answer, carryOut, type Mishaps } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import { heardOf, listener, type Outcome } from '../serve.ts';
import { oneLess } from './callback.ts';
import { cashier } from './page.ts';
import { type Asked, complaint, read } from './request.ts';
import { answer, isGateway, route } from './route.ts';
import { spelt } from './signature.ts';
import { responded, type Said } from './wording.ts';

/** UnionPay's gateway: verifies, carries out, signs every answer; and the pages that payers see. */
export function unionpayServer(options: ChannelOptions): Server {
  const hear = (request: IncomingMessage, body: string) => heard(options, request, body);
  const dress = () => ({ 'Content-Type': 'text/html;charset=UTF-8' }); // so the real one calls its members
  return createServer(listener(options.books, { hear, dress, spell: spelt }));
}

/** No fault strikes a payer's browser. */
function heard(
  options: ChannelOptions,
  request: IncomingMessage,
  body: string,
): Outcome | Promise<Outcome> {
  const { method, path } = heardOf(request, body);
  if (method !== 'POST' || !isGateway(path))
    return cashier(options, method, path) ?? { answer: { status: 404, body: null } };
  const asked = read(path, body);
  const call = route(options, asked);
  const wrong = complaint(options.books, asked);
  if (wrong) return { answer: answer(asked, wrong) };
  if (!call) return { answer: answer(asked, responded('10', 'txnType')) };
  return carryOut(options.books, call, mishaps(asked, call.operation));
}

/** UnionPay's words for the mishaps that befall every channel. What was asked too often is not what it cannot do now. */
function mishaps(asked: Asked, operation: string): Mishaps {
  const isQuery = operation === 'query' || operation === 'query_refund';
  return {
    rate_limit: answer(asked, responded(isQuery ? '37' : '06')),
    http_500: { status: 500, body: null },
    system_error: answer(asked, responded('04')),
    not_found: () => answer(asked, responded(isQuery ? '34' : '35')),
    one_less: ({ status, body }): Answer => ({ status, body: body && oneLess(body as Said) }),
  };
}
