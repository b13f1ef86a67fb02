import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from '../src/stack/port.ts';
import { keepProcessors } from '../src/stack/program.ts';
import { keepTemporal } from '../src/stack/server.ts';
import { readSettings } from '../src/stack/settings.ts';
import { supervise } from '../src/stack/supervisor.ts';
import type { Profile } from './profile.ts';
import { say } from './say.ts';
import type { Stack } from './stack.ts';
import type { Stage } from './stage.ts';
import type { Timeline } from './timeline.ts';
import { pause } from './wire.ts';

/** What is done to the product instead of random kills (tier D of faults.md section 3). */
type Drill = (stage: Stage, profile: Profile, timeline: Timeline) => Promise<void>;

const drills = {
  'two-stacks': twoStacks,
  'temporal-lost': temporalLost,
  'temporal-restored': temporalRestored,
} as const satisfies Record<string, Drill>;

export type DrillName = keyof typeof drills;
export const drillNames = Object.keys(drills) as DrillName[];

/** Plays it beside the traffic. */
export function drill(name: DrillName, ...given: Parameters<Drill>): Promise<void> {
  return drills[name](...given);
}

/** F33: an old installation was not stopped: two of everything, but one store. Merchants meet either. */
async function twoStacks(stage: Stage, profile: Profile, timeline: Timeline): Promise<void> {
  const second = await secondStack(stage.stack);
  stage.merchant.doors.push(second.api);
  stage.stack.temporals.push(second.temporalAddress);
  stage.stack.alongside.push(second.stop);
  timeline.note('two stacks on one store');
  stage.traffic.allowed = profile.payments;
}

/** F23: everything that Temporal knew is gone. */
async function temporalLost(stage: Stage, profile: Profile, timeline: Timeline): Promise<void> {
  await until(stage, profile, 0.5);
  await withoutTemporal(stage.stack, (folder) => {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
  });
  timeline.note('Temporal lost its data');
  stage.traffic.allowed = profile.payments;
}

/** F23: Temporal comes back as it was a third of the traffic ago. */
async function temporalRestored(stage: Stage, profile: Profile, timeline: Timeline): Promise<void> {
  const copy = join(stage.stack.dataDir, 'temporal-copy');
  await until(stage, profile, 0.33);
  await withoutTemporal(stage.stack, (folder) => cpSync(folder, copy, { recursive: true }));
  timeline.note('Temporal was copied');
  await until(stage, profile, 0.66);
  await withoutTemporal(stage.stack, (folder) => {
    rmSync(folder, { recursive: true });
    cpSync(copy, folder, { recursive: true });
  });
  timeline.note('Temporal was restored from the copy');
  stage.traffic.allowed = profile.payments;
}

/** Lets this part of the traffic begin, and waits until it has. */
async function until({ traffic }: Stage, { payments }: Profile, part: number): Promise<void> {
  traffic.allowed = Math.floor(payments * part);
  while (traffic.started < traffic.allowed) await pause(50);
}

/** Ends Temporal and works on its folder before the launcher starts it again, half a second later at the earliest. */
async function withoutTemporal(stack: Stack, work: (folder: string) => void): Promise<void> {
  const [pid] = stack.supervisor.pids('temporal');
  if (pid === undefined) throw new Error('bug: Temporal is not there');
  process.kill(pid, 'SIGKILL');
  while (existsSync(`/proc/${pid}`)) await pause(5);
  work(join(stack.dataDir, 'temporal'));
}

interface SecondStack {
  readonly api: string;
  readonly temporalAddress: string;
  readonly stop: () => Promise<void>;
}

/** API, workers and Temporal once more, over the first one's store and channels. */
async function secondStack(first: Stack): Promise<SecondStack> {
  const dataDir = join(first.dataDir, 'second');
  const [port, temporal, ui] = await Promise.all([freePort(), freePort(), freePort()]);
  const api = `http://127.0.0.1:${port}`;
  const settings = readSettings({
    ...first.settings.env,
    DATA_DIR: dataDir,
    PORT: String(port),
    PUBLIC_URL: api,
    TEMPORAL_PORT: String(temporal),
    TEMPORAL_UI_PORT: String(ui),
  });
  const supervisor = supervise(dataDir, say);
  const stop = () => supervisor.stop();
  try {
    const { address } = await keepTemporal(settings, supervisor, say, new AbortController().signal);
    await keepProcessors(settings, supervisor, { databaseUrl: first.databaseUrl, temporalAddress: address }); // prettier-ignore
    return { api, temporalAddress: address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
