import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { postCharge } from './balance.ts';
import { turn } from './event.ts';
import { findIntent, type Intent, type StripeOptions } from './intent.ts';
import type { CancelParameters, CaptureParameters } from './parameters.ts';
import { release } from './payment.ts';
import { wireIntent } from './wire.ts';
import { channel, invalid, unexpectedState } from './wording.ts';

/**
 * `POST /v1/payment_intents/{id}/capture`: takes all or a part of what is held. The rest is released,
 * unless `final_capture` is false and the hold may be captured in parts.
 *
 * @param known the PaymentIntent before it
 * @param asked its parameters
 */
export function capture(options: StripeOptions, known: Intent, asked: CaptureParameters): Answer {
  const amount = asked.amount_to_capture ?? known.amount_capturable;
  const refused = notCapturable(options, known, asked, amount);
  if (refused) return refused;
  const left = known.amount_capturable - amount;
  const goesOn = !asked.final_capture && left > 0;
  const { charge } = known;
  if (!charge) throw new Error(`${known.id} has no charge`);
  const moved = postCharge(options, known, charge.id, amount);
  const captured: Intent = {
    ...known,
    charge: { ...charge, balance_transaction: moved.id },
    status: goesOn ? 'requires_capture' : 'succeeded',
    amount_capturable: goesOn ? left : 0,
    amount_received: known.amount_received + amount,
    taken_at: known.taken_at ?? clock.now(),
  };
  turn(options, captured);
  return { status: 200, body: wireIntent(options, captured, asked.expand) };
}

function notCapturable(
  options: StripeOptions,
  known: Intent,
  asked: CaptureParameters,
  amount: number,
): Answer | null {
  if (known.status !== 'requires_capture') {
    const message = `This PaymentIntent could not be captured because it has a status of ${known.status}.`;
    return unexpectedState(message, wireIntent(options, known));
  }
  if (amount > known.amount_capturable) {
    const detail = `${amount} is more than the ${known.amount_capturable} that ${known.id} holds`;
    options.books.violate(channel, known.reference, 'capture_beyond_held', detail);
    return invalid(detail, { code: 'amount_too_large', param: 'amount_to_capture' });
  }
  if (!asked.final_capture && !known.multicapture)
    return invalid('This hold cannot be captured more than once.', { param: 'final_capture' });
  return null;
}

const cancelable: readonly Intent['status'][] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'requires_capture',
];

/**
 * `POST /v1/payment_intents/{id}/cancel`: an unpaid one is closed, a hold is released; of what was captured
 * already nothing comes back, it is then the whole payment.
 *
 * @param known the PaymentIntent before it
 * @param asked its parameters
 */
export function cancel(options: StripeOptions, known: Intent, asked: CancelParameters): Answer {
  if (!cancelable.includes(known.status)) {
    const message = `You cannot cancel this PaymentIntent because it has a status of ${known.status}.`;
    return unexpectedState(message, wireIntent(options, known));
  }
  release(options, known, asked.cancellation_reason ?? null);
  const after = findIntent(options.books, known.id) ?? known;
  return { status: 200, body: wireIntent(options, after, asked.expand) };
}
