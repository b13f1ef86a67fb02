import { clock } from '../clock.ts';
import { notAuthenticated } from './card.ts';
import { emitSetup } from './event.ts';
import { freshId, type StripeOptions } from './intent.ts';
import type { SetupParameters } from './parameters.ts';
import { findMethod, type PaymentMethod, saveMethod } from './payment-method.ts';
import { pages, wireMethod } from './wire.ts';
import { channel, type Complaint } from './wording.ts';

/** A payer lets his card be kept, and nothing is paid. Times in milliseconds. */
export interface SetupIntent {
  readonly id: string;
  readonly client_secret: string;
  readonly created_at: number;
  readonly customer: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly payment_method: string | null;
  readonly usage: 'on_session' | 'off_session';
  readonly return_url: string | null;
  readonly status:
    | 'requires_payment_method'
    | 'requires_confirmation'
    | 'requires_action'
    | 'succeeded'
    | 'canceled';
  readonly last_setup_error: Complaint | null;
  readonly cancellation_reason: string | null;
}

/** The SetupIntent with this number, or null. */
export function findSetup({ books }: StripeOptions, id: string): SetupIntent | null {
  const found = id.startsWith('seti_') ? books.keptObject(channel, id) : undefined;
  return (found as SetupIntent | undefined) ?? null;
}

/** All of them, oldest first. */
export function setupsOf({ books }: StripeOptions): readonly SetupIntent[] {
  const kept = books.keptObjectsOf(channel) as readonly Pick<SetupIntent, 'id'>[];
  return kept.filter((one): one is SetupIntent => one.id.startsWith('seti_'));
}

/** A new one, written. */
export function makeSetup(
  options: StripeOptions,
  asked: SetupParameters,
  method: PaymentMethod | null,
): SetupIntent {
  const id = freshId('seti');
  return saveSetup(options, {
    id,
    client_secret: `${id}_${freshId('secret')}`,
    created_at: clock.now(),
    customer: asked.customer ?? null,
    description: asked.description ?? null,
    metadata: asked.metadata,
    payment_method: method?.id ?? null,
    usage: asked.usage,
    return_url: asked.return_url ?? null,
    status: method === null ? 'requires_payment_method' : 'requires_confirmation',
    last_setup_error: null,
    cancellation_reason: null,
  });
}

/** Writes one, new or changed. */
export function saveSetup({ books }: StripeOptions, own: SetupIntent): SetupIntent {
  books.write({ kind: 'kept_object', kept: { channel, id: own.id, own } });
  return own;
}

const eventTypes: Readonly<Record<SetupIntent['status'], string | null>> = {
  requires_payment_method: 'setup_failed',
  requires_confirmation: null,
  requires_action: 'requires_action',
  succeeded: 'succeeded',
  canceled: 'canceled',
};

function turn(options: StripeOptions, setup: SetupIntent): SetupIntent {
  saveSetup(options, setup);
  const type = eventTypes[setup.status];
  const reference = setup.metadata['reference'] ?? setup.id;
  if (type) emitSetup(options, reference, type, wireSetup(options, setup));
  return setup;
}

/** The card is good: from now on it is the customer's, if there is one. */
export function succeed(options: StripeOptions, setup: SetupIntent): SetupIntent {
  const { customer, payment_method } = setup;
  const method = payment_method === null ? null : findMethod(options, payment_method);
  if (method && customer !== null) saveMethod(options, { ...method, customer });
  return turn(options, { ...setup, status: 'succeeded', last_setup_error: null });
}

/** The card is refused: another one is wanted. */
export function fail(options: StripeOptions, setup: SetupIntent, error: Complaint): SetupIntent {
  const status = 'requires_payment_method';
  return turn(options, { ...setup, status, payment_method: null, last_setup_error: error });
}

/** The payer is asked to prove that the card is his. */
export function askPayer(options: StripeOptions, setup: SetupIntent): SetupIntent {
  return turn(options, { ...setup, status: 'requires_action', last_setup_error: null });
}

/** What he does on his bank's page. */
export function answerBank(
  options: StripeOptions,
  setup: SetupIntent,
  choice: 'authenticate' | 'decline',
): void {
  if (choice === 'authenticate') succeed(options, setup);
  else fail(options, setup, notAuthenticatedSetup);
}

const notAuthenticatedSetup: Complaint = {
  ...notAuthenticated,
  code: 'setup_intent_authentication_failure',
};

/** It is wanted no more. */
export function cancelSetup(
  options: StripeOptions,
  setup: SetupIntent,
  reason: string | null,
): SetupIntent {
  return turn(options, { ...setup, status: 'canceled', cancellation_reason: reason });
}

/**
 * A SetupIntent as Stripe shows it (docs.stripe.com/api/setup_intents).
 *
 * @param expand `payment_method` shows it instead of its number
 */
export function wireSetup(
  options: StripeOptions,
  setup: SetupIntent,
  expand: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const { payment_method: number } = setup;
  const method =
    number !== null && expand.includes('payment_method') ? findMethod(options, number) : null;
  return {
    id: setup.id,
    object: 'setup_intent',
    application: null,
    automatic_payment_methods: null,
    cancellation_reason: setup.cancellation_reason,
    client_secret: setup.client_secret,
    created: Math.floor(setup.created_at / 1_000),
    customer: setup.customer,
    description: setup.description,
    flow_directions: null,
    last_setup_error: setup.last_setup_error,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: setup.metadata,
    next_action: nextAction(options, setup),
    on_behalf_of: null,
    payment_method: method ? wireMethod(method) : number,
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: setup.status,
    usage: setup.usage,
  };
}

function nextAction({ origin }: StripeOptions, setup: SetupIntent): object | null {
  const { id, status, client_secret, return_url } = setup;
  if (status !== 'requires_action') return null;
  const url = `${origin}/${pages.card.path}/${id}?client_secret=${client_secret}`;
  return { type: 'redirect_to_url', redirect_to_url: { url, return_url } };
}
