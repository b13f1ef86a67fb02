import { drawnAt } from '../../domain/id.ts';
import type { QueryAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { findListed } from './list.ts';
import { addressOf, orders, orderSaid } from './order.ts';
import { expanded } from './payment-intent.ts';
import { get } from './request.ts';

/** Asks what became of our order; before its number is known, in the list of what was made since. */
export async function query(call: Call<Account>, order: Order): Promise<QueryAnswer> {
  if (order.handle !== null) return ask(call, order);
  const found = await findListed(call, orders, lifetimeOf(order), order.reference);
  if (found.kind !== 'found') return found;
  return ask(call, { ...order, handle: found.item.id });
}

async function ask(call: Call<Account>, order: Order): Promise<QueryAnswer> {
  const spoken = await get(call, addressOf(order), expanded);
  if (spoken.kind === 'done') return orderSaid(spoken.body, call.account, order);
  const isMissing = spoken.kind === 'refused' && spoken.error.code === 'resource_missing';
  return isMissing ? { kind: 'not_found' } : unclear(spoken.detail);
}

const skew = 300;

/** In unix seconds: an order is made after its number was drawn and before the payment's end, give or take the clocks. */
function lifetimeOf({ reference, expires_at }: Order) {
  return {
    'created[gte]': Math.floor(drawnAt('att', reference) / 1_000) - skew,
    'created[lte]': Math.ceil(Date.parse(expires_at) / 1_000) + skew,
  };
}
