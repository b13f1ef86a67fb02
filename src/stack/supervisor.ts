import { setTimeout as pause } from 'node:timers/promises';

import { removeCensus, writeCensus } from './census.ts';
import { type Child, type ChildCommand, startChild } from './child.ts';

/** Kept children end in this order: whoever asks before whoever answers. */
const order: readonly { readonly name: string; readonly graceMs: number }[] = [
  { name: 'api', graceMs: 3_000 },
  { name: 'worker', graceMs: 5_000 },
  { name: 'sandbox', graceMs: 2_000 },
  { name: 'temporal', graceMs: 4_000 },
  { name: 'postgres', graceMs: 4_000 },
];

const firstDelayMs = 500;
const longestDelayMs = 4_000; // a child is back within 10 s, also one that has died often
const healthyAfterMs = 30_000;

export interface Supervisor {
  /** Starts a process that belongs to the stack: in the census from its first moment, ended by `stop`. */
  readonly spawn: (command: ChildCommand) => Promise<Child>;
  /** Brings up a child by `start` (which uses `spawn`), and again whenever it dies. Throws when the first start fails. */
  readonly keep: (name: string, start: () => Promise<Child>) => Promise<Child>;
  readonly pids: (name: string) => number[];
  /** Those who live now. */
  readonly children: (name: string) => readonly Child[];
  /** How many times children of this name were started again. */
  readonly restarts: (name: string) => number;
  /** Ends all of them in order and for good, also those that are just coming up; within 18 s. */
  readonly stop: () => Promise<void>;
}

/** Starts again what dies, and keeps the census of who lives for the launcher that comes after a `kill -9`. */
export function supervise(dataDir: string, say: (line: string) => void): Supervisor {
  const living = new Set<Child>();
  const restarted = new Map<string, number>();
  let stopping = false;

  const named = (name: string) => [...living].filter((child) => child.name === name);
  const census = (): void => {
    const children = [...living].map(({ name, pid }) => ({ name, pid }));
    try {
      writeCensus(dataDir, [{ name: 'launcher', pid: process.pid }, ...children]);
    } catch (error) {
      say(`the census was not written: ${String(error)}`); // a full disk; the next one will be whole
    }
  };
  const spawn = async (command: ChildCommand): Promise<Child> => {
    if (stopping) throw new Error(`${command.name} is not started: the stack is stopping`);
    const child = await startChild(dataDir, command);
    living.add(child);
    census();
    void child.ended.then(() => {
      living.delete(child);
      census();
    });
    return child;
  };
  /** Tries until it is up; null when the stack stops meanwhile. */
  const revive = async (name: string, start: () => Promise<Child>, delayMs: number) => {
    for (let delay = delayMs; ; delay = Math.min(longestDelayMs, delay * 2)) {
      await pause(delay);
      try {
        if (stopping) return null;
        return await start();
      } catch (error) {
        say(error instanceof Error ? error.message : `${name} did not come back`);
      }
    }
  };
  const watch = async (name: string, first: Child, start: () => Promise<Child>): Promise<void> => {
    let delay = firstDelayMs;
    for (let child: Child | null = first; child; child = await revive(name, start, delay)) {
      if (child !== first) restarted.set(name, (restarted.get(name) ?? 0) + 1);
      const since = Date.now();
      const how = await child.ended;
      if (stopping) return;
      delay =
        Date.now() - since > healthyAfterMs ? firstDelayMs : Math.min(longestDelayMs, delay * 2);
      say(`${name} (${child.pid}) ended: ${how}; starting it again`);
    }
  };
  return {
    spawn,
    keep: async (name, start) => {
      const child = await start();
      void watch(name, child, start);
      return child;
    },
    children: named,
    pids: (name) => named(name).map((child) => child.pid),
    restarts: (name) => restarted.get(name) ?? 0,
    stop: async () => {
      stopping = true;
      for (const { name, graceMs } of order)
        await Promise.all(named(name).map((child) => child.stop(graceMs)));
      removeCensus(dataDir);
    },
  };
}
