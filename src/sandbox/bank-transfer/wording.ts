import type { Answer, Mishaps } from '../call.ts';

export const channel = 'bank-transfer';

/** The errors of the bank's page, section 6. */
const statuses = {
  ROUTE_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE: 415,
  SIGNATURE_INVALID: 401,
  SIGNATURE_STALE: 401,
  TOO_MANY_REQUESTS: 429,
  MALFORMED: 400,
  NOT_PERMITTED: 403,
  VIRTUAL_ACCOUNT_UNKNOWN: 404,
  RETURN_UNKNOWN: 404,
  STATEMENT_UNKNOWN: 404,
  NUMBER_CONFLICT: 409,
  CURRENCY_NOT_OFFERED: 422,
  AMOUNT_OUT_OF_RANGE: 422,
  EXPIRY_OUT_OF_RANGE: 422,
  CUSTOMER_BLOCKED: 422,
  CREDIT_UNKNOWN: 422,
  RETURN_EXCEEDS_CREDIT: 422,
  INSUFFICIENT_BALANCE: 422,
  INTERNAL_ERROR: 500,
  UNAVAILABLE: 503,
} as const;
export type ErrorCode = keyof typeof statuses;

/** An error as the bank answers it. */
export function refusal(
  code: ErrorCode,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status: statuses[code], body: { code, message }, headers };
}

/** 400: not JSON, or not of the form that the page gives it. */
export function malformed(message: string): Answer {
  return refusal('MALFORMED', message);
}

export const accountUnknown = refusal('VIRTUAL_ACCOUNT_UNKNOWN', 'no such virtual account');
export const returnUnknown = refusal('RETURN_UNKNOWN', 'no such return');

/** The bank's words for the mishaps that befall every channel. */
export const mishapWords: Omit<Mishaps, 'one_less'> = {
  rate_limit: refusal('TOO_MANY_REQUESTS', 'over the rate', { 'Retry-After': '1' }),
  http_500: refusal('INTERNAL_ERROR', 'something went wrong here'),
  system_error: refusal('UNAVAILABLE', 'the core system does not answer'),
  not_found: (operation) => (operation === 'query_refund' ? returnUnknown : accountUnknown),
};

/** RFC 3339 in UTC, whole seconds. */
export function wireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
