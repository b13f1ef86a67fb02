import { proxyActivities } from '@temporalio/workflow';

import type { ChannelActivities } from '../activities/channel.ts';
import type { Answer } from '../domain/outcome.ts';
import type { View, Work } from '../domain/view.ts';
import { channelQueue } from './messages.ts';

/** A question ends itself when its time is over; this is for a queue on which nobody works any more. */
const nobodyAsksMs = 24 * 3_600_000;

/**
 * Makes one outside call. Mutating calls are tried once: every resend is the reducer's decision after a query.
 * Queries repeat by the channel's schedule, without history.
 * @returns the channel's answer; of a mutating call where the payment stands, for its activity has recorded it
 * @throws when none came: whether anything was sent, the store's fence knows
 */
export function perform(work: Work): Promise<View | Answer> {
  const isQuery = work.verb === 'query' || work.verb === 'query_refund';
  const channel = proxyActivities<ChannelActivities>({
    taskQueue: channelQueue(work.channel),
    startToCloseTimeout: work.start_to_close_ms,
    scheduleToCloseTimeout: isQuery ? work.within_ms + nobodyAsksMs : work.within_ms,
    summary: `${work.verb} ${work.attempt}`,
    cancellationType: 'TRY_CANCEL', // of a question: nobody waits for its end
    retry: isQuery ? { initialInterval: '1s', maximumInterval: '60s' } : { maximumAttempts: 1 },
  });
  return isQuery ? channel.poll(work.id) : channel.call(work.id);
}
