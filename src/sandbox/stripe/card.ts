import { type Complaint } from './wording.ts';

/** What a card does when it is charged (contract section 7). */
export type Conduct =
  | { readonly kind: 'pays' }
  /** Pays, and its holder disputes that at once; where it is held first, he does not notice. */
  | { readonly kind: 'pays_and_disputes' }
  /** `is_once`: the same payment, tried again, is paid. */
  | { readonly kind: 'declines'; readonly error: Complaint; readonly is_once?: true }
  | { readonly kind: 'asks_payer' }
  | { readonly kind: 'takes_time' }
  /** Charged or not: whoever confirms with it never hears anything, also not when he repeats himself. */
  | { readonly kind: 'silent'; readonly charged: boolean };

const declined = (decline_code: string, message = 'Your card was declined.'): Conduct => ({
  kind: 'declines',
  error: { type: 'card_error', code: 'card_declined', decline_code, message },
});

/** What is refunded to it comes back: its account is closed. */
export const takesNothingBack = 'tok_refund_fails';

/** Holds what is asked first, and no more than that later. */
export const growsNever = 'tok_increment_declined';

/** What is said when a hold shall be of more than the account has. */
export const incrementDeclined: Complaint = {
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  message: 'Your card was declined.',
};

const conducts: Readonly<Record<string, Conduct>> = {
  tok_ok: { kind: 'pays' },
  tok_mastercard: { kind: 'pays' },
  tok_insufficient_funds: declined('insufficient_funds', 'Your card has insufficient funds.'),
  tok_declined: declined('generic_decline'),
  tok_expired: {
    kind: 'declines',
    error: { type: 'card_error', code: 'expired_card', message: 'Your card has expired.' },
  },
  tok_fraud: declined('fraudulent'),
  tok_lost_or_stolen: declined('lost_card'),
  tok_incorrect_cvc: {
    kind: 'declines',
    error: {
      type: 'card_error',
      code: 'incorrect_cvc',
      message: 'Your card’s security code is incorrect.',
    },
  },
  tok_processing_error: {
    kind: 'declines',
    is_once: true,
    error: {
      type: 'card_error',
      code: 'processing_error',
      message: 'An error occurred while processing your card. Try again in a little bit.',
    },
  },
  tok_dispute: { kind: 'pays_and_disputes' },
  [takesNothingBack]: { kind: 'pays' },
  [growsNever]: { kind: 'pays' },
  tok_3ds: { kind: 'asks_payer' },
  tok_processing: { kind: 'takes_time' },
  tok_unknown: { kind: 'silent', charged: true },
  tok_lost: { kind: 'silent', charged: false },
  pm_card_visa: { kind: 'pays' },
  pm_card_chargeDeclined: declined('generic_decline'),
  pm_card_chargeDeclinedInsufficientFunds: declined('insufficient_funds'),
  pm_card_authenticationRequired: { kind: 'asks_payer' },
};

/**
 * How a card behaves, or null when nobody issued it.
 *
 * @param token what the merchant sends as `payment_method`
 */
export function conductOf(token: string): Conduct | null {
  return Object.hasOwn(conducts, token) ? (conducts[token] ?? null) : null;
}

/** What is said when a card wants its holder, and he is not there (docs.stripe.com/declines/codes). */
export const authenticationRequired: Complaint = {
  type: 'card_error',
  code: 'authentication_required',
  decline_code: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
};

/** The reasons for which a payer's bank declines what it is asked for on its page (docs.stripe.com/declines/codes). */
export const bankReasons = ['generic_decline', 'insufficient_funds'] as const;

/**
 * What is said when a payer's bank declines on its page; null for a reason that is not played.
 *
 * @param reason a `decline_code`
 */
export function refusedByBank(reason: string): Complaint | null {
  const decline_code = bankReasons.find((one) => one === reason);
  return (
    (decline_code && {
      type: 'card_error',
      code: 'payment_method_provider_decline',
      decline_code,
      message: 'The payment method was declined by its provider.',
    }) ??
    null
  );
}

/** What is said of a payer who did not prove to be the card's holder. */
export const notAuthenticated: Complaint = {
  type: 'invalid_request_error',
  code: 'payment_intent_authentication_failure',
  message:
    'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
};
