import type { Order } from '../order.ts';
import type { Form } from './request.ts';

/** A payment method belongs to a customer at Stripe, and pays with him alone: our token of it names both. */
export function tokenOf(customer: string, method: string): string {
  return `${customer}/${method}`;
}

/** Throws for a token of another form, a bug. */
export function partsOf(token: string): { customer: string; method: string } {
  const [, customer, method] = /^(cus_\w+)\/(pm_\w+)$/.exec(token) ?? [];
  if (!customer || !method) throw new Error('bug: a kept method has a token of another form');
  return { customer, method };
}

const isKept = ({ usage }: Order) => usage === 'on_session' || usage === 'off_session';

/** Whose order it is: it can be paid with his methods alone. */
export function customerOf(order: Order): Form {
  return isKept(order) && order.token !== null ? { customer: partsOf(order.token).customer } : {};
}

/** The payment method that a kept one is; null where the order comes with another token. */
export function keptMethodOf(order: Order): string | null {
  return isKept(order) && order.token !== null ? partsOf(order.token).method : null;
}

/** What a confirmation says of later payments, and of a payer who is away (docs.stripe.com/payments/save-during-payment). */
export function usageForm({ usage }: Order): Form {
  if (usage === 'save') return { setup_future_usage: 'off_session' };
  return usage === 'off_session' ? { off_session: true } : {};
}
