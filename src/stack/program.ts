import { fileURLToPath } from 'node:url';

import { channelNames } from '../sandbox/channel.ts';
import { portSetting } from '../sandbox/channel-port.ts';
import { answers, type Child, untilReady } from './child.ts';
import type { StackSettings } from './settings.ts';
import type { Supervisor } from './supervisor.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the servers are that API and workers need. */
export interface Servers {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
}

/** The sandbox, kept up: returns once it answers. Throws with its last words when it does not come up. */
export function keepSandbox(settings: StackSettings, supervisor: Supervisor): Promise<Child> {
  const { sandboxPort } = settings;
  return supervisor.keep('sandbox', async () => {
    const child = await program(settings, supervisor, 'sandbox', 'src/sandbox/main.ts', {});
    await untilReady(child, () => answers(`http://127.0.0.1:${sandboxPort}/livez`));
    return child;
  });
}

/** API and workers, kept up: returns once the API says that it is ready, thus a worker too. */
export async function keepProcessors(
  settings: StackSettings,
  supervisor: Supervisor,
  servers: Servers,
): Promise<void> {
  const env = { DATABASE_URL: servers.databaseUrl, TEMPORAL_ADDRESS: servers.temporalAddress };
  const api = `http://127.0.0.1:${settings.port}`;
  const workers = Array.from({ length: settings.workers }, (_, index) => {
    const port = settings.metricsPorts[index];
    const own = port === undefined ? env : { ...env, METRICS_PORT: String(port) };
    return supervisor.keep('worker', () =>
      program(settings, supervisor, 'worker', 'worker.ts', own),
    );
  });
  const serving = supervisor.keep('api', async () => {
    const child = await program(settings, supervisor, 'api', 'src/api/main.ts', env);
    await untilReady(child, () => answers(`${api}/livez`));
    return child;
  });
  await serving;
  const ready = async (worker: Promise<Child>): Promise<void> =>
    untilReady(await worker, () => answers(`${api}/readyz`));
  await Promise.all(workers.map(ready));
}

function program(
  settings: StackSettings,
  supervisor: Supervisor,
  name: string,
  path: string,
  env: Readonly<Record<string, string>>,
): Promise<Child> {
  const own = {
    PORT: String(settings.port),
    SANDBOX_PORT: String(settings.sandboxPort),
    ...Object.fromEntries(
      channelNames.map((name) => [portSetting(name), String(settings.channelPorts[name])]),
    ),
    DATA_DIR: settings.dataDir,
  };
  return supervisor.spawn({
    name,
    command: process.execPath,
    args: ['--import', 'tsx', path],
    cwd: root,
    env: { ...settings.env, ...own, ...env },
  });
}
