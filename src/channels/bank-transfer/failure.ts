import { type Failure, type FailureCode, failureOf } from '../../domain/failure.ts';
import type { WireError } from './response.ts';

/** Definite refusals of section 6 by their code; one that is not listed is a `processing_error`. */
const refusals = new Map<string, FailureCode>([
  ['SIGNATURE_INVALID', 'channel_unavailable'],
  ['NOT_PERMITTED', 'channel_unavailable'],
  ['CUSTOMER_BLOCKED', 'channel_unavailable'],
  ['CURRENCY_NOT_OFFERED', 'invalid_method'],
  ['AMOUNT_OUT_OF_RANGE', 'limit_exceeded'],
  ['INSUFFICIENT_BALANCE', 'insufficient_funds'], // the customer's, when a return is ordered
  ['RETURN_EXCEEDS_CREDIT', 'not_permitted'],
  ['CREDIT_UNKNOWN', 'not_permitted'],
  ['VIRTUAL_ACCOUNT_UNKNOWN', 'not_permitted'],
]);

/** The bank's refusal in the words of our catalogue, its own beside them. */
export function failureFrom({ code, message }: WireError): Failure {
  return failureOf(refusals.get(code) ?? 'processing_error', { code, message });
}

/** Why a return came back or never left: ISO 20022 reasons of section 3. */
const reasons = new Map<string, FailureCode>([
  ['AC01', 'invalid_account'],
  ['AC04', 'invalid_account'],
  ['AC06', 'invalid_account'],
  ['AG01', 'not_permitted'],
  ['RR04', 'not_permitted'],
  ['FF01', 'processing_error'],
  ['MS03', 'processing_error'],
]);

/** Why the payer's bank did not take a return; `code` null: it was not said. */
export function whyReturned(code: string | null): Failure {
  return failureOf(reasons.get(code ?? '') ?? 'processing_error', { code, message: null });
}
