import { clock } from './clock.ts';

const longestTimeout = 2 ** 31 - 1;

/** Something to be done, and Node's timer that waits for it. */
interface Item {
  readonly time: number;
  readonly act: () => void;
  readonly timer: NodeJS.Timeout;
}

/** What is to be done and when, each under a name. Node's timers are the index of what is due. */
export class Agenda {
  private readonly items = new Map<string, Item>();

  /**
   * Does it once at `time`, or at once when that is past; what had this name before is forgotten.
   *
   * @param name what it is about, e.g. a callback's or a refund's id
   * @param time by the sandbox's clock, in milliseconds since the epoch
   */
  at(name: string, time: number, act: () => void): void {
    clearTimeout(this.items.get(name)?.timer);
    const wait = Math.min(Math.max(0, time - clock.now()), longestTimeout);
    const timer = setTimeout(() => {
      this.items.delete(name);
      if (wait === longestTimeout) this.at(name, time, act);
      else act();
    }, wait);
    this.items.set(name, { time, act, timer });
  }

  /** The clock was set: what was to wait for it does so anew, the earliest first. */
  clockWasSet(): void {
    const all = [...this.items].sort(([, one], [, other]) => one.time - other.time);
    for (const [name, { time, act }] of all) this.at(name, time, act);
  }

  /** Nothing is to be done any more. */
  clear(): void {
    for (const { timer } of this.items.values()) clearTimeout(timer);
    this.items.clear();
  }
}
