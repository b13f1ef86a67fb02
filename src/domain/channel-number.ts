import type { Receipt } from './outcome.ts';

/**
 * So many characters has a channel's own number at most. The longest that a vendor promises is Stripe's ("object IDs we generate will
 * never exceed 255 characters"); PostgreSQL takes 2,704 bytes into a unique index, by which a receipt is counted once.
 */
export const channelNumberMax = 255;

/** What a channel says, as far as it bears numbers of its own. */
interface Numbered {
  readonly kind: string;
  readonly channel_reference?: string | null;
  readonly handle?: string;
  readonly receipt?: Receipt;
  readonly receipts?: readonly Receipt[];
}

/** How long the longest number of the channel's own in it is; 0 without one. */
export function longestIn(said: Numbered): number {
  const { channel_reference = null, handle = null, receipt, receipts = [] } = said;
  const counted = receipt ? [receipt, ...receipts] : receipts;
  const numbers = [channel_reference, handle, ...counted.map((one) => one.channel_reference)];
  return Math.max(...numbers.map((number) => number?.length ?? 0));
}
