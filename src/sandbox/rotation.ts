import { clock } from './clock.ts';

/** A channel that was told to change its key: which of its two it signs with, and until when with the other one, too. */
export interface Rotation {
  readonly channel: string;
  readonly key: 'first' | 'next';
  /** Milliseconds since the epoch, in the sandbox's time; 0 where one signature is all that a message bears. */
  readonly both_until: number;
}

const rotations = new Map<string, Rotation>();

/** What the channels sign with: the first key, until they are told otherwise. It is in the journal, and a reset turns it back. */
export const rotation = {
  keyOf: (channel: string): Rotation['key'] => rotations.get(channel)?.key ?? 'first',
  isWithBoth: (channel: string): boolean => clock.now() < (rotations.get(channel)?.both_until ?? 0),
  all: (): readonly Rotation[] => [...rotations.values()],
  set: (all: readonly Rotation[]): void => {
    rotations.clear();
    for (const one of all) rotations.set(one.channel, one);
  },
};
