import { z } from 'zod';

import { type Failure, failureBy, type FailureCode } from '../../domain/failure.ts';
import { read } from '../text.ts';
import { redact } from './redaction.ts';

const text = z.string().min(1).nullish();

/** Why Stripe or the issuer said no: of a refused call, or of the last payment that failed. */
export const wireFailure = z.object({
  type: z.string().min(1),
  code: text,
  decline_code: text.optional(),
  message: text.optional(),
  param: text.optional(),
});
export type WireFailure = z.infer<typeof wireFailure>;

const wireError = z.object({
  error: wireFailure.extend({
    payment_intent: z.unknown().optional(),
    setup_intent: z.unknown().optional(),
  }),
});
/** A refusal; where the order or the setup stood otherwise than we thought, it comes with that. */
export type WireError = z.infer<typeof wireError>['error'];

/** The error in a reply's body, or null when it names none. */
export function readError(body: string): WireError | null {
  return read(wireError, body)?.error ?? null;
}

/** `decline_code`, `code` and a refund's `failure_reason` of docs.stripe.com/declines/codes, /error-codes and /api/refunds, by what they mean here. */
const meanings: Partial<Record<FailureCode, string>> = {
  card_declined:
    'generic_decline do_not_honor call_issuer no_action_taken not_permitted service_not_allowed transaction_not_allowed ' +
    'security_violation stop_payment_order revocation_of_authorization revocation_of_all_authorizations do_not_try_again ' +
    'duplicate_transaction testmode_decline', // also where the payer's bank says it of no card
  insufficient_funds: 'insufficient_funds balance_insufficient', // balance: the merchant's, when a refund is asked for
  expired_card: 'expired_card expired_payment_method expired_or_canceled_card',
  lost_or_stolen: 'lost_card stolen_card pickup_card restricted_card lost_or_stolen_card',
  fraud_suspected: 'fraudulent',
  risk_blocked: 'merchant_blacklist request_blocked action_blocked',
  authentication_failed:
    'authentication_required authentication_failure authentication_not_handled ' +
    'payment_intent_authentication_failure setup_intent_authentication_failure ' +
    'setup_intent_setup_attempt_expired mobile_device_authentication_required ' +
    'three_d_secure_authentication_not_supported offline_pin_required online_or_offline_pin_required incorrect_pin',
  invalid_account:
    'incorrect_number invalid_number incorrect_cvc invalid_cvc incorrect_zip incorrect_address ' +
    'invalid_expiry_month invalid_expiry_year invalid_account new_account_information_available',
  limit_exceeded:
    'card_velocity_exceeded card_decline_rate_limit_exceeded withdrawal_count_limit_exceeded pin_try_exceeded ' +
    'amount_too_large amount_too_small invalid_amount charge_exceeds_transaction_limit charge_exceeds_source_limit',
  not_permitted:
    'payment_method_provider_decline card_not_supported currency_not_supported charge_already_refunded charge_disputed charge_not_refundable ' +
    'refund_disputed_payment payment_method_currency_mismatch charge_for_pending_refund_disputed merchant_request',
  issuer_unavailable: 'issuer_not_available payment_method_provider_timeout',
  processing_error:
    'processing_error reenter_transaction try_again_later approve_with_id payment_intent_payment_attempt_failed setup_attempt_failed',
  payer_canceled: 'payment_method_customer_decline',
  invalid_method:
    'token_already_used token_in_use payment_method_unactivated payment_method_invalid_parameter ' +
    'payment_method_unexpected_state payment_method_not_available payment_intent_incompatible_payment_method ' +
    'invalid_card_type payment_method_unsupported_type',
  channel_unavailable:
    'api_key_expired platform_api_key_expired secret_key_required account_invalid capability_not_active ' +
    'testmode_charges_only livemode_mismatch',
};

const codes = new Map(
  Object.entries(meanings).flatMap(([ours, theirs]) =>
    theirs.split(' ').map((code) => [code, ours as FailureCode] as const),
  ),
);

/** Stripe's refusal in the words of our catalogue, its own beside them, without the token that it may quote. */
export function failureFrom(failure: WireFailure, meaning = meaningOf(failure)): Failure {
  const { type, code, decline_code, message } = failure;
  const words = { code: decline_code ?? code ?? type, message: message ? redact(message) : null };
  return failureBy(meaning, words, type === 'card_error' ? 'card_declined' : 'processing_error');
}

/** The issuer's reason says more than the code, which is mostly just `card_declined`. */
function meaningOf({ code, decline_code, param }: WireFailure): FailureCode | undefined {
  if (code === 'resource_missing')
    return param?.startsWith('payment_method') ? 'invalid_method' : 'channel_unavailable'; // not this account's order
  if (code === 'card_declined') return decline_code ? codes.get(decline_code) : 'card_declined';
  return codes.get(decline_code ?? '') ?? codes.get(code ?? '');
}
