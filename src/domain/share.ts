import type { Paying } from './rule.ts';

/**
 * A place from 0 to 9999, as even as chance and always the same for a text: FNV-1a of 32 bits
 * (www.isthe.com/chongo/tech/comp/fnv), mixed by the last step of MurmurHash3, since its low digits are alike for texts that are.
 */
export function placeOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % 10_000;
}

/** Where a payment stands in a rule's shares: its customer's place, or where it names none its order's. Each rule deals anew. */
export function placeIn(
  rule: string,
  { customer, order_no }: Pick<Paying, 'customer' | 'order_no'>,
): number {
  return placeOf(`${rule} ${customer ?? order_no}`);
}
