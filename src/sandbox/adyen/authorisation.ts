import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { captureItself, planCaptureItself } from './capture.ts';
import { tellAuthorisation, tellExpiry, tellOfferClosed } from './notification.ts';
import {
  type AdyenOptions,
  findPayment,
  isHeld,
  leftOf,
  type Payment,
  paymentsOf,
  savePayment,
} from './payment.ts';
import { cancelled, type Refusal } from './refusal.ts';
import { planReports } from './settlement.ts';
import { channel } from './wording.ts';

/** A payment is asked for: it is in the books before anything comes of it. */
export function begin(options: AdyenOptions, payment: Payment): Transaction {
  planReports(options, payment.created_at);
  return savePayment(options.books, payment);
}

/** What the merchant asks for is authorised; a second time under one number is held against him. */
export function authorise(options: AdyenOptions, payment: Payment): Transaction {
  violateIfCharged(options, payment);
  return succeed(options, payment);
}

/**
 * The issuer is good for it, whoever asked: the money is held, and taken when the merchant wants it to be by itself.
 *
 * @returns the order after it
 */
export function succeed(options: AdyenOptions, payment: Payment): Transaction {
  const now = clock.now();
  const authorised: Payment = {
    ...payment,
    status: 'authorised',
    refusal: null,
    settles_at: null,
    authorised_at: now,
    hold_ends_at: now + options.holdMs,
    hold_ended: null,
  };
  savePayment(options.books, authorised);
  tellAuthorisation(options, authorised);
  if (payment.capture_delay_h === 0) return captureItself(options, authorised);
  planHold(options, authorised);
  return savePayment(options.books, authorised);
}

/** The issuer, or the payer, would not. */
export function refuse(options: AdyenOptions, payment: Payment, refusal: Refusal): Transaction {
  const refused: Payment = { ...payment, status: 'refused', refusal, settles_at: null };
  const after = savePayment(options.books, refused);
  tellAuthorisation(options, refused);
  return after;
}

/** The payer is sent to his bank; nothing is charged before he is back and the merchant says so. */
export function redirect(options: AdyenOptions, payment: Payment): Transaction {
  const settles_at = clock.now() + options.offerMs;
  const redirected: Payment = { ...payment, status: 'redirected', settles_at };
  planOffer(options, redirected);
  return savePayment(options.books, redirected);
}

/** The payer has proved to be the card's holder, or has not: the merchant is not told before he asks. */
export function challenged(
  { books }: AdyenOptions,
  payment: Payment,
  challenge: NonNullable<Payment['challenge']>,
): Transaction {
  return savePayment(books, { ...payment, challenge });
}

/** The bank takes its time. */
export function takeTime(options: AdyenOptions, payment: Payment): Transaction {
  violateIfCharged(options, payment);
  const settles_at = clock.now() + options.processingMs;
  const pending: Payment = { ...payment, status: 'pending', settles_at };
  planSettlement(options, pending);
  return savePayment(options.books, pending);
}

/** One number of the merchant is one payment: a second one under it charges the payer twice. */
function violateIfCharged({ books }: AdyenOptions, { psp_reference, reference }: Payment): void {
  const transaction = books.find(channel, reference);
  const others = (transaction ? paymentsOf(transaction) : []).filter(
    (one) => one.psp_reference !== psp_reference,
  );
  const other = others.find(({ status }) => status === 'pending' || status === 'authorised');
  if (other)
    books.violate(channel, reference, 'reference_charged_twice', `${other.psp_reference}, and now ${psp_reference}`); // prettier-ignore
}

/** Plans again what an earlier run, or this one, still has to end: holds, and what the bank took its time for. */
export function planEnd(options: AdyenOptions, payment: Payment): void {
  if (isHeld(payment)) planHold(options, payment);
  if (payment.status === 'pending') planSettlement(options, payment);
  if (payment.status === 'redirected') planOffer(options, payment);
}

function planHold(options: AdyenOptions, payment: Payment): void {
  const { agenda, books } = options;
  planCaptureItself(options, payment);
  agenda.at(`${channel} hold ${payment.psp_reference}`, payment.hold_ends_at ?? 0, () => {
    const held = findPayment(books, payment.psp_reference);
    if (held && isHeld(held)) books.atomically(() => expire(options, held));
  });
}

function expire(options: AdyenOptions, held: Payment): void {
  savePayment(options.books, { ...held, hold_ended: 'expired' });
  tellExpiry(options, held, leftOf(held));
}

function planSettlement(options: AdyenOptions, { psp_reference, settles_at }: Payment): void {
  const { agenda, books } = options;
  agenda.at(`${channel} pending ${psp_reference}`, settles_at ?? 0, () => {
    const payment = findPayment(books, psp_reference);
    if (payment?.status === 'pending') books.atomically(() => authorise(options, payment));
  });
}

/** A payer who has not come back in time comes back to nothing. */
function planOffer(options: AdyenOptions, { psp_reference, settles_at }: Payment): void {
  const { agenda, books } = options;
  agenda.at(`${channel} offer ${psp_reference}`, settles_at ?? 0, () => {
    const payment = findPayment(books, psp_reference);
    if (payment?.status === 'redirected') books.atomically(() => closeOffer(options, payment));
  });
}

function closeOffer(options: AdyenOptions, payment: Payment): void {
  savePayment(options.books, { ...payment, status: 'cancelled', refusal: cancelled });
  tellOfferClosed(options, payment);
}
