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
  /** No map of ours has the channel's code: what it means is a guess, and nothing is built on it. Kept, and not shown. */
  readonly is_unmapped?: true;
}

interface Entry {
  readonly message: string;
  readonly advice: Advice;
  readonly retryable: boolean;
  /** Does it speak of the channel, the way there or our account at it, so that another account may take what this one did not? */
  readonly failover: boolean;
}

/** What the payer, his bank or a check of safety has refused is refused for good: asked elsewhere it is a second try at his cost. */
export const failureCatalogue: Readonly<Record<FailureCode, Entry>> = {
  insufficient_funds: { message: 'The account has not enough money.', advice: 'use_other_method', retryable: true, failover: false },
  card_declined: { message: 'The card was declined.', advice: 'use_other_method', retryable: true, failover: false },
  expired_card: { message: 'The card has expired.', advice: 'use_other_method', retryable: false, failover: false },
  authentication_failed: { message: 'The payer could not be authenticated.', advice: 'correct_details', retryable: true, failover: false },
  invalid_account: { message: 'The account does not exist or cannot be used.', advice: 'correct_details', retryable: false, failover: false },
  limit_exceeded: { message: 'A limit of the account or of the channel was reached.', advice: 'retry_later', retryable: true, failover: false },
  not_permitted: { message: 'This payment is not permitted on this account.', advice: 'use_other_method', retryable: false, failover: true },
  issuer_unavailable: { message: 'The bank could not be reached.', advice: 'retry_later', retryable: true, failover: true },
  risk_blocked: { message: 'The payment was blocked for safety.', advice: 'contact_support', retryable: false, failover: false },
  channel_unavailable: { message: 'The payment channel is not available now.', advice: 'retry_later', retryable: true, failover: true },
  payer_canceled: { message: 'The payer canceled.', advice: 'use_other_method', retryable: true, failover: false },
  invalid_method: { message: 'The payment method cannot be used here.', advice: 'use_other_method', retryable: false, failover: false },
  fraud_suspected: { message: 'The payment was declined.', advice: 'contact_issuer', retryable: false, failover: false },
  lost_or_stolen: { message: 'The payment was declined.', advice: 'contact_issuer', retryable: false, failover: false },
  processing_error: { message: 'The channel could not process the payment.', advice: 'retry_later', retryable: true, failover: true },
}; // prettier-ignore

/** A failure of the catalogue with the channel's own code and message beside it (null when it gave none). */
export function failureOf(
  code: FailureCode,
  channel: { code: string | null; message: string | null },
): Failure {
  const { message, advice, retryable } = failureCatalogue[code];
  const { code: channel_code, message: channel_message } = channel;
  return { code, message, advice, channel_code, channel_message, retryable };
}

/**
 * The same by what the channel's own code means, which somebody has to read up when nobody has so far.
 *
 * @param meaning undefined where our map lacks the code, or there is none; then it is taken as `otherwise`
 */
export function failureBy(
  meaning: FailureCode | undefined,
  channel: { code: string | null; message: string | null },
  otherwise: FailureCode = 'processing_error',
): Failure {
  const failure = failureOf(meaning ?? otherwise, channel);
  return meaning === undefined ? { ...failure, is_unmapped: true } : failure;
}

/** The failure as the API shows it. */
export function failureObject(failure: Failure | null): Omit<Failure, 'is_unmapped'> | null {
  if (failure === null) return null;
  const { is_unmapped: _, ...shown } = failure;
  return shown;
}

/** May another account take what was refused so? Not on a guess at what the channel said. */
export function allowsFailover({ code, is_unmapped }: Failure): boolean {
  return failureCatalogue[code].failover && is_unmapped !== true;
}

/** A refusal of the channel's as it is; what only we know, in words, as an error in processing. */
export function asFailure(why: Failure | string): Failure {
  if (typeof why !== 'string') return why;
  return failureOf('processing_error', { code: null, message: why });
}

/** Is the later word on the same end the one to go by? Only where it keeps the payment from another account, and the first did not. */
export function overrules(later: Failure, first: Failure | null): boolean {
  if (allowsFailover(later)) return false;
  return first === null || failureCatalogue[first.code].failover;
}
