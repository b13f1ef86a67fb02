import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A process as the kernel knows it: the start time tells a pid from its next owner. */
interface Entry {
  readonly name: string;
  readonly pid: number;
  readonly started: string;
}

function path(dataDir: string): string {
  return join(dataDir, 'stack.json');
}

/** The kernel's start time of a process, or null when there is none (or it is a zombie). */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function isAlive(entry: Entry): boolean {
  return startTime(entry.pid) === entry.started;
}

function read(dataDir: string): Entry[] {
  try {
    return JSON.parse(readFileSync(path(dataDir), 'utf8')) as Entry[];
  } catch {
    return [];
  }
}

/** Keeps who belongs to the stack of this data folder, for the launcher that comes after a `kill -9`. */
export function writeCensus(
  dataDir: string,
  processes: readonly { name: string; pid: number }[],
): void {
  const entries = processes.map(({ name, pid }) => ({ name, pid, started: startTime(pid) ?? '' }));
  mkdirSync(dataDir, { recursive: true });
  const next = `${path(dataDir)}.${process.pid}`;
  writeFileSync(next, JSON.stringify(entries));
  renameSync(next, path(dataDir));
}

export function removeCensus(dataDir: string): void {
  rmSync(path(dataDir), { force: true });
}

/** The pid of a launcher that lives and owns this data folder, or null. */
export function livingLauncher(dataDir: string): number | null {
  return read(dataDir).find((entry) => entry.name === 'launcher' && isAlive(entry))?.pid ?? null;
}

const order = ['api', 'worker', 'sandbox', 'temporal', 'postgres'];

const graceMs = 2_000; // their launcher was killed, so may they be: all of them hold what they have promised on disk

/**
 * Ends, by id and in order, what a killed launcher left behind. Answers the names of what was ended.
 * Throws EPERM when it belongs to another user.
 */
export async function endLeftovers(dataDir: string): Promise<string[]> {
  const left = read(dataDir).filter((entry) => entry.name !== 'launcher' && isAlive(entry));
  for (const name of order) {
    const group = left.filter((entry) => entry.name === name);
    for (const { pid } of group) signal(pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
    const deadline = Date.now() + graceMs;
    while (group.some(isAlive) && Date.now() < deadline) await pause(50);
    for (const { pid } of group.filter(isAlive)) signal(pid, 'SIGKILL');
    while (group.some(isAlive)) await pause(20);
  }
  return left.map((entry) => entry.name);
}

/** It may have ended since we looked. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
