import { writeCensus } from './census.ts';
import { type Child, lastLines } from './child.ts';

interface Role {
  readonly name: string;
  readonly start: () => Promise<Child>;
  child: Child;
}

export interface Supervisor {
  /** Takes a running child into care: one that dies is started again. */
  readonly keep: (name: string, child: Child, start: () => Promise<Child>) => void;
  readonly pids: (name: string) => number[];
  /** Ends all children of this name, for good. */
  readonly stop: (name: string, graceMs: number) => Promise<void>;
  /** How many children were started again. */
  readonly restarts: (name: string) => number;
}

/** Starts again what dies, 0.5 s later, at most 5 s when it keeps dying, and keeps the census of who lives. */
export function supervise(dataDir: string, say: (line: string) => void): Supervisor {
  const roles: Role[] = [];
  const stopped = new Set<string>();
  const restarted = new Map<string, number>();

  const census = () => {
    const living = roles.map(({ name, child }) => ({ name, pid: child.pid }));
    writeCensus(dataDir, [{ name: 'launcher', pid: process.pid }, ...living]);
  };
  const watch = (role: Role, delayMs: number): void => {
    void role.child.ended.then(async (how) => {
      if (stopped.has(role.name)) return;
      say(`${role.name} (${role.child.pid}) ended: ${how}; starting it again`);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await revive(role, delayMs);
    });
  };
  const revive = async (role: Role, delayMs: number): Promise<void> => {
    if (stopped.has(role.name)) return;
    const next = Math.min(5_000, delayMs * 2);
    try {
      const child = await role.start();
      if (stopped.has(role.name)) return await child.stop(0); // it was stopped while it came up
      role.child = child;
      restarted.set(role.name, (restarted.get(role.name) ?? 0) + 1);
      census();
      watch(role, 500);
    } catch (error) {
      say(
        `${role.name} did not come back: ${error instanceof Error ? error.message : lastLines(dataDir, role.name)}`,
      );
      setTimeout(() => void revive(role, next), next);
    }
  };
  return {
    keep: (name, child, start) => {
      const role = { name, child, start };
      roles.push(role);
      census();
      watch(role, 500);
    },
    pids: (name) => roles.filter((role) => role.name === name).map((role) => role.child.pid),
    stop: async (name, graceMs) => {
      stopped.add(name);
      await Promise.all(
        roles.filter((role) => role.name === name).map((role) => role.child.stop(graceMs)),
      );
    },
    restarts: (name) => restarted.get(name) ?? 0,
  };
}
