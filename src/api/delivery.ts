import { type Client, isGrpcServiceError } from '@temporalio/client';

import type { StartDelivery } from '../store/store.ts';
import { logger } from '../telemetry.ts';
import { deliveryOptions, paymentQueue, webhookQueue } from '../workflows/messages.ts';

const unimplemented = 12; // gRPC's code of a server without standalone activities

/**
 * Starts deliveries over a Temporal client, each round of one at most once at a time: as a standalone activity,
 * or on servers before 1.31 as a workflow with that one activity.
 */
export function createDeliveryStart(client: Client): StartDelivery {
  let hasActivities = true;
  return async ({ id, round }) => {
    const named = round === 1 ? id : `${id}.${round}`;
    const args: [string, number] = [id, round];
    const asActivity = () =>
      client.activity.start('deliver', { id: named, args, taskQueue: webhookQueue, idConflictPolicy: 'USE_EXISTING', ...deliveryOptions }); // prettier-ignore
    const asWorkflow = () =>
      client.workflow.start('delivery', { workflowId: named, args, taskQueue: paymentQueue, workflowIdConflictPolicy: 'USE_EXISTING' }); // prettier-ignore
    const start = () => within(client, hasActivities ? asActivity : asWorkflow);
    try {
      await start().catch((error: unknown) => {
        if (!hasActivities || !isUnimplemented(error)) throw error;
        hasActivities = false;
        return start();
      });
    } catch (error) {
      logger.info({ delivery_id: id, err: error }, 'a delivery was not started; again soon');
      throw error;
    }
  };
}

function within(client: Client, call: () => Promise<unknown>): Promise<unknown> {
  return client.withDeadline(Date.now() + 5_000, call);
}

function isUnimplemented(error: unknown): boolean {
  for (let one: unknown = error; one instanceof Error; one = one.cause)
    if (isGrpcServiceError(one) && (one.code as number) === unimplemented) return true;
  return false;
}
