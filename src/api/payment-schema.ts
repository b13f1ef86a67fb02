import { z } from 'zod';

import { channelSlugs } from '../domain/channel.ts';
import { amountMax } from '../domain/money.ts';
import { paymentStatuses } from '../domain/payment.ts';
import { card } from './card-schema.ts';
import { amount, coded, country, currency, email, httpUrl, instant, ipAddress, listQuery, metadata, text, visible, wait, wholeNumber } from './field.ts'; // prettier-ignore
import { balance } from './wallet-schema.ts';

export const methodTypes = [
  'card', 'wechat_pay_qr', 'wechat_pay_h5', 'wechat_pay_jsapi', 'wechat_pay_app', 'wechat_pay_code', 'alipay_qr', 'alipay_page', 'alipay_wap', 'alipay_app', 'alipay_code', 'unionpay_qr', 'unionpay_app', 'paypal',
  'apple_pay', 'google_pay', 'ideal', 'grabpay', 'bank_transfer', 'balance',
] as const; // prettier-ignore

/** Wallets of cards, which give out a token for one of theirs. */
const byToken = ['apple_pay', 'google_pay'] as const;

/** WeChat compares it with the address that opens its page. */
const payerIp = ipAddress.openapi({ description: 'Address of the payer’s browser' });
const openid = z
  .string()
  .regex(/^[0-9A-Za-z_-]{1,128}$/, 'letters, digits, _ and -')
  .openapi({ description: 'The payer under the appid of the account' });

/** What the payer shows at a till: channels give out codes of 16 to 24 digits, good for a minute and once. */
const authCode = z
  .string()
  .regex(/^\d{16,24}$/, '16 to 24 digits')
  .openapi({ description: 'The code that the payer presents', example: '130061098828009406' });
const presented = ['wechat_pay_code', 'alipay_code'] as const;

/** Some methods come with what their channel must be told of the payer: it is shown to nobody else. */
export const method = z.discriminatedUnion(
  'type',
  [
    card,
    z.strictObject({ type: z.enum(byToken), token: text(1, 255) }),
    z.strictObject({ type: z.literal('wechat_pay_h5'), payer_ip: payerIp.optional() }),
    z.strictObject({ type: z.literal('wechat_pay_jsapi'), openid: openid.optional() }),
    z.strictObject({ type: z.enum(presented), auth_code: authCode }),
    z.strictObject({
      type: z
        .enum(methodTypes)
        .exclude([
          'card',
          ...byToken,
          ...presented,
          'wechat_pay_h5',
          'wechat_pay_jsapi',
          'balance',
        ]),
    }),
    balance,
  ],
  { error: `one of ${methodTypes.join(', ')}` },
);
export type Method = z.infer<typeof method>;

/** What the method came with, for its channel alone; at a test account a test payer stands in where it came with nothing. */
export function tokenOf(method: Method): string | null {
  switch (method.type) {
    case 'card':
      return method.token ?? null;
    case 'apple_pay':
    case 'google_pay':
      return method.token;
    case 'wechat_pay_h5':
      return method.payer_ip ?? '192.0.2.1';
    case 'wechat_pay_code':
    case 'alipay_code':
      return method.auth_code;
    case 'wechat_pay_jsapi':
      return method.openid ?? 'oTestPayer';
    default:
      return null;
  }
}

/** `POST /v1/payments` (contract section 2). @param minExpiresIn the shortest life of a payment, in seconds */
export const createPayment = (minExpiresIn: number) =>
  z
    .strictObject({
      order_no: visible(64),
      amount,
      currency,
      method: method.optional(),
      capture: z.enum(['automatic', 'manual']).default('automatic'),
      expires_in: life(minExpiresIn),
      wait,
      on_decline: z.enum(['retry', 'fail']).default('retry'),
      max_attempts: z.int().min(1).max(20).default(5),
      late_money: z.enum(['accept', 'refund', 'hold']).optional(),
      description: text(0, 500).optional(),
      customer: z.strictObject({ id: text(1, 64).optional(), email: email.optional(), country: country.optional() }).optional(),
      return_url: httpUrl.optional(),
      notify_url: httpUrl.optional(),
      metadata: metadata.default({}),
    })
    .openapi('CreatePayment'); // prettier-ignore
export type CreatePayment = z.infer<ReturnType<typeof createPayment>>;

const lifeMax = 604_800; // 7 days (contract section 2)

/** How long the payer has, in seconds. @param least the shortest life of a payment */
export const life = (least: number) =>
  z.int().min(0)
    .refine((seconds) => seconds >= least && seconds <= lifeMax, { error: `from ${least} to ${lifeMax} seconds`, ...coded('expires_in_out_of_range') })
    .default(Math.max(1_800, least))
    .openapi({ minimum: least, maximum: lifeMax, description: 'Seconds' }); // prettier-ignore

/** `POST …/confirm`. */
export const confirmPayment = z.strictObject({ method, wait }).openapi('ConfirmPayment');

/** `POST …/capture`. */
export const capturePayment = z
  .strictObject({ amount: amount.optional(), final: z.boolean().default(false), wait })
  .openapi('CapturePayment');

/** `POST …/increment_authorization`. */
export const incrementPayment = z
  .strictObject({
    amount: amount.openapi({ description: 'The new total, more than what is held' }),
    wait,
  })
  .openapi('IncrementAuthorization');

/** `POST …/cancel`. */
export const cancelPayment = z
  .strictObject({ reason: text(0, 500).optional(), wait })
  .openapi('CancelPayment');

/** `POST …/sync`. */
export const syncPayment = z.strictObject({ wait }).openapi('SyncPayment');

/** `GET /v1/payments/{id}`: the long poll. */
export const pollPayment = z.strictObject({
  wait: wholeNumber(0, 30).optional(),
  after_sequence: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
});

/** `GET /v1/payments`. */
export const listPayments = listQuery({
  order_no: text(1, 64).optional(),
  status: z.enum(paymentStatuses).optional(),
  method: z.enum(methodTypes).optional(),
  channel: z.enum(channelSlugs).optional(),
  customer: text(1, 64).optional(),
  created_after: instant('Created at this instant or later').optional(),
  created_before: instant('Created at this instant or earlier').optional(),
  amount_min: wholeNumber(0, amountMax).optional().openapi({ description: 'This amount or more' }),
  amount_max: wholeNumber(0, amountMax).optional().openapi({ description: 'This amount or less' }),
});
