import type { Books } from '../books.ts';
import { faceBehind } from '../test-card.ts';
import type { RefundEntry } from '../transaction.ts';
import type { Charge, Intent, MethodType, StripeOptions } from './intent.ts';
import type { PaymentMethod } from './payment-method.ts';
import { channel } from './wording.ts';

const seconds = (ms: number) => Math.floor(ms / 1_000);

/** What Stripe keeps of a refund besides what every channel keeps. Amounts as on the wire. */
export interface OwnRefund {
  readonly amount: number;
  readonly currency: string;
  readonly charge: string | null;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly balance_transaction: string;
  /** The money's way back to the merchant, or null unless the refund failed. */
  readonly failure_balance_transaction: string | null;
}

/**
 * A PaymentIntent as Stripe shows it (channels.md 3).
 *
 * @param expand `latest_charge` shows the charge instead of its id
 */
export function wireIntent(
  { books, origin }: StripeOptions,
  intent: Intent,
  expand: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const { id, charge, canceled_at, created_at, payment_method } = intent;
  const expanded = expand.some((name) => name.endsWith('latest_charge'));
  const method = expand.includes('payment_method') ? methodNumbered(books, payment_method) : null;
  return {
    id,
    object: 'payment_intent',
    amount: intent.amount,
    amount_capturable: intent.amount_capturable,
    amount_details: { tip: {} },
    amount_received: intent.amount_received,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: canceled_at === null ? null : seconds(canceled_at),
    cancellation_reason: intent.cancellation_reason,
    capture_method: intent.capture_method,
    client_secret: intent.client_secret,
    confirmation_method: intent.confirmation_method,
    created: seconds(created_at),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    last_payment_error: intent.last_payment_error,
    latest_charge: charge && (expanded ? wireCharge(books, intent, charge) : charge.id),
    livemode: false,
    metadata: intent.metadata,
    next_action: nextAction(intent, origin),
    on_behalf_of: null,
    payment_method: method ?? payment_method,
    payment_method_options: optionsOf(intent),
    payment_method_types: intent.payment_method_types,
    processing: null,
    receipt_email: null,
    setup_future_usage: intent.setup_future_usage,
    shipping: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: intent.status,
    transfer_data: null,
    transfer_group: null,
  };
}

function optionsOf({ payment_method_types, multicapture, incremental }: Intent): object {
  const card = {
    request_three_d_secure: 'automatic',
    ...(multicapture ? { request_multicapture: 'if_available' } : {}),
    ...(incremental ? { request_incremental_authorization: 'if_available' } : {}),
  };
  return Object.fromEntries(
    payment_method_types.map((type) => [type, type === 'card' ? card : {}]),
  );
}

/** Where the payer is sent by a method, and what he does there when he consents. */
export interface Page {
  readonly path: string;
  readonly title: string;
  readonly consent: 'authenticate' | 'pay';
}
export const pages: Readonly<Record<MethodType, Page>> = {
  card: { path: '3d_secure', title: '3-D Secure', consent: 'authenticate' },
  ideal: { path: 'ideal', title: 'iDEAL', consent: 'pay' },
  grabpay: { path: 'grabpay', title: 'GrabPay', consent: 'pay' },
};

function nextAction(
  { id, status, return_url, client_secret, payment_method_type }: Intent,
  origin: string,
): object | null {
  if (status !== 'requires_action') return null;
  const url = `${origin}/${pages[payment_method_type].path}/${id}?client_secret=${client_secret}`;
  return { type: 'redirect_to_url', redirect_to_url: { url, return_url } };
}

/**
 * The charge of a PaymentIntent. When a hold ends says `payment_method_details.card.capture_before`.
 *
 * @param charge the intent's
 */
export function wireCharge(
  books: Books,
  intent: Intent,
  charge: Charge,
): Readonly<Record<string, unknown>> {
  const { id, amount, amount_received, currency, last_payment_error } = intent;
  const { refunds = [], disputes = [] } = books.find(channel, intent.reference) ?? {};
  const amount_refunded = refunds
    .filter((refund) => refund.transaction_id === id && refund.state !== 'failed')
    .reduce((sum, { own }) => sum + (own as OwnRefund).amount, 0);
  const failure = charge.status === 'failed' ? last_payment_error : null;
  return {
    id: charge.id,
    object: 'charge',
    amount,
    amount_captured: amount_received,
    amount_refunded,
    balance_transaction: charge.balance_transaction,
    captured: charge.status === 'succeeded' && intent.taken_at !== null,
    created: seconds(charge.created_at),
    currency,
    customer: null,
    description: intent.description,
    disputed: disputes.some((one) => one.transaction_id === id),
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
    livemode: false,
    metadata: intent.metadata,
    paid: charge.status === 'succeeded',
    payment_intent: id,
    payment_method: intent.payment_method,
    payment_method_details: detailsOf(books, intent, charge),
    refunded: amount_received > 0 && amount_refunded >= amount_received,
    status: charge.status,
  };
}

function detailsOf(books: Books, intent: Intent, charge: Charge): object {
  const { payment_method_type: type } = intent;
  switch (type) {
    case 'card':
      return { card: card(books, intent, charge), type };
    case 'ideal': {
      const account = { iban_last4: '5264', verified_name: 'Jenny Rosen' };
      return { ideal: { bank: 'ing', bic: 'INGBNL2A', ...account }, type };
    }
    case 'grabpay':
      return { grabpay: { transaction_id: `grab_${charge.id}` }, type };
  }
}

function card(books: Books, intent: Intent, { capture_before }: Charge): object {
  const { amount, multicapture } = intent;
  const shown = shownCard(keptMethod(books, intent.payment_method)?.token ?? null);
  return {
    amount_authorized: amount,
    ...shown,
    ...(capture_before === null ? {} : { capture_before }),
    incremental_authorization: { status: canGrow(intent) ? 'available' : 'unavailable' },
    multicapture: { status: multicapture ? 'available' : 'unavailable' },
    network: shown.brand,
  };
}

/** A hold of which a part was captured grows no more (docs.stripe.com/payments/incremental-authorization). */
export function canGrow({ incremental, status, amount_received }: Intent): boolean {
  return incremental && status === 'requires_capture' && amount_received === 0;
}

function methodNumbered(books: Books, id: string | null): object | null {
  const known = keptMethod(books, id);
  return known && wireMethod(known);
}

function keptMethod(books: Books, id: string | null): PaymentMethod | null {
  const known = id === null ? undefined : books.keptObject(channel, id);
  return (known as PaymentMethod | undefined) ?? null;
}

function shownCard(token: string | null) {
  return { country: 'US', exp_month: 12, exp_year: 2034, funding: 'credit', ...faceBehind(token) };
}

/** A payment method as Stripe shows it. */
export function wireMethod({ id, type, token, customer, created_at }: PaymentMethod): object {
  return {
    id,
    object: 'payment_method',
    billing_details: { address: null, email: null, name: null, phone: null },
    [type]: type === 'card' ? shownCard(token) : {},
    created: seconds(created_at),
    customer,
    livemode: false,
    metadata: {},
    type,
  };
}

const refundStatuses = { processing: 'pending', succeeded: 'succeeded', failed: 'failed' } as const;

/** A refund as Stripe shows it. */
export function wireRefund(refund: RefundEntry): Readonly<Record<string, unknown>> {
  const { amount, currency, charge, reason, metadata, balance_transaction } =
    refund.own as OwnRefund;
  const { failure_balance_transaction } = refund.own as OwnRefund;
  return {
    id: refund.refund_id,
    object: 'refund',
    amount,
    balance_transaction,
    charge,
    created: seconds(Date.parse(refund.created_at)),
    currency,
    ...(refund.state === 'failed'
      ? { failure_balance_transaction, failure_reason: 'expired_or_canceled_card' }
      : {}),
    metadata,
    payment_intent: refund.transaction_id,
    reason,
    receipt_number: null,
    status: refundStatuses[refund.state],
  };
}
