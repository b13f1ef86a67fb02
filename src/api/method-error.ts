import { choose } from '../domain/routing.ts';
import type { Paying } from '../domain/rule.ts';
import { ableTo, type Market, type Serving } from './market.ts';
import type { Method } from './payment-schema.ts';
import type { FieldError } from './problem.ts';
import { consentOf, noSuchMethod, savedOf } from './saved-method.ts';

/** Is there nobody who serves this method, or must the channel be told of the payer? */
export function methodErrors(serving: readonly Serving[], method: Method): FieldError[] {
  if (serving.length > 0) return payerErrors(serving, method);
  if (savedOf(method) !== null) return [noSuchMethod];
  const verb = consentOf(method) ? 'can save' : 'serves';
  const detail = `no channel account ${verb} '${method.type}'`;
  return [{ pointer: '/method/type', code: 'method_not_supported', detail }];
}

/** Who pays with real money is not made up: WeChat would not open the page for another address, or at another openid. */
function payerErrors(serving: readonly Serving[], method: Method): FieldError[] {
  const missing = missingOf(method);
  if (missing === null || !serving.some(({ account }) => account.livemode)) return [];
  const detail = `${method.type} with a live key needs ${missing}`;
  return [{ pointer: `/method/${missing}`, code: 'invalid_field', detail }];
}

function missingOf(method: Method): string | null {
  if (method.type === 'wechat_pay_h5' && method.payer_ip === undefined) return 'payer_ip';
  return method.type === 'wechat_pay_jsapi' && method.openid === undefined ? 'openid' : null;
}

/** A wallet is somebody's: is nobody named who pays out of his? */
export function walletOwnerErrors(
  pointer: string,
  { type }: Method,
  customer: string | undefined,
): FieldError[] {
  if (type !== 'balance' || customer !== undefined) return [];
  const detail =
    'balance pays out of a customer’s wallet: the payment must name him in customer.id';
  return [{ pointer, code: 'customer_not_found', detail }];
}

/** No wallet is topped up out of a wallet: that would be a payment of the same money to itself. */
export function topUpErrors({ type }: Method): FieldError[] {
  if (type !== 'balance') return [];
  const detail = 'a wallet is topped up by any method but balance';
  return [{ pointer: '/method/type', code: 'method_not_supported', detail }];
}

/** Does nobody of those who serve this method take this currency? Says which ones are enabled. */
export function currencyErrors(
  pointer: string,
  serving: readonly Serving[],
  { type }: Method,
  currency: string,
): FieldError[] {
  if (serving.length === 0 || serving.some(({ currencies }) => currencies.includes(currency)))
    return [];
  const enabled = [...new Set(serving.flatMap(({ currencies }) => currencies))].join(', ');
  const detail = `'${currency}' is not enabled for ${type}; enabled: ${enabled}`;
  return [{ pointer, code: 'currency_not_supported', detail }];
}

/** Is this method only captured automatically? */
export function captureErrors(
  pointer: string,
  serving: readonly Serving[],
  { type }: Method,
  capture: 'automatic' | 'manual' | undefined,
): FieldError[] {
  if (capture !== 'manual' || serving.length === 0) return [];
  if (serving.some(({ captures }) => captures !== 'none')) return [];
  const detail = `${type} is captured automatically`;
  return [{ pointer, code: 'capture_mode_not_supported', detail }];
}

/** Is everybody paused to whom the payment may go? */
export function pauseErrors({ serving, rules }: Market, paying: Paying): FieldError[] {
  const able = ableTo(serving, paying);
  // Seldom, and the choice is made once more: it may take a third of a millisecond.
  if (!able.some(({ hindrance }) => hindrance?.bars) || choose(rules, paying, able)) return [];
  const { method, currency } = paying;
  const detail = `whoever would take ${method} in ${currency} is paused`;
  return [{ pointer: '/method/type', code: 'channel_paused', detail }];
}
