import type { QueryAnswer } from '../../domain/outcome.ts';
import type { Order } from '../order.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { answerOf as answerOfCapture } from './captured.ts';
import { answerOf as answerOfHold, authorizationOf, capturesOf } from './hold.ts';
import { fromWire } from './money.ts';
import { type CheckoutOrder, checkoutOrder } from './response.ts';

/** What a reply with an order in it says. */
export function orderSaid(body: string, account: Account, order: Order): QueryAnswer {
  const found = read(checkoutOrder, body);
  return found ? told(found, account, order) : unclear('without a readable order');
}

/** What PayPal says of our order; what is about another order, account or amount disagrees. */
export function told(found: CheckoutOrder, account: Account, order: Order): QueryAnswer {
  const complaint = strangeness(found, account, order);
  if (complaint !== null) return { kind: 'disagrees', detail: complaint };
  const answer = answerOf(found);
  // Money is told as the channel tells it: the domain compares it, and keeps its number.
  if (answer.kind === 'approved' || answer.kind === 'held' || answer.kind === 'unknown')
    return answer;
  const { amount } = found.purchase_units[0];
  const asked = fromWire(amount);
  if (asked?.amount === order.amount && asked.currency === order.currency) return answer;
  const ours = `asked ${order.amount} ${order.currency} under ${order.reference}`;
  return { kind: 'disagrees', detail: `${ours}, told ${amount.value} '${amount.currency_code}'` };
}

/** What makes it another order than ours, or null. */
export function strangeness(
  { id, purchase_units: [unit] }: CheckoutOrder,
  account: Account,
  { reference, handle }: Pick<Order, 'reference' | 'handle'>,
): string | null {
  const isOurs = unit.custom_id === reference && id === (handle ?? id);
  if (isOurs && isPayee(account, unit.payee?.merchant_id)) return null;
  const said = `${id} of ${unit.custom_id} for ${unit.payee?.merchant_id}`;
  return `asked about ${handle} of ${reference}, told ${said}`;
}

/** Is it this merchant's? Where PayPal does not say, the keys that we asked with do. */
export function isPayee({ merchant_id }: Account, named: string | null | undefined): boolean {
  return (named ?? merchant_id) === merchant_id;
}

/** Every status of an order to which nothing was done yet. */
const statuses = new Map<string, 'open' | 'agreed' | 'closed'>([
  ['CREATED', 'open'],
  ['SAVED', 'open'],
  ['PAYER_ACTION_REQUIRED', 'open'],
  ['APPROVED', 'agreed'],
  ['VOIDED', 'closed'],
]);

/** What an order says by itself. A COMPLETED one is no money: what was made of it says whether some came. */
export function answerOf(found: CheckoutOrder): QueryAnswer {
  const hold = authorizationOf(found);
  if (hold) return answerOfHold(found, hold);
  const captured = capturesOf(found).map(answerOfCapture);
  const most = weight.map((kind) => captured.find((one) => one.kind === kind)).find(Boolean);
  if (most) return most;
  const kind = statuses.get(found.status);
  return kind ? { kind } : unclear(`an order in '${found.status}', of which nothing was made`);
}

/** Of several captures the first of these speaks: one that was declined says nothing beside another. */
const weight = ['approved', 'pending', 'unknown', 'declined'] as const;
