import type { Answer, Mishaps } from '../call.ts';
import { freshReference } from './psp-reference.ts';

export const channel = 'adyen';

type ErrorType = 'validation' | 'security' | 'internal' | 'configuration';

/**
 * An error as Adyen answers it (docs.adyen.com/development-resources/error-codes).
 *
 * @param status the HTTP status, which the body repeats
 */
export function refusal(
  status: number,
  errorCode: string,
  message: string,
  errorType: ErrorType = 'validation',
): Answer {
  const body = { status, errorCode, message, errorType, pspReference: freshReference() };
  return { status, body };
}

/** 422 for a member that is not there. */
export function missing(name: string): Answer {
  return refusal(422, '100', `Required field '${name}' is not provided.`);
}

/** 422: there is no payment of this number, as far as Adyen knows. */
export function unknownOriginal(): Answer {
  return refusal(422, '167', 'Original pspReference required for this operation');
}

/** 401 of the gate before the API. */
export function unauthorized(): Answer {
  return refusal(401, '000', 'HTTP Status Response - Unauthorized', 'security');
}

/** 404 for a place where there is nothing. */
export function notFound(): Answer {
  return refusal(404, '000', 'Not Found', 'internal');
}

/** The header that says that the same may be asked again under the same key. */
export const transient = { 'transient-error': 'true' } as const;

/** 422: the first request under this key, or about this redirect, is not to be done twice. */
export function alreadyProcessed(): Answer {
  return refusal(422, '704', 'request already processed or in progress');
}

/** Adyen's words for the mishaps that befall every channel. */
export function mishapWords(): Omit<Mishaps, 'not_found' | 'one_less'> {
  return {
    rate_limit: { ...refusal(429, '1000', 'Too many requests', 'security'), headers: transient },
    http_500: {
      ...refusal(500, '000', 'HTTP Status Response - Internal Server Error', 'internal'),
      headers: transient,
    },
    system_error: { ...refusal(500, '903', 'Internal error', 'internal'), headers: transient },
  };
}
