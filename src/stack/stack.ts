import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { migrate } from '../store/migration.ts';
import { workflowBundle } from './bundle.ts';
import { endLeftovers, livingLauncher, removeCensus, writeCensus } from './census.ts';
import { answers, type Child, startChild, untilReady } from './child.ts';
import { demoMerchant } from './demo-merchant.ts';
import { takenPorts } from './port.ts';
import { embeddedPostgres, selects } from './postgres.ts';
import type { StackSettings } from './settings.ts';
import { keepDatabaseUrl } from './stack-database.ts';
import { supervise, type Supervisor } from './supervisor.ts';
import { registerSearchAttributes, temporalServer } from './temporal.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm start` prints once everything answers (contract section 8). */
export interface Ready {
  readonly ready: true;
  readonly api: string;
  readonly sandbox: string;
  readonly temporal_ui: string;
  readonly api_key: string;
  readonly merchant: string;
  readonly app: string;
  readonly pids: {
    readonly api: number[];
    readonly worker: number[];
    readonly sandbox: number;
    readonly temporal: number | null;
    readonly postgres: number | null;
  };
}

export interface Stack {
  readonly ready: Ready;
  readonly databaseUrl: string;
  readonly supervisor: Supervisor;
  /** Ends everything in order: API, workers, sandbox, Temporal, PostgreSQL; within 20 s. */
  readonly stop: () => Promise<void>;
}

type Say = (line: string) => void;

/** Why a stack cannot start: a message for the person, not a bug. */
export class CannotStart extends Error {}

/** Brings up everything on this machine. Throws `CannotStart` when the place is taken. */
export async function startStack(settings: StackSettings, say: Say): Promise<Stack> {
  const { dataDir } = settings;
  mkdirSync(dataDir, { recursive: true });
  const owner = livingLauncher(dataDir);
  if (owner !== null)
    throw new CannotStart(
      `DATA_DIR: ${dataDir} belongs to a stack that runs already (launcher ${owner})`,
    );
  const ended = await endLeftovers(dataDir);
  if (ended.length > 0) say(`ended what a killed launcher left: ${ended.join(', ')}`);
  const taken = await takenPorts(settings);
  if (taken.length > 0) throw new CannotStart(taken.join('\n'));
  writeCensus(dataDir, [{ name: 'launcher', pid: process.pid }]);
  const supervisor = supervise(dataDir, say);
  const stop = () => stopAll(supervisor, dataDir);
  try {
    return await bringUp(settings, supervisor, say, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bringUp(
  settings: StackSettings,
  supervisor: Supervisor,
  say: Say,
  stop: () => Promise<void>,
): Promise<Stack> {
  const { dataDir, port, sandboxPort } = settings;
  const [databaseUrl, temporal] = await Promise.all([
    timed(say, 'PostgreSQL', () => database(settings, supervisor)),
    timed(say, 'Temporal', () => temporalOf(settings, supervisor, say)),
    timed(say, 'sandbox', () => sandbox(settings, supervisor)),
    timed(say, 'workflow bundle', () => workflowBundle(dataDir)),
  ]);
  keepDatabaseUrl(dataDir, databaseUrl);
  const demo = await timed(say, 'migrations and demo merchant', async () => {
    await migrate(databaseUrl);
    return demoMerchant(databaseUrl, dataDir, sandboxPort);
  });
  const env = {
    ...settings.env,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporal.address,
    DATA_DIR: dataDir,
  };
  await timed(say, 'API and workers', async () => {
    const api = `http://127.0.0.1:${port}`;
    const program = (name: string, path: string) =>
      tsx(dataDir, name, path, { ...env, PORT: String(port) });
    const workers = Array.from({ length: settings.workers }, () =>
      keep(supervisor, 'worker', () => program('worker', 'worker.ts')),
    );
    const apiStart = async () => {
      const child = await program('api', 'src/api/main.ts');
      await untilReady(dataDir, child, () => answers(`${api}/livez`));
      return child;
    };
    const started = await Promise.all([keep(supervisor, 'api', apiStart), ...workers]);
    const first = started[1] ?? started[0];
    await untilReady(dataDir, first, () => answers(`${api}/readyz`));
  });
  const ready: Ready = {
    ready: true,
    api: `http://127.0.0.1:${port}`,
    sandbox: `http://127.0.0.1:${sandboxPort}`,
    temporal_ui: temporal.uiUrl,
    api_key: demo.api_key,
    merchant: demo.merchant,
    app: demo.app,
    pids: {
      api: supervisor.pids('api'),
      worker: supervisor.pids('worker'),
      sandbox: supervisor.pids('sandbox')[0] ?? 0,
      temporal: supervisor.pids('temporal')[0] ?? null,
      postgres: supervisor.pids('postgres')[0] ?? null,
    },
  };
  return { ready, databaseUrl, supervisor, stop };
}

async function timed<T>(say: Say, what: string, work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  const result = await work();
  say(`✔ ${what} (${((Date.now() - began) / 1_000).toFixed(1)} s)`);
  return result;
}

async function keep(
  supervisor: Supervisor,
  name: string,
  start: () => Promise<Child>,
): Promise<Child> {
  const child = await start();
  supervisor.keep(name, child, start);
  return child;
}

async function database(settings: StackSettings, supervisor: Supervisor): Promise<string> {
  if (settings.databaseUrl) {
    const url = settings.databaseUrl;
    if (!(await selects(url).catch(() => false)))
      throw new CannotStart('DATABASE_URL: no PostgreSQL answers there');
    return url;
  }
  const { dataDir } = settings;
  const first = await embeddedPostgres({ dataDir, port: settings.postgresPort });
  const port = Number(new URL(first.url).port);
  supervisor.keep(
    'postgres',
    first.child,
    async () => (await embeddedPostgres({ dataDir, port })).child,
  );
  return first.url;
}

async function temporalOf(
  settings: StackSettings,
  supervisor: Supervisor,
  say: Say,
): Promise<{ address: string; uiUrl: string }> {
  if (settings.temporalAddress) {
    await registerSearchAttributes(
      settings.temporalAddress,
      settings.env['TEMPORAL_NAMESPACE'] ?? 'default',
      say,
    );
    return { address: settings.temporalAddress, uiUrl: settings.env['TEMPORAL_UI_URL'] ?? '' };
  }
  const options = {
    dataDir: settings.dataDir,
    port: settings.temporalPort,
    uiPort: settings.temporalUiPort,
    say,
  };
  const first = await temporalServer(options);
  supervisor.keep('temporal', first.child, async () => (await temporalServer(options)).child);
  return first;
}

function sandbox(settings: StackSettings, supervisor: Supervisor): Promise<Child> {
  const { dataDir, sandboxPort, port } = settings;
  const env = {
    ...settings.env,
    DATA_DIR: dataDir,
    SANDBOX_PORT: String(sandboxPort),
    PORT: String(port),
  };
  return keep(supervisor, 'sandbox', async () => {
    const child = await tsx(dataDir, 'sandbox', 'src/sandbox/main.ts', env);
    await untilReady(dataDir, child, () => answers(`http://127.0.0.1:${sandboxPort}/livez`));
    return child;
  });
}

function tsx(
  dataDir: string,
  name: string,
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Child> {
  return startChild(dataDir, {
    name,
    command: process.execPath,
    args: ['--import', 'tsx', path],
    cwd: root,
    env,
  });
}

async function stopAll(supervisor: Supervisor, dataDir: string): Promise<void> {
  await supervisor.stop('api', 3_000);
  await supervisor.stop('worker', 5_000);
  await supervisor.stop('sandbox', 2_000);
  await supervisor.stop('temporal', 4_000);
  await supervisor.stop('postgres', 4_000);
  removeCensus(dataDir);
}
