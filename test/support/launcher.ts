import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { freePort, isFree } from '../../src/stack/port.ts';
import type { Ready } from '../../src/stack/stack.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

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

/** Two neighbouring free ports: the sandbox takes the next one for its channel. */
async function freePair(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (port < 65_000 && (await isFree(port + 1))) return port;
  }
}

/** Settings of a stack that disturbs no other one. */
export async function ownEnvironment(dataDir: string): Promise<NodeJS.ProcessEnv> {
  return {
    ...process.env,
    DATA_DIR: dataDir,
    PORT: String(await freePort()),
    SANDBOX_PORT: String(await freePair()),
    TEMPORAL_PORT: String(await freePort()),
    TEMPORAL_UI_PORT: String(await freePort()),
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

/** Starts `npm start`'s program and waits for its ready line. */
export async function launch(
  given: NodeJS.ProcessEnv = {},
  dataDir = mkdtempSync(join(tmpdir(), 'holdfast-')),
): Promise<Launched> {
  const env = { ...(await ownEnvironment(dataDir)), ...given };
  const launcher = spawn(process.execPath, ['--import', 'tsx', 'src/stack/start.ts'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let progress = '';
  launcher.stderr.on('data', (data: Buffer) => (progress += data.toString()));
  const ended = new Promise<number | null>((resolve) => launcher.once('exit', resolve));
  const ready = await Promise.race([
    new Promise<Ready>((resolve) => {
      createInterface({ input: launcher.stdout }).on('line', (line) => {
        if (line.startsWith('{"ready"')) resolve(JSON.parse(line) as Ready);
      });
    }),
    ended.then((code) => {
      throw new Error(`the launcher ended with ${code}:\n${progress}`);
    }),
  ]);
  const stop = () => {
    launcher.kill('SIGTERM');
    return ended;
  };
  const remove = async () => {
    await stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { ready, dataDir, launcher, env, stop, remove };
}

/** A line of the log of one of its processes. */
export function logOf(launched: Launched, name: string): string {
  return readFileSync(join(launched.dataDir, 'logs', `${name}.log`), 'utf8');
}
