import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { freePort, freeRow, sandboxPorts } from '../src/stack/port.ts';
import { keepProcessors, keepSandbox } from '../src/stack/program.ts';
import { keepPostgres, keepTemporal } from '../src/stack/server.ts';
import { readSettings, type StackSettings } from '../src/stack/settings.ts';
import { supervise, type Supervisor } from '../src/stack/supervisor.ts';
import { Proxy } from './proxy.ts';
import type { Say } from './say.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

/** The channels that the sandbox plays, in the order of their ports: the next ones after its own. */
export const channels = [
  'wechat-pay',
  'stripe',
  'alipay',
  'paypal',
  'bank-transfer',
  'adyen',
  'unionpay',
] as const;
/** The parts that can be cut off from whoever calls them. */
export const lines = ['api', 'postgres', 'temporal', ...channels] as const;
export type Line = (typeof lines)[number];

export interface StackOptions {
  /** The receiver's port: where webhooks may go. */
  readonly receiverPort: number;
  readonly workers: number;
  /** POLL_SCHEDULE. */
  readonly polls: string;
  /** Leaves the folder where it is. */
  readonly keep: boolean;
  readonly say: Say;
}

/** The product, started as a user would start it, with a proxy on each line between its parts. */
export interface Stack {
  /** Where merchants and channels reach the API. */
  readonly api: string;
  /** The sandbox's control API. */
  readonly sandbox: string;
  readonly apiKey: string;
  /** Past the proxies: for the auditor. */
  readonly databaseUrl: string;
  /** One, unless a drill brings another. */
  readonly temporals: string[];
  /** Has a Temporal not heard of all that happened? Its runs sleep until their own next timers. */
  isOutOfTouch: boolean;
  /** What else is to be ended with it. */
  readonly alongside: (() => Promise<void>)[];
  readonly dataDir: string;
  /** Where a fault point is armed. */
  readonly faultPoints: string;
  readonly settings: StackSettings;
  readonly supervisor: Supervisor;
  readonly lines: Readonly<Record<Line, Proxy>>;
  readonly stop: () => Promise<void>;
}

/** Brings up a stack in a folder of its own. What it started is ended when it throws, and when we are told to end. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-chaos-'));
  chmodSync(dataDir, 0o755); // else PostgreSQL, which is not root, would keep its data elsewhere, and leave them there
  const supervisor = supervise(dataDir, options.say);
  const undo: (() => unknown)[] = [
    () => {
      if (options.keep) options.say(`kept: ${dataDir}`);
      else rmSync(dataDir, { recursive: true, force: true });
    },
    () => supervisor.stop(),
  ];
  const alongside: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of alongside) await end();
    for (const step of undo.reverse()) await step();
  };
  const end = () => void stop().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
  try {
    return { ...(await bringUp(options, dataDir, supervisor, undo)), alongside, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bringUp(
  options: StackOptions,
  dataDir: string,
  supervisor: Supervisor,
  undo: (() => unknown)[],
): Promise<Omit<Stack, 'stop' | 'alongside'>> {
  const { say } = options;
  const faultPoints = join(dataDir, 'fault-points');
  mkdirSync(faultPoints);
  const ports = await portsOf();
  const lines = await linesTo(ports, undo);
  const settings = readSettings(
    environment({ ...options, dataDir, faultPoints, ports, apiLine: lines.api.port }),
  );
  const [databaseUrl] = await Promise.all([
    keepPostgres(settings, supervisor),
    keepTemporal(settings, supervisor, say, new AbortController().signal),
    keepSandbox(settings, supervisor),
  ]);
  say('PostgreSQL, Temporal and sandbox are up');
  const sandbox = `http://127.0.0.1:${ports.sandbox}`;
  const apiKey = await migrated(settings, databaseUrl, sandbox, lines);
  const servers = {
    databaseUrl: through(databaseUrl, lines.postgres.port),
    temporalAddress: `127.0.0.1:${lines.temporal.port}`,
  };
  await keepProcessors(settings, supervisor, servers);
  say('API and workers are up');
  const api = `http://127.0.0.1:${lines.api.port}`;
  const temporals = [`127.0.0.1:${ports.temporal}`];
  return { api, sandbox, apiKey, databaseUrl, temporals, isOutOfTouch: false, dataDir, faultPoints, settings, supervisor, lines }; // prettier-ignore
}

/** As a user: `npm run migrate`, then `npm run merchant -- demo` with the channels' addresses. Answers the API key. */
async function migrated(
  settings: StackSettings,
  databaseUrl: string,
  sandbox: string,
  lines: Stack['lines'],
): Promise<string> {
  const program = async (path: string, ...args: string[]) => {
    const env = { ...settings.env, DATABASE_URL: databaseUrl, DATA_DIR: settings.dataDir };
    const words = ['--import', 'tsx', path, ...args, '--json'];
    return (await run(process.execPath, words, { cwd: root, env })).stdout;
  };
  await program('src/stack/migrate.ts');
  const ports = channels.flatMap((channel) => [`--${channel}-port`, String(lines[channel].port)]);
  const made = await program('src/stack/merchant.ts', 'demo', '--sandbox', sandbox, ...ports);
  return (JSON.parse(made) as { api_key: string }).api_key;
}

interface Ports {
  readonly api: number;
  readonly sandbox: number;
  readonly temporal: number;
  readonly ui: number;
  readonly postgres: number;
}

async function portsOf(): Promise<Ports> {
  const [api, sandbox, temporal, ui, postgres] = await Promise.all([
    freePort(), freeRow(sandboxPorts), freePort(), freePort(), freePort(),
  ]); // prettier-ignore
  return { api, sandbox, temporal, ui, postgres };
}

async function linesTo(ports: Ports, undo: (() => unknown)[]): Promise<Stack['lines']> {
  const line = async (port: number) => {
    const proxy = new Proxy(port);
    await proxy.open();
    undo.push(() => proxy.close());
    return proxy;
  };
  const opened = {
    api: await line(ports.api),
    postgres: await line(ports.postgres),
    temporal: await line(ports.temporal),
  } as Record<Line, Proxy>;
  for (const [index, channel] of channels.entries())
    opened[channel] = await line(ports.sandbox + 1 + index);
  return opened;
}

function through(url: string, port: number): string {
  const moved = new URL(url);
  moved.port = String(port);
  return moved.href;
}

interface Place extends StackOptions {
  readonly dataDir: string;
  readonly faultPoints: string;
  readonly ports: Ports;
  readonly apiLine: number;
}

/** Times are shortened where a setting allows it; nothing else differs from an installation. */
function environment({
  dataDir,
  faultPoints,
  receiverPort,
  workers,
  polls,
  ports,
  apiLine,
}: Place) {
  const api = `http://127.0.0.1:${apiLine}`;
  return {
    ...process.env,
    NODE_ENV: 'test',
    DATA_DIR: dataDir,
    FAULT_POINTS: faultPoints,
    DATABASE_URL: '',
    TEMPORAL_ADDRESS: '',
    TEMPORAL_NAMESPACE: 'default',
    PUBLIC_URL: api,
    PORT: String(ports.api),
    SANDBOX_PORT: String(ports.sandbox),
    SANDBOX_STRIPE_WEBHOOK_URL: '',
    SANDBOX_ADYEN_WEBHOOK_URL: '',
    SANDBOX_PAYPAL_WEBHOOK_URL: '', // straight to the API: not every line has a proxy
    SANDBOX_CALLBACK_SCALE: '0.05',
    SANDBOX_REFUND_MS: '300',
    SANDBOX_PROCESSING_MS: '2000',
    SANDBOX_KEY_S: '45', // longer than any call asked about before may be under way (20 s at load 19): a window of 24 h, made short
    TEMPORAL_PORT: String(ports.temporal),
    TEMPORAL_UI_PORT: String(ports.ui),
    POSTGRES_PORT: String(ports.postgres),
    WORKER_COUNT: String(workers),
    MIN_EXPIRES_IN: '1',
    POLL_SCHEDULE: polls,
    WEBHOOK_SCHEDULE: '0.5,1,2,3',
    CHANNEL_TIMEOUT_MS: '2500',
    CIRCUIT_RETRY_S: '1',
    RATE_LIMIT_PER_SECOND: '1000000',
    EGRESS_ALLOW: `127.0.0.1:${receiverPort}`,
    LOG_LEVEL: 'info',
  };
}
