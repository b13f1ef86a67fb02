import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import type { Keyed, KeyPlace } from '../idempotency.ts';
import { alreadyProcessed, channel, transient } from './wording.ts';

/**
 * What becomes of a request whose key is known: the first answer again; 422 with the error 704 for another question,
 * and while the first one is being worked on, which may be asked again.
 *
 * @param reference what the request is about
 * @param keyMs how long a key is remembered
 * @returns null when the key is new, or so old that it is forgotten
 */
export function repeated(
  { books, inFlight }: KeyPlace,
  { key, fingerprint }: Keyed,
  reference: string,
  keyMs: number,
): { readonly refused: Answer } | { readonly again: Answer } | null {
  if (inFlight.has(key)) return { refused: { ...alreadyProcessed(), headers: transient } };
  const kept = books.keptAnswer(channel, key);
  if (!kept || clock.now() > kept.at + keyMs) return null;
  if (kept.fingerprint === fingerprint) return { again: kept.answer };
  books.violate(channel, reference, 'idempotency_key_reused', `${key}: for another request`);
  return { refused: alreadyProcessed() };
}
