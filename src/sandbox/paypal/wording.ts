import { randomBytes } from 'node:crypto';

import type { Answer, Mishaps } from '../call.ts';

export const channel = 'paypal';

/** What is wrong, as PayPal lists it. */
export interface Detail {
  readonly issue: string;
  readonly description: string;
  readonly field?: string;
  readonly value?: unknown;
  readonly location?: string;
}

interface Link {
  readonly href: string;
  readonly rel: string;
  readonly method: string;
}

/** Every answer has one, so that PayPal's support can find it. */
export function debugId(): string {
  return randomBytes(7).toString('hex').slice(0, 13);
}

const documents = 'https://developer.paypal.com/docs/api/orders/v2/';

/**
 * An error as PayPal answers it (channels.md 4).
 *
 * @param links where the payer is sent, besides the page about the error
 */
export function refusal(
  status: number,
  name: string,
  message: string,
  details: readonly Detail[] = [],
  links: readonly Link[] = [],
): Answer {
  const debug_id = debugId();
  const about = `${documents}#error-${details[0]?.issue ?? name}`;
  const information: Link = { href: about, rel: 'information_link', method: 'GET' };
  const body = { name, ...(details.length > 0 ? { details } : {}), message, debug_id };
  return {
    status,
    body: { ...body, links: [information, ...links] },
    headers: { 'Paypal-Debug-Id': debug_id },
  };
}

/** 400 for a request that makes no sense, whatever the state of things. */
export function invalid(...details: readonly Detail[]): Answer {
  const message = 'Request is not well-formed, syntactically incorrect, or violates schema.';
  return refusal(400, 'INVALID_REQUEST', message, details);
}

/**
 * 422 for what cannot be done as things stand.
 *
 * @param issue one of `issues`
 */
export function unprocessable(
  issue: Issue,
  about: Partial<Detail> = {},
  links: readonly Link[] = [],
): Answer {
  const message =
    'The requested action could not be performed, semantically incorrect, or failed business validation.';
  const detail = { issue, description: issues[issue], ...about };
  return refusal(422, 'UNPROCESSABLE_ENTITY', message, [detail], links);
}

/** 404 for an object that nobody made, or that is no more. */
export function missing(): Answer {
  const description =
    'Specified resource ID does not exist. Please check the resource ID and try again.';
  const message = 'The specified resource does not exist.';
  return refusal(404, 'RESOURCE_NOT_FOUND', message, [
    { issue: 'INVALID_RESOURCE_ID', description },
  ]);
}

/** 401 as the gateway before the API words it: no name, no debug id. */
export function badToken(error_description: string): Answer {
  return { status: 401, body: { error: 'invalid_token', error_description } };
}

/** 409: the first request under this id is not done yet. */
export function inProgress(): Answer {
  const description =
    'A previous request on this resource is currently in progress. Please wait for sometime and try again. It is best to space out the initial and the subsequent request(s) to avoid receiving this error.';
  const message = 'The server has detected a conflict while processing this request.';
  const detail = { issue: 'PREVIOUS_REQUEST_IN_PROGRESS', description };
  return refusal(409, 'RESOURCE_CONFLICT', message, [detail]);
}

/** PayPal's words for the mishaps that befall every channel. */
export function mishapWords(): Omit<Mishaps, 'not_found' | 'one_less'> {
  return {
    rate_limit: refusal(
      429,
      'RATE_LIMIT_REACHED',
      'Too many requests. Blocked due to rate limiting.',
    ),
    http_500: refusal(500, 'INTERNAL_SERVER_ERROR', 'An internal server error has occurred.'),
    system_error: refusal(503, 'SERVICE_UNAVAILABLE', 'Service Unavailable.'),
  };
}

/** What cannot be done, and why: the issues of the documents that can befall an order here. */
const issues = {
  ACTION_NOT_ALLOWED_IN_CURRENT_DISPUTE_STATE:
    'You cannot complete this action for this dispute ID.',
  ACTION_DOES_NOT_MATCH_INTENT:
    "The action does not match the intent of the order. An order with 'CAPTURE' is captured, one with 'AUTHORIZE' is authorized.",
  AUTHORIZATION_ALREADY_CAPTURED: 'Authorization has previously been captured.',
  AUTHORIZATION_EXPIRED: 'An expired authorization cannot be captured.',
  AUTHORIZATION_VOIDED: 'A voided authorization cannot be captured or reauthorized.',
  AUTH_CAPTURE_CURRENCY_MISMATCH:
    'Currency of capture must be the same as currency of authorization.',
  CANNOT_BE_NEGATIVE:
    'Must be greater than or equal to 0. If the currency supports decimals, only two decimal place precision is supported.',
  CANNOT_BE_ZERO_OR_NEGATIVE:
    'Must be greater than zero. If the currency supports decimals, only two decimal place precision is supported.',
  CAPTURE_FULLY_REFUNDED: 'The capture has already been fully refunded',
  DECIMALS_NOT_SUPPORTED:
    'Currency does not support decimals. Please refer to https://developer.paypal.com/docs/api/reference/currency-codes/ for more information.',
  DECIMAL_PRECISION:
    'If the currency supports decimals, only two decimal place precision is supported.',
  DUPLICATE_INVOICE_ID:
    'Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires that Invoice Id be unique for each transaction.',
  INSTRUMENT_DECLINED:
    "The instrument presented  was either declined by the processor or bank, or it can't be used for this payment.",
  INVALID_CURRENCY_CODE:
    'Currency code is invalid or is not currently supported. Please refer https://developer.paypal.com/api/rest/reference/currency-codes/ for list of supported currency codes.',
  MAX_CAPTURE_AMOUNT_EXCEEDED:
    'Capture amount exceeds allowable limit. Please contact customer service or your account manager to request the change to your overage limit.',
  MAX_VALUE_EXCEEDED: 'Should be less than or equal to 999999999999999.99.',
  ORDER_ALREADY_AUTHORIZED:
    "Order already authorized. If 'intent=AUTHORIZE' only one authorization per order is allowed.",
  ORDER_ALREADY_CAPTURED:
    "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed.",
  ORDER_NOT_APPROVED:
    "Payer has not yet approved the Order for payment. Please redirect the payer to the 'rel':'approve' url returned as part of the HATEOAS links within the Create Order call.",
  PAYER_ACCOUNT_RESTRICTED: 'PAYER_ACCOUNT_RESTRICTED',
  PAYER_ACTION_REQUIRED:
    'Transaction cannot complete successfully, instruct the buyer to return to PayPal.',
  PAYER_CANNOT_PAY:
    'Combination of payer and payee settings mean that this buyer cannot pay this seller.',
  PENDING_CAPTURE:
    'Cannot initiate a refund as the capture is pending. Capture is typically pending when the payer has funded the transaction using e-check/bank funded.',
  PREVIOUSLY_CAPTURED: 'Authorization has been previously captured and hence cannot be voided.',
  PREVIOUSLY_VOIDED: 'Authorization has been previously voided and hence cannot be voided again.',
  REFUND_AMOUNT_EXCEEDED:
    'The refund amount must be less than or equal to the capture amount that has not yet been refunded.',
  REFUND_CAPTURE_CURRENCY_MISMATCH: 'Refund must be in the same currency as the capture',
  REFUND_FAILED_INSUFFICIENT_FUNDS:
    'Capture could not be refunded due to insufficient funds. Please check to see if you have sufficient funds in your PayPal account or if the bank account linked to your PayPal account is verified and has sufficient funds.',
  REFUND_NOT_ALLOWED: 'Capture cannot be refunded.',
  TRANSACTION_DISPUTED:
    'Partial refunds cannot be offered at this time because there is an open case on this transaction. Visit the PayPal Resolution Center to review this case.',
  TRANSACTION_REFUSED: 'The request was refused.',
} as const;
export type Issue = keyof typeof issues;
