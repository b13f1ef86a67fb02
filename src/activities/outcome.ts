import type { Answer } from '../domain/outcome.ts';
import type { View } from '../domain/view.ts';
import { faultPoint } from '../fault-point.ts';
import { type Exchange, writeExchanges } from '../store/exchange.ts';
import type { StoredCall } from '../store/operation.ts';
import { record } from '../store/record.ts';
import type { Store } from '../store/store.ts';
import { logger } from '../telemetry.ts';
import { within } from './patience.ts';

/** With the channel's timeout less than the activity's 5 s of grace: an answer must not die with its activity. */
const storePatienceMs = 3_000;

/**
 * Records how a call ended, with what was said in it, in one transaction: the actor is told where its payment stands
 * now. When the store does not take it in time the answer itself goes back, and the actor records it without end; if
 * both come through, the operation is their one cause.
 */
export async function recordOutcome(
  store: Store,
  { id, payment_id }: StoredCall,
  answer: Answer,
  exchanges: readonly Exchange[],
): Promise<View | Answer> {
  const message = { cause: id, fact: { kind: 'outcome', operation: id, answer } } as const;
  try {
    faultPoint('record.outcome.before');
    const view = await within(storePatienceMs, record(store, payment_id, message, exchanges));
    faultPoint('record.outcome.after');
    return view;
  } catch (error) {
    logger.error({ err: error, operation_id: id }, 'a call was answered, and not recorded at once');
    keepExchanges(store, exchanges);
    return answer;
  }
}

/** Alone and without waiting: they are a log, and what they belong to is somebody else's by now. */
export function keepExchanges(store: Store, exchanges: readonly Exchange[]): void {
  writeExchanges(store.pool, exchanges).catch((error: unknown) => {
    logger.error({ err: error, exchanges: exchanges.length }, 'what was said to a channel was not kept');
  });
} // prettier-ignore
