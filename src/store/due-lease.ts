import type { Store } from './store.ts';

/** A step is a call of at most two requests; if its end is not written, somebody else goes on after so many milliseconds. */
export function leaseOf({ timing }: Pick<Store, 'timing'>): number {
  return 2 * timing.channel_timeout_ms + 5_000;
}
