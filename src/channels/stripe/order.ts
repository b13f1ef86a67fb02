import type { CloseAnswer, CreateAnswer, Declined, QueryAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import { atMost, read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { failureFrom, type WireError } from './failure.ts';
import { customerOf } from './kept-token.ts';
import { paymentIntent, told } from './payment-intent.ts';
import { post, type Refusal, stored } from './request.ts';
import { wayOf } from './way.ts';

/** Where orders live. */
export const orders = '/v1/payment_intents';

/** Makes an order that moves no money: it is unconfirmed, and its number is known before it is confirmed. */
export async function create(call: Call<Account>, order: Order): Promise<CreateAnswer> {
  const { type } = wayOf(order.method);
  const isHeld = order.capture === 'manual';
  const spoken = await post(call, orders, order.channel_key, {
    amount: order.amount,
    currency: order.currency.toLowerCase(),
    'payment_method_types[]': type,
    capture_method: order.capture,
    description: atMost(1_000, order.description),
    'metadata[reference]': order.reference,
    ...customerOf(order),
    ...(isHeld ? holding(type) : {}),
  });
  if (spoken.kind === 'done') return numberFrom(spoken.body, call.account, order);
  if (spoken.kind === 'denied') return unavailable(spoken.error);
  if (spoken.kind !== 'refused') return spoken;
  return { kind: 'declined', failure: failureFrom(spoken.error) };
}

/** What is held shall be captured in parts, and raised, where the card allows it. */
function holding(type: string): Record<string, string> {
  const options = `payment_method_options[${type}]`;
  return {
    [`${options}[request_multicapture]`]: 'if_available',
    [`${options}[request_incremental_authorization]`]: 'if_available',
  };
}

/** Whatever it has become since: a resend is answered as the first time. */
function numberFrom(body: string, account: Account, order: Order): CreateAnswer {
  const made = read(paymentIntent, body);
  if (!made) return unclear('200 without a readable order');
  const answer = told(made, account, order);
  if (answer.kind === 'disagrees') return unclear(answer.detail);
  return { kind: 'created', handle: made.id };
}

/**
 * The key or its rights are wrong: nothing was done, and nothing will be until a person mends it; to the payer the
 * channel is not there. Only for calls that begin something: of what exists already it says nothing.
 */
export function unavailable(error: WireError): Declined {
  return { kind: 'declined', failure: failureFrom(error, 'channel_unavailable') };
}

/** What a reply with an order in it says. */
export function orderSaid(body: string, account: Account, order: Order): QueryAnswer {
  const found = read(paymentIntent, body);
  return found ? told(found, account, order) : unclear('200 without a readable order');
}

/** Ends the order and gives back what is still held. A refusal means: ask, it was probably paid in between. */
export async function close(call: Call<Account>, order: Order): Promise<CloseAnswer> {
  const spoken = await post(call, `${addressOf(order)}/cancel`, order.channel_key, {});
  if (spoken.kind === 'done') {
    const answer = orderSaid(spoken.body, call.account, order);
    const isOver = answer.kind === 'closed' || (answer.kind === 'held' && answer.is_over);
    return isOver ? { kind: 'closed' } : unclear(`canceled, and it is ${answer.kind}`);
  }
  if (spoken.kind === 'denied') return unclear(spoken.detail);
  return spoken.kind === 'refused' ? refused(spoken) : spoken;
}

/** Refused as things stand; a refusal that is replayed says how they stood once, and says so for ever. */
export function refused({ detail, is_replayed }: Refusal) {
  return is_replayed ? stored(detail) : ({ kind: 'refused', detail } as const);
}

const wrongState = new Set([
  'payment_intent_unexpected_state',
  'setup_intent_unexpected_state',
  'intent_invalid_state',
  'charge_already_captured',
  'charge_expired_for_capture',
  'capture_charge_authorization_expired',
]);

/** Not what we sent was wrong, but where the order stands. */
export function isAboutState({ code }: WireError): boolean {
  return wrongState.has(code ?? '');
}

/** The order's place at Stripe. Throws without its number, a bug: it is recorded before the order is spoken of. */
export function addressOf({ handle, reference }: Order): string {
  if (handle === null) throw new Error(`${reference} has no number at Stripe yet`);
  return `${orders}/${encodeURIComponent(handle)}`;
}
