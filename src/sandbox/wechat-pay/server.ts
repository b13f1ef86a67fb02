import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';

import { carryOut, type Ending, type Mishaps } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import { listener } from '../serve.ts';
import { oneLess } from './callback.ts';
import { route } from './route.ts';
import { complaint, signedHeaders } from './signature.ts';
import { channel, refusal } from './wording.ts';

const mishaps: Mishaps = {
  rate_limit: refusal(429, 'FREQUENCY_LIMITED', '频率超限'),
  http_500: refusal(500, 'BANK_ERROR', '银行系统异常'),
  system_error: refusal(500, 'SYSTEM_ERROR', '系统错误'),
  not_found: (operation) =>
    operation === 'refund' || operation === 'query_refund'
      ? refusal(404, 'RESOURCE_NOT_EXISTS', '单据不存在')
      : refusal(404, 'ORDER_NOT_EXIST', '订单不存在'),
  one_less: ({ status, body }) =>
    body && 'amount' in body
      ? { status, body: { ...body, amount: oneLess(body.amount) } }
      : { status, body },
};

/** WeChat Pay's server: verifies, carries out, signs every answer over the bytes it sends. */
export function wechatPayServer(options: ChannelOptions): Server {
  const hear = (request: IncomingMessage, body: string) => heard(options, request, body);
  const dress = (content: string) => ({ ...signedHeaders(content), 'Request-ID': randomUUID() });
  return createServer(listener(options.books, { hear, dress }));
}

function heard(
  options: ChannelOptions,
  request: IncomingMessage,
  body: string,
): Ending | Promise<Ending> {
  const { method = '', url: target = '/', headers } = request;
  const call = route(options, method, target, body);
  if (!call) return { answer: refusal(404, 'RESOURCE_NOT_EXISTS', `no ${method} ${target}`) };
  const violated = (rule: string, detail: string) =>
    options.books.violate(channel, call.references[0] ?? '', rule, detail);
  const wrong = complaint(method, target, body, headers.authorization);
  if (wrong) {
    violated('unsigned_or_stale_request', wrong);
    return { answer: refusal(401, 'SIGN_ERROR', wrong) };
  }
  if (!headers['user-agent'] || !headers.accept) {
    violated('missing_header', 'User-Agent and Accept are mandatory');
    return { answer: refusal(400, 'PARAM_ERROR', 'User-Agent and Accept are mandatory') };
  }
  return carryOut(options.books, call, mishaps);
}
