import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';

const { TimeoutType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;
type History = proto.temporal.api.history.v1.IHistory;
type HistoryEvent = proto.temporal.api.history.v1.IHistoryEvent;

interface Mishap {
  readonly id: string;
  readonly what: string;
}

/** What the histories of all payments say went wrong with their tasks. */
export interface Mishaps {
  readonly histories: number;
  /** An event came in while the task that would have closed the run was being answered: Temporal asks again. */
  readonly closedTooSoon: number;
  /** Every other failed task. */
  readonly failed: readonly Mishap[];
  /** Tasks and calls that were not answered in time: they are made again. A worker that ended, or one with too much to do. */
  readonly late: readonly Mishap[];
}

/** Reads every history, of open and closed runs. */
export async function mishaps(address: string): Promise<Mishaps> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const runs = client.workflow.list({ query: `WorkflowType = 'payment'` });
    let histories = 0;
    let closedTooSoon = 0;
    const failed: Mishap[] = [];
    const late: Mishap[] = [];
    for await (const { workflowId, history } of runs.intoHistories({ concurrency: 8 })) {
      histories += 1;
      const events = (history as History).events ?? [];
      for (const event of events) {
        if (isClosedTooSoon(event)) closedTooSoon += 1;
        const failure = failureOf(event);
        if (failure !== null) failed.push({ id: workflowId, what: failure });
        const what = lateness(event, events);
        if (what !== null) late.push({ id: workflowId, what });
      }
    }
    return { histories, closedTooSoon, failed, late };
  } finally {
    await connection.close();
  }
}

function isClosedTooSoon({ workflowTaskFailedEventAttributes: failed }: HistoryEvent): boolean {
  return failed?.cause === WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND;
}

function failureOf(event: HistoryEvent): string | null {
  const failed = event.workflowTaskFailedEventAttributes;
  if (!failed || isClosedTooSoon(event)) return null;
  return `a task failed: ${failed.cause} ${failed.failure?.message ?? ''}`;
}

/** A sticky queue that nobody reads any more is none: the task goes to the next worker. */
function lateness(event: HistoryEvent, events: readonly HistoryEvent[]): string | null {
  const left = event.workflowTaskTimedOutEventAttributes;
  if (left?.timeoutType === TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE)
    return `nobody answered the task that ${taker(events, left.startedEventId)}`;
  const lost = event.activityTaskTimedOutEventAttributes;
  if (lost) return `nobody answered the call that ${taker(events, lost.startedEventId)}`;
  const before = event.activityTaskStartedEventAttributes?.lastFailure;
  return before?.timeoutFailureInfo ? `a call was lost before ${taker(events, event.eventId)}` : null; // prettier-ignore
}

/** Who had taken it, and when. */
function taker(events: readonly HistoryEvent[], id: HistoryEvent['eventId']): string {
  const started = events.find(({ eventId }) => String(eventId) === String(id));
  const attributes = started?.workflowTaskStartedEventAttributes ?? started?.activityTaskStartedEventAttributes; // prettier-ignore
  const { seconds, nanos } = started?.eventTime ?? {};
  const at = new Date(Number(seconds ?? 0) * 1_000 + (nanos ?? 0) / 1e6).toISOString();
  return `${attributes?.identity ?? 'nobody'} took at ${at}`;
}
