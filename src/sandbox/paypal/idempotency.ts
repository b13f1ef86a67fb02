import type { Books } from '../books.ts';
import { type Answer, carryOut, type Ending, type Mishaps } from '../call.ts';
import type { PaypalCall } from './call.ts';
import { channel, inProgress, refusal } from './wording.ts';

/** The request ids that are being worked on: a killed process works on none. */
export type InFlight = Set<string>;

/** What came under a `PayPal-Request-Id`, and how long that is remembered. */
export interface Keyed {
  readonly key: string;
  readonly fingerprint: string;
  readonly keyMs: number;
}

interface Place {
  readonly books: Books;
  readonly inFlight: InFlight;
}

/**
 * What becomes of a request whose id is known: the id of what the first one made, for who repeats it is told
 * how that stands now; 400 for another question.
 *
 * @param reference what the request is about
 * @returns null when the id is new, or so old that it is forgotten
 */
export function repeated(
  { books, inFlight }: Place,
  { key, fingerprint, keyMs }: Keyed,
  reference: string,
): { readonly refused: Answer } | { readonly made: string } | null {
  if (inFlight.has(key)) return { refused: inProgress() };
  const kept = books.keptAnswer(channel, key);
  if (!kept || Date.now() > kept.at + keyMs) return null;
  if (kept.fingerprint === fingerprint)
    return { made: (kept.answer.body as { id?: string } | null)?.id ?? '' };
  const message = 'The value of PayPal-Request-Id header has already been used';
  books.violate(channel, reference, 'request_id_reused', `${key}: for another request`);
  return { refused: refusal(400, 'DUPLICATE_REQUEST_ID', message) };
}

/**
 * Carries out a call under a new id. What it made is kept in the same line of the journal; what failed, be it
 * with a 500 before anything was done, leaves the id new.
 */
export async function once(
  { books, inFlight }: Place,
  { key, fingerprint }: Keyed,
  call: PaypalCall,
  mishaps: Mishaps,
): Promise<Ending> {
  inFlight.add(key);
  const commit: PaypalCall['commit'] = (faults) => {
    const answer = call.commit(faults);
    if (answer.status < 300)
      books.write({
        kind: 'kept_answer',
        kept: { channel, key, fingerprint, answer, at: Date.now() },
      });
    return answer;
  };
  try {
    const ending = await carryOut(books, { ...call, commit }, mishaps);
    await books.kept();
    return ending;
  } finally {
    inFlight.delete(key);
  }
}
