const rotated = new Set<string>();

/** Which channels sign with their next key. It is in the journal, and a reset turns it back. */
export const rotation = {
  has: (channel: string): boolean => rotated.has(channel),
  all: (): readonly string[] => [...rotated],
  set: (channels: readonly string[]): void => {
    rotated.clear();
    for (const channel of channels) rotated.add(channel);
  },
};
