import { clock } from '../clock.ts';
import { type RefundEntry, type Transaction, withRefund } from '../transaction.ts';
import { isoMinor } from './money.ts';
import { tellRefund } from './notification.ts';
import {
  type AdyenOptions,
  type Cancel,
  capturedOf,
  findPayment,
  orderOf,
  type PartAsked,
  type Payment,
} from './payment.ts';
import { freshReference } from './psp-reference.ts';
import { channel } from './wording.ts';

/** What Adyen keeps of a refund besides what every channel keeps. Amounts as on the wire, times in milliseconds. */
export interface OwnRefund {
  readonly amount: number;
  /** The merchant's number of it, or null. */
  readonly given_reference: string | null;
  readonly settled_at: number | null;
  /** When a succeeded one came back. */
  readonly returned_at: number | null;
}

/**
 * `POST …/refunds`: is only received; whether it can be done shows later, and is told by a notification.
 *
 * @returns Adyen's number of the refund
 */
export function receiveRefund(options: AdyenOptions, payment: Payment, asked: PartAsked): string {
  const refund = made(options, payment, asked, freshReference());
  keep(options, payment, refund);
  planRefund(options, refund);
  return refund.refund_id;
}

function made(
  { refundMs }: AdyenOptions,
  { psp_reference, currency }: Payment,
  { amount, reference, bounces }: PartAsked,
  refund_id: string,
): RefundEntry {
  const now = clock.now();
  const own: OwnRefund = {
    amount,
    given_reference: reference,
    settled_at: null,
    returned_at: null,
  };
  return {
    reference: reference ?? refund_id,
    refund_id,
    transaction_id: psp_reference,
    amount: isoMinor({ currency, value: amount }),
    created_at: new Date(now).toISOString(),
    settles_at: now + refundMs,
    bounces,
    state: 'processing',
    own,
  };
}

function ownOf({ own }: RefundEntry): OwnRefund {
  return own as OwnRefund;
}

function keep({ books }: AdyenOptions, payment: Payment, refund: RefundEntry): void {
  books.save(withRefund(orderOf(books, payment), refund));
}

/** Plans what a refund still has to come to: done or not, and rejected by the scheme after all. */
export function planRefund(options: AdyenOptions, refund: RefundEntry): void {
  const { agenda, books, refundMs } = options;
  const { refund_id, state, settles_at, bounces } = refund;
  const name = `${channel} refund ${refund_id}`;
  const then = (act: (payment: Payment, refund: RefundEntry) => void) => () => {
    const one = books.findRefund(channel, refund_id)?.refund;
    const payment = one?.state === state && findPayment(books, one.transaction_id);
    if (payment) books.atomically(() => act(payment, one));
  };
  if (state === 'processing')
    agenda.at(name, settles_at, then((payment, one) => settle(options, payment, one))); // prettier-ignore
  if (state === 'succeeded' && bounces)
    agenda.at(name, settles_at + refundMs, then((payment, one) => returnRefund(options, payment, one))); // prettier-ignore
}

function settle(options: AdyenOptions, payment: Payment, refund: RefundEntry): void {
  const why = impossible(options, payment, refund);
  const now = clock.now();
  const state = why === '' ? 'succeeded' : 'failed';
  const settled: RefundEntry = { ...refund, state, own: { ...ownOf(refund), settled_at: now } };
  keep(options, payment, settled);
  planRefund(options, settled);
  tellRefund(options, payment, settled, 'REFUND', why);
}

/** Why it cannot be done, or ''. */
function impossible(options: AdyenOptions, payment: Payment, refund: RefundEntry): string {
  const captured = capturedOf(payment);
  if (captured === 0) return "Transaction hasn't been captured, refund not possible";
  const { amount } = ownOf(refund);
  const left = captured - backOf(options, payment);
  if (amount <= left) return '';
  const detail = `${amount} is more than the ${left} that are left of ${payment.psp_reference}`;
  options.books.violate(channel, payment.reference, 'refund_beyond_captured', detail);
  return 'Insufficient balance on payment';
}

/** What has gone back of a payment. */
function backOf({ books }: AdyenOptions, payment: Payment): number {
  const refunds = orderOf(books, payment).refunds.filter(
    ({ transaction_id, state }) =>
      transaction_id === payment.psp_reference && state === 'succeeded',
  );
  return refunds.reduce((sum, refund) => sum + ownOf(refund).amount, 0);
}

/**
 * A refund that has succeeded does not reach the payer: the money is back with the merchant.
 *
 * @param eventCode `REFUND_FAILED`: the scheme rejects it; `REFUNDED_REVERSED`: the payer's bank returns it
 * @returns the order after it
 */
export function returnRefund(
  options: AdyenOptions,
  payment: Payment,
  refund: RefundEntry,
  eventCode: 'REFUND_FAILED' | 'REFUNDED_REVERSED' = 'REFUND_FAILED',
): Transaction {
  const now = clock.now();
  const returned: RefundEntry = {
    ...refund,
    state: 'failed',
    own: { ...ownOf(refund), returned_at: now },
  };
  keep(options, payment, returned);
  const reason = eventCode === 'REFUND_FAILED' ? 'Refund Failed' : 'Refund returned by the bank';
  tellRefund(options, payment, returned, eventCode, reason);
  return orderOf(options.books, payment);
}

/**
 * A reversal of what was captured: all of it goes back at once, under the reversal's number.
 *
 * @returns why it cannot be done, or ''
 */
export function refundWhole(options: AdyenOptions, payment: Payment, cancel: Cancel): string {
  const asked = { amount: capturedOf(payment), reference: cancel.reference, bounces: false };
  const refund = made(options, payment, asked, cancel.psp_reference);
  const why = impossible(options, payment, refund);
  const now = clock.now();
  const state = why === '' ? 'succeeded' : 'failed';
  keep(options, payment, { ...refund, state, own: { ...ownOf(refund), settled_at: now } });
  return why;
}
