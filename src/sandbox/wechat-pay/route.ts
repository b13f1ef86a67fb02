import type { IncomingHttpHeaders } from 'node:http';

import type { Call } from '../call.ts';
import { billCall } from './bill-download.ts';
import { certificates } from './certificate.ts';
import * as order from './order-call.ts';
import * as refund from './refund-call.ts';
import { about, type Asked, read, type WechatPayOptions } from './request.ts';

type Route = readonly [method: string, path: RegExp, call: (asked: Asked) => Call];

const pay = '/v3/pay/transactions';
const number = `${pay}/out-trade-no/([^/]+)`;
const refunds = '/v3/refund/domestic/refunds';
const routes: readonly Route[] = [
  ...(['native', 'jsapi', 'app', 'h5'] as const).map((product): Route => [
    'POST',
    new RegExp(`^${pay}/${product}$`),
    (asked) => order.createCall(product, asked),
  ]),
  ['POST', new RegExp(`^${pay}/codepay$`), order.codepayCall],
  ['GET', new RegExp(`^${number}$`), order.queryCall],
  ['GET', new RegExp(`^${pay}/id/([^/]+)$`), order.queryByIdCall],
  ['POST', new RegExp(`^${number}/close$`), order.closeCall],
  ['POST', new RegExp(`^${number}/reverse$`), order.reverseCall],
  ['POST', new RegExp(`^${refunds}$`), refund.refundCall],
  ['GET', new RegExp(`^${refunds}/([^/]+)$`), refund.queryRefundCall],
  ['POST', new RegExp(`^${refunds}/([^/]+)/apply-abnormal-refund$`), refund.abnormalCall],
  ['GET', /^\/v3\/bill\/tradebill$/, (asked) => billCall('trade', asked)],
  ['GET', /^\/v3\/bill\/fundflowbill$/, (asked) => billCall('fund', asked)],
  ['GET', /^\/v3\/certificates$/, () => about('certificates', [], null, certificates)],
];

/** A request as it came over the wire. */
export interface Came {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** The body. */
  readonly text: string;
}

/** What a request asks for, or null when WeChat has no such path. */
export function route(
  options: WechatPayOptions,
  { method, target, headers, text }: Came,
): Call | null {
  const [path = '', query = ''] = target.split('?', 2);
  for (const [wanted, pattern, call] of routes) {
    const match = method === wanted && pattern.exec(path);
    if (match) return call(read(options, headers, { number: match[1] ?? '', query, text }));
  }
  return null;
}
