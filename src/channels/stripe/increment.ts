import type { IncrementAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { IncrementOrder } from '../order.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { failureFrom } from './failure.ts';
import { addressOf, orderSaid } from './order.ts';
import { expanded } from './payment-intent.ts';
import { post } from './request.ts';

/**
 * Raises what is held to a new total (docs.stripe.com/api/payment_intents/increment_authorization). Whatever the refusal,
 * the hold stays as it was: Stripe says no where the card, its bank or the state of the order does not allow it.
 */
export async function increment(
  call: Call<Account>,
  order: IncrementOrder,
): Promise<IncrementAnswer> {
  const address = `${addressOf(order)}/increment_authorization`;
  const spoken = await post(call, address, order.channel_key, {
    amount: order.increment_amount,
    ...expanded,
  });
  if (spoken.kind === 'done') {
    const answer = orderSaid(spoken.body, call.account, order);
    if (answer.kind === 'held' || answer.kind === 'unknown') return answer;
    return unclear(`raised, and it is ${answer.kind}`);
  }
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  if (spoken.kind !== 'refused') return spoken;
  return { kind: 'declined', failure: failureFrom(spoken.error) };
}
