/** Why a payment was declined: one catalogue, onto which each channel maps its own codes (contract section 2). */
export const failureCodes = [
  'insufficient_funds', 'card_declined', 'expired_card', 'authentication_failed', 'invalid_account',
  'limit_exceeded', 'not_permitted', 'issuer_unavailable', 'risk_blocked', 'channel_unavailable',
  'payer_canceled', 'invalid_method', 'fraud_suspected', 'lost_or_stolen', 'processing_error',
] as const; // prettier-ignore
export type FailureCode = (typeof failureCodes)[number];

export const advices = [
  'retry_later', 'use_other_method', 'correct_details', 'contact_issuer', 'contact_support',
] as const; // prettier-ignore
export type Advice = (typeof advices)[number];

export interface Failure {
  readonly code: FailureCode;
  /** For a person who has never heard of us. */
  readonly message: string;
  readonly advice: Advice;
  /** The channel's own words, kept beside ours. */
  readonly channel_code: string | null;
  readonly channel_message: string | null;
  readonly retryable: boolean;
}

interface Entry {
  readonly message: string;
  readonly advice: Advice;
  readonly retryable: boolean;
}

export const failureCatalogue: Readonly<Record<FailureCode, Entry>> = {
  insufficient_funds: { message: 'The account has not enough money.', advice: 'use_other_method', retryable: true },
  card_declined: { message: 'The card was declined.', advice: 'use_other_method', retryable: true },
  expired_card: { message: 'The card has expired.', advice: 'use_other_method', retryable: false },
  authentication_failed: { message: 'The payer could not be authenticated.', advice: 'correct_details', retryable: true },
  invalid_account: { message: 'The account does not exist or cannot be used.', advice: 'correct_details', retryable: false },
  limit_exceeded: { message: 'A limit of the account or of the channel was reached.', advice: 'retry_later', retryable: true },
  not_permitted: { message: 'This payment is not permitted on this account.', advice: 'use_other_method', retryable: false },
  issuer_unavailable: { message: 'The bank could not be reached.', advice: 'retry_later', retryable: true },
  risk_blocked: { message: 'The payment was blocked for safety.', advice: 'contact_support', retryable: false },
  channel_unavailable: { message: 'The payment channel is not available now.', advice: 'retry_later', retryable: true },
  payer_canceled: { message: 'The payer canceled.', advice: 'use_other_method', retryable: true },
  invalid_method: { message: 'The payment method cannot be used here.', advice: 'use_other_method', retryable: false },
  fraud_suspected: { message: 'The payment was declined.', advice: 'contact_issuer', retryable: false },
  lost_or_stolen: { message: 'The payment was declined.', advice: 'contact_issuer', retryable: false },
  processing_error: { message: 'The channel could not process the payment.', advice: 'retry_later', retryable: true },
}; // prettier-ignore

/** A failure of the catalogue with the channel's own code and message beside it (null when it gave none). */
export function failureOf(
  code: FailureCode,
  channel: { code: string | null; message: string | null },
): Failure {
  return {
    code,
    ...failureCatalogue[code],
    channel_code: channel.code,
    channel_message: channel.message,
  };
}

/** A refusal of the channel's as it is; what only we know, in words, as an error in processing. */
export function asFailure(why: Failure | string): Failure {
  if (typeof why !== 'string') return why;
  return failureOf('processing_error', { code: null, message: why });
}
