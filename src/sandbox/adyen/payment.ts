import type { Books } from '../books.ts';
import type { ChannelOptions } from '../channel.ts';
import type { Taking, Transaction } from '../transaction.ts';
import { adyenKeys as keys } from './keys.ts';
import { isoMinor } from './money.ts';
import type { Refusal } from './refusal.ts';
import { channel } from './wording.ts';

/** What the simulated Adyen works with. Times in milliseconds. */
export interface AdyenOptions extends ChannelOptions {
  /** The merchant's standard webhook: Adyen knows it by account, not by payment. */
  readonly webhookUrl: string;
  /** This server, where the payer finds the page of 3-D Secure and the merchant his reports. */
  readonly origin: string;
  /** The account's capture delay is "manual": what says nothing else is held until it is captured. */
  readonly capturesByHand: boolean;
  /** The account has multiple partial captures; else what the first one leaves over goes back to the payer. */
  readonly capturesInParts: boolean;
  readonly holdMs: number;
  /** Until a pending payment has come to something. */
  readonly processingMs: number;
  /** Until a payment is closed whose payer has not come back. */
  readonly offerMs: number;
  /** Until a capture or a cancel is done. */
  readonly modificationMs: number;
  /** How long an idempotency key is remembered. */
  readonly keyMs: number;
  /** How long a settlement batch lasts. */
  readonly batchMs: number;
}

/** What is asked for of a part of a payment, be it a capture or a refund. */
export interface PartAsked {
  /** On the wire's scale. */
  readonly amount: number;
  /** The merchant's number of it, or null. */
  readonly reference: string | null;
  /** The card scheme will reject it after it has succeeded. */
  readonly bounces: boolean;
}

/** A part of a payment that is taken. Amounts as on the wire. */
export interface Capture {
  readonly psp_reference: string;
  /** The merchant's number of it, or null. */
  readonly reference: string | null;
  readonly amount: number;
  /** `refused`: it never was money; `failed`: it was, until the card scheme rejected it. */
  readonly state: 'received' | 'captured' | 'refused' | 'failed';
  readonly settles_at: number;
  readonly captured_at: number | null;
  readonly failed_at: number | null;
  /** The scheme will reject it after all. */
  readonly bounces: boolean;
}

/** A request to give back what is held, or nothing if nothing is. */
export interface Cancel {
  readonly psp_reference: string;
  readonly reference: string | null;
  readonly event: 'CANCELLATION' | 'CANCEL_OR_REFUND' | 'TECHNICAL_CANCEL';
  readonly settles_at: number;
  readonly is_done: boolean;
}

/** A payment. Times in milliseconds, amounts as on the wire. */
export interface Payment {
  readonly psp_reference: string;
  /** The merchant's number. */
  readonly reference: string;
  readonly created_at: number;
  readonly amount: number;
  readonly currency: string;
  readonly return_url: string;
  /** After how many hours it is captured by itself; null: by hand. */
  readonly capture_delay_h: number | null;
  readonly status: 'redirected' | 'pending' | 'authorised' | 'refused' | 'cancelled';
  /** Why it is refused or cancelled. */
  readonly refusal: Refusal | null;
  /** What the payer did where he was sent; null: nothing yet. */
  readonly challenge: 'passed' | Refusal | null;
  /** When one that waits, for its payer or his bank, comes to something by itself. */
  readonly settles_at: number | null;
  /** When its payer, who was forced, pays also what nobody asks for; left out where he was not. */
  readonly unasked_at?: number;
  readonly authorised_at: number | null;
  /** When what is held goes back by itself. */
  readonly hold_ends_at: number | null;
  /** How the hold ended; null while there is one. */
  readonly hold_ended: 'captured' | 'cancelled' | 'expired' | null;
  readonly captures: readonly Capture[];
  readonly cancels: readonly Cancel[];
}

/** Adyen's own part of a transaction: the payments under one number, oldest first. */
export function paymentsOf(transaction: Transaction): readonly Payment[] {
  return transaction.own as readonly Payment[];
}

/** The payment with this number of Adyen's, or null. */
export function findPayment(books: Books, pspReference: string): Payment | null {
  const transaction = books.findNumber(channel, pspReference);
  const found = transaction && paymentsOf(transaction);
  return found?.find(({ psp_reference }) => psp_reference === pspReference) ?? null;
}

/** The payment as it is now. Throws when the books lost it. */
export function current(books: Books, { psp_reference }: Payment): Payment {
  const payment = findPayment(books, psp_reference);
  if (!payment) throw new Error(`${psp_reference} is gone`);
  return payment;
}

/** The order that a payment belongs to. Throws when the books lost it. */
export function orderOf(books: Books, { reference }: Payment): Transaction {
  const transaction = books.find(channel, reference);
  if (!transaction) throw new Error(`${reference} is gone`);
  return transaction;
}

/** What was taken and not lost again, on the wire's scale. */
export function capturedOf({ captures }: Payment): number {
  return captures.reduce((sum, one) => sum + (one.state === 'captured' ? one.amount : 0), 0);
}

/** What may still be captured: what the scheme rejected does not come back to be captured again. */
export function leftOf(payment: Payment): number {
  if (!isHeld(payment)) return 0;
  const used = payment.captures.filter(({ state }) => state === 'captured' || state === 'failed');
  return used.reduce((left, one) => left - one.amount, payment.amount);
}

/** Is the payer's money held, all of it or what was not captured? */
export function isHeld({ status, hold_ended }: Payment): boolean {
  return status === 'authorised' && hold_ended === null;
}

/** Does the payer's bank wait for him to prove that the card is his? */
export function isAsked({ status, challenge }: Payment): boolean {
  return status === 'redirected' && challenge === null;
}

/**
 * Writes a payment, new or changed, into the books of its order.
 *
 * @returns the order after it
 */
export function savePayment(books: Books, payment: Payment): Transaction {
  const before = books.find(channel, payment.reference);
  const known = before ? paymentsOf(before) : [];
  const isKnown = known.some(({ psp_reference }) => psp_reference === payment.psp_reference);
  const payments = isKnown
    ? known.map((one) => (one.psp_reference === payment.psp_reference ? payment : one))
    : [...known, payment];
  const first = payments[0] ?? payment;
  const after: Transaction = {
    channel,
    account: keys.channel_account,
    reference: payment.reference,
    numbers: payments.map(({ psp_reference }) => psp_reference),
    amount: isoMinor({ currency: first.currency, value: first.amount }),
    currency: first.currency,
    created_at: new Date(first.created_at).toISOString(),
    state: stateOf(payments),
    by_card: true,
    takings: payments.flatMap(takingOf),
    refunds: before?.refunds ?? [],
    own: payments,
  };
  books.save(after);
  return after;
}

/** The captures of one payment are one taking: the payer sees one payment. */
function takingOf(payment: Payment): Taking[] {
  const { psp_reference, currency } = payment;
  const first = payment.captures.find(({ state }) => state === 'captured');
  if (!first) return [];
  const amount = isoMinor({ currency, value: capturedOf(payment) });
  return [{ transaction_id: psp_reference, amount, at: new Date(first.captured_at ?? 0).toISOString() }]; // prettier-ignore
}

/** A number is held as long as any of its payments is, else paid when any is, else as the youngest is. */
function stateOf(payments: readonly Payment[]): Transaction['state'] {
  const states = payments.map(shownState);
  return (
    states.find((state) => state === 'held') ??
    states.find((state) => state === 'paid') ??
    states.at(-1) ??
    'created'
  );
}

/** The state that the contract's books give a payment. */
export function shownState(payment: Payment): Transaction['state'] {
  const { status, challenge } = payment;
  switch (status) {
    case 'redirected':
      return challenge === null || challenge === 'passed' ? 'created' : 'declined';
    case 'pending':
      return 'created';
    case 'refused':
      return 'declined';
    case 'cancelled':
      return 'closed';
    case 'authorised':
      if (isHeld(payment)) return 'held';
      return capturedOf(payment) > 0 ? 'paid' : 'closed';
  }
}
