import { randomBytes } from 'node:crypto';

import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { confirm } from './confirm.ts';
import { freshId, type Intent, type MethodType, saveIntent, type StripeOptions } from './intent.ts';
import { type CreateParameters, isIncremental } from './parameters.ts';
import { type Instrument, methodOf, type PaymentMethod } from './payment-method.ts';
import { wireIntent } from './wire.ts';
import { invalid } from './wording.ts';

/**
 * `POST /v1/payment_intents`: a new PaymentIntent, confirmed at once when that is asked.
 *
 * @param asked its parameters
 * @param paidWith what it is to be paid with, where that is named
 */
export function create(
  options: StripeOptions,
  asked: CreateParameters,
  paidWith: Instrument | null,
): Answer {
  const method = paidWith && methodOf(options, paidWith);
  const intent = made(asked, method);
  saveIntent(options.books, intent);
  if (asked.confirm) return confirm(options, intent, asked, method);
  return { status: 200, body: wireIntent(options, intent, asked.expand) };
}

/** Where a method takes only its own currencies, and holds nothing (docs.stripe.com/payments/ideal, …/grabpay). */
const ownCurrencies: Partial<Record<MethodType, readonly string[]>> = {
  ideal: ['eur'],
  grabpay: ['sgd', 'myr'],
};

/** The refusal of methods that cannot pay this, or null. */
export function unfit({
  payment_method_types = [],
  currency,
  capture_method,
}: CreateParameters): Answer | null {
  for (const type of payment_method_types) {
    const currencies = ownCurrencies[type];
    if (!currencies) continue;
    if (!currencies.includes(currency))
      return invalid(
        `The currency provided (${currency}) is invalid for one or more of the payment methods types on this PaymentIntent (${type}).`,
        { param: 'currency' },
      );
    if (capture_method === 'manual')
      return invalid(
        `The capture_method provided (manual) is not supported for one or more of the payment methods types on this PaymentIntent (${type}).`,
        { param: 'capture_method' },
      );
  }
  return null;
}

function made(asked: CreateParameters, method: PaymentMethod | null): Intent {
  const id = freshId('pi');
  return {
    id,
    client_secret: `${id}_secret_${randomBytes(12).toString('hex')}`,
    reference: asked.metadata['reference'] ?? id,
    created_at: clock.now(),
    amount: asked.amount,
    currency: asked.currency,
    capture_method: asked.capture_method,
    confirmation_method: asked.confirmation_method,
    description: asked.description ?? null,
    metadata: asked.metadata,
    payment_method_types: asked.payment_method_types ?? ['card'],
    payment_method: method?.id ?? null,
    customer: asked.customer ?? null,
    setup_future_usage: asked.setup_future_usage ?? null,
    payment_method_type: method?.type ?? asked.payment_method_types?.[0] ?? 'card',
    multicapture: asked.payment_method_options?.card?.request_multicapture === 'if_available',
    incremental: isIncremental(asked),
    increments: 0,
    return_url: asked.return_url ?? null,
    status: method === null ? 'requires_payment_method' : 'requires_confirmation',
    last_payment_error: null,
    amount_capturable: 0,
    amount_received: 0,
    taken_at: null,
    settles_at: null,
    canceled_at: null,
    cancellation_reason: null,
    charge: null,
  };
}
