import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';

import { carryOut, type Mishaps } from '../call.ts';
import { listener, type Outcome } from '../serve.ts';
import { download, downloadPath } from './bill-download.ts';
import { oneLess } from './callback.ts';
import { opened } from './client.ts';
import { cashier } from './page.ts';
import type { Place, WechatPayOptions } from './request.ts';
import { type Came, route } from './route.ts';
import { complaint, serialNamed, signedHeaders } from './signature.ts';
import { channel, refusal, respelt, systemError } from './wording.ts';

const mishaps: Mishaps = {
  rate_limit: refusal(429, 'FREQUENCY_LIMITED', '频率超限'),
  http_500: refusal(500, 'BANK_ERROR', '银行系统异常'),
  system_error: systemError,
  not_found: (operation) =>
    operation === 'refund' || operation === 'query_refund'
      ? refusal(404, 'RESOURCE_NOT_EXISTS', '单据不存在')
      : refusal(404, 'ORDER_NOT_EXIST', '订单不存在'),
  one_less: ({ status, body }) =>
    body && 'amount' in body
      ? { status, body: { ...body, amount: oneLess(body.amount) } }
      : { status, body },
  respelt,
};

/** WeChat Pay's server: verifies, carries out, signs every answer over the bytes it sends; and what payers see. */
export function wechatPayServer(options: WechatPayOptions): Server {
  const hear = ({ method = '', url = '/', headers }: IncomingMessage, text: string) =>
    heard(options, { method, target: url, headers, text });
  const dress = (content: string, { headers }: IncomingMessage) => ({
    ...signedHeaders(content, serialNamed(headers)),
    'Request-ID': randomUUID(),
  });
  return createServer(listener(options.books, { hear, dress }));
}

/** No fault strikes a payer. */
function heard(options: WechatPayOptions, came: Came): Outcome | Promise<Outcome> {
  const { method, target, text } = came;
  const [path = '', ...query] = target.split('?');
  const place = { path, parameters: new URLSearchParams(query.join('?')) };
  const page = cashier(options, method, place);
  if (page) return page;
  const answer = method === 'POST' && opened(options, place, text);
  return answer ? { answer } : asked(options, place, came);
}

/** What the merchant asks. */
function asked(
  options: WechatPayOptions,
  { path, parameters }: Place,
  came: Came,
): Outcome | Promise<Outcome> {
  const { method, target, headers, text } = came;
  const call = route(options, came);
  const downloads = method === 'GET' && path === downloadPath;
  if (!call && !downloads)
    return { answer: refusal(404, 'RESOURCE_NOT_EXISTS', `no ${method} ${target}`) };
  const violated = (rule: string, detail: string) =>
    options.books.violate(channel, call?.references[0] ?? '', rule, detail);
  const wrong = complaint(method, target, text, headers.authorization);
  if (wrong) {
    violated('unsigned_or_stale_request', wrong);
    return { answer: refusal(401, 'SIGN_ERROR', wrong) };
  }
  if (!headers['user-agent'] || !headers.accept) {
    violated('missing_header', 'User-Agent and Accept are mandatory');
    return { answer: refusal(400, 'PARAM_ERROR', 'User-Agent and Accept are mandatory') };
  }
  if (call) return carryOut(options.books, call, mishaps);
  const downloaded = download(options.books, parameters);
  return 'file' in downloaded ? downloaded : { answer: downloaded };
}
