import type { Answer } from '../call.ts';
import { growsNever, incrementDeclined } from './card.ts';
import { turn } from './event.ts';
import { type Intent, saveIntent, type StripeOptions } from './intent.ts';
import type { IncrementParameters } from './parameters.ts';
import { findMethod } from './payment-method.ts';
import { canGrow, wireIntent } from './wire.ts';
import { channel, invalid, refusal, unexpectedState } from './wording.ts';

/** Declines included (docs.stripe.com/api/payment_intents/increment_authorization). */
const attemptsMax = 10;

/**
 * `POST /v1/payment_intents/{id}/increment_authorization`: more of the payer's money is held, `amount` in all. A card
 * that declines leaves the hold as it was, and it can still be captured.
 *
 * @param known the PaymentIntent before it
 * @param asked its parameters
 */
export function increment(
  options: StripeOptions,
  known: Intent,
  asked: IncrementParameters,
): Answer {
  const refused = notIncrementable(options, known, asked.amount);
  if (refused) return refused;
  const tried: Intent = { ...known, increments: known.increments + 1 };
  if (isDeclined(options, known)) {
    saveIntent(options.books, tried);
    return refusal(402, { ...incrementDeclined, payment_intent: wireIntent(options, tried) });
  }
  const { amount, description = known.description, metadata } = asked;
  const grown: Intent = {
    ...tried,
    amount,
    amount_capturable: amount,
    description,
    metadata: { ...known.metadata, ...metadata },
  };
  turn(options, grown);
  return { status: 200, body: wireIntent(options, grown, asked.expand) };
}

function isDeclined(options: StripeOptions, { payment_method }: Intent): boolean {
  return payment_method !== null && findMethod(options, payment_method)?.token === growsNever;
}

function notIncrementable(options: StripeOptions, known: Intent, amount: number): Answer | null {
  const { id, status, reference } = known;
  if (status !== 'requires_capture') {
    const message = `This PaymentIntent's authorization could not be incremented because it has a status of ${status}.`;
    return unexpectedState(message, wireIntent(options, known));
  }
  if (!canGrow(known)) {
    options.books.violate(channel, reference, 'increment_unavailable', id);
    return invalid('This PaymentIntent does not support incremental authorization.');
  }
  if (amount <= known.amount)
    return invalid(`The amount must be greater than the ${known.amount} that ${id} holds.`, {
      code: 'amount_too_small',
      param: 'amount',
    });
  if (known.increments < attemptsMax) return null;
  options.books.violate(channel, reference, 'increment_too_often', `${id}: ${attemptsMax} times`);
  return invalid(`${id} was incremented ${attemptsMax} times already.`);
}
