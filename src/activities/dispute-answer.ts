import type { Channel } from '../channels/channel.ts';
import { type DueAnswer, endAnswer, leaseAnswers, postponeAnswer } from '../store/due-answer.ts';
import type { Store } from '../store/store.ts';
import { logger } from '../telemetry.ts';
import { createUnfencedCalls, nextTryIn } from './unfenced-call.ts';

interface AnswerDependencies {
  readonly store: Store;
  readonly channelFor: (slug: string) => Channel | undefined;
}

/** No network of cards waits longer for a merchant's answer; what is not taken by then is not taken. */
const monthMs = 30 * 86_400_000;

/**
 * Tells channels what merchants say against disputes (decision 0052): a row that is due until its channel has taken or refused it. It bears our
 * number there, so that an answer which was lost is found and nobody is heard twice.
 *
 * @returns looks once at all that is due
 */
export function createAnswers({ store, channelFor }: AnswerDependencies): () => Promise<void> {
  const calls = createUnfencedCalls(store);

  const tell = async (due: DueAnswer): Promise<void> => {
    const { id, dispute, words, key_number } = due;
    const channel = channelFor(due.channel);
    if (!channel?.answerDispute) throw new Error(`${due.channel} takes no answers in this build`);
    const call = await calls(channel, due, () => Promise.resolve()); // its words name the payer: no log keeps them
    const channel_key = key_number === 0 ? id : `${id}.${key_number}`;
    const answer = await channel.answerDispute(call, { dispute, reference: id, channel_key, words }); // prettier-ignore
    logger.info({ dispute_answer: id, answer: answer.kind }, 'an answer to a dispute');
    if (answer.kind === 'submitted') return endAnswer(store, id, 'submitted', null);
    if (answer.kind === 'refused') return endAnswer(store, id, 'failed', answer.detail);
    if (due.age_ms > monthMs) return endAnswer(store, id, 'failed', answer.detail);
    const isStored = answer.kind === 'unknown' && answer.is_stored === true;
    return postponeAnswer(
      store,
      { id, key_number: key_number + (isStored ? 1 : 0) },
      nextTryIn(due.age_ms),
    );
  };

  return async () => {
    const left = (id: unknown, err: unknown) => {
      logger.warn({ dispute_answer: id, err }, 'an answer to a dispute could not be told');
    };
    const due = await leaseAnswers(store, left);
    const ends = await Promise.allSettled(due.map(tell));
    ends.forEach((end, i) => {
      if (end.status === 'rejected') left(due[i]?.id, end.reason);
    });
  };
}
