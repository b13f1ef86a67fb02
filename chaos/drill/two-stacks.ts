import { join } from 'node:path';

import { freePort } from '../../src/stack/port.ts';
import { keepProcessors } from '../../src/stack/program.ts';
import { keepTemporal } from '../../src/stack/server.ts';
import { readSettings } from '../../src/stack/settings.ts';
import { supervise } from '../../src/stack/supervisor.ts';
import type { Profile } from '../profile.ts';
import { say } from '../say.ts';
import type { Stack } from '../stack.ts';
import type { Stage } from '../stage.ts';
import type { Timeline } from '../timeline.ts';
import type { Figures } from './drill.ts';

/** F33: an old installation was not stopped: two of everything, but one store. Merchants meet either. */
export async function twoStacks(
  stage: Stage,
  profile: Profile,
  timeline: Timeline,
): Promise<Figures> {
  const second = await secondStack(stage.stack);
  stage.merchant.doors.push(second.api);
  stage.stack.temporals.push(second.temporalAddress);
  stage.stack.alongside.push(second.stop);
  stage.stack.isOutOfTouch = true;
  timeline.note('F33: two stacks on one store');
  stage.traffic.allowed = profile.payments;
  return {};
}

interface SecondStack {
  readonly api: string;
  readonly temporalAddress: string;
  readonly stop: () => Promise<void>;
}

/** API, workers and Temporal once more, over the first one's store and channels, at the same public address. */
async function secondStack(first: Stack): Promise<SecondStack> {
  const dataDir = join(first.dataDir, 'second');
  const [port, temporal, ui] = await Promise.all([freePort(), freePort(), freePort()]);
  const api = `http://127.0.0.1:${port}`;
  const settings = readSettings({
    ...first.settings.env,
    DATA_DIR: dataDir,
    PORT: String(port),
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
