import type { ProbeEnd } from '../domain/circuit.ts';
import { type CallResult, resultOf } from '../domain/health.ts';
import type { Answer } from '../domain/outcome.ts';
import type { Beginning, HealthBoard } from '../store/health-board.ts';
import type { StoredCall } from '../store/operation.ts';
import type { Sent } from './exchange.ts';

export type Watch = Pick<HealthBoard, 'begin' | 'count'>;

/** Is told of each request of a call. */
export type Hears = (of: Pick<Sent, 'result' | 'took_ms'>) => void;

/** What a call's requests came to. */
interface Told {
  took_ms: number;
  last: string | null;
}

/**
 * Makes a call and counts how it ended and how long the channel took. The call that a new attempt begins with is not made
 * while the circuit of its account is open: nothing left, and the payment comes again or goes elsewhere.
 *
 * @param make is told whom to tell of each request
 */
export async function watched(
  health: Watch,
  { verb, channel_account }: Pick<StoredCall, 'verb' | 'channel_account'>,
  make: (hears: Hears) => Promise<Answer>,
): Promise<Answer> {
  const beginning = verb === 'create' ? await health.begin(channel_account) : { kind: 'free' as const };
  if (beginning.kind === 'held_back') return unsentBy(beginning);
  const told: Told = { took_ms: 0, last: null };
  let result: CallResult | null = null;
  try {
    const answer = await make(({ took_ms, result: came }) => {
      told.took_ms += took_ms;
      told.last = came;
    });
    result = countedAs(answer, told);
    if (result !== null) health.count(channel_account, verb, result, told.took_ms);
    return answer;
  } finally {
    if (beginning.kind === 'probe') await beginning.end(endOf(result));
  }
} // prettier-ignore

function unsentBy({ why, again_in_ms }: Beginning & { kind: 'held_back' }): Answer {
  return { kind: 'never_sent', detail: why, ...(again_in_ms === null ? {} : { again_in_ms }) };
}

/** Null: the channel has not been asked, for its time was over, or it is our own books. */
function countedAs(answer: Answer, { last }: Told): CallResult | null {
  return last === null ? null : resultOf(answer, last === 'never_sent');
}

function endOf(result: CallResult | null): ProbeEnd {
  switch (result) {
    case null:
      return 'untold';
    case 'unknown':
      return 'failed';
    case 'refused':
    case 'never_sent':
      return 'refused'; // nothing left: it cost the payment nothing
    case 'answered':
    case 'declined':
      return 'good';
  }
}
