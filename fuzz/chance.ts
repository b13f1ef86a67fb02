import { createHash } from 'node:crypto';

/** Chance that a seed repeats (mulberry32); each purpose draws from a stream of its own, so that one attack replays alone. */
export class Chance {
  private state: number;

  constructor(seed: number, purpose: string) {
    this.state = createHash('sha256').update(`${seed}\n${purpose}`).digest().readUInt32LE(0);
  }

  /** 0 … 1, without 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0, below `most`. */
  below(most: number): number {
    return Math.floor(this.next() * most);
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new Error('bug: nothing to pick from');
    return list[this.below(list.length)] as T;
  }

  /** At most so many of them, in an order of its own. */
  some<T>(list: readonly T[], most: number): T[] {
    return list
      .map((one) => ({ one, at: this.next() }))
      .toSorted((a, b) => a.at - b.at)
      .slice(0, most)
      .map(({ one }) => one);
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }

  /** So many characters of `alphabet`. */
  text(count: number, alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'): string {
    return Array.from({ length: count }, () => alphabet.charAt(this.below(alphabet.length))).join(
      '',
    );
  }
}
