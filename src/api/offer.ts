import type { Channel } from '../channels/channel.ts';
import type { ChannelAccount } from '../store/channel-account.ts';

type Narrowing = Pick<ChannelAccount, 'methods' | 'currencies'>;

/** Method types, each with the currencies that it takes. */
export type Offer = Readonly<Record<string, readonly string[]>>;

/** What an account offers: what its channel does, less what the account is not narrowed to. */
export function offerOf(channel: Channel | undefined, { methods, currencies }: Narrowing): Offer {
  const all: Offer = channel?.facts.methods ?? {};
  if (methods === null && currencies === null) return all;
  const offered = Object.entries(all).filter(([method]) => methods?.includes(method) ?? true);
  const narrowed = offered.map(
    ([method, codes]) =>
      [method, codes.filter((code) => currencies?.includes(code) ?? true)] as const,
  );
  return Object.fromEntries(narrowed.filter(([, codes]) => codes.length > 0));
}
