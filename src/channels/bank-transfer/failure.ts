import { type Failure, failureBy, type FailureCode } from '../../domain/failure.ts';
import type { WireError } from './response.ts';

/** Refusals of section 6 by their code; one that is not listed is a `processing_error`, and is told. */
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
  ...[
    'ROUTE_UNKNOWN', 'METHOD_NOT_ALLOWED', 'BODY_TOO_LARGE', 'MEDIA_TYPE', 'SIGNATURE_STALE', 'MALFORMED', 'RETURN_UNKNOWN',
    'STATEMENT_UNKNOWN', 'EXPIRY_OUT_OF_RANGE',
  ].map((code) => [code, 'processing_error'] as const), // prettier-ignore
]);

/** The bank's refusal in the words of our catalogue, its own beside them. */
export function failureFrom({ code, message }: WireError): Failure {
  return failureBy(refusals.get(code), { code, message });
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
  return failureBy(reasons.get(code ?? ''), { code, message: null });
}
