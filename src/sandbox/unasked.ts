import type { ChannelOptions } from './channel.ts';
import { clock } from './clock.ts';

/** How long the merchant has to ask for money that is there to be asked for: ours asks within a second, busy within two. */
const askedWithinMs = 5_000;

/** When the payer of an order is forced that the channel still calls open: who still wants the money asks for it before. */
export function unaskedFrom(): number {
  return clock.now() + askedWithinMs;
}

/**
 * Then the money is taken from whom gave the order up, too. Plan it again when the sandbox starts.
 *
 * @param number the channel's own of the order
 * @param at kept with the order, by `unaskedFrom`; undefined: its payer was never forced
 * @param take takes the money, unless the merchant has asked meanwhile
 */
export function planUnasked(
  { agenda, books }: Pick<ChannelOptions, 'agenda' | 'books'>,
  number: string,
  at: number | undefined,
  take: () => void,
): void {
  if (at === undefined) return;
  agenda.at(`unasked ${number}`, at, () => {
    books.atomically(take);
  });
}
