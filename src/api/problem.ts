import type { Response } from 'express';

import { redactCardNumbers } from '../domain/card-number.ts';

type Category = 'request' | 'auth' | 'state' | 'limit' | 'channel' | 'internal';

interface Entry {
  readonly status: number;
  readonly category: Category;
  readonly retryable: boolean;
  readonly title: string;
  /** What to do about it: the text of the code's page. */
  readonly remedy: string;
}

const of = (status: number, category: Category, title: string, remedy: string, retryable = false): Entry => ({
  status, category, retryable, title, remedy,
}); // prettier-ignore

/** Every refusal of the API: code, status, and what a person can do (contract section 1). */
export const problems = {
  malformed_json: of(400, 'request', 'The body is not JSON that we accept', 'Send one UTF-8 JSON object without duplicate keys.'),
  unknown_field: of(400, 'request', 'A field or parameter that does not exist', 'Remove it, or look for its right name in the reference.'),
  invalid_field: of(400, 'request', 'A field of the wrong type or form', 'See `errors`: each names the field and what is allowed. Amounts are whole numbers of minor units in plain digits.'),
  idempotency_key_required: of(400, 'request', 'An Idempotency-Key is needed', 'Send 1 to 255 visible ASCII characters, the same ones when you repeat the request.'),
  api_key_missing: of(401, 'auth', 'No API key', 'Send `Authorization: Bearer sk_…`.'),
  api_key_invalid: of(401, 'auth', 'The API key is not known', 'Check the key; a revoked one does not come back.'),
  api_key_forbidden: of(403, 'auth', 'The API key may not do this', 'Use a key with this permission.'),
  not_found: of(404, 'request', 'There is nothing here', 'Check path and id; a key sees only its own merchant.'),
  method_not_allowed: of(405, 'request', 'This path does not take this method', 'See the `Allow` header.'),
  payment_already_paid: of(409, 'state', 'The payment is paid', 'Refund it instead.'),
  payment_not_cancelable: of(409, 'state', 'The payment cannot be canceled', 'It has ended already.'),
  payment_not_confirmable: of(409, 'state', 'The payment cannot be confirmed', 'Its state does not allow another attempt.'),
  payment_not_capturable: of(409, 'state', 'The payment cannot be captured', 'Nothing is held for it.'),
  payment_not_incrementable: of(409, 'state', 'What is held cannot be raised', 'Only before the first capture of `requires_capture`.'),
  payment_not_refundable: of(409, 'state', 'The payment cannot be refunded', 'Nothing was captured.'),
  payment_outcome_unknown: of(409, 'state', 'The outcome is not known yet', 'Wait: the channel is being asked.', true),
  capture_in_progress: of(409, 'state', 'A capture is under way', 'Wait for its end.', true),
  increment_in_progress: of(409, 'state', 'The hold is being raised', 'Wait for its end.', true),
  order_in_progress: of(409, 'state', 'The order has an open payment', 'Use the payment in `payment_id`, or cancel it first.'),
  order_already_paid: of(409, 'state', 'The order is paid', 'See the payment in `payment_id`.'),
  wallet_not_empty: of(409, 'state', 'A wallet of the customer is not empty', 'Pay out what it holds first.'),
  wallet_pin_not_set: of(409, 'state', 'The customer has no wallet PIN', 'There is nothing to reset: set one.'),
  gift_code_not_cancelable: of(409, 'state', 'The gift code cannot be canceled', 'It was redeemed, or has expired.'),
  settings_in_use: of(409, 'state', 'The newest settings of the account work on', 'Give the account new keys first.'),
  dispute_not_answerable: of(409, 'state', 'The dispute takes no answer', 'It is answered or decided already: the payer’s bank hears nobody twice.'),
  case_decision_not_allowed: of(409, 'state', 'The case does not allow this decision', 'See `allowed` of the case.'),
  channel_paused: of(409, 'channel', 'Whoever serves the method is paused', 'Use another method, or repeat it once the channel account is back: `GET /v1/channels` says until when.', true),
  idempotency_in_progress: of(409, 'state', 'A request with this key is being recorded', 'Repeat it in a second.', true),
  body_too_large: of(413, 'request', 'The body is too large', 'Requests have at most 64 KiB.'),
  unsupported_media_type: of(415, 'request', 'The body is not application/json', 'Send `Content-Type: application/json`.'),
  amount_too_small: of(422, 'limit', 'The amount is too small', 'At least 1 minor unit.'),
  amount_too_large: of(422, 'limit', 'The amount is too large', 'At most 999999999999 minor units.'),
  currency_not_supported: of(422, 'request', 'The currency is not supported', 'See `GET /v1/channel_accounts` for what your channels take.'),
  method_denied: of(422, 'limit', 'A rule of the app denies the method', 'Use another method; `GET /v1/rules` shows the rules.'),
  method_not_released: of(422, 'limit', 'The method is not released for this customer yet', 'Use another method; the rule that `errors` names says for how many customers it is there.'),
  amount_below_limit: of(422, 'limit', 'Less than a rule of the app allows', 'See the rule that `errors` names in `GET /v1/rules`.'),
  amount_above_limit: of(422, 'limit', 'More than a rule of the app allows', 'See the rule that `errors` names in `GET /v1/rules`.'),
  limit_per_day_exceeded: of(422, 'limit', 'More than a rule of the app allows in a day', '`errors` says what is left and when the next day begins; payments that end canceled or failed are not counted.', true),
  limit_per_month_exceeded: of(422, 'limit', 'More than a rule of the app allows in a month', '`errors` says what is left and when the next month begins; payments that end canceled or failed are not counted.', true),
  method_not_supported: of(422, 'request', 'The method is not supported', 'See `GET /v1/channel_accounts` for what your channels take.'),
  capture_mode_not_supported: of(422, 'request', 'The method cannot be captured this way', 'QR payments are captured automatically.'),
  partial_capture_not_supported: of(422, 'request', 'The channel captures once', 'Send `final: true`.'),
  evidence_not_supported: of(422, 'request', 'The channel takes no evidence from here', 'Answer the dispute at the channel.'),
  increment_not_supported: of(422, 'request', 'The channel does not raise a hold', 'Cancel, and pay anew with the higher amount.'),
  capture_exceeds_authorized: of(422, 'limit', 'More than is held', 'Capture at most `amount_capturable`.'),
  refund_exceeds_captured: of(422, 'limit', 'More than was captured', 'Refund at most what is left.'),
  refund_spans_captures: of(422, 'limit', 'The channel gives back of one capture at a time', 'Refund it in the parts that `detail` names, each by itself.'),
  refund_limit_reached: of(422, 'limit', 'The channel takes no more refunds of this payment', 'Pay the rest back otherwise.'),
  refund_window_passed: of(422, 'limit', 'Too late by a rule of the app', 'Pay it back otherwise, or change the rule that `detail` names; see `GET /v1/rules`.'),
  partial_refund_not_allowed: of(422, 'limit', 'A rule of the app allows no refunds in parts', 'Refund all that is left: leave `amount` out.'),
  wallet_balance_too_low: of(422, 'limit', 'The wallet has not enough', 'What was spent of a top-up does not go back: refund at most `available` of the wallet.'),
  wallet_pin_required: of(422, 'auth', 'The customer’s wallet PIN is needed', 'Ask him for it and send it as `method.pin`.'),
  wallet_pin_wrong: of(422, 'auth', 'The wallet PIN or its code is wrong', 'Ask him again; five wrong ones lock it for 15 minutes. A code is good once, for ten minutes.'),
  wallet_pin_locked: of(422, 'auth', 'The wallet PIN is locked', 'Wait 15 minutes, or have him set another one by the code of a reset.', true),
  withdrawal_exceeds_top_ups: of(422, 'limit', 'Top-ups cannot take so much back', 'Money goes back to where it came from: what no top-up can take is spent, or paid out otherwise.'),
  gift_code_unknown: of(422, 'request', 'There is no such gift code', 'Have him read it again; five unknown ones in a row lock redemption for 15 minutes.'),
  gift_code_used: of(422, 'state', 'The gift code is used', 'Each code is good once.'),
  gift_code_canceled: of(422, 'state', 'The gift code is canceled', 'Whoever gave it must say why.'),
  gift_code_expired: of(422, 'state', 'The gift code has expired', 'Whoever gave it may give another one.'),
  expires_in_out_of_range: of(422, 'limit', 'The life of the payment is out of range', 'See `errors` for the range in seconds.'),
  customer_not_found: of(422, 'request', 'The customer does not exist', 'Leave `customer.id` out, or use one of yours.'),
  idempotency_key_reused: of(422, 'request', 'The Idempotency-Key was used with another request', 'Use a new key for a new request.'),
  card_data_forbidden: of(422, 'request', 'A card number in the request', 'Card numbers never reach us: send a token from the channel.'),
  invalid_settings: of(422, 'request', 'The settings of the channel account cannot be used', 'See `errors`: each names a member of `settings` and what is allowed.'),
  webhook_url_not_allowed: of(422, 'request', 'The URL is not allowed as a target', 'Public https targets only.'),
  rate_limited: of(429, 'limit', 'Too many requests', 'Slow down; see `Retry-After`.', true),
  internal_error: of(500, 'internal', 'Something broke on our side', 'Repeat with the same key; tell us the request id if it stays.', true),
  dependency_unavailable: of(503, 'internal', 'Something that we need is away', 'Safe to repeat with the same key; see `Retry-After`.', true),
} as const satisfies Record<string, Entry>; // prettier-ignore
export type ProblemCode = keyof typeof problems;

/** What is wrong with one field, by JSON pointer. */
export interface FieldError {
  readonly pointer: string;
  readonly code: ProblemCode;
  readonly detail: string;
}

/** A refusal on its way to the caller. Thrown by handlers, written by one place. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ProblemCode,
    detail: string,
    extra: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.code = code;
    this.extra = extra;
    this.headers = headers;
  }
}

/** The refusal of a request with wrong fields: all of them, the status is that of the first. */
export function fieldProblem(errors: readonly FieldError[]): Problem {
  const first = errors[0];
  if (!first) throw new Error('bug: a field problem without an error');
  return new Problem(first.code, `${first.pointer || 'body'}: ${first.detail}`, { errors });
}

/** Writes RFC 9457 problem details. What the caller wrote may stand in them, a card number never. */
export function sendProblem(
  response: Response,
  problem: Problem,
  publicUrl: string,
  requestId: string,
): void {
  const { status, category, retryable, title } = problems[problem.code];
  if (status === 503 || problem.code === 'idempotency_in_progress')
    response.set('Retry-After', '1');
  response.set(problem.headers).status(status).type('application/problem+json');
  const content = {
    type: `${publicUrl}/docs/errors/${problem.code}`,
    title,
    status,
    detail: redactCardNumbers(problem.message),
    code: problem.code,
    category,
    retryable,
    request_id: requestId,
    ...problem.extra,
  };
  const written = (name: string, value: unknown) =>
    typeof value === 'string' && (name === 'pointer' || name === 'detail')
      ? redactCardNumbers(value)
      : value;
  response.send(JSON.stringify(content, written));
}
