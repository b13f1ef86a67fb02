import type { Watch } from '../../src/activities/watch.ts';

/** Nobody counts, and nothing is held back. */
export const unwatched: Watch = {
  begin: () => Promise.resolve({ kind: 'free' }),
  count: () => undefined,
};
