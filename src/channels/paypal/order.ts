import { drawnAt } from '../../domain/id.ts';
import type { CloseAnswer, CreateAnswer, Declined, QueryAnswer } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import { atMost, read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { orderSaid, told } from './checkout-order.ts';
import { linkTo, type WireError } from './error.ts';
import { failureFrom } from './failure.ts';
import { toWire } from './money.ts';
import { get, post } from './request.ts';
import { checkoutOrder } from './response.ts';

/** Where orders live. */
export const orders = '/v2/checkout/orders';

/** Makes an order that the payer is asked to agree to. It moves no money before it is confirmed. */
export async function create(call: Call<Account>, order: Order): Promise<CreateAnswer> {
  const spoken = await post(call, orders, order.channel_key, contentOf(order));
  if (spoken.kind === 'done') return linkFrom(spoken.body, call.account, order);
  if (spoken.kind === 'denied') return unavailable(spoken.error);
  if (spoken.kind !== 'refused') return spoken;
  if (isNumberTaken(spoken.error)) return unclear(spoken.detail);
  return { kind: 'declined', failure: failureFrom(spoken.error) };
}

/** What makes the order, the same at each resend. Where the goods go is between the merchant and the payer. */
function contentOf(order: Order): object {
  const { reference, description, return_url } = order;
  const way = return_url === null ? {} : { return_url, cancel_url: return_url };
  return {
    intent: order.capture === 'manual' ? 'AUTHORIZE' : 'CAPTURE',
    purchase_units: [
      {
        reference_id: reference,
        custom_id: reference,
        invoice_id: reference,
        description: line(127, description),
        amount: toWire(order),
      },
    ],
    payment_source: {
      paypal: {
        experience_context: { ...way, user_action: 'PAY_NOW', shipping_preference: 'NO_SHIPPING' },
      },
    },
  };
}

/** PayPal's texts are of one line, and of so many characters at most. */
export function line(most: number, text: string): string {
  return atMost(most, text.replaceAll(/[\n\r\u2028\u2029]+/g, ' '));
}

/** These refuse the number, not the deed: there is something under it, so the channel is asked. */
const numberTaken = new Set(['DUPLICATE_INVOICE_ID', 'DUPLICATE_REQUEST_ID', 'PREVIOUS_REQUEST_IN_PROGRESS']); // prettier-ignore

export function isNumberTaken({ issue }: WireError): boolean {
  return numberTaken.has(issue);
}

/** An order that waits for the payer. A resend may find that he has agreed since: then only its number counts. */
function linkFrom(body: string, account: Account, order: Order): CreateAnswer {
  const made = read(checkoutOrder, body);
  if (!made) return unclear('without a readable order');
  const answer = told(made, account, order);
  if (answer.kind === 'agreed') return { kind: 'created', handle: made.id };
  const url = linkTo(made.links ?? [], 'payer-action', 'approve');
  if (answer.kind !== 'open' || url === null) return unclear(`made, and it is ${answer.kind}`);
  const next_action = { type: 'redirect', url } as const;
  return { kind: 'action_required', next_action, code_ends_at: null, handle: made.id };
}

/**
 * The keys or their rights are wrong: nothing was done, and nothing will be until a person mends it. Only for calls that
 * begin something: of what exists already it says nothing.
 */
export function unavailable(error: WireError): Declined {
  return { kind: 'declined', failure: failureFrom(error, 'channel_unavailable') };
}

/** How long PayPal keeps an order for the payer at least. */
const lifeMs = 3 * 3_600_000;

/**
 * Asks what became of our order. PayPal finds it by its own number alone; before that was heard nobody could agree to it.
 * One to which nobody agreed in time is gone: it took no money and takes none. Earlier that it is not found is a slip.
 */
export async function query(call: Call<Account>, order: Order): Promise<QueryAnswer> {
  if (order.handle === null) return unclear('the order’s number was never heard');
  const spoken = await get(call, addressOf(order));
  if (spoken.kind === 'done') return orderSaid(spoken.body, call.account, order);
  const isOver = call.now().getTime() >= drawnAt('att', order.reference) + lifeMs;
  return isMissing(spoken) && isOver ? { kind: 'closed' } : unclear(spoken.detail);
}

/** Does PayPal say in its own words that there is no such thing? */
export function isMissing(spoken: { kind: string; error?: WireError }): boolean {
  const issues = ['INVALID_RESOURCE_ID', 'RESOURCE_NOT_FOUND'];
  return spoken.kind === 'refused' && issues.includes(spoken.error?.issue ?? '');
}

/** PayPal has no call for it, and needs none: an order that nobody confirms takes no money, and ends by itself. */
export function close(): Promise<CloseAnswer> {
  return Promise.resolve({ kind: 'closed' });
}

/** The order's place at PayPal. Throws without its number, a bug: it is recorded before the order is spoken of. */
export function addressOf({ handle, reference }: Pick<Order, 'handle' | 'reference'>): string {
  if (handle === null) throw new Error(`${reference} has no number at PayPal yet`);
  return `${orders}/${encodeURIComponent(handle)}`;
}
