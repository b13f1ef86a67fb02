import type { Order } from '../order.ts';
import { keptMethodOf, usageForm } from './kept-token.ts';
import type { Form } from './request.ts';

/** How a method of the contract goes out to Stripe (docs.stripe.com/api/payment_intents, /payments/payment-methods). */
export interface Way {
  /** Stripe's own word for it: an order takes this one only. */
  readonly type: string;
  /** What a confirmation says of who pays and with what. Throws without a token where there must be one, a bug. */
  readonly payer: (order: Order) => Form;
}

/** By what Stripe.js made of a card, or of one in an Apple or Google wallet: to Stripe all of them are cards. */
const card: Way = {
  type: 'card',
  payer: (order) => {
    const { token, reference } = order;
    if (token === null) throw new Error(`${reference} has no token`);
    return { ...methodNamed(keptMethodOf(order) ?? token), ...usageForm(order) };
  },
};

/** What is paid or set up with: a payment method's number, or a token of which Stripe makes one. */
export function methodNamed(token: string): Form {
  if (!token.startsWith('tok_')) return { payment_method: token };
  // A token is no payment method, and refused in its place; Stripe makes one of it. The published description leaves
  // this member out, and the API takes it.
  return { 'payment_method_data[type]': 'card', 'payment_method_data[card][token]': token };
}

/** At the payer's bank or in his wallet's app, on a page where he says who he is. */
const redirect = (type: string): Way => ({
  type,
  payer: () => ({ 'payment_method_data[type]': type }),
});

const ways = new Map([
  ['card', card],
  ['apple_pay', card],
  ['google_pay', card],
  ['ideal', redirect('ideal')],
  ['grabpay', redirect('grabpay')],
]);

/** The way of a method type. Throws for one that the facts do not name. */
export function wayOf(method: string): Way {
  const way = ways.get(method);
  if (!way) throw new Error(`bug: Stripe has no '${method}'`);
  return way;
}
