import { isDeepStrictEqual } from 'node:util';

import type { Books } from '../books.ts';
import { nameOf } from './number.ts';
import { orderOf } from './order.ts';
import { ownOf } from './refund-wire.ts';
import { channel, type Said } from './wording.ts';

/**
 * Is there an order or a refund of this number already? With anything else under it, its `txnTime` too, the repeat is
 * held against the merchant: he would take the one for the other.
 *
 * @param said what is asked now
 */
export function isRepeated(books: Books, said: Said): boolean {
  const before = askedBefore(books, nameOf(said['orderId'] ?? ''));
  if (!before) return false;
  if (!isDeepStrictEqual(before.said, said)) {
    const detail = 'orderId was used with other members';
    books.violate(channel, before.reference, 'same_number_other_fields', detail);
  }
  return true;
}

function askedBefore(
  books: Books,
  number: string,
): { readonly said: Said; readonly reference: string } | null {
  const order = books.find(channel, number);
  if (order) return { said: orderOf(order).asked, reference: number };
  const found = books.findRefund(channel, number);
  if (!found) return null;
  return { said: ownOf(found.refund).asked, reference: found.transaction.reference };
}
