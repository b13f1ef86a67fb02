import { ApplicationFailure } from '@temporalio/common';

import type { Answer } from '../domain/outcome.ts';
import type { View } from '../domain/view.ts';
import { type Exchange, writeExchanges } from '../store/exchange.ts';
import { loadCall, type StoredCall, takeFence } from '../store/operation.ts';
import type { Store } from '../store/store.ts';
import { type CountUnmapped, warnOfUnmapped } from '../telemetry.ts';
import { type CallDependencies, createCalls } from './call.ts';
import { keepExchanges, recordOutcome } from './outcome.ts';
import { endsAsking, type PollDependencies, stillPending } from './poll.ts';

/** The calls to one channel that a payment's actor may make. Each is told an operation's id and reads the rest. */
export interface ChannelActivities {
  /** One mutating call, sent at most once under its fence and recorded with its end; see `outcome.ts`. */
  readonly call: (operationId: string) => Promise<View | Answer>;
  /** Asks until there is an answer (or a change); "still pending" is a failure that Temporal retries without history. */
  readonly poll: (operationId: string) => Promise<Answer>;
}

export interface ChannelDependencies extends CallDependencies, PollDependencies {
  /** Without it they are only logged. */
  readonly countUnmapped?: CountUnmapped;
}

/** The activities over a store and the registered channels. */
export function channelActivities(dependencies: ChannelDependencies): ChannelActivities {
  const { store } = dependencies;
  const perform = createCalls(dependencies);
  const told = ({ channel, payment_id, id: operation_id }: StoredCall, answer: Answer) =>
    warnOfUnmapped(
      { channel, payment_id, operation_id },
      answer,
      dependencies.countUnmapped ?? none,
    );
  return {
    async call(operationId) {
      const stored = await known(store, operationId);
      const said: Exchange[] = [];
      const answer = await perform(stored, {
        fence: () => takeFence(store.pool, operationId),
        log: (exchange) => Promise.resolve(void said.push(exchange)),
      }).catch((error: unknown) => {
        keepExchanges(store, said);
        throw error;
      });
      told(stored, answer);
      return recordOutcome(store, stored, answer, said);
    },
    async poll(operationId) {
      const stored = await known(store, operationId);
      if (stored.over || stored.ended !== null)
        return { kind: 'unknown', detail: 'asking has ended' };
      const answer = await perform(stored, {
        fence: () => Promise.resolve('taken'),
        log: (exchange) => writeExchanges(store.pool, [exchange]),
      });
      told(stored, answer);
      if (endsAsking(stored, answer)) return answer;
      throw await stillPending(dependencies, stored, answer.kind);
    },
  };
}

const none = (): void => undefined;

async function known(store: Store, operationId: string): Promise<StoredCall> {
  const stored = await loadCall(store.pool, operationId);
  if (!stored) throw ApplicationFailure.nonRetryable(`no operation ${operationId}`);
  return stored;
}
