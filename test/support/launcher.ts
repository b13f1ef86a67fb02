import { type ChildProcess, spawn } from 'node:child_process';
import { lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { freePort, freeRow, sandboxPorts } from '../../src/stack/port.ts';
import type { Ready } from '../../src/stack/stack.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A program of the project as a user starts it. */
export interface Program {
  readonly child: ChildProcess;
  /** The exit code. */
  readonly ended: Promise<number | null>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The first line of stdout that is JSON with this member. Throws when it ends before. */
  readonly line: (member: string) => Promise<any>;
}

/** A stack as a user starts it, in a folder and on ports of its own. */
export interface Launched {
  readonly ready: Ready;
  readonly dataDir: string;
  readonly launcher: ChildProcess;
  readonly env: NodeJS.ProcessEnv;
  /** SIGTERM, and the exit code. */
  readonly stop: () => Promise<number | null>;
  /** Stops it and removes its folder. */
  readonly remove: () => Promise<void>;
}

/** Settings of a stack that disturbs no other one. */
export async function ownEnvironment(dataDir: string): Promise<NodeJS.ProcessEnv> {
  return {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: String(await freePort()),
    SANDBOX_PORT: String(await freeRow(sandboxPorts)),
    TEMPORAL_PORT: String(await freePort()),
    TEMPORAL_UI_PORT: String(await freePort()),
    POSTGRES_PORT: String(await freePort()),
    NODE_ENV: 'test',
    MIN_EXPIRES_IN: '1',
    POLL_SCHEDULE: '1,1,2',
    CIRCUIT_RETRY_S: '1',
    CHANNEL_TIMEOUT_MS: '2000',
    RATE_LIMIT_PER_SECOND: '100000',
    SANDBOX_CALLBACK_SCALE: '0.02',
    SANDBOX_REFUND_SPACING_MS: '60000',
    LOG_LEVEL: 'info',
    NODE_OPTIONS: '',
  };
}

/** A new folder for the data of one stack. */
export function newDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'holdfast-'));
}

/** Removes it, and the database that lies elsewhere because `postgres` cannot enter the folder. */
export function removeDataDir(dataDir: string): void {
  const link = join(dataDir, 'postgres');
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink())
    rmSync(dirname(readlinkSync(link)), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
}

/** Starts a program of the project. */
export function startProgram(
  path: string,
  env: NodeJS.ProcessEnv,
  given: { args?: readonly string[]; uid?: number; gid?: number } = {},
): Program {
  const { args = [], ...user } = given;
  const child = spawn(process.execPath, ['--import', 'tsx', path, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines = createInterface({ input: child.stdout });
  const line = (member: string): Promise<unknown> => {
    const found = new Promise<unknown>((resolve) => {
      lines.on('line', (text) => {
        if (text.startsWith(`{"${member}"`)) resolve(JSON.parse(text));
      });
    });
    const without = ended.then((code) => {
      throw new Error(`${path} ended with ${code}:\n${stderr}`);
    });
    return Promise.race([found, without]);
  };
  return { child, ended, stdout: () => stdout, stderr: () => stderr, line };
}

/** Starts `npm start`'s program and waits for its ready line. */
export async function launch(
  given: NodeJS.ProcessEnv = {},
  dataDir = newDataDir(),
  user: { uid?: number; gid?: number } = {},
): Promise<Launched> {
  const env = { ...(await ownEnvironment(dataDir)), ...given };
  const program = startProgram('src/stack/start.ts', env, user);
  const ready = (await program.line('ready')) as Ready;
  const stop = () => {
    program.child.kill('SIGTERM');
    return program.ended;
  };
  const remove = async () => {
    await stop();
    removeDataDir(dataDir);
  };
  return { ready, dataDir, launcher: program.child, env, stop, remove };
}

/** A line of the log of one of its processes. */
export function logOf(launched: Launched, name: string): string {
  return readFileSync(join(launched.dataDir, 'logs', `${name}.log`), 'utf8');
}
