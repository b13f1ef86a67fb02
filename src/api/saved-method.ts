import type { Choice } from '../domain/payment.ts';
import type { Usage } from '../domain/payment-method.ts';
import type { Caller } from '../store/api-key.ts';
import { insertMethod, type UsableMethod } from '../store/payment-method.ts';
import type { Store } from '../store/store.ts';
import type { Method } from './payment-schema.ts';
import type { FieldError } from './problem.ts';

/** The saved method that a payer pays with, or null. */
export function savedOf(method: Method): string | null {
  return (method.type === 'card' && method.payment_method) || null;
}

/** What the customer agreed to have saved, or null. */
export function consentOf(method: Method) {
  return (method.type === 'card' && method.save?.consent) || null;
}

/** How the method is used (`Usage`). */
export function usageOf(method: Method): Usage {
  if (consentOf(method)) return 'save';
  if (method.type !== 'card' || savedOf(method) === null) return 'once';
  return method.off_session ? 'off_session' : 'on_session';
}

/** Is a method to be saved for nobody, or paid with that is another customer's? */
export function savedErrors(
  serving: readonly { readonly saved?: UsableMethod }[],
  method: Method,
  customerId: string | undefined,
): FieldError[] {
  if (consentOf(method) && customerId === undefined) {
    const detail = 'a method is saved for a customer: the payment names none (customer.id)';
    return [{ pointer: '/method/save', code: 'invalid_field', detail }];
  }
  const saved = serving.find((one) => one.saved)?.saved;
  const isOthers = saved && customerId !== undefined && saved.customer_id !== customerId;
  return isOthers ? [noSuchMethod] : [];
}

/** Another customer's, another merchant's, a withdrawn one, and one that its channel does not keep yet. */
export const noSuchMethod: FieldError = {
  pointer: '/method/payment_method',
  code: 'not_found',
  detail: 'no such payment method that can be paid with',
};

/** Writes down what the customer agreed to, before anything is paid with it. */
export async function agree(
  store: Store,
  caller: Caller,
  method: Method | undefined,
  choice: Choice | null,
  customerId: string | undefined,
): Promise<void> {
  const consent = method && consentOf(method);
  if (!consent || !choice) return;
  if (customerId === undefined) throw new Error('bug: a method is saved for nobody');
  const { text, ip = null } = consent;
  await insertMethod(store, caller, choice, customerId, { text, ip });
}
