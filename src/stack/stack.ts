import { accessSync, constants, mkdirSync } from 'node:fs';

import { sandboxKeysOf } from '../secret-key.ts';
import { createKeyring } from '../store/keyring.ts';
import { migrate } from '../store/migration.ts';
import { workflowBundle } from './bundle.ts';
import { CannotStart } from './cannot-start.ts';
import { endLeftovers, livingLauncher, writeCensus } from './census.ts';
import { demoMerchant } from './demo-merchant.ts';
import { takenPorts } from './port.ts';
import { keepProcessors, keepSandbox } from './program.ts';
import { type SandboxAddress, sandboxOf } from './sandbox-address.ts';
import { keepPostgres, keepTemporal } from './server.ts';
import type { StackSettings } from './settings.ts';
import { forgetDatabaseUrl, keepDatabaseUrl } from './stack-database.ts';
import { supervise, type Supervisor } from './supervisor.ts';

/** What `npm start` prints once everything answers (contract section 8); no key in production. */
export interface Ready {
  readonly ready: true;
  readonly api: string;
  readonly sandbox: string;
  readonly temporal_ui: string;
  readonly api_key: string | null;
  readonly merchant: string | null;
  readonly app: string | null;
  readonly pids: {
    readonly api: number[];
    readonly worker: number[];
    readonly sandbox: number | null;
    readonly temporal: number | null;
    readonly postgres: number | null;
  };
}

/** A stack that is up. */
export interface Running {
  readonly ready: Ready;
  readonly databaseUrl: string;
}

export interface Stack {
  readonly supervisor: Supervisor;
  /** Brings up everything on this machine. Throws `CannotStart` when the place is taken. */
  readonly start: () => Promise<Running>;
  /** Ends everything, also in the middle of a start; within 20 s. */
  readonly stop: () => Promise<void>;
}

type Say = (line: string) => void;

/** A stack with these settings; `say` hears of its progress. Nothing happens before `start`. */
export function createStack(settings: StackSettings, say: Say): Stack {
  const { dataDir } = settings;
  const supervisor = supervise(dataDir, say);
  const abort = new AbortController();
  let owned = false;
  let booting: Promise<unknown> = Promise.resolve();

  const start = async (): Promise<Running> => {
    await claim(settings, say);
    owned = true;
    return bringUp(settings, supervisor, say, abort.signal);
  };
  return {
    supervisor,
    start: () => {
      const started = start();
      booting = started.catch(() => undefined);
      return started;
    },
    stop: async () => {
      abort.abort();
      if (!owned) return;
      await supervisor.stop();
      forgetDatabaseUrl(dataDir);
      await Promise.race([booting, new Promise((resolve) => setTimeout(resolve, 1_000))]);
    },
  };
}

/** Makes the data folder ours: nobody lives in it any more, and the ports are free. */
async function claim(settings: StackSettings, say: Say): Promise<void> {
  const { dataDir } = settings;
  makeWritable(dataDir);
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
}

function makeWritable(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw new CannotStart(`DATA_DIR: ${dataDir} is no folder that can be written (${code})`);
  }
}

async function bringUp(
  settings: StackSettings,
  supervisor: Supervisor,
  say: Say,
  signal: AbortSignal,
): Promise<Running> {
  const { dataDir, port, sandboxPort } = settings;
  const [databaseUrl, temporal] = await Promise.all([
    timed(say, 'PostgreSQL', () => keepPostgres(settings, supervisor)),
    timed(say, 'Temporal', () => keepTemporal(settings, supervisor, say, signal)),
    timed(say, 'sandbox', () => keepSandbox(settings, supervisor)),
    timed(say, 'workflow bundle', () => workflowBundle(dataDir)),
  ]);
  keepDatabaseUrl(dataDir, databaseUrl);
  const demo = await timed(say, 'migrations and demo merchant', async () => {
    await migrate(databaseUrl);
    if (settings.production) return null;
    const keyring = createKeyring(sandboxKeysOf(settings));
    return demoMerchant(databaseUrl, dataDir, addressOf(settings), keyring);
  });
  const servers = { databaseUrl, temporalAddress: temporal.address };
  await timed(say, 'API and workers', () => keepProcessors(settings, supervisor, servers));
  const ready: Ready = {
    ready: true,
    api: `http://127.0.0.1:${port}`,
    sandbox: `http://127.0.0.1:${sandboxPort}`,
    temporal_ui: temporal.uiUrl,
    api_key: demo?.api_key ?? null,
    merchant: demo?.merchant ?? null,
    app: demo?.app ?? null,
    pids: {
      api: supervisor.pids('api'),
      worker: supervisor.pids('worker'),
      sandbox: supervisor.pids('sandbox')[0] ?? null,
      temporal: supervisor.pids('temporal')[0] ?? null,
      postgres: supervisor.pids('postgres')[0] ?? null,
    },
  };
  return { ready, databaseUrl };
}

/** The sandbox as API, worker and whoever plays a payer reach it. */
export function addressOf(settings: StackSettings): SandboxAddress {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return sandboxOf(at(settings.sandboxPort), (channel) => at(settings.channelPorts[channel]));
}

async function timed<T>(say: Say, what: string, work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  const result = await work();
  say(`✔ ${what} (${((Date.now() - began) / 1_000).toFixed(1)} s)`);
  return result;
}
