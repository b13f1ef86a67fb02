import type { Say } from './say.ts';

/** What was done to the product, and when: what a failure prints. */
export class Timeline {
  private readonly began = Date.now();
  private readonly lines: string[] = [];
  /** How often something was done. */
  kills = 0;
  private readonly say: Say;

  constructor(say: Say) {
    this.say = say;
  }

  note(what: string): void {
    const line = `${((Date.now() - this.began) / 1_000).toFixed(1).padStart(6)} s  ${what}`;
    this.lines.push(line);
    this.kills += 1;
    this.say(line);
  }

  all(): readonly string[] {
    return this.lines;
  }
}
