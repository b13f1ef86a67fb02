import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
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
  /** The end of its log: why it did not come up, in its own words. */
  readonly lastWords: () => string;
  /** Ends it: its signal, and after `graceMs` SIGKILL. */
  readonly stop: (graceMs: number) => Promise<void>;
}

/**
 * Starts a process; what it prints goes straight to `DATA_DIR/logs/<name>.log`, so that it can go on printing
 * when its launcher was killed. Throws when there is no such program.
 */
export async function startChild(dataDir: string, given: ChildCommand): Promise<Child> {
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const path = join(dataDir, 'logs', `${given.name}.log`);
  const log = openSync(path, 'a');
  const begin = fstatSync(log).size;
  const started = spawn(given.command, given.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...given.env },
    cwd: given.cwd,
    uid: given.uid,
    gid: given.gid,
  });
  closeSync(log);
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
    lastWords: () => `${lastWords(readFileSync(path).subarray(begin).toString())} (log: ${path})`,
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

/** What comes after the reason: the rest of a stack trace, and PostgreSQL's explanations. */
const afterthought = /^[\s}]|^$|^Node\.js v| (DETAIL|HINT): /;

/** The last line that says why; our own processes log JSON, the others text. */
function lastWords(log: string): string {
  const lines = log.split('\n').filter((line) => !afterthought.test(line));
  const line = lines.at(-1) ?? 'it said nothing';
  try {
    return (JSON.parse(line) as { msg?: string }).msg ?? line;
  } catch {
    return line;
  }
}

/** Asks until it is true, or throws when the child has ended or `timeoutMs` are over. */
export async function untilReady(
  child: Pick<Child, 'name' | 'ended' | 'lastWords'>,
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
    throw new Error(`${child.name} ${why}: ${child.lastWords()}`);
  }
}

/** True when this address answers 2xx. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
  await response.arrayBuffer();
  return response.ok;
}
