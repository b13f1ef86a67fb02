import { type Answer, type Call, type Ending, type Mishaps } from '../call.ts';
import { clock } from '../clock.ts';
import { type Keyed, type KeyPlace, underKey } from '../idempotency.ts';
import { channel, invalid, refusal } from './wording.ts';

/** Where keys are kept, and for how long. */
interface Place extends KeyPlace {
  readonly keyMs: number;
}

/**
 * The answer for a key that is known: the first one again, whatever it was; 400 for another question.
 *
 * @param reference what the request is about
 * @returns null when the key is new, or so old that it is forgotten
 */
export function repeated(
  { books, inFlight, keyMs }: Place,
  { key, fingerprint }: Keyed,
  reference: string,
): { readonly refused: Answer } | { readonly again: Answer } | null {
  if (inFlight.has(key)) return { refused: inUse };
  const kept = books.keptAnswer(channel, key);
  if (!kept || clock.now() > kept.at + keyMs) return null;
  if (kept.fingerprint === fingerprint)
    return { again: { ...kept.answer, headers: { 'Idempotent-Replayed': 'true' } } };
  const detail = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}'.`;
  books.violate(channel, reference, 'idempotency_key_reused', detail);
  return { refused: refusal(400, { type: 'idempotency_error', message: detail }) };
}

const inUse: Answer = {
  ...invalid(
    'There is currently another in-progress request using this Idempotent Key.',
    { code: 'idempotency_key_in_use' },
    409,
  ),
  headers: { 'Stripe-Should-Retry': 'true' },
};

/**
 * Carries out a call under a new key and keeps its answer, be it a 500, in the same line of the journal.
 * What was not begun (429, 404 by a fault, a lost request) leaves the key new.
 */
export function once(
  place: Place,
  { key, fingerprint }: Keyed,
  call: Call,
  mishaps: Mishaps,
): Promise<Ending> {
  const remember = (answer: Answer) =>
    place.books.write({
      kind: 'kept_answer',
      kept: { channel, key, fingerprint, answer, at: clock.now() },
    });
  return underKey(place, key, { ...call, remember }, mishaps);
}
