import {
  type Client,
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import {
  ApplicationFailure,
  ServerFailure,
  TypedSearchAttributes,
  type Workflow,
} from '@temporalio/common';

import type { Message } from '../domain/message.ts';
import { format } from '../domain/money.ts';
import { mainAttempt, type Payment } from '../domain/payment.ts';
import type { View } from '../domain/view.ts';
import { faultPoint } from '../fault-point.ts';
import {
  command,
  evidence,
  firstAnswer,
  paymentQueue,
  type Recorded,
} from '../workflows/messages.ts';
import { search } from '../workflows/search.ts';

/** The API's and the attendance's only door to Temporal: every call wakes the payment's actor if it rests. */
export interface Actor {
  /**
   * Waits inside the actor for the first stable state, at most `waitMs`. A passed deadline proves nothing.
   * `first`: what was just stored, for a run that begins with it.
   */
  readonly answerFirst: (payment: Payment, waitMs: number, first?: View) => Promise<void>;
  /** Has a command recorded. Throws when Temporal cannot be reached in time: then repeat with the same cause. */
  readonly command: (payment: Payment, message: Message, deadlineMs: number) => Promise<Recorded>;
  /** Tells the actor something. Needs no living worker. */
  readonly post: (payment: Payment, message: Message) => Promise<void>;
}

/** gRPC codes of an update that raced with a closing run (41 of 320 measured), or of a server that comes back. */
const again = new Set([9, 10, 14, 5]); // FAILED_PRECONDITION, ABORTED, UNAVAILABLE, NOT_FOUND

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
  const start = (payment: Payment, first?: View) =>
    new WithStartWorkflowOperation('payment', startOptions(payment, first));
  const within = <T>(deadline: number, call: () => Promise<T>) =>
    client.withDeadline(deadline, call);
  /** One update, repeated while it races with a closing run; PostgreSQL knows the cause of what was recorded. */
  const update = (
    payment: Payment,
    updateId: string,
    deadline: number,
    send: (options: UpdateWithStart) => Promise<Recorded>,
    first?: View,
  ) =>
    untilAnswered(deadline, () => {
      const startWorkflowOperation = start(payment, first); // single-use: a new one for each try
      startWorkflowOperation.workflowHandle().catch(() => undefined);
      return within(deadline, () => send({ startWorkflowOperation, updateId }));
    });
  return {
    async answerFirst(payment, waitMs, first) {
      const send = (options: UpdateWithStart) =>
        client.workflow.executeUpdateWithStart(firstAnswer, options);
      // Callers that wait together are one update: a run takes ten at a time, and commands need room.
      faultPoint('start.before');
      await update(payment, 'first-answer', Date.now() + waitMs, send, first);
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

/** The run closed under the update, also after it had accepted it (a Terminate), or the server comes back. */
function isRace(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return false;
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    if (isGrpcServiceError(one) && again.has(one.code)) return true;
    if (one.name === 'WorkflowNotFoundError') return true;
    // "wasn't processed by worker": it came into the very task that closed the run (3 of 160 refunds, twenty at a time).
    if (one instanceof ServerFailure) return true;
    if (one instanceof ApplicationFailure && one.type === 'AcceptedUpdateCompletedWorkflow')
      return true;
  }
  return false;
}
