import { z } from 'zod';

import { fen } from './money.ts';

const amount = z.union([z.string(), z.number()]).transform((text, context) => {
  const value = fen(text);
  if (value === null) context.addIssue('yuan, 0.01 to 100000000.00');
  return value ?? 0;
});

/** What every product is asked for with. */
const order = z.looseObject({
  out_trade_no: z.string().regex(/^[0-9A-Za-z_]{1,64}$/),
  total_amount: amount,
  subject: z.string().min(1).max(256),
  body: z.string().max(128).optional(),
  time_expire: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?$/)
    .optional(),
  timeout_express: z
    .string()
    .regex(/^[1-9]\d{0,4}[mhd]$/)
    .optional(),
});
export type OrderRequest = z.infer<typeof order>;

/** Methods: the payer scans the merchant's code, or the merchant the payer's. */
export const qrCode = 'alipay.trade.precreate';
export const barcode = 'alipay.trade.pay';

/** Methods that the payer's browser, or his app, brings to the gateway; the merchant calls nobody. */
const pages = {
  'alipay.trade.page.pay': order.extend({ product_code: z.literal('FAST_INSTANT_TRADE_PAY') }),
  'alipay.trade.wap.pay': order.extend({ product_code: z.literal('QUICK_WAP_WAY') }),
  'alipay.trade.app.pay': order.extend({
    product_code: z.literal('QUICK_MSECURITY_PAY').optional(),
  }),
} as const;

/** Is it a payer who comes by this method, with a URL that his merchant signed? */
export function isPage(method: string): boolean {
  return Object.hasOwn(pages, method);
}

const requests: Readonly<Record<string, z.ZodType<OrderRequest>>> = {
  ...pages,
  [barcode]: order.extend({
    scene: z.literal('bar_code'),
    product_code: z.literal('FACE_TO_FACE_PAYMENT').optional(),
  }),
};

/**
 * What a method's biz_content must be (channels.md 2.4): each product has its own code, which Alipay's pages of
 * `page.pay` and `wap.pay` demand and those of `app.pay` and `pay` leave open, and `pay` its scene.
 */
export function requestOf(method: string): z.ZodType<OrderRequest> {
  return requests[method] ?? order;
}
