import { z } from 'zod';

import type { NextAction } from '../../domain/outcome.ts';
import type { Order } from '../order.ts';
import { read } from '../text.ts';
import type { Account } from './account.ts';
import { appParameters, jsapiParameters } from './client.ts';

/** How a payer comes to an order of WeChat Pay (channels.md 1.4). */
export interface Way {
  /** The end of its address. */
  readonly path: string;
  /** What its orders name beside what all do. */
  readonly particulars: (order: Order) => object;
  /** What the payer is to do, out of the reply's body; null when that does not say. */
  readonly action: (body: string, account: Account, order: Order, now: Date) => NextAction | null;
  /** How long that leads anywhere. */
  readonly life_ms: number;
}

const twoHours = 2 * 3_600_000;

const codeUrl = z.object({ code_url: z.string().min(1) });

/** A code that the payer scans. */
const native: Way = {
  path: 'native',
  particulars: () => ({}),
  action: (body) => {
    const made = read(codeUrl, body);
    return made && { type: 'display_qr_code', data: made.code_url };
  },
  life_ms: twoHours,
};

const h5Url = z.object({ h5_url: z.url({ protocol: /^https?$/ }) });

/** A page that opens WeChat out of a phone's browser, whose address WeChat compares with the one that we name. */
const h5: Way = {
  path: 'h5',
  particulars: ({ token }) => ({
    scene_info: { payer_client_ip: token, h5_info: { type: 'Wap' } }, // right for any phone
  }),
  action: (body, _account, { return_url }) => {
    const made = read(h5Url, body);
    return made && { type: 'redirect', url: leadingBack(made.h5_url, return_url) };
  },
  life_ms: 5 * 60_000,
};

/** The page's address with where the payer goes afterwards, appended as it is: WeChat signed the rest. */
function leadingBack(page: string, return_url: string | null): string {
  if (return_url === null) return page;
  const back = encodeURIComponent(new URL(return_url).href);
  return `${page}${page.includes('?') ? '&' : '?'}redirect_url=${back}`;
}

const prepay = z.object({ prepay_id: z.string().regex(/^\S+$/) }); // a line of what is signed

/** A page or a mini program inside WeChat, where the merchant knows the payer by his openid. */
const jsapi: Way = {
  path: 'jsapi',
  particulars: ({ token }) => ({ payer: { openid: token } }),
  action: (body, account, _order, now) => {
    const made = read(prepay, body);
    return made && { type: 'sdk_params', params: jsapiParameters(account, made.prepay_id, now) };
  },
  life_ms: twoHours,
};

/** The merchant's own app, which opens WeChat's. */
const app: Way = {
  path: 'app',
  particulars: () => ({}),
  action: (body, account, _order, now) => {
    const made = read(prepay, body);
    return made && { type: 'sdk_params', params: appParameters(account, made.prepay_id, now) };
  },
  life_ms: twoHours,
};

const ways = new Map([
  ['wechat_pay_app', app],
  ['wechat_pay_qr', native],
  ['wechat_pay_h5', h5],
  ['wechat_pay_jsapi', jsapi],
]);

/** Does the payer present a code of his own? Then there is no way to him: the order is charged and reversed (codepay.ts). */
export function isPresented({ method }: Pick<Order, 'method'>): boolean {
  return method === 'wechat_pay_code';
}

/** The way of a method type. Throws for one that the facts do not name. */
export function wayOf(method: string): Way {
  const way = ways.get(method);
  if (!way) throw new Error(`bug: WeChat Pay has no '${method}'`);
  return way;
}
