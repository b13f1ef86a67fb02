import { createServer, type IncomingMessage, type Server } from 'node:http';

import { type Answer, carryOut, type Mishaps } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import { listener, type Outcome, type Page } from '../serve.ts';
import { download } from './bill-download.ts';
import { oneLess } from './callback.ts';
import { cashier, pressed, refusal } from './page.ts';
import { barcode, isPage, qrCode } from './product.ts';
import { type Asked, complaint, read } from './request.ts';
import { type AlipayOptions, answer, route } from './route.ts';
import { spelt } from './signature.ts';
import { failed, refused, type Said, success, tradeNotExist } from './wording.ts';

/** Alipay's gateway: verifies, carries out, signs every answer over the bytes it sends; and the cashier's pages. */
export function alipayServer(options: AlipayOptions): Server {
  const hear = (request: IncomingMessage, body: string) => heard(options, request, body);
  const dress = () => ({ 'Content-Type': 'text/html;charset=utf-8' }); // so the real one calls its JSON
  return createServer(listener(options.books, { hear, dress, spell: spelt }));
}

function heard(
  options: AlipayOptions,
  { method, url = '/' }: IncomingMessage,
  body: string,
): Outcome | Promise<Outcome> {
  const [path = '', query = ''] = url.split('?', 2);
  if (path === '/bill') return download(options.books, query);
  if (path !== '/gateway.do') {
    const code = new URLSearchParams(query).get('code');
    return (method === 'POST' && pressed(options, path, code)) || { answer: noSuchPath };
  }
  const asked = read(query, body);
  if (isPage(asked.method)) return browsed(options, asked);
  const call = route(options, asked);
  if (!call) return { answer: { status: 200, body: { error_response: noMethod(asked) } } };
  const wrong = complaint(options.books, asked);
  if (wrong) return { answer: answer(asked, wrong) };
  return carryOut(options.books, call, mishaps(asked));
}

const noSuchPath: Answer = { status: 404, body: null };

/** No fault strikes a payer's browser. */
function browsed(options: ChannelOptions, asked: Asked): Page {
  const wrong = complaint(options.books, asked);
  return wrong ? refusal(wrong) : options.books.atomically(() => cashier(options, asked));
}

function noMethod({ method }: Asked): Said {
  if (method === '') return refused(40001, 'isv.missing-method', '缺少方法名参数');
  return refused(40002, 'isv.invalid-method', '不存在的方法名');
}

const unknown = refused(20000, 'isp.unknow-error', '系统繁忙');

/**
 * Alipay's words for the mishaps that befall every channel. That it does not know is said in several ways: by
 * 20000, and by a 40004 that looks like a refusal, in refunds with the misspelling of its documents.
 */
function mishaps(asked: Asked): Mishaps {
  const systemErrors: Readonly<Record<string, Said>> = {
    [qrCode]: unknown,
    [barcode]: unknown,
    'alipay.trade.refund': failed('AQC.SYSTEM_ERROR', '系统错误'),
  };
  const systemError = systemErrors[asked.method] ?? failed('ACQ.SYSTEM_ERROR', '系统错误');
  return {
    rate_limit: answer(asked, refused(40005, 'isv.app-call-limited', '应用调用次数超限')),
    http_500: { status: 500, body: null },
    system_error: answer(asked, systemError),
    not_found: (operation) =>
      answer(asked, operation === 'query_refund' ? success() : tradeNotExist),
    one_less: ({ status, body }) => {
      const [said] = Object.values(body ?? {}) as Said[];
      return said ? { ...answer(asked, oneLess(said)), status } : { status, body };
    },
  };
}
