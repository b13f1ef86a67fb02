import { z } from 'zod';

import type { ActionRequired, Declined, Held, QueryAnswer, Unknown } from '../../domain/outcome.ts';
import type { Order } from '../order.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import { refusalOf } from './failure.ts';
import { fromWire, wireMoney } from './money.ts';

const text = z.string().min(1);

/** The answer to a payment and to what its payer brought back (Checkout API, PaymentResponse). */
const paymentResponse = z.object({
  resultCode: text,
  pspReference: text.nullish(),
  merchantReference: text.nullish(),
  amount: wireMoney.nullish(),
  refusalReason: z.string().nullish(),
  refusalReasonCode: z.string().nullish(),
  action: z.object({ type: text, url: z.url({ protocol: /^https?$/ }).nullish(), method: z.string().nullish() }).nullish(),
}); // prettier-ignore
type PaymentResponse = z.infer<typeof paymentResponse>;

/** Every result code; one that is not listed is not understood. What only authenticates takes no money, and we never ask for it. */
const results = new Map<string, 'authorised' | 'declined' | 'pending' | 'action'>([
  ['Authorised', 'authorised'],
  ['PartiallyAuthorised', 'authorised'], // of less than was asked: that disagrees, and a person looks
  ['Refused', 'declined'],
  ['Cancelled', 'declined'],
  ['Error', 'declined'],
  ['Pending', 'pending'],
  ['Received', 'pending'],
  ['PresentToShopper', 'pending'],
  ['RedirectShopper', 'action'],
  ['IdentifyShopper', 'action'],
  ['ChallengeShopper', 'action'],
]);

type Said =
  | Extract<QueryAnswer, { kind: 'approved' }>
  | Held
  | ActionRequired
  | { readonly kind: 'pending' }
  | Declined
  | Unknown;

interface RefusedReturn {
  readonly kind: 'refused';
  readonly detail: string;
}

/** What became of a payment, out of the answer to it. */
export function paymentSaid(body: string, order: Order, now: Date): Said {
  const made = read(paymentResponse, body);
  if (!made) return unclear('without a readable payment');
  if (made.merchantReference && made.merchantReference !== order.reference)
    return unclear(`asked about ${order.reference}, told ${made.merchantReference}`);
  switch (results.get(made.resultCode)) {
    case 'authorised':
      return taken(made, order, now);
    case 'declined':
      return declinedBy(made);
    case 'pending':
      return { kind: 'pending' };
    case 'action':
      return actionOf(made);
    default:
      return unclear(`a payment in '${made.resultCode}'`);
  }
}

/**
 * What became of a payment, out of the answer to what its payer brought back. His browser carries it, so it may be from
 * another order of his: that one's money is told by its own notice, and says nothing of this order.
 */
export function returnSaid(body: string, order: Order, now: Date): Said | RefusedReturn {
  const made = read(paymentResponse, body);
  const told = made?.merchantReference;
  if (told && told !== order.reference)
    return { kind: 'refused', detail: 'what was brought back is of another order' };
  if (made && !told && results.get(made.resultCode) === 'authorised')
    return unclear('authorised, without saying which order');
  return paymentSaid(body, order, now);
}

function declinedBy({
  refusalReasonCode: code,
  refusalReason: words,
  resultCode,
}: PaymentResponse) {
  const cancelled = resultCode === 'Cancelled' && !code ? '16' : null;
  return refusalOf({ code: code ?? cancelled, words: words ?? resultCode });
}

/** By the order's capture it is taken or held. Where no amount is told, this is the answer to what was asked. */
function taken({ pspReference: channel_reference, amount }: PaymentResponse, order: Order, now: Date) {
  const money = amount ? fromWire(amount) : { amount: order.amount, currency: order.currency };
  if (!channel_reference || !money) return unclear('authorised, without its number or a readable amount');
  if (order.capture === 'automatic')
    return { kind: 'approved', receipt: { channel_reference, ...money, paid_at: now.toISOString() } } as const;
  return heldUntil(channel_reference, money, now);
} // prettier-ignore

/** How long an authorisation is good (docs: authorisation expiry): the shortest of the schemes' own times, counted from its day. */
const holdMs = 7 * 24 * 3_600_000;

/** When what was authorised then is held no more. */
export function holdEnds(at: Date): string {
  return new Date(at.getTime() + holdMs).toISOString();
}

function heldUntil(channel_reference: string, money: NonNullable<ReturnType<typeof fromWire>>, at: Date): Held {
  const { amount: held, currency } = money;
  const captured = 0 as Held['captured'];
  return { kind: 'held', channel_reference, held, captured, currency, ends_at: holdEnds(at), is_over: false };
} // prettier-ignore

/**
 * The payer goes to a page and comes back. For the other actions Adyen's own component would have to run in the merchant's
 * page; nobody runs it, so nobody finishes them, and no money moves.
 */
function actionOf({ action, resultCode }: PaymentResponse): Said {
  if (action?.type === 'redirect' && action.url && (action.method ?? 'GET') === 'GET')
    return { kind: 'action_required', next_action: { type: 'redirect', url: action.url }, code_ends_at: null };
  return refusalOf({ code: '38', words: `${resultCode}: ${action?.type ?? 'no'} action` });
} // prettier-ignore
