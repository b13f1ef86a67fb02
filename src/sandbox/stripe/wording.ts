import type { Answer, Mishaps } from '../call.ts';

export const channel = 'stripe';

/** The API version that this sandbox speaks, the one that stripe-node 23.1.0 pins. */
export const apiVersion = '2026-10-28.endive';

/** What an error says besides its status (channels.md 3). */
export interface Complaint {
  readonly type: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly message: string;
  readonly param?: string;
  readonly charge?: string;
  readonly payment_intent?: object;
  readonly setup_intent?: object;
}

/**
 * An error as Stripe answers it.
 *
 * @param status the HTTP status
 * @param complaint what is wrong
 */
export function refusal(status: number, complaint: Complaint): Answer {
  const { code } = complaint;
  const doc_url = code && {
    doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
  };
  return { status, body: { error: { ...complaint, ...doc_url } } };
}

/** A request that makes no sense, whatever the state of things. */
export function invalid(message: string, more: Partial<Complaint> = {}, status = 400): Answer {
  return refusal(status, { type: 'invalid_request_error', message, ...more });
}

/** 404 for an object that nobody made. */
export function missing(kind: string, id: string, param: string, status = 404): Answer {
  return invalid(`No such ${kind}: '${id}'`, { code: 'resource_missing', param }, status);
}

/** Of a payment method that has paid and belongs to nobody. */
export const usedUp =
  'This PaymentMethod was previously used without being attached to a Customer or was detached from a Customer, and may not be used again.';

/** The wrong state for what is asked: the PaymentIntent is in the error, so that the caller sees why. */
export function unexpectedState(message: string, payment_intent: object): Answer {
  return invalid(message, { code: 'payment_intent_unexpected_state', payment_intent });
}

const tooMany = refusal(429, {
  type: 'rate_limit_error',
  code: 'rate_limit',
  message: 'Too many requests in a period of time.',
});

const apiError = (message: string) => refusal(500, { type: 'api_error', message });

/** Stripe's words for the mishaps that befall every channel. */
export const mishapWords: Omit<Mishaps, 'not_found' | 'one_less'> = {
  rate_limit: { ...tooMany, headers: { 'Stripe-Should-Retry': 'true' } },
  http_500: apiError('An unknown error occurred'),
  system_error: apiError('Sorry! There was an error while talking to one of our backends.'),
};
