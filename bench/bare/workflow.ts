import {
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';

import type { BareActivities } from './activities.ts';
import type { BareOrder } from './order.ts';

/** Answers with the channel's reply. */
export const firstAnswer = defineUpdate<string>('firstAnswer');
/** The channel called back. */
export const paid = defineSignal('paid');

const outside = proxyActivities<BareActivities>({
  startToCloseTimeout: '30s',
  retry: { maximumAttempts: 1 },
});

/** The same outside work as a payment, and nothing else: what Temporal alone costs. */
export async function barePayment(bare: BareOrder): Promise<void> {
  let answer = '';
  let isPaid = false;
  setHandler(firstAnswer, async () => {
    await condition(() => answer !== '');
    return answer;
  });
  setHandler(paid, () => {
    isPaid = true;
  });
  const made = await outside.create(bare);
  const last = made.kind === 'created' ? await outside.confirm(bare, made.handle) : made;
  answer = last.kind;
  await condition(() => isPaid);
  await outside.notify(bare.id);
} // prettier-ignore
