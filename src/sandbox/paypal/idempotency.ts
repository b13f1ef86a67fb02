import { type Answer, type Ending, type Mishaps } from '../call.ts';
import { clock } from '../clock.ts';
import { keepingWhatItMade, type Keyed, type KeyPlace, underKey } from '../idempotency.ts';
import type { PaypalCall } from './call.ts';
import { channel, inProgress, refusal } from './wording.ts';

/** What came under a `PayPal-Request-Id`, and how long that is remembered. */
export interface RequestId extends Keyed {
  readonly keyMs: number;
}

/**
 * What becomes of a request whose id is known: the id of what the first one made, for who repeats it is told
 * how that stands now; 400 for another question.
 *
 * @param reference what the request is about
 * @returns null when the id is new, or so old that it is forgotten
 */
export function repeated(
  { books, inFlight }: KeyPlace,
  { key, fingerprint, keyMs }: RequestId,
  reference: string,
): { readonly refused: Answer } | { readonly made: string } | null {
  if (inFlight.has(key)) return { refused: inProgress() };
  const kept = books.keptAnswer(channel, key);
  if (!kept || clock.now() > kept.at + keyMs) return null;
  if (kept.fingerprint === fingerprint)
    return { made: (kept.answer.body as { id?: string } | null)?.id ?? '' };
  const message = 'The value of PayPal-Request-Id header has already been used';
  books.violate(channel, reference, 'request_id_reused', `${key}: for another request`);
  return { refused: refusal(400, 'DUPLICATE_REQUEST_ID', message) };
}

/** Carries out a call under a new id, and keeps what it made. */
export function once(
  place: KeyPlace,
  keyed: RequestId,
  call: PaypalCall,
  mishaps: Mishaps,
): Promise<Ending> {
  return underKey(place, keyed.key, keepingWhatItMade(place.books, keyed, call), mishaps);
}
