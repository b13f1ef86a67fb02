import {
  allHandlersFinished,
  ApplicationFailure,
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

import type { PaymentActivities } from '../activities/payment.ts';
import type { Message } from '../domain/message.ts';
import { isMutating } from '../domain/operation.ts';
import type { Answer } from '../domain/outcome.ts';
import type { View, Work } from '../domain/view.ts';
import { command, evidence, firstAnswer, type Recorded } from './messages.ts';
import { perform } from './operation.ts';
import { searchable } from './search.ts';
import { isCommand, isObservation } from './shape.ts';

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
 *
 * @param first what the caller has just stored, in place of that first look. It may be old by now, for a start
 *   may come late or again: nothing is believed of it but which calls to try, and each of them has its fence
 */
export async function payment(id: string, first?: View): Promise<void> {
  const inbox: Message[] = first ? [] : [{ cause: 'attend', fact: { kind: 'attend' } }];
  const seen = new Set<string>(inbox.map(({ cause }) => cause));
  const answers = new Map<string, View | 'set aside'>();
  const started = new Set<string>();
  const questions = new Map<string, CancellationScope>();
  let view: View | undefined;
  let shown = '';
  let wasFlagged = false;
  let alarm = new CancellationScope();
  let armed = '';

  const post = (message: Message): void => {
    if (seen.has(message.cause)) return;
    seen.add(message.cause);
    inbox.push(message);
  };
  setHandler(evidence, (message) => {
    if (isObservation(message)) post(message);
    else log.warn('a signal that says nothing was dropped');
  });
  setHandler(command, async (message) => {
    post(message);
    await condition(() => answers.has(message.cause));
    return recorded(answers.get(message.cause), message.by);
  }, { validator: refuseMisshapen }); // prettier-ignore
  setHandler(firstAnswer, async () => {
    await condition(() => view?.stable === true);
    return recorded(view);
  });
  CancellationScope.current().cancelRequested.catch(() => {
    post({ cause: `ui-cancel ${workflowInfo().runId}`, fact: { kind: 'command', command: { name: 'cancel', note: 'from the Temporal UI' } } });
  }); // prettier-ignore

  await CancellationScope.nonCancellable(async () => {
    if (first) follow(first);
    for (;;) {
      for (let next = inbox.shift(); next; next = inbox.shift()) await take(next);
      await condition(() => inbox.length > 0 || (isIdle() && allHandlersFinished()));
      if (inbox.length === 0 && isIdle()) return; // nothing is awaited between this look and the end
    }
  });

  async function take(message: Message): Promise<void> {
    if (message.fact.kind === 'attend') seen.delete(message.cause); // it may be asked for again
    const answer = await near.record(id, message).catch(() => farther(message));
    answers.set(message.cause, answer);
    if (answer !== 'set aside') follow(answer);
  }

  /** Tried without end, so what it rejects the store has set aside: nothing was recorded. */
  function farther(message: Message): Promise<View | 'set aside'> {
    return far.record(id, message).catch(() => 'set aside' as const);
  }

  /** Does what the row says is owed, and no more. What a call has recorded may be told after something later. */
  function follow(now: View): void {
    if (view && now.sequence < view.sequence) return;
    view = now;
    const owed = new Set(view.outstanding.map((work) => work.id));
    for (const [work, scope] of questions) if (!owed.has(work)) scope.cancel();
    for (const work of view.outstanding) if (!started.has(work.id)) start(work);
    watch(view);
    show(view);
  }

  function start(work: Work): void {
    started.add(work.id);
    const end = (said: View | Answer | 'silent') => {
      if (typeof said === 'object' && 'sequence' in said) follow(said);
      else post({ cause: work.id, fact: { kind: 'outcome', operation: work.id, answer: said } });
    };
    const scope = new CancellationScope();
    if (!isMutating(work.verb)) questions.set(work.id, scope); // a call is stopped by its fence, or not at all
    // A lost answer is a message, never a rejection: that would fail the workflow task for ever.
    scope.run(() => perform(work)).then(end, () => {
      if (!scope.consideredCancelled) end('silent');
    }); // prettier-ignore
  }

  /** At most one timer. One of a closed chapter rings in vain: `record` decides. */
  function watch({ due, outstanding }: View): void {
    if (!due || due.what === armed) return;
    const endsBefore = (work: Work) => isMutating(work.verb) && work.within_ms <= due.in_ms;
    if (outstanding.some(endsBefore)) return; // its end is a message, and looks again
    alarm.cancel();
    alarm = new CancellationScope();
    armed = due.what;
    const ring = () => {
      armed = '';
      inbox.push({ cause: `due ${due.what}`, fact: { kind: 'due', what: due.what } });
    };
    alarm.run(() => sleep(due.in_ms, { summary: due.what })).then(ring, () => undefined);
  }

  /**
   * Tells the UI. Attributes only where operators look for a payment, and of a payer who pays at once only the
   * end: history stays small. A view without `waits` was recorded by an earlier build, which did not wait.
   */
  function show(now: View): void {
    setCurrentDetails(now.sentence);
    const isFlagged = now.needs_attention !== null;
    const isWaiting = now.waits ?? now.status === 'requires_action';
    const isSought = isWaiting || now.final || isFlagged || wasFlagged;
    const line = `${now.status} ${now.outcome} ${now.channel} ${now.needs_attention}`;
    if (!isSought || line === shown) return;
    shown = line;
    wasFlagged = isFlagged;
    upsertSearchAttributes(searchable(now));
  }

  function isIdle(): boolean {
    return view !== undefined && view.final;
  }
}

function recorded(answer: View | 'set aside' | undefined, by?: string): Recorded {
  if (!answer || answer === 'set aside')
    throw ApplicationFailure.nonRetryable('the command could not be recorded');
  const { sequence, refused } = answer;
  return { sequence, ...(refused ? { refused } : {}), ...(by === undefined ? {} : { by }) };
}

/** Shape only: a validator runs before anything is loaded. */
function refuseMisshapen(message: Message): void {
  if (!isCommand(message)) throw new TypeError('a command has a cause, and a fact with its name');
}
