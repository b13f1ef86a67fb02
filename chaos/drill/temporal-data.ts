import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { Profile } from '../profile.ts';
import type { Stack } from '../stack.ts';
import type { Stage } from '../stage.ts';
import type { Timeline } from '../timeline.ts';
import { pause } from '../wire.ts';
import type { Figures } from './drill.ts';

/** F23: everything that Temporal knew is gone. */
export async function temporalLost(
  stage: Stage,
  profile: Profile,
  timeline: Timeline,
): Promise<Figures> {
  await until(stage, profile, 0.5);
  await withoutTemporal(stage.stack, (folder) => {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
  });
  timeline.note('F23: Temporal lost its data');
  stage.traffic.allowed = profile.payments;
  return {};
}

/** F23: Temporal comes back as it was a third of the traffic ago. */
export async function temporalRestored(
  stage: Stage,
  profile: Profile,
  timeline: Timeline,
): Promise<Figures> {
  const copy = join(stage.stack.dataDir, 'temporal-copy');
  await until(stage, profile, 0.33);
  await withoutTemporal(stage.stack, (folder) => cpSync(folder, copy, { recursive: true }));
  timeline.note('Temporal was copied');
  await until(stage, profile, 0.66);
  await withoutTemporal(stage.stack, (folder) => {
    rmSync(folder, { recursive: true });
    cpSync(copy, folder, { recursive: true });
  });
  stage.stack.isOutOfTouch = true;
  timeline.note('F23: Temporal was restored from the copy');
  stage.traffic.allowed = profile.payments;
  return {};
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
