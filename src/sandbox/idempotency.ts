import type { Books } from './books.ts';
import { type Call, carryOut, type Ending, type Mishaps } from './call.ts';
import { clock } from './clock.ts';

/** The idempotency keys that are being worked on: a killed process works on none. */
export type InFlight = Set<string>;

/** What came under an idempotency key. */
export interface Keyed {
  readonly key: string;
  /** What was asked: another question under the key is refused. */
  readonly fingerprint: string;
}

/** Where keys are kept. */
export interface KeyPlace {
  readonly books: Books;
  readonly inFlight: InFlight;
}

/** Carries out a call while its key counts as being worked on, until what came of it is on the disk. */
export async function underKey(
  { books, inFlight }: KeyPlace,
  key: string,
  call: Call,
  mishaps: Mishaps,
): Promise<Ending> {
  inFlight.add(key);
  try {
    const ending = await carryOut(books, call, mishaps);
    await books.kept();
    return ending;
  } finally {
    inFlight.delete(key);
  }
}

/**
 * The same call, whose answer is kept in the same line of the journal once it has made something. What failed, be
 * it with a 500 before anything was done, leaves the key new.
 */
export function keepingWhatItMade(books: Books, { key, fingerprint }: Keyed, call: Call): Call {
  const { channel } = call;
  return {
    ...call,
    commit: (faults, struck) => {
      const answer = call.commit(faults, struck);
      if (answer.status < 300)
        books.write({
          kind: 'kept_answer',
          kept: { channel, key, fingerprint, answer, at: clock.now() },
        });
      return answer;
    },
  };
}
