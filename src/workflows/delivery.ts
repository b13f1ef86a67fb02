import { proxyActivities } from '@temporalio/workflow';

import type { WebhookActivities } from '../activities/webhook.ts';
import { deliveryOptions, webhookQueue } from './messages.ts';

/** A delivery on a server that has no standalone activities (before 1.31): the same activity and nothing else. */
export async function delivery(id: string, round: number): Promise<void> {
  const webhooks = proxyActivities<WebhookActivities>({
    taskQueue: webhookQueue,
    ...deliveryOptions,
  });
  await webhooks.deliver(id, round);
}
