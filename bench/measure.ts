import { type Cpu, cpuBetween, cpuOf, type Kinds, machineMs } from './cpu.ts';
import { type Written, written } from './database.ts';
import { untilQuiet } from './history.ts';
import { type Batch, type Demand, load } from './load.ts';
import type { Side } from './side.ts';
import type { Stage } from './stage.ts';

/** One batch with everything that it cost until nothing of it was left to do. */
export interface Turn extends Batch {
  readonly side: Side['name'];
  /** CPU milliseconds of the whole batch, by kind of process. */
  readonly cpu: Cpu;
  readonly transactions: number;
  readonly bytes: number;
  readonly wal_bytes: number;
  /** Processors kept busy meanwhile by anybody else: sandbox and load driver of the bench included. */
  readonly others_cores: number;
}

/** Runs one batch on one side and measures around it. */
export async function turn(
  stage: Stage,
  side: 'product' | 'bare',
  count: number,
  demand: Demand,
): Promise<Turn> {
  const kinds = stage.kinds[side];
  const before = await reading(stage, kinds);
  const batch = await load(stage[side], stage.inbox, count, demand);
  await untilQuiet(stage.client);
  const after = await reading(stage, kinds);
  const cpu = cpuBetween(before.cpu, after.cpu);
  const ours = Object.values(cpu).reduce((sum, ms) => sum + ms, 0);
  return {
    ...batch,
    side,
    cpu,
    transactions: after.written.transactions - before.written.transactions,
    bytes: after.written.bytes - before.written.bytes,
    wal_bytes: after.written.wal_bytes - before.written.wal_bytes,
    others_cores: (after.machine - before.machine - ours) / (after.at - before.at),
  };
}

interface Reading {
  readonly cpu: Cpu;
  readonly written: Written;
  readonly machine: number;
  readonly at: number;
}

async function reading({ database }: Stage, kinds: Kinds): Promise<Reading> {
  return { cpu: cpuOf(kinds), written: await written(database), machine: machineMs(), at: performance.now() };
} // prettier-ignore
