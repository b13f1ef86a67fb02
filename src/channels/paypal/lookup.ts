import type { NeverSent, Unknown } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { strangeness } from './checkout-order.ts';
import { addressOf, isMissing } from './order.ts';
import { get } from './request.ts';
import { type CheckoutOrder, checkoutOrder } from './response.ts';

export type LookedUp =
  | { readonly kind: 'found'; readonly order: CheckoutOrder }
  /** There is none, or it is not ours: nothing is to be done with it. */
  | { readonly kind: 'missing'; readonly detail: string }
  | NeverSent
  | Unknown;

/**
 * The order with all that was made of it. PayPal has a number of its own for every authorization, capture and refund, so
 * what bears only ours is found here. It only asks: the fence stays for the call that comes after it (decision 0028).
 */
export async function lookUp(
  call: Call<Account>,
  order: Pick<Order, 'handle' | 'reference'>,
): Promise<LookedUp> {
  const spoken = await get(call, addressOf(order));
  if (isMissing(spoken)) return { kind: 'missing', detail: 'there is no such order' };
  if (spoken.kind === 'never_sent') return spoken;
  if (spoken.kind !== 'done') return unclear(spoken.detail);
  const found = read(checkoutOrder, spoken.body);
  if (!found) return unclear('without a readable order');
  const detail = strangeness(found, call.account, order);
  return detail === null ? { kind: 'found', order: found } : { kind: 'missing', detail };
}

/** Nothing that moves money has left, when what comes before it failed. */
export function unsent({ detail }: NeverSent | Unknown): NeverSent {
  return { kind: 'never_sent', detail };
}
