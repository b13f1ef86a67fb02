import { z } from 'zod';

import { isCurrency } from '../../domain/currency.ts';
import { type Failure, failureBy, type FailureCode } from '../../domain/failure.ts';
import { type Money, toMinor } from '../../domain/money.ts';
import { read } from '../text.ts';

/** Fen: whole and safe; anything else makes the message unreadable. */
export const fen = z.int().nonnegative();

/** WeChat leaves it out where there is nothing but yuan. */
export const currency = z.string().nullish().transform((code) => code ?? 'CNY'); // prettier-ignore

/** An amount in a currency that ISO 4217 lists, or null. */
export function money(amount: number, code: string): Money | null {
  return isCurrency(code) ? { amount: toMinor(amount), currency: code } : null;
}

/** A refusal: `key` is the code without underscores, because two spellings of each are live (channels.md 1.8). */
export interface WireError {
  readonly code: string;
  readonly key: string;
  readonly message: string | null;
}

const wireError = z.object({ code: z.string().min(1), message: z.string().nullish() });

/** The error in a reply's body, or null when it names none. */
export function readError(text: string): WireError | null {
  const error = read(wireError, text);
  if (!error) return null;
  return {
    code: error.code,
    key: error.code.replaceAll('_', ''),
    message: error.message ?? null,
  };
}

/** Refusals of channels.md 1.8 by their code; one that is not listed is a `processing_error`, and is told. */
const failureCodes = new Map<string, FailureCode>([
  ['NOAUTH', 'channel_unavailable'],
  ['SIGNERROR', 'channel_unavailable'],
  ['APPIDMCHIDNOTMATCH', 'channel_unavailable'],
  ['MCHNOTEXISTS', 'channel_unavailable'],
  ['RULELIMIT', 'limit_exceeded'],
  ['TRADEERROR', 'not_permitted'],
  ['NOTENOUGH', 'insufficient_funds'], // the payer's, or the merchant's when a refund is asked for
  ['USERACCOUNTABNORMAL', 'invalid_account'],
  ['OPENIDMISMATCH', 'invalid_account'],
  ['AUTHCODEEXPIRE', 'invalid_method'], // of a code that the payer presents
  ['AUTHCODEERROR', 'invalid_method'],
  ['AUTHCODEINVALID', 'invalid_method'],
  ['NOTSUPORTCARD', 'not_permitted'], // sic
  ['NOTSUPPORTCARD', 'not_permitted'],
  ['PARAMERROR', 'processing_error'],
  ['INVALIDREQUEST', 'processing_error'],
  ['ORDERNOTEXIST', 'processing_error'],
  ['RESOURCENOTEXISTS', 'processing_error'],
]);

/** The channel's refusal in the words of our catalogue, its own beside them. */
export function failureFrom({ code, key, message }: WireError): Failure {
  return failureBy(failureCodes.get(key), { code, message });
}
