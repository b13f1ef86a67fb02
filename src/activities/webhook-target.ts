import { lookup, Resolver } from 'node:dns/promises';

import { hostOf, isAddress, isAllowedTarget, isPublicAddress, refusalOfTarget } from '../domain/egress.ts'; // prettier-ignore

/** All addresses of a name. Rejects when it has none or nobody answers. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Where a webhook may be sent to: the addresses that were checked, or why not. */
export type Way =
  | { readonly kind: 'open'; readonly addresses: readonly string[] }
  | { readonly kind: 'closed'; readonly detail: string };

/**
 * Looks a target's addresses up and refuses it if any is private. The connection must go to what is answered
 * here: a name that is looked up again may have become another (DNS rebinding).
 */
export async function wayTo(url: URL, allow: readonly string[], resolve: Resolve): Promise<Way> {
  const refusal = refusalOfTarget(url, allow);
  if (refusal !== null) return { kind: 'closed', detail: refusal };
  const host = hostOf(url);
  try {
    if (isAddress(host)) return { kind: 'open', addresses: [host] };
    if (isAllowedTarget(url, allow)) return { kind: 'open', addresses: await ofTheSystem(host) };
    const addresses = await resolve(host);
    if (addresses.length === 0) return { kind: 'closed', detail: 'the name has no address' };
    return addresses.every(isPublicAddress)
      ? { kind: 'open', addresses }
      : { kind: 'closed', detail: 'the name leads to a private or loopback address' };
  } catch (error) {
    const { code } = error as { code?: unknown };
    return { kind: 'closed', detail: `the name is not found: ${String(code)}` };
  }
}

/** The operator's own names may stand in the hosts file. */
async function ofTheSystem(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

/**
 * Asks the name servers without the C library: there a merchant's slow name server would hold one of Node's
 * four threads for seconds, and with it everybody's look-ups and files.
 */
export async function askNameServers(host: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const [first] = found;
  if (addresses.length === 0 && first.status === 'rejected') throw first.reason;
  return addresses;
}
