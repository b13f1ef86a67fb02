import { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';

import { createTeller, type Teller, type WebhookDependencies } from './webhook-try.ts';

/** What is done for a delivery. */
export interface WebhookActivities {
  /** One try, when it is due. Fails benignly, with the time of the next try, for as long as one is due. */
  readonly deliver: (id: string, round: number) => Promise<void>;
}

/** The activities over their dependencies, or over the process's teller where it has one already. */
export function webhookActivities(
  dependencies: WebhookDependencies,
  teller: Teller = createTeller(dependencies),
): WebhookActivities {
  return {
    deliver: async (id, round) => {
      const tried = await teller(id, round);
      if (tried.kind === 'later') throw later(tried.in_ms, tried.detail);
      if (tried.kind === 'busy') throw later(untilLessBusyMs(tried.tries), 'its receiver is busy');
    },
  };
}

/**
 * Seconds, and up to a minute for what has come often in vain: a thousand deliveries that wait for a receiver that
 * hangs must not keep the server busy with coming back.
 */
function untilLessBusyMs(tries: number): number {
  const inVain = Math.max(0, Context.current().info.attempt - 1 - tries);
  return 1_000 * 2 ** Math.min(inVain, 6) * (0.5 + Math.random());
}

/** Benign, so that it is no warning. Zero would mean Temporal's own back-off. */
function later(in_ms: number, message: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'NotDelivered',
    message,
    category: ApplicationFailureCategory.BENIGN,
    nextRetryDelay: Math.max(10, Math.ceil(in_ms)),
  });
}
