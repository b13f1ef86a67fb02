import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';

import { isFinal, type Payment } from '../contract.ts';
import type { Profile } from '../profile.ts';
import { say } from '../say.ts';
import type { Stack } from '../stack.ts';
import type { Stage } from '../stage.ts';
import type { Timeline } from '../timeline.ts';
import { ask, pause } from '../wire.ts';
import type { Figures } from './drill.ts';
import { mishaps } from './history.ts';
import { inHand } from './in-hand.ts';
import { OpenPayments } from './open-payments.ts';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** What docker-compose.yml gives them: then SIGKILL. */
const graceMs = { api: 15_000, worker: 20_000 } as const;

type Name = keyof typeof graceMs;

const rounds = 2;

/** So many callers have a request in hand when the API is asked to end. */
const callers = 10;

/**
 * F24, F3: a new release goes out. API and workers are replaced one after another, twice, while payments are open and
 * others come and go. Everybody in hand is answered, each process ends by itself, and no task is left failed.
 */
export async function rollingRestart(
  stage: Stage,
  profile: Profile,
  timeline: Timeline,
): Promise<Figures> {
  const steps = rounds * (profile.workers + 1);
  const open = new OpenPayments(stage, profile.open, steps);
  await open.begin();
  const drains: Record<Name, number[]> = { api: [], worker: [] };
  const openAt: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    stage.traffic.allowed = Math.ceil((profile.payments * (step + 1)) / steps);
    while (stage.traffic.started < Math.floor((profile.payments * (step + 0.5)) / steps))
      await pause(50);
    openAt.push(await countOpen(stage, profile));
    const name = step % (profile.workers + 1) < profile.workers ? 'worker' : 'api';
    const seconds = await replace(stage, name, open, timeline);
    drains[name].push(seconds);
    say(`${name} was replaced: drained in ${seconds} s, ${openAt.at(-1)} payments open`);
  }
  await open.end();
  while (stage.traffic.ended < profile.payments) await pause(200);
  const found = await looked(stage);
  return { drain_seconds: drains, open: Math.min(...openAt), ...found };
}

async function countOpen({ merchant, complaints }: Stage, { open }: Profile): Promise<number> {
  const payments = await merchant.list<Payment>('/v1/payments');
  const count = payments.filter((payment) => !isFinal(payment)).length;
  if (count < open) complaints.add('drill', 'open payments', `were ${count}, not ${open}`);
  return count;
}

/** Replaces the one that has lived longest; answers how many seconds its end took. */
async function replace(
  stage: Stage,
  name: Name,
  open: OpenPayments,
  timeline: Timeline,
): Promise<number> {
  const { stack, complaints } = stage;
  const [old] = stack.supervisor.children(name);
  if (!old) throw new Error(`bug: no ${name} lives`);
  const waiting = name === 'api' ? inHand(stage, open.some(callers)) : undefined;
  await pause(1_000); // they are in hand now
  open.move();
  const began = Date.now();
  timeline.note(`F24: SIGTERM ${name} ${old.pid} at ${new Date(began).toISOString()}`);
  await old.stop(graceMs[name]);
  const end = await old.ended;
  const seconds = Math.round((Date.now() - began) / 100) / 10;
  if (end !== 'exit 0') complaints.add('drill', `${name} ${old.pid}`, `${end} after ${seconds} s`);
  await waiting?.answered();
  await (name === 'api' ? apiIsBack(stack) : workerIsBack(stack, old.pid));
  return seconds;
}

async function apiIsBack({ settings }: Stack): Promise<void> {
  const url = `http://127.0.0.1:${settings.port}/readyz`;
  const isReady = () =>
    ask({ method: 'GET', url, timeoutMs: 1_000 }).then(({ status }) => status === 200);
  while (!(await isReady().catch(() => false))) await pause(100);
}

/** Until every living worker asks Temporal for work, and they are as many as before. */
async function workerIsBack(
  { supervisor, settings, temporals }: Stack,
  old: number,
): Promise<void> {
  for (;;) {
    await pause(300);
    const asking = await pollers(temporals[0] ?? '');
    const pids = supervisor.pids('worker').filter((pid) => pid !== old);
    if (pids.length === settings.workers && pids.every((pid) => asking.has(pid))) return;
  }
}

/** The process ids of the workers that have asked for a payment's task lately. */
async function pollers(address: string): Promise<Set<number>> {
  const connection = await Connection.connect({ address });
  try {
    const taskQueue = { name: 'payments' };
    const taskQueueType = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW;
    const asked = { namespace: 'default', taskQueue, taskQueueType };
    const { pollers: found } = await connection.workflowService.describeTaskQueue(asked);
    return new Set(found.map(({ identity }) => Number.parseInt(identity ?? '', 10)));
  } finally {
    await connection.close();
  }
}

async function looked({ stack, complaints }: Stage): Promise<Figures> {
  const { histories, closedTooSoon, failed, late } = await mishaps(stack.temporals[0] ?? '');
  for (const { id, what } of failed) complaints.add('drill', id, what);
  for (const { id, what } of late) say(`made again: ${id}: ${what}`);
  return { histories, failed_tasks: failed.length, made_again: late.length, closed_too_soon: closedTooSoon }; // prettier-ignore
}
