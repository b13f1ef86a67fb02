import { type Failure, type FailureCode, failureOf } from '../../domain/failure.ts';
import type { Parameters } from '../form.ts';

/** Response codes that say "done" of what was asked about, and "taken" of what was sent. */
export const done = new Set(['00', 'A6']);
/** UnionPay itself does not know yet, or has not finished. */
export const underWay = new Set(['03', '04', '05']);
/** Taken after the order's end: UnionPay gives it back by itself. */
export const givenBack = '42';

/** Definite refusals (docs/channels/unionpay.md 6); a code that is not listed says nothing certain. */
const failureCodes = new Map<string, FailureCode>([
  ['01', 'processing_error'],
  ['02', 'channel_unavailable'],
  ['10', 'processing_error'],
  ['11', 'channel_unavailable'], // our signature, or the certificate of the account
  ['13', 'processing_error'],
  ['14', 'processing_error'],
  ['30', 'card_declined'],
  ['31', 'channel_unavailable'], // the merchant's state
  ['32', 'channel_unavailable'], // no permission for this
  ['33', 'limit_exceeded'],
  ['35', 'not_permitted'], // the original is missing or in a wrong state
  ['36', 'not_permitted'],
  ['38', 'risk_blocked'],
  ['39', 'channel_unavailable'], // out of hours
  ['40', 'invalid_method'],
  ['41', 'processing_error'],
  ['60', 'card_declined'],
  ['61', 'invalid_account'],
  ['62', 'not_permitted'],
  ['63', 'invalid_account'],
  ['64', 'insufficient_funds'],
  ['65', 'authentication_failed'],
  ['66', 'authentication_failed'],
  ['67', 'authentication_failed'],
  ['68', 'not_permitted'],
  ['69', 'payer_canceled'],
  ['71', 'authentication_failed'],
  ['72', 'invalid_method'],
  ['73', 'expired_card'],
  ['77', 'invalid_method'],
  ['78', 'not_permitted'],
  ['98', 'processing_error'],
  ['99', 'processing_error'],
]);

/** The refusal that this code and message are, in the words of our catalogue; null for a code that is none. */
export function failureFrom(code: string, message: string | undefined): Failure | null {
  const known = failureCodes.get(code);
  return known ? failureOf(known, { code, message: message || null }) : null;
}

/** The code of a reply to what was sent, and the refusal that it is. */
export function refusalIn({ respCode = '', respMsg }: Parameters): Failure | null {
  return failureFrom(respCode, respMsg);
}
