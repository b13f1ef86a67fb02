import {
  type Client,
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, TypedSearchAttributes, type Workflow } from '@temporalio/common';

import type { Message } from '../domain/message.ts';
import { format } from '../domain/money.ts';
import { mainAttempt, type Payment } from '../domain/payment.ts';
import type { View } from '../domain/view.ts';
import { faultPoint } from '../fault-point.ts';
import { command, evidence, paymentQueue, type Recorded } from '../workflows/messages.ts';
import { search } from '../workflows/search.ts';

/** The API's and the attendance's only door to Temporal: every call wakes the payment's actor if it rests. */
export interface Actor {
  /**
   * Starts a run if there is none; tried for at most `deadlineMs`. `first`: what was just stored, for a run that
   * begins with it. Throws when Temporal has not taken it: it may have, and whoever attends starts it again.
   */
  readonly start: (payment: Payment, deadlineMs: number, first?: View) => Promise<void>;
  /** Has a command recorded. Throws when Temporal cannot be reached in time: then repeat with the same cause. */
  readonly command: (payment: Payment, message: Message, deadlineMs: number) => Promise<Recorded>;
  /** Tells the actor something. Needs no living worker. */
  readonly post: (payment: Payment, message: Message) => Promise<void>;
}

/** gRPC codes of an update that raced with a closing run (41 of 320 measured), or of a server that comes back. */
const again = new Set([9, 10, 14, 5]); // FAILED_PRECONDITION, ABORTED, UNAVAILABLE, NOT_FOUND

/**
 * What the server answers for an update of a run that closed: accepted before (a Terminate), or come into the very task
 * that closed it (3 of 160 refunds, twenty at a time).
 */
const closings = new Set(['AcceptedUpdateCompletedWorkflow', 'UnprocessedUpdate']);

interface UpdateWithStart {
  readonly startWorkflowOperation: WithStartWorkflowOperation<Workflow>;
  readonly updateId: string;
}

function startOptions(payment: Payment, first?: View) {
  return {
    workflowId: payment.id,
    taskQueue: paymentQueue,
    args: first ? [payment.id, first] : [payment.id],
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    staticSummary: `${format(payment)} · ${payment.order_no}`,
    typedSearchAttributes: attributes(payment),
  };
}

function attributes(payment: Payment): TypedSearchAttributes {
  const channel = mainAttempt(payment)?.channel;
  return new TypedSearchAttributes([
    { key: search.merchantId, value: payment.merchant_id },
    { key: search.appId, value: payment.app_id },
    { key: search.orderNo, value: payment.order_no },
    { key: search.status, value: payment.status },
    { key: search.outcome, value: payment.outcome },
    { key: search.currency, value: payment.currency },
    { key: search.amountMinor, value: payment.amount },
    ...(channel ? [{ key: search.channel, value: channel }] : []),
  ]);
}

/** The door over a Temporal client. */
export function createActor(client: Client): Actor {
  const within = <T>(deadline: number, call: () => Promise<T>) =>
    client.withDeadline(deadline, call);
  /** One update, repeated while it races with a closing run; PostgreSQL knows the cause of what was recorded. */
  const update = (
    payment: Payment,
    updateId: string,
    deadline: number,
    send: (options: UpdateWithStart) => Promise<Recorded>,
  ) =>
    untilAnswered(deadline, () => {
      // Single-use: a new one for each try.
      const startWorkflowOperation = new WithStartWorkflowOperation(
        'payment',
        startOptions(payment),
      );
      startWorkflowOperation.workflowHandle().catch(() => undefined);
      return within(deadline, () => send({ startWorkflowOperation, updateId }));
    });
  return {
    async start(payment, deadlineMs, first) {
      const deadline = Date.now() + deadlineMs;
      const send = () => client.workflow.start('payment', startOptions(payment, first));
      faultPoint('start.before');
      await untilAnswered(deadline, () => within(deadline, send));
      faultPoint('start.after');
    },
    async command(payment, message, deadlineMs) {
      const name = message.fact.kind === 'command' ? message.fact.command.name : message.fact.kind;
      faultPoint(`command.${name}.before`);
      const recorded = await update(payment, message.cause, Date.now() + deadlineMs, (options) =>
        client.workflow.executeUpdateWithStart(command, { ...options, args: [message] }),
      );
      faultPoint(`command.${name}.after`);
      return recorded;
    },
    async post(payment, message) {
      faultPoint('signal.before');
      await within(Date.now() + 5_000, () =>
        client.workflow.signalWithStart('payment', {
          ...startOptions(payment),
          signal: evidence,
          signalArgs: [message],
        }),
      );
      faultPoint('signal.after');
    },
  };
}

async function untilAnswered<T>(deadline: number, ask: () => Promise<T>): Promise<T> {
  for (let pauseMs = 20; ; pauseMs = Math.min(1_000, pauseMs * 2)) {
    try {
      return await ask();
    } catch (error) {
      if (!isRace(error) || Date.now() + pauseMs > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

/** The run closed under the update, or the server comes back. */
function isRace(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return false;
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    if (isGrpcServiceError(one) && again.has(one.code)) return true;
    if (one.name === 'WorkflowNotFoundError') return true;
    if (one instanceof ApplicationFailure && closings.has(one.type ?? '')) return true;
  }
  return false;
}
