import { type Refusal, refusalOf } from './refusal.ts';

/** What a card does when it is charged (contract section 7). */
export type Conduct =
  | { readonly kind: 'pays' }
  | { readonly kind: 'declines'; readonly refusal: Refusal }
  /** `of_browser`: his bank asks nobody of whose browser it knows nothing, as the real ones do. */
  | { readonly kind: 'asks_payer'; readonly of_browser?: true }
  | { readonly kind: 'takes_time' }
  /** Charged or not: whoever pays with it never hears anything, also not when he repeats himself. */
  | { readonly kind: 'silent'; readonly charged: boolean };

const conducts: Readonly<Record<string, Conduct>> = {
  tok_ok: { kind: 'pays' },
  tok_mastercard: { kind: 'pays' },
  tok_insufficient_funds: declines('12'),
  tok_declined: declines('2'),
  tok_expired: declines('6'),
  tok_fraud: declines('31'),
  tok_lost_or_stolen: declines('5'),
  tok_incorrect_cvc: declines('24'),
  tok_processing_error: { kind: 'pays' }, // Stripe alone cannot process it
  tok_3ds: { kind: 'asks_payer' },
  tok_3ds_browser: { kind: 'asks_payer', of_browser: true },
  tok_processing: { kind: 'takes_time' },
  tok_unknown: { kind: 'silent', charged: true },
  tok_lost: { kind: 'silent', charged: false },
};

function declines(code: string): Conduct {
  const refusal = refusalOf(code);
  if (!refusal) throw new Error(`there is no refusal ${code}`);
  return { kind: 'declines', refusal };
}

/**
 * How a card behaves, or null when nobody stored it.
 *
 * @param token what the merchant sends as `storedPaymentMethodId`
 */
export function conductOf(token: string): Conduct | null {
  return Object.hasOwn(conducts, token) ? (conducts[token] ?? null) : null;
}
