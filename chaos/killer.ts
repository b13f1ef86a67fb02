import { readdirSync, readFileSync } from 'node:fs';

import type { Chance } from './chance.ts';
import type { Trouble } from './proxy.ts';
import { lines, type Stack } from './stack.ts';
import type { Timeline } from './timeline.ts';
import { pause } from './wire.ts';

export type Victim = 'worker' | 'api' | 'temporal' | 'postgres';
export type Tier = 'A' | 'B' | 'C';

/** What was done, and when. */
export interface Blow {
  readonly at: number;
  readonly tier: Tier;
  readonly victims: readonly Victim[];
  readonly what: string;
}

const victims = { worker: 40, api: 25, temporal: 20, postgres: 15 } as const;
const everybody: readonly Victim[] = ['worker', 'api', 'temporal', 'postgres'];

/** Ends, freezes and cuts off the product's processes: tier A one at a time, B several ways at once, C a power cut. */
export class Killer {
  private readonly stack: Stack;
  private readonly chance: Chance;
  private readonly timeline: Timeline;
  /** What was frozen or cut, until it is well again. */
  private readonly mending = new Set<Promise<void>>();

  constructor(stack: Stack, chance: Chance, timeline: Timeline) {
    this.stack = stack;
    this.chance = chance;
    this.timeline = timeline;
  }

  /** One blow of this tier. In tier A everybody else lives: it waits for the one before to be back. */
  async strike(tier: Tier): Promise<Blow> {
    if (tier === 'A') await this.wholeAgain();
    const { what, struck } =
      tier === 'A' ? this.killOne() : tier === 'B' ? this.disturb() : this.cutPower();
    this.timeline.note(`${tier}: ${what}`);
    return { at: Date.now(), tier, victims: struck, what };
  }

  /** Until all that was frozen or cut is well, and every process runs. */
  async wholeAgain(): Promise<void> {
    await Promise.all(this.mending);
    const { workers } = this.stack.settings;
    const wanted = { worker: workers, api: 1, temporal: 1, postgres: 1 };
    const isWhole = () => everybody.every((name) => this.pids(name).length === wanted[name]);
    for (let tries = 0; !isWhole() && tries < 600; tries += 1) await pause(100);
  }

  /** Kills one process of this name, if one lives. */
  kill(name: Victim): string {
    const living = this.pids(name);
    if (living.length === 0) return `${name} is dead already`;
    const pid = this.chance.pick(living);
    signal(pid, 'SIGKILL');
    return `SIGKILL ${name} (${pid})`;
  }

  private pids(name: Victim): number[] {
    return this.stack.supervisor.pids(name);
  }

  private killOne() {
    const name = this.chance.weighted(victims);
    return { what: this.kill(name), struck: [name] };
  }

  private disturb(): { what: string; struck: Victim[] } {
    const way = this.chance.weighted({ overlap: 3, freeze: 3, line: 4 });
    if (way === 'freeze') return this.freeze();
    if (way === 'line') return this.breakLine();
    const first = this.chance.weighted(victims);
    const second = this.chance.weighted(victims);
    return { what: `${this.kill(first)}, ${this.kill(second)}`, struck: [first, second] };
  }

  private freeze(): { what: string; struck: Victim[] } {
    const name = this.chance.weighted(victims);
    const seconds = this.chance.whole(3, 15);
    const frozen = this.pids(name).slice(0, 1).flatMap(family);
    for (const pid of frozen) signal(pid, 'SIGSTOP');
    this.later(seconds * 1_000, () => {
      for (const pid of frozen) signal(pid, 'SIGCONT');
    });
    return { what: `SIGSTOP ${name} for ${seconds} s`, struck: [] };
  }

  private breakLine(): { what: string; struck: Victim[] } {
    const line = this.chance.pick(lines);
    const trouble = this.chance.pick<Trouble>(['cut', 'half-open', 'delay']);
    const seconds = this.chance.whole(1, 8);
    this.stack.lines[line].disturb(trouble);
    this.later(seconds * 1_000, () => this.stack.lines[line].mend());
    return { what: `${trouble} on the line to ${line} for ${seconds} s`, struck: [] };
  }

  private cutPower(): { what: string; struck: Victim[] } {
    const all = everybody.flatMap((name) => this.pids(name).flatMap(family));
    for (const pid of all) signal(pid, 'SIGKILL');
    return { what: `power cut: ${all.length} processes`, struck: [...everybody] };
  }

  private later(ms: number, act: () => void): void {
    const mended = pause(ms).then(() => {
      act();
      this.mending.delete(mended);
    });
    this.mending.add(mended);
  }
}

/** It may have died since we looked. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A process that we started and its children: PostgreSQL's backends are processes too. */
function family(pid: number): number[] {
  const entries = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return [pid, ...entries.filter((entry) => parentOf(entry) === pid).map(Number)];
}

function parentOf(entry: string): number {
  try {
    return Number(readFileSync(`/proc/${entry}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
  } catch {
    return 0;
  }
}
