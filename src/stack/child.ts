import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ChildCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** SIGTERM by default; PostgreSQL's fast shutdown is SIGINT. */
  readonly stopSignal?: NodeJS.Signals;
}

/** A process that we started, in a group of its own: the order of stopping is ours, also at Ctrl-C. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly ended: Promise<string>;
  /** Ends it: its signal, and after `graceMs` SIGKILL. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/** Starts a process; what it prints goes to `DATA_DIR/logs/<name>.log`. Throws when there is no such program. */
export async function startChild(dataDir: string, given: ChildCommand): Promise<Child> {
  const log = logPath(dataDir, given.name);
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const started = spawn(given.command, given.args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...given.env },
    cwd: given.cwd,
    uid: given.uid,
    gid: given.gid,
  });
  const sink = createWriteStream(log, { flags: 'a' });
  started.stdout.pipe(sink, { end: false });
  started.stderr.pipe(sink, { end: false });
  const ended = new Promise<string>((resolve) => {
    started.once('error', (error) => resolve(error.message));
    started.once('exit', (code, signal) => resolve(signal ?? `exit ${code ?? '?'}`));
  });
  const pid = started.pid;
  if (pid === undefined) throw new Error(`${given.name} could not be started: ${await ended}`);
  return {
    name: given.name,
    pid,
    ended,
    stop: (graceMs) => end(started, ended, given.stopSignal ?? 'SIGTERM', graceMs),
  };
}

async function end(
  child: ChildProcess,
  ended: Promise<string>,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}

function logPath(dataDir: string, name: string): string {
  return join(dataDir, 'logs', `${name}.log`);
}

/** The end of a child's log, for the person who must find out why it did not come up. */
export function lastLines(dataDir: string, name: string, count = 20): string {
  try {
    return readFileSync(logPath(dataDir, name), 'utf8')
      .trimEnd()
      .split('\n')
      .slice(-count)
      .join('\n');
  } catch {
    return '(no log)';
  }
}

/** Asks until it is true, or throws when the child has ended or `timeoutMs` are over. */
export async function untilReady(
  dataDir: string,
  child: Pick<Child, 'name' | 'ended'>,
  isReady: () => Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  let end: string | undefined;
  void child.ended.then((how) => (end = how));
  const deadline = Date.now() + timeoutMs;
  while (!(await isReady().catch(() => false))) {
    if (end === undefined && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    const why = end === undefined ? `was not ready in ${timeoutMs / 1_000} s` : `ended (${end})`;
    throw new Error(`${child.name} ${why}; the end of its log:\n${lastLines(dataDir, child.name)}`);
  }
}

/** True when this address answers 2xx. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
  await response.arrayBuffer();
  return response.ok;
}
