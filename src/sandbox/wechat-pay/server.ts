import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import type { Books, Fault } from '../books.ts';
import type { Deliverer } from '../delivery.ts';
import { strike } from '../fault.ts';
import {
  type Answer,
  channel,
  close,
  create,
  findRefund,
  query,
  refund,
  refusal,
  wireRefund,
} from './order.ts';
import { pay } from './payer.ts';
import { complaint, signedHeaders } from './signature.ts';

export interface WechatPayOptions {
  readonly books: Books;
  readonly deliverer: Deliverer;
  readonly refundMs: number;
  readonly refundSpacingMs: number;
}

/** What a request asks for: the operation, our merchant's number in it, and how to carry it out. */
interface Asked {
  readonly operation: string;
  readonly reference: string;
  readonly commit: (faults: ReadonlySet<string>) => Answer;
}

const orders = '/v3/pay/transactions';
const refunds = '/v3/refund/domestic/refunds';

/** WeChat Pay's server: verifies, carries out, signs every answer over the bytes it sends. */
export function wechatPayServer(options: WechatPayOptions): Server {
  return createServer((request, response) => {
    serve(options, request, response).catch(() => response.destroy());
  });
}

async function serve(
  options: WechatPayOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  const target = request.url ?? '/';
  const asked = route(options, request.method ?? '', target, body);
  if (!asked) return answer(response, refusal(404, 'RESOURCE_NOT_EXISTS', target));
  const { books } = options;
  const faults = strike(books, channel, asked.operation, asked.reference);
  const names = new Set(faults.map((fault) => fault.fault));
  if (names.has('refuse_connection')) return void response.destroy();
  const wrong = misses(request, target, body);
  if (wrong) {
    books.violate(channel, asked.reference, 'unsigned_or_stale_request', wrong);
    return answer(response, refusal(401, 'SIGN_ERROR', wrong));
  }
  await before(faults);
  if (names.has('rate_limit'))
    return answer(response, refusal(429, 'FREQUENCY_LIMITED', '频率超限'));
  if (names.has('http_500_before_commit'))
    return answer(response, refusal(500, 'SYSTEM_ERROR', '系统错误'));
  if (names.has('timeout_before_commit')) return; // held until the caller leaves
  if (denies(books, faults, asked))
    return answer(response, refusal(404, 'ORDER_NOT_EXIST', '订单不存在'));
  const result = asked.commit(names);
  if (names.has('timeout_after_commit')) return;
  if (names.has('http_500_after_commit'))
    return answer(response, refusal(500, 'BANK_ERROR', '银行系统异常'));
  if (names.has('system_error_after_commit'))
    return answer(response, refusal(500, 'SYSTEM_ERROR', '系统错误'));
  answer(
    response,
    names.has('wrong_amount') ? oneLess(result) : result,
    names.has('reset_mid_body'),
  );
}

function misses(request: IncomingMessage, target: string, body: string): string | null {
  if (!request.headers['user-agent'] || !request.headers.accept)
    return 'User-Agent and Accept are mandatory';
  return complaint(request.method ?? '', target, body, request.headers.authorization);
}

function before(faults: readonly Fault[]): Promise<void> {
  const slow = faults
    .filter((fault) => fault.fault === 'slow')
    .map((fault) => fault.delay_ms ?? 3_000);
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ...slow)));
}

/** `not_found_for`: an order that is younger than this is denied. */
function denies(books: Books, faults: readonly Fault[], asked: Asked): boolean {
  const fault = faults.find((one) => one.fault === 'not_found_for');
  if (!fault) return false;
  const found =
    books.find(channel, asked.reference) ?? findRefund(books, asked.reference)?.transaction;
  return (
    found !== undefined && Date.now() - Date.parse(found.created_at) < (fault.delay_ms ?? 30_000)
  );
}

function route(
  options: WechatPayOptions,
  method: string,
  target: string,
  body: string,
): Asked | null {
  const { books } = options;
  const path = target.split('?')[0] ?? '';
  const last = decodeURIComponent(path.split('/').at(-1) ?? '');
  const content = (): unknown => {
    try {
      return JSON.parse(body) as unknown;
    } catch {
      return null;
    }
  };
  const named = (name: string): string => {
    const value = (content() as Record<string, unknown> | null)?.[name];
    return typeof value === 'string' ? value : '';
  };
  if (method === 'POST' && path === `${orders}/native`) {
    return {
      operation: 'create',
      reference: named('out_trade_no'),
      commit: () => create(books, content()),
    };
  }
  if (method === 'GET' && path.startsWith(`${orders}/out-trade-no/`)) {
    return { operation: 'query', reference: last, commit: () => query(books, 'reference', last) };
  }
  if (method === 'GET' && path.startsWith(`${orders}/id/`)) {
    return {
      operation: 'query',
      reference: last,
      commit: () => query(books, 'transaction_id', last),
    };
  }
  if (method === 'POST' && path.startsWith(`${orders}/out-trade-no/`) && path.endsWith('/close')) {
    const reference = decodeURIComponent(path.split('/').at(-2) ?? '');
    return {
      operation: 'close',
      reference,
      commit: (faults) => closing(options, reference, faults),
    };
  }
  if (method === 'POST' && path === refunds) {
    const rules = (bounces: boolean) => ({
      settle_ms: options.refundMs,
      spacing_ms: options.refundSpacingMs,
      bounces,
    });
    const commit = (faults: ReadonlySet<string>) =>
      refund(books, content(), rules(faults.has('refund_bounce')));
    return { operation: 'refund', reference: named('out_refund_no'), commit };
  }
  if (method === 'GET' && path.startsWith(`${refunds}/`)) {
    return { operation: 'query_refund', reference: last, commit: () => queryRefund(books, last) };
  }
  return null;
}

/** `pay_during_close`: the payer is faster by a hair. */
function closing(
  { books, deliverer }: WechatPayOptions,
  reference: string,
  faults: ReadonlySet<string>,
): Answer {
  const transaction = books.find(channel, reference);
  if (transaction && faults.has('pay_during_close'))
    pay(books, deliverer, transaction, transaction.state === 'created');
  return close(books, reference);
}

function queryRefund(books: Books, reference: string): Answer {
  const found = findRefund(books, reference);
  if (!found) return refusal(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
  return { status: 200, body: wireRefund(found.transaction, found.refund) };
}

function oneLess(result: Answer): Answer {
  const amount = (result.body as { amount?: Record<string, unknown> } | null)?.amount;
  if (!amount) return result;
  const less = Object.fromEntries(
    Object.entries(amount).map(([name, value]) => [
      name,
      (name === 'total' || name === 'refund') && typeof value === 'number' ? value - 1 : value,
    ]),
  );
  return { ...result, body: { ...result.body, amount: less } };
}

function answer(response: ServerResponse, { status, body }: Answer, cut = false): void {
  const text = body === null ? '' : JSON.stringify(body);
  response.writeHead(status, {
    ...signedHeaders(text),
    'Request-ID': randomUUID(),
    ...(body === null
      ? {}
      : {
          'Content-Type': 'application/json; charset=utf-8',
          'Content-Length': Buffer.byteLength(text),
        }),
  });
  if (!cut) return void response.end(text);
  response.write(text.slice(0, Math.floor(text.length / 2)), () => response.destroy());
}
