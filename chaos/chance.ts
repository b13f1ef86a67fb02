/** Chance that can be had again: everything that the campaign draws comes from its seed. */
export class Chance {
  private state: number;
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
    this.state = hash(name);
  }

  /** A source of its own for a part, so that one part drawing more does not change another. */
  branch(part: string): Chance {
    return new Chance(`${this.name}/${part}`);
  }

  /** From 0, below 1 (mulberry32). */
  number(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.number() * (most - least + 1));
  }

  hits(probability: number): boolean {
    return this.number() < probability;
  }

  /** A time to the next of events that come at this mean distance. */
  gap(mean: number): number {
    return -Math.log(1 - this.number()) * mean;
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.whole(0, list.length - 1)];
    if (found === undefined) throw new Error('bug: nothing to pick from');
    return found;
  }

  /** One of the names, each as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const entries = Object.entries(weights) as [Name, number][];
    let left = this.number() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) if ((left -= weight) < 0) return name;
    throw new Error('bug: weights that sum to nothing');
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return value | 0;
}
