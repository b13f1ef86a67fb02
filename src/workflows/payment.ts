import {
  allHandlersFinished,
  CancellationScope,
  condition,
  log,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

import type { ChannelActivities } from '../activities/channel.ts';
import type { PaymentActivities } from '../activities/payment.ts';
import type { Answer } from '../domain/outcome.ts';
import type { View, Work } from '../domain/view.ts';
import { channelQueue, command, evidence, firstAnswer, type Message } from './messages.ts';
import { searchable } from './search.ts';

const near = proxyLocalActivities<PaymentActivities>({
  scheduleToCloseTimeout: '5s', // longer would block messages; then the same function far away, without end
  retry: { initialInterval: '100ms', maximumInterval: '1s' },
});
const far = proxyActivities<PaymentActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

/**
 * One payment, awake: everything that happens to it comes through the inbox, every change through `record`.
 * The run keeps no state but the last view. It is open while the payment owes anything, and may end and
 * begin again at any time: a run begins with `attend`, which changes nothing.
 */
export async function payment(id: string): Promise<void> {
  const inbox: Message[] = [{ cause: 'attend', fact: { kind: 'attend' } }];
  const seen = new Set<string>();
  const answers = new Map<string, View>();
  const started = new Map<string, CancellationScope>();
  let view: View | undefined;
  let shown = '';
  let alarm = new CancellationScope();
  let armed = '';

  const post = (message: Message): void => {
    if (!isMessage(message)) return log.warn('a message that is none was dropped');
    if (seen.has(message.cause)) return;
    seen.add(message.cause);
    inbox.push(message);
  };
  setHandler(evidence, post);
  setHandler(command, async (message) => {
    if (message.fact.kind === 'command') post(message);
    await condition(() => answers.has(message.cause));
    return recorded(answers.get(message.cause));
  }, { validator: refuseMisshapen }); // prettier-ignore
  setHandler(firstAnswer, async () => {
    await condition(() => view?.stable === true);
    return recorded(view);
  });
  CancellationScope.current().cancelRequested.catch(() => {
    post({ cause: `ui-cancel ${workflowInfo().runId}`, fact: { kind: 'command', command: { name: 'cancel', note: 'from the Temporal UI' } } });
  }); // prettier-ignore

  await CancellationScope.nonCancellable(async () => {
    for (;;) {
      for (let next = inbox.shift(); next; next = inbox.shift()) await take(next);
      await condition(() => inbox.length > 0 || (isIdle() && allHandlersFinished()));
      if (inbox.length === 0 && isIdle()) return; // nothing is awaited between this look and the end
    }
  });

  async function take(message: Message): Promise<void> {
    view = await near.record(id, message).catch(() => far.record(id, message));
    answers.set(message.cause, view);
    const owed = new Set(view.outstanding.map((work) => work.id));
    for (const [work, scope] of started) if (!owed.has(work)) scope.cancel();
    for (const work of view.outstanding) if (!started.has(work.id)) start(work);
    watch(view.due);
    show(view);
  }

  function start(work: Work): void {
    const scope = new CancellationScope();
    started.set(work.id, scope);
    const end = (answer: Answer | 'silent') => {
      post({ cause: work.id, fact: { kind: 'outcome', operation: work.id, answer } });
    };
    // A lost answer is a message, never a rejection: that would fail the workflow task for ever.
    scope.run(() => performed(work)).then(end, () => {
      if (!scope.consideredCancelled) end('silent');
    }); // prettier-ignore
  }

  function watch(due: View['due']): void {
    if (due?.what === armed) return; // a timer of a closed chapter rings in vain: `record` decides
    alarm.cancel();
    alarm = new CancellationScope();
    armed = due?.what ?? '';
    if (!due) return;
    const ring = () => {
      armed = '';
      inbox.push({ cause: `due ${due.what}`, fact: { kind: 'due', what: due.what } });
    };
    alarm.run(() => sleep(due.in_ms, { summary: due.what })).then(ring, () => undefined);
  }

  /** Tells the UI. Attributes only where operators look for a payment: history stays small. */
  function show(now: View): void {
    setCurrentDetails(now.sentence);
    const rest = now.status === 'requires_action' || now.needs_attention !== null || now.final;
    const line = `${now.status} ${now.outcome} ${now.channel} ${now.needs_attention}`;
    if (!rest || line === shown) return;
    shown = line;
    upsertSearchAttributes(searchable(now));
  }

  function isIdle(): boolean {
    return view !== undefined && view.final;
  }
}

/** Mutating calls are tried once; every resend is the reducer's decision after a query. Polls repeat by schedule. */
function performed(work: Work): Promise<Answer> {
  const isQuery = work.verb === 'query' || work.verb === 'query_refund';
  const channel = proxyActivities<ChannelActivities>({
    taskQueue: channelQueue(work.channel),
    startToCloseTimeout: work.start_to_close_ms,
    scheduleToCloseTimeout: work.within_ms,
    summary: `${work.verb} ${work.attempt}`,
    cancellationType: isQuery ? 'TRY_CANCEL' : 'WAIT_CANCELLATION_COMPLETED',
    retry: isQuery ? { initialInterval: '1s', maximumInterval: '60s' } : { maximumAttempts: 1 },
  });
  return isQuery ? channel.poll(work.id) : channel.call(work.id);
}

function recorded(view: View | undefined): {
  sequence: number;
  refused?: NonNullable<View['refused']>;
} {
  if (!view) return { sequence: 0 };
  return view.refused
    ? { sequence: view.sequence, refused: view.refused }
    : { sequence: view.sequence };
}

/** Shape only: a validator runs before anything is loaded. */
function refuseMisshapen(message: Message): void {
  if (!isMessage(message)) throw new TypeError('a command has a cause and a fact of kind command');
}

function isMessage(message: unknown): message is Message {
  const { cause, fact } = (message ?? {}) as Record<'cause' | 'fact', unknown>;
  const kind = (fact as { kind?: unknown } | null | undefined)?.kind;
  return typeof cause === 'string' && cause !== '' && typeof kind === 'string';
}
