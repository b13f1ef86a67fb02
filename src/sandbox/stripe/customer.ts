import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { freshId, type StripeOptions } from './intent.ts';
import type { CustomerParameters } from './parameters.ts';
import { findMethod, type PaymentMethod, saveMethod } from './payment-method.ts';
import { wireMethod } from './wire.ts';
import { channel, invalid, usedUp } from './wording.ts';

/** Whose payment methods can be used again. */
export interface Customer {
  readonly id: string;
  readonly created_at: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The customer with this number, or null. */
export function findCustomer({ books }: StripeOptions, id: string): Customer | null {
  return (books.keptObject(channel, id) as Customer | undefined) ?? null;
}

/** `POST /v1/customers`: a customer, who has a payment method at once when one is named. */
export function createCustomer(options: StripeOptions, asked: CustomerParameters): Answer {
  const { payment_method, metadata } = asked;
  const own: Customer = { id: freshId('cus'), created_at: clock.now(), metadata };
  if (payment_method !== undefined) {
    const attached = attach(options, payment_method, own.id);
    if (attached.status !== 200) return attached;
  }
  options.books.write({ kind: 'kept_object', kept: { channel, id: own.id, own } });
  return { status: 200, body: wireCustomer(own) };
}

/** As Stripe shows one. */
export function wireCustomer({ id, created_at, metadata }: Customer): object {
  const created = Math.floor(created_at / 1_000);
  return { id, object: 'customer', created, livemode: false, metadata };
}

/** `POST /v1/payment_methods/{id}/attach`: one that was used, or taken from a customer, is used up. */
export function attach(options: StripeOptions, id: string, customer: string): Answer {
  const known = findMethod(options, id);
  if (!known || known.is_used_up)
    return invalid(usedUp, { code: 'payment_method_unexpected_state' });
  if (known.customer !== null && known.customer !== customer)
    return invalid('The payment method you provided has already been attached to a customer.', {
      code: 'payment_method_unexpected_state',
    });
  return changed(options, { ...known, customer });
}

/** `POST /v1/payment_methods/{id}/detach`: nothing is paid with it any more. */
export function detach(options: StripeOptions, known: PaymentMethod): Answer {
  if (known.customer !== null)
    return changed(options, { ...known, customer: null, is_used_up: true });
  const message =
    'The payment method you provided is not attached to a customer so detachment is impossible.';
  return invalid(message, { code: 'payment_method_unexpected_state' });
}

function changed(options: StripeOptions, method: PaymentMethod): Answer {
  return { status: 200, body: wireMethod(saveMethod(options, method)) };
}
