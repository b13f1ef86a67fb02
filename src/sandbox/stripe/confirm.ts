import type { Answer } from '../call.ts';
import { authenticationRequired, type Conduct } from './card.ts';
import { open } from './dispute.ts';
import { findIntent, type Intent, intentsOf, type StripeOptions } from './intent.ts';
import { type ConfirmParameters, isIncremental } from './parameters.ts';
import { askPayer, authorize, decline, takeTime } from './payment.ts';
import {
  conductBy,
  findMethod,
  type Instrument,
  methodOf,
  type PaymentMethod,
} from './payment-method.ts';
import { wireIntent } from './wire.ts';
import { channel, type Complaint, invalid, refusal, unexpectedState, usedUp } from './wording.ts';

const confirmable: readonly Intent['status'][] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];

/**
 * `POST /v1/payment_intents/{id}/confirm`: the card is charged, or the payer is sent to his bank's page. Of a PaymentIntent that has money already
 * it is refused, and a violation: on another channel it would have charged twice.
 *
 * @param known the PaymentIntent before it
 * @param asked its parameters
 * @param paidWith what it is paid with, be it named now or when it was created
 */
export function confirm(
  options: StripeOptions,
  known: Intent,
  asked: ConfirmParameters,
  paidWith: Instrument | null,
): Answer {
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
  if (!paidWith)
    return unexpectedState(
      'You cannot confirm this PaymentIntent because it is missing a payment method.',
      answerAsIs(),
    );
  const refused = unusable(known, asked, paidWith) ?? notHis(known, methodIn(options, paidWith));
  if (refused) return refused;
  const method = methodOf(options, paidWith);
  charge(options, chosen(known, asked, method), conductOf(options, known, paidWith, asked));
  return answer(options, known.id, asked.expand);
}

/** The refusal of a method that the PaymentIntent was not made for, or of a page that would lead nowhere, or null. */
function unusable(known: Intent, asked: ConfirmParameters, { type }: Instrument): Answer | null {
  const types = asked.payment_method_types ?? known.payment_method_types;
  if (!types.includes(type))
    return invalid(
      `The PaymentMethod provided (${type}) is not allowed for this PaymentIntent. Please attach a PaymentMethod of one of the following types: ${types.join(', ')}.`,
      { code: 'payment_intent_incompatible_payment_method' },
    );
  if (type === 'card' || (asked.return_url ?? known.return_url) !== null) return null;
  return invalid(`A \`return_url\` must be specified: ${type} redirects the payer.`, {
    code: 'parameter_missing',
    param: 'return_url',
  });
}

function methodIn(options: StripeOptions, { id }: Instrument): PaymentMethod | null {
  return id === null ? null : findMethod(options, id);
}

/** The refusal of a method that belongs to another customer, or that was used up, or null. */
function notHis({ customer }: Intent, method: PaymentMethod | null): Answer | null {
  if (method?.is_used_up) return invalid(usedUp, { code: 'payment_method_unexpected_state' });
  if (!method?.customer || method.customer === customer) return null;
  return invalid(
    `The PaymentMethod ${method.id} belongs to a Customer. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`,
    { param: 'payment_method' },
  );
}

/** Without the payer nobody can be asked who he is; and what could not be processed once, can be then. */
function conductOf(
  options: StripeOptions,
  known: Intent,
  paidWith: Instrument,
  { off_session }: ConfirmParameters,
): Conduct {
  const conduct = conductBy(paidWith);
  if (conduct.kind === 'asks_payer' && off_session)
    return { kind: 'declines', error: authenticationRequired };
  const isOver = conduct.kind === 'declines' && conduct.is_once && wasDeclined(options, known, conduct.error); // prettier-ignore
  return isOver ? { kind: 'pays' } : conduct;
}

/** Was this payment declined so before? Each try may be a PaymentIntent of its own: what is paid for tells that it is the same. */
function wasDeclined({ books }: StripeOptions, known: Intent, { code }: Complaint): boolean {
  return [...books.transactions.values()]
    .filter((one) => one.channel === channel)
    .flatMap(intentsOf)
    .some((one) => one.last_payment_error?.code === code && isSamePayment(one, known));
}

function isSamePayment(one: Intent, other: Intent): boolean {
  if (one.id === other.id) return true;
  if (one.description === null || one.description !== other.description) return false;
  return one.amount === other.amount && one.currency === other.currency;
}

function chosen(known: Intent, asked: ConfirmParameters, method: PaymentMethod): Intent {
  const card = asked.payment_method_options?.card;
  const multicapture = card?.request_multicapture;
  return {
    ...known,
    payment_method: method.id,
    payment_method_type: method.type,
    return_url: asked.return_url ?? known.return_url,
    setup_future_usage: asked.setup_future_usage ?? known.setup_future_usage,
    payment_method_types: asked.payment_method_types ?? known.payment_method_types,
    multicapture: multicapture ? multicapture === 'if_available' : known.multicapture,
    incremental: card?.request_incremental_authorization ? isIncremental(asked) : known.incremental,
  };
}

function charge(options: StripeOptions, intent: Intent, conduct: Conduct): void {
  switch (conduct.kind) {
    case 'pays':
      return void authorize(options, intent);
    case 'pays_and_disputes':
      authorize(options, intent);
      return disputeAtOnce(options, intent.id);
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

function disputeAtOnce(options: StripeOptions, id: string): void {
  const paid = findIntent(options.books, id);
  if (paid && paid.amount_received > 0) open(options, paid, paid.amount_received, 'fraudulent');
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
