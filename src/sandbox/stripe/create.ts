import { randomBytes } from 'node:crypto';

import type { Answer } from '../call.ts';
import { confirm } from './confirm.ts';
import { freshId, type Intent, saveIntent, type StripeOptions } from './intent.ts';
import type { CreateParameters } from './parameters.ts';
import { wireIntent } from './wire.ts';

/**
 * `POST /v1/payment_intents`: a new PaymentIntent, confirmed at once when that is asked.
 *
 * @param asked its parameters
 */
export function create(options: StripeOptions, asked: CreateParameters): Answer {
  const intent = made(asked);
  saveIntent(options.books, intent);
  if (asked.confirm) return confirm(options, intent, asked);
  return { status: 200, body: wireIntent(options, intent, asked.expand) };
}

function made(asked: CreateParameters): Intent {
  const id = freshId('pi');
  return {
    id,
    client_secret: `${id}_secret_${randomBytes(12).toString('hex')}`,
    reference: asked.metadata['reference'] ?? id,
    created_at: Date.now(),
    amount: asked.amount,
    currency: asked.currency,
    capture_method: asked.capture_method,
    confirmation_method: asked.confirmation_method,
    description: asked.description ?? null,
    metadata: asked.metadata,
    payment_method_types: asked.payment_method_types ?? ['card'],
    payment_method: asked.payment_method ?? null,
    multicapture: asked.payment_method_options?.card?.request_multicapture === 'if_available',
    return_url: asked.return_url ?? null,
    status:
      asked.payment_method === undefined ? 'requires_payment_method' : 'requires_confirmation',
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
