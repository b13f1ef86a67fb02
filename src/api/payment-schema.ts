import { z } from 'zod';

import { isCurrency } from '../domain/currency.ts';
import { amountMax } from '../domain/money.ts';

/** Marks a rule whose breach has a code of its own; anything else is `invalid_field`. */
const coded = (code: string) => ({ params: { code } });

const visible = (most: number) =>
  z.string().min(1).max(most).regex(/^[\x21-\x7e]+$/, 'visible ASCII characters only'); // prettier-ignore
const httpUrl = z.string().max(2_048).refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'an http or https URL'); // prettier-ignore

/** Seconds to wait for a stable state. */
export const wait = z.int().min(0).max(30).default(10);

export const methodTypes = [
  'card', 'wechat_pay_qr', 'wechat_pay_h5', 'wechat_pay_jsapi', 'alipay_qr', 'alipay_page', 'alipay_wap', 'paypal',
  'apple_pay', 'google_pay', 'ideal', 'grabpay', 'bank_transfer', 'balance',
] as const; // prettier-ignore

const method = z.strictObject({
  type: z.enum(methodTypes),
  token: z.string().min(1).max(255).optional(),
});

/** A whole number of minor units; 0 and beyond 10^12 - 1 have codes of their own. */
const amount = z
  .int()
  .refine((value) => value >= 0, { error: 'a negative amount', abort: true })
  .refine((value) => value > 0, { error: 'at least 1', ...coded('amount_too_small') })
  .refine((value) => value <= amountMax, {
    error: `at most ${amountMax}`,
    ...coded('amount_too_large'),
  });

const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: 'three upper-case letters of ISO 4217', abort: true })
  .refine((code) => isCurrency(code), {
    error: 'not a currency of ISO 4217',
    ...coded('currency_not_supported'),
  });

const metadata = z
  .record(z.string().min(1).max(40), z.string().max(500))
  .refine((pairs) => Object.keys(pairs).length <= 50, 'at most 50 pairs');

/** `POST /v1/payments` (contract section 2). */
export const createPayment = z.strictObject({
  order_no: visible(64),
  amount,
  currency,
  method: method.optional(),
  capture: z.enum(['automatic', 'manual']).default('automatic'),
  expires_in: z.int().default(1_800),
  wait,
  on_decline: z.enum(['retry', 'fail']).default('retry'),
  max_attempts: z.int().min(1).max(20).default(5),
  late_money: z.enum(['accept', 'refund', 'hold']).optional(),
  description: z.string().max(500).optional(),
  customer: z
    .strictObject({ id: z.string().max(64).optional(), email: z.email().max(254).optional() })
    .optional(),
  return_url: httpUrl.optional(),
  notify_url: httpUrl.optional(),
  metadata: metadata.default({}),
});
export type CreatePayment = z.infer<typeof createPayment>;

/** `POST …/cancel`. */
export const cancelPayment = z.strictObject({ reason: z.string().max(500).optional(), wait });

/** `POST …/sync`. */
export const syncPayment = z.strictObject({ wait });

/** `POST /v1/cases/{id}/resolve`. */
export const resolveCase = z.strictObject({
  decision: z.string().min(1).max(40),
  reason: z.string().min(1).max(500),
  wait,
});
