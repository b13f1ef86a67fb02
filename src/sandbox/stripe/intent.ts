import { randomBytes } from 'node:crypto';

import type { Books } from '../books.ts';
import type { ChannelOptions } from '../channel.ts';
import type { Taking, Transaction } from '../transaction.ts';
import { stripeKeys as keys } from './keys.ts';
import { isoMinor } from './money.ts';
import { channel, type Complaint } from './wording.ts';

/** What the simulated Stripe works with. */
export interface StripeOptions extends ChannelOptions {
  /** The merchant's webhook endpoint: Stripe knows one per account, not one per order. */
  readonly webhookUrl: string;
  /** Where the payer finds his bank's page: this server. */
  readonly origin: string;
  readonly holdMs: number;
  readonly processingMs: number;
  /** How long an idempotency key is remembered. */
  readonly keyMs: number;
}

/** The payment methods that are played: cards, and pages of the payer's bank and of his wallet. */
export const methodTypes = ['card', 'ideal', 'grabpay'] as const;
export type MethodType = (typeof methodTypes)[number];

/** The payment method's part of a PaymentIntent: one charge, whether it came to money or not. */
export interface Charge {
  readonly id: string;
  readonly created_at: number;
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** When the hold ends by itself, in unix seconds; null when the money is not held but taken. */
  readonly capture_before: number | null;
  /** Of the last money that came by it, or null while none has. */
  readonly balance_transaction: string | null;
}

/** A PaymentIntent. Times in milliseconds, amounts as on the wire. */
export interface Intent {
  readonly id: string;
  readonly client_secret: string;
  /** The merchant's number, `metadata[reference]`; who gives none is known by Stripe's. */
  readonly reference: string;
  readonly created_at: number;
  readonly amount: number;
  readonly currency: string;
  readonly capture_method: 'automatic' | 'automatic_async' | 'manual';
  readonly confirmation_method: string;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly payment_method_types: readonly MethodType[];
  /** What it is paid with, by its number. */
  readonly payment_method: string | null;
  /** Of which kind that is, or was when it was refused. */
  readonly payment_method_type: MethodType;
  readonly customer: string | null;
  /** The payer has agreed that it is used again. */
  readonly setup_future_usage: 'on_session' | 'off_session' | null;
  /** May a hold be captured in parts? */
  readonly multicapture: boolean;
  /** May a hold be made to hold more? */
  readonly incremental: boolean;
  /** How often that was tried, declines included. */
  readonly increments: number;
  readonly return_url: string | null;
  readonly status:
    | 'requires_payment_method'
    | 'requires_confirmation'
    | 'requires_action'
    | 'processing'
    | 'requires_capture'
    | 'succeeded'
    | 'canceled';
  readonly last_payment_error: Complaint | null;
  readonly amount_capturable: number;
  readonly amount_received: number;
  /** When money was taken first. */
  readonly taken_at: number | null;
  /** When `processing` ends by itself. */
  readonly settles_at: number | null;
  readonly canceled_at: number | null;
  readonly cancellation_reason: string | null;
  readonly charge: Charge | null;
}

/** Stripe's own part of a transaction: the PaymentIntents under one number, oldest first. */
export function intentsOf(transaction: Transaction): readonly Intent[] {
  return transaction.own as readonly Intent[];
}

/** A number as Stripe makes them. */
export function freshId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

/** The PaymentIntent with this id and its order, or null. */
export function findIntent(books: Books, id: string): Intent | null {
  const transaction = books.findNumber(channel, id);
  return (transaction && intentsOf(transaction).find((one) => one.id === id)) ?? null;
}

/**
 * Writes a PaymentIntent, new or changed, into the books of its order.
 *
 * @returns the order after it
 */
export function saveIntent(books: Books, intent: Intent): Transaction {
  const before = books.find(channel, intent.reference);
  const known = before ? intentsOf(before) : [];
  const intents = known.some((one) => one.id === intent.id)
    ? known.map((one) => (one.id === intent.id ? intent : one))
    : [...known, intent];
  const first = intents[0] ?? intent;
  const after: Transaction = {
    channel,
    account: keys.channel_account,
    reference: intent.reference,
    numbers: intents.map(({ id }) => id),
    amount: isoMinor(first.amount, first.currency),
    currency: first.currency.toUpperCase(),
    created_at: new Date(first.created_at).toISOString(),
    state: stateOf(intents),
    by_card: intents.at(-1)?.payment_method_type === 'card',
    takings: intents.flatMap(takingOf),
    refunds: before?.refunds ?? [],
    ...(before?.disputes && { disputes: before.disputes }),
    own: intents,
  };
  books.save(after);
  return after;
}

/** The captures of one PaymentIntent are one taking: the payer sees one payment. */
function takingOf({ id, amount_received, currency, taken_at }: Intent): Taking[] {
  if (taken_at === null) return [];
  const at = new Date(taken_at).toISOString();
  return [{ transaction_id: id, amount: isoMinor(amount_received, currency), at }];
}

/** A number is held as long as any of its PaymentIntents is, else paid when any is, else as the youngest is. */
function stateOf(intents: readonly Intent[]): Transaction['state'] {
  const states = intents.map(shownState);
  return (
    states.find((state) => state === 'held') ??
    states.find((state) => state === 'paid') ??
    states.at(-1) ??
    'created'
  );
}

/** The state that the contract's books give a PaymentIntent. */
export function shownState({ status, last_payment_error }: Intent): Transaction['state'] {
  switch (status) {
    case 'requires_payment_method':
      return last_payment_error ? 'declined' : 'created';
    case 'requires_confirmation':
    case 'requires_action':
    case 'processing':
      return 'created';
    case 'requires_capture':
      return 'held';
    case 'succeeded':
      return 'paid';
    case 'canceled':
      return 'closed';
  }
}
