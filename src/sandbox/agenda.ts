const longestTimeout = 2 ** 31 - 1;

/** What is to be done and when, each under a name. Node's timers are the index of what is due. */
export class Agenda {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  /**
   * Does it once at `time`, or at once when that is past; what had this name before is forgotten.
   *
   * @param name what it is about, e.g. a callback's or a refund's id
   * @param time in milliseconds since the epoch
   */
  at(name: string, time: number, act: () => void): void {
    clearTimeout(this.timers.get(name));
    const wait = Math.min(Math.max(0, time - Date.now()), longestTimeout);
    const timer = setTimeout(() => {
      this.timers.delete(name);
      if (wait === longestTimeout) this.at(name, time, act);
      else act();
    }, wait);
    this.timers.set(name, timer);
  }

  /** Nothing is to be done any more. */
  clear(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}
