import { type ConfirmAnswer, confirmedBy, type QueryAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { failureFrom } from './failure.ts';
import { addressOf, isAboutState, orderSaid, unavailable } from './order.ts';
import { expanded, paymentIntent, told } from './payment-intent.ts';
import { post, type Refusal } from './request.ts';
import { parse } from './response.ts';
import { wayOf } from './way.ts';

/** Takes the money or the hold, or says where the payer does it. Throws without number or card token, a bug: nothing can be confirmed. */
export async function confirm(call: Call<Account>, order: Order): Promise<ConfirmAnswer> {
  const spoken = await post(call, `${addressOf(order)}/confirm`, order.channel_key, {
    ...wayOf(order.method).payer(order),
    return_url: order.return_url ?? undefined,
    ...expanded,
  });
  if (spoken.kind === 'done') return confirmedBy(orderSaid(spoken.body, call.account, order));
  if (spoken.kind === 'denied') return unavailable(spoken.error);
  if (spoken.kind !== 'refused') return spoken;
  if (isAboutState(spoken.error)) return confirmedBy(stood(spoken, call.account, order));
  return { kind: 'declined', failure: failureFrom(spoken.error) };
}

/** A refusal by state comes with the order itself. */
function stood({ error, detail }: Refusal, account: Account, order: Order): QueryAnswer {
  const found = parse(paymentIntent, error.payment_intent);
  return found ? told(found, account, order) : unclear(detail);
}
