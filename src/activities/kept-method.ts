import type { Call, Channel } from '../channels/channel.ts';
import type { Order } from '../channels/order.ts';
import { isLive } from '../domain/attempt.ts';
import { toMinor } from '../domain/money.ts';
import {
  type DueMethod,
  failMethod,
  forgottenMethod,
  keptMethod,
  leaseMethods,
  postponeMethod,
  type SavingAttempt,
} from '../store/due-method.ts';
import { exchangeOf, writeExchanges } from '../store/exchange.ts';
import type { Store } from '../store/store.ts';
import { logger } from '../telemetry.ts';
import { createUnfencedCalls, nextTryIn } from './unfenced-call.ts';

interface KeeperDependencies {
  readonly store: Store;
  readonly channelFor: (slug: string) => Channel | undefined;
}

const dayMs = 86_400_000;
const monthMs = 30 * dayMs;

/**
 * Has the channels keep what customers agreed to have kept, and forget what they took back. No payment waits for it, and no
 * money moves: so it is no operation of an attempt, but a row that is due until its channel has answered (decision 0034). Both
 * calls bear our number of the method, under which a channel does them once, however often they are sent.
 *
 * @returns looks once at all that is due
 */
export function createKeeper({ store, channelFor }: KeeperDependencies): () => Promise<void> {
  const calls = createUnfencedCalls(store);
  const callFor = (channel: Channel, due: DueMethod, verb: string): Promise<Call<unknown>> =>
    calls(channel, due, async (sent) => {
      if (!due.attempt) return;
      const { payment_id } = due.attempt;
      const about = { payment_id, operation_id: due.id, channel: due.channel, verb };
      await writeExchanges(store.pool, [exchangeOf({ ...about, ...sent })]);
    });

  const again = (due: DueMethod, detail: string) => {
    logger.info({ payment_method: due.id, status: due.status, detail }, 'a method waits');
    return postponeMethod(store.pool, due.id, nextTryIn(due.age_ms));
  };

  const forget = async (channel: Channel, due: DueMethod): Promise<void> => {
    if (due.token === null || !channel.forget) return forgottenMethod(store.pool, due.id);
    const call = await callFor(channel, due, 'forget');
    const answer = await channel.forget(call, { payment_method: due.id, token: due.token });
    if (answer.kind === 'forgotten') return forgottenMethod(store.pool, due.id);
    return again(due, answer.detail);
  };

  const keep = async (channel: Channel, due: DueMethod): Promise<void> => {
    if (isHopeless(due) || !channel.keep) return failMethod(store.pool, due.id);
    const { attempt } = due;
    if (!attempt || !hasPaid(attempt)) return again(due, 'the payment goes on');
    const call = await callFor(channel, due, 'keep');
    const answer = await channel.keep(call, { payment_method: due.id, order: orderOf(attempt) });
    switch (answer.kind) {
      case 'kept':
        return keptMethod(store, due, answer.token, answer.card);
      case 'unfit':
        logger.warn({ payment_method: due.id, detail: answer.detail }, 'a method cannot be kept');
        return failMethod(store.pool, due.id);
      default:
        return again(due, answer.detail);
    }
  };

  const attend = async (due: DueMethod): Promise<void> => {
    const channel = channelFor(due.channel);
    if (!channel) return again(due, 'no such channel in this build');
    return due.status === 'removed' ? forget(channel, due) : keep(channel, due);
  };

  return async () => {
    const left = (id: unknown, err: unknown) => {
      logger.warn({ payment_method: id, err }, 'a method could not be attended to');
    };
    const due = await leaseMethods(store, left);
    const ends = await Promise.allSettled(due.map(attend));
    ends.forEach((end, i) => {
      if (end.status === 'rejected') left(due[i]?.id, end.reason);
    });
  };
}

function hasPaid({ status }: SavingAttempt): boolean {
  return status === 'paid' || status === 'held';
}

/** Its payment was never made, or did not come to money. */
function isHopeless({ attempt, age_ms }: DueMethod): boolean {
  if (!attempt) return age_ms > dayMs;
  return hasPaid(attempt) ? age_ms > monthMs : !isLive(attempt);
}

/** The order as it is asked about; nothing is ordered with it. */
function orderOf(attempt: SavingAttempt): Order {
  return {
    method: attempt.method,
    reference: attempt.id,
    amount: toMinor(attempt.amount),
    currency: attempt.currency,
    description: '',
    expires_at: attempt.expires_at,
    notify_url: '',
    channel_key: '',
    handle: attempt.handle,
    capture: attempt.capture,
    token: null,
    return_url: null,
  };
}
