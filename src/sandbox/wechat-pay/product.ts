import { randomBytes } from 'node:crypto';

import { z } from 'zod';

import { clock } from '../clock.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { bytes, digits } from './wording.ts';

const order = z.looseObject({
  appid: z.string(),
  mchid: z.literal(keys.mchid),
  description: bytes(127).min(1),
  out_trade_no: z.string().regex(/^[0-9A-Za-z_\-|*]{6,32}$/),
  time_expire: z.iso.datetime({ offset: true }).optional(),
  attach: bytes(128).optional(),
  amount: z.looseObject({ total: z.int().min(1), currency: z.literal('CNY').default('CNY') }),
});

const prepaid = order.extend({
  notify_url: z.url().refine((url) => !url.includes('?'), 'a notify_url has no query'),
});

const h5Scene = z.looseObject({
  payer_client_ip: z.union([z.ipv4(), z.ipv6()]),
  h5_info: z.looseObject({ type: z.enum(['Wap', 'iOS', 'Android']) }),
});

/** Which of the merchant's shops scans: its number at WeChat, or his own one. */
const shopScene = z.looseObject({
  store_info: z
    .looseObject({
      id: z.string().min(1).max(32).optional(),
      out_id: z.string().min(1).max(32).optional(),
    })
    .refine(({ id, out_id }) => id ?? out_id, 'id or out_id'),
});

const twoHoursMs = 7_200_000;
const freshPrepayId = () => `wx${digits(clock.now())}${randomBytes(10).toString('hex')}`;

/** The ways to pay, as the last part of the path that makes the order (channels.md 1.4). */
export const products = {
  native: {
    trade_type: 'NATIVE',
    request: prepaid,
    lastsMs: twoHoursMs,
    freshCode: () => randomBytes(6).toString('base64url'),
    given: (code: string) => ({ code_url: `weixin://wxpay/bizpayurl?pr=${code}` }),
  },
  jsapi: {
    trade_type: 'JSAPI',
    request: prepaid.extend({ payer: z.looseObject({ openid: z.string().min(1).max(128) }) }),
    lastsMs: twoHoursMs,
    freshCode: freshPrepayId,
    given: (code: string) => ({ prepay_id: code }),
  },
  app: {
    trade_type: 'APP',
    request: prepaid,
    lastsMs: twoHoursMs,
    freshCode: freshPrepayId,
    given: (code: string) => ({ prepay_id: code }),
  },
  h5: {
    trade_type: 'MWEB',
    request: prepaid.extend({ scene_info: h5Scene }),
    lastsMs: 300_000,
    freshCode: freshPrepayId,
    given: (code: string, origin: string) => ({ h5_url: `${origin}${h5Path}?prepay_id=${code}` }),
  },
  /** The merchant scans the payer's code: nothing is given to anybody, and nobody is called back. */
  codepay: {
    trade_type: 'MICROPAY',
    request: order.extend({
      payer: z.looseObject({ auth_code: z.string().regex(/^1[0-5]\d{16}$/) }),
      scene_info: shopScene,
    }),
    lastsMs: twoHoursMs,
    freshCode: () => '',
    given: () => ({}),
  },
} as const;

export type Product = keyof typeof products;
/** A product that gives the payer something to pay with. */
export type Prepaid = Exclude<Product, 'codepay'>;

/** Where the payer's browser opens the cashier of an H5 order. */
export const h5Path = '/cgi-bin/mmpayweb-bin/checkmweb';
