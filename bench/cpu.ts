import { readdirSync, readFileSync } from 'node:fs';

const msPerTick = 10; // CLK_TCK is 100 on every Linux that Node runs on

/** CPU time so far, in milliseconds, of each kind of process. */
export type Cpu = Readonly<Record<string, number>>;

/** Which processes are of a kind: their ids now, since a process may have been started again. */
export type Kinds = Readonly<Record<string, () => readonly number[]>>;

/** User and system time of these processes so far. PostgreSQL's connections are children, so children count everywhere. */
export function cpuOf(kinds: Kinds): Cpu {
  const parents = parentsOfAll();
  return Object.fromEntries(
    Object.entries(kinds).map(([kind, pids]) => [
      kind,
      sum(pids().map((pid) => family(pid, parents))),
    ]),
  );
}

/** What was used between two readings. */
export function cpuBetween(before: Cpu, after: Cpu): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([kind, ms]) => [kind, ms - (before[kind] ?? 0)]),
  );
}

/** What all processors of the machine have worked so far, in milliseconds, whoever it was for. */
export function machineMs(): number {
  const [, user, nice, system, , , irq, softirq] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').split(/\s+/);
  return sum([user, nice, system, irq, softirq].map(Number)) * msPerTick;
} // prettier-ignore

/** A process and its children, living or already waited for. */
function family(pid: number, parents: ReadonlyMap<number, number>): number {
  const children = [...parents].filter(([, parent]) => parent === pid).map(([child]) => child);
  return timesOf(pid) + sum(children.map((child) => family(child, parents)));
}

function timesOf(pid: number): number {
  const fields = statOf(pid);
  return fields ? sum(fields.slice(11, 15).map(Number)) * msPerTick : 0; // utime stime cutime cstime
}

function parentsOfAll(): Map<number, number> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
  return new Map(pids.map((pid) => [pid, Number(statOf(pid)?.[1] ?? 0)]));
} // prettier-ignore

/** The fields after the name, which may hold anything; null when there is no such process. */
function statOf(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
