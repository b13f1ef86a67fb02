import type { ChannelOptions } from './channel.ts';
import { clock } from './clock.ts';

/** How long the merchant has to ask for money that is there to be asked for: ours asks within a second, busy within two. */
const askedWithinMs = 5_000;

/**
 * The payer of an order is forced that the channel still calls open: who still wants the money asks for it, and from
 * whom gave the order up it is taken all the same. Forgotten when the sandbox ends.
 *
 * @param take takes the money, unless the merchant has asked meanwhile
 */
export function takeUnasked(
  { agenda, books }: Pick<ChannelOptions, 'agenda' | 'books'>,
  number: string,
  take: () => void,
): void {
  agenda.at(`unasked ${number}`, clock.now() + askedWithinMs, () => {
    books.atomically(take);
  });
}
