import type { Answer } from '../call.ts';
import { type Conduct, conductOf } from './card.ts';
import { findIntent, type Intent, type StripeOptions } from './intent.ts';
import type { ConfirmParameters } from './parameters.ts';
import { askPayer, authorize, decline, takeTime } from './payment.ts';
import { wireIntent } from './wire.ts';
import { channel, refusal, unexpectedState } from './wording.ts';

const confirmable: readonly Intent['status'][] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];

/**
 * `POST /v1/payment_intents/{id}/confirm`: the card is charged. Of a PaymentIntent that has money already
 * it is refused, and a violation: on another channel it would have charged twice.
 *
 * @param known the PaymentIntent before it
 * @param asked its parameters; the card may have been named when it was created
 */
export function confirm(options: StripeOptions, known: Intent, asked: ConfirmParameters): Answer {
  const token = asked.payment_method ?? known.payment_method;
  const answerAsIs = () => wireIntent(options, known);
  if (!confirmable.includes(known.status)) {
    if (known.status !== 'canceled')
      options.books.violate(
        channel,
        known.reference,
        'second_confirm',
        `${known.id} is ${known.status} already`,
      );
    const message = `You cannot confirm this PaymentIntent because it has a status of ${known.status}.`;
    return unexpectedState(message, answerAsIs());
  }
  const conduct = token === null ? null : conductOf(token);
  if (!conduct)
    return unexpectedState(
      'You cannot confirm this PaymentIntent because it is missing a payment method.',
      answerAsIs(),
    );
  charge(options, chosen(known, asked, token), conduct);
  return answer(options, known.id, asked.expand);
}

function chosen(known: Intent, asked: ConfirmParameters, payment_method: string | null): Intent {
  const multicapture = asked.payment_method_options?.card?.request_multicapture;
  return {
    ...known,
    payment_method,
    return_url: asked.return_url ?? known.return_url,
    payment_method_types: asked.payment_method_types ?? known.payment_method_types,
    multicapture: multicapture ? multicapture === 'if_available' : known.multicapture,
  };
}

function charge(options: StripeOptions, intent: Intent, conduct: Conduct): void {
  switch (conduct.kind) {
    case 'pays':
      return void authorize(options, intent);
    case 'declines':
      return void decline(options, intent, conduct.error);
    case 'asks_payer':
      return void askPayer(options, intent);
    case 'takes_time':
      return void takeTime(options, intent);
    case 'silent':
      if (conduct.charged) authorize(options, intent);
  }
}

/** What the card said: 402 with the PaymentIntent when it was refused. */
function answer(options: StripeOptions, id: string, expand: readonly string[]): Answer {
  const intent = findIntent(options.books, id);
  if (!intent) throw new Error(`${id} is gone`);
  const { status, last_payment_error } = intent;
  if (status === 'requires_payment_method' && last_payment_error)
    return refusal(402, { ...last_payment_error, payment_intent: wireIntent(options, intent) });
  return { status: 200, body: wireIntent(options, intent, expand) };
}
