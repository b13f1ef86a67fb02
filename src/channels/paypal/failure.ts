import { type Failure, failureBy, type FailureCode } from '../../domain/failure.ts';
import type { WireError } from './error.ts';
import { redact } from './redaction.ts';

/** Issues of PayPal's specifications (checkout_orders_v2, payments_payment_v2) by what they mean here. */
const meanings: Partial<Record<FailureCode, string>> = {
  card_declined:
    'INSTRUMENT_DECLINED REDIRECT_PAYER_FOR_ALTERNATE_FUNDING PAYMENT_SOURCE_DECLINED_BY_PROCESSOR ' +
    'MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED',
  expired_card: 'CARD_EXPIRED REFERENCED_CARD_EXPIRED',
  insufficient_funds: 'REFUND_FAILED_INSUFFICIENT_FUNDS', // the merchant's, when a refund is asked for
  invalid_account: 'PAYER_ACCOUNT_LOCKED_OR_CLOSED PAYER_ACCOUNT_RESTRICTED',
  risk_blocked:
    'COMPLIANCE_VIOLATION TRANSACTION_REFUSED PAYEE_BLOCKED_TRANSACTION TRANSACTION_BLOCKED_BY_PAYEE ' +
    'DECLINED_DUE_TO_RELATED_TXN',
  limit_exceeded:
    'TRANSACTION_LIMIT_EXCEEDED TRANSACTION_RECEIVING_LIMIT_EXCEEDED MAX_VALUE_EXCEEDED MAX_CAPTURE_AMOUNT_EXCEEDED ' +
    'MAX_CAPTURE_COUNT_EXCEEDED MAX_AUTHORIZATION_COUNT_EXCEEDED MAX_NUMBER_OF_REFUNDS_EXCEEDED',
  invalid_method:
    'PAYMENT_SOURCE_CANNOT_BE_USED PAYMENT_SOURCE_NOT_SUPPORTED PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED ' +
    'PAYER_CANNOT_PAY DOMESTIC_TRANSACTION_REQUIRED PREFERRED_PAYMENT_SOURCE_MISMATCH PAYMENT_SOURCE_MISMATCH ' +
    'UNSUPPORTED_INTENT_FOR_PAYMENT_SOURCE PAYMENT_TYPE_NOT_SUPPORTED_FOR_INTENT',
  not_permitted:
    'CAPTURE_FULLY_REFUNDED REFUND_AMOUNT_EXCEEDED REFUND_AMOUNT_TOO_LOW REFUND_TIME_LIMIT_EXCEEDED REFUND_NOT_ALLOWED ' +
    'REFUND_IS_RESTRICTED REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK TRANSACTION_DISPUTED PARTIAL_REFUND_NOT_ALLOWED ' +
    'PENDING_CAPTURE CURRENCY_MISMATCH REFUND_CAPTURE_CURRENCY_MISMATCH AUTHORIZATION_DENIED',
  processing_error:
    'INVALID_REQUEST MALFORMED_REQUEST_JSON MISSING_REQUIRED_PARAMETER INVALID_PARAMETER_SYNTAX INVALID_PARAMETER_VALUE ' +
    'UNPROCESSABLE_ENTITY RESOURCE_NOT_FOUND INVALID_RESOURCE_ID',
  channel_unavailable:
    'PAYEE_ACCOUNT_LOCKED_OR_CLOSED PAYEE_ACCOUNT_RESTRICTED PAYEE_ACCOUNT_INVALID PAYEE_ACCOUNT_NOT_VERIFIED ' +
    'AUTH_CAPTURE_NOT_ENABLED UNSUPPORTED_INTENT INVALID_CURRENCY_CODE CONSENT_NEEDED ' +
    'PERMISSION_DENIED NOT_AUTHORIZED INVALID_ACCOUNT_STATUS invalid_client unauthorized_client',
};

const codes = new Map(
  Object.entries(meanings).flatMap(([ours, theirs]) =>
    theirs.split(' ').map((issue) => [issue, ours as FailureCode] as const),
  ),
);

/** PayPal's refusal in the words of our catalogue, its own beside them; one that is not listed is a `processing_error`, and is told. */
export function failureFrom(
  { issue, message }: Pick<WireError, 'issue' | 'message'>,
  meaning = codes.get(issue),
): Failure {
  return failureBy(meaning, { code: issue, message: message && redact(message) });
}
