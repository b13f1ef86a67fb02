import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { tellCapture } from './notification.ts';
import {
  type AdyenOptions,
  type Capture,
  findPayment,
  isHeld,
  leftOf,
  type PartAsked,
  type Payment,
  savePayment,
} from './payment.ts';
import { freshReference } from './psp-reference.ts';
import { channel } from './wording.ts';

/**
 * `POST …/captures`: is only received; whether it can be done shows later, and is told by a notification.
 *
 * @returns Adyen's number of the capture
 */
export function receiveCapture(options: AdyenOptions, payment: Payment, asked: PartAsked): string {
  const capture: Capture = {
    ...asked,
    psp_reference: freshReference(),
    state: 'received',
    settles_at: clock.now() + options.modificationMs,
    captured_at: null,
    failed_at: null,
  };
  savePayment(options.books, { ...payment, captures: [...payment.captures, capture] });
  planCapture(options, payment, capture);
  return capture.psp_reference;
}

/**
 * All that is left of a hold is taken as the merchant had ordered beforehand; no notification tells of it.
 *
 * @returns the order after it
 */
export function captureItself(options: AdyenOptions, payment: Payment): Transaction {
  const now = clock.now();
  const capture: Capture = {
    psp_reference: freshReference(),
    reference: null,
    amount: leftOf(payment),
    state: 'captured',
    settles_at: now,
    captured_at: now,
    failed_at: null,
    bounces: false,
  };
  const captures = [...payment.captures, capture];
  return savePayment(options.books, { ...payment, captures, hold_ended: 'captured' });
}

/** Plans the capture that the merchant ordered beforehand, if it is not at once. */
export function planCaptureItself(options: AdyenOptions, payment: Payment): void {
  const { psp_reference, authorised_at, capture_delay_h } = payment;
  if (capture_delay_h === null || authorised_at === null) return;
  const { agenda, books } = options;
  agenda.at(`${channel} delay ${psp_reference}`, authorised_at + capture_delay_h * 3_600_000, () => {
    const held = findPayment(books, psp_reference);
    if (held && isHeld(held)) books.atomically(() => captureItself(options, held));
  }); // prettier-ignore
}

/** Plans what a capture still has to come to: done or not, and rejected after all. */
export function planCapture(options: AdyenOptions, payment: Payment, capture: Capture): void {
  const { agenda, books, modificationMs } = options;
  const { psp_reference, state, settles_at, captured_at, bounces } = capture;
  const name = `${channel} capture ${psp_reference}`;
  const then = (act: (payment: Payment, capture: Capture) => void) => () => {
    const known = findPayment(books, payment.psp_reference);
    const one = known?.captures.find((other) => other.psp_reference === psp_reference);
    if (known && one) books.atomically(() => act(known, one));
  };
  if (state === 'received')
    agenda.at(name, settles_at, then((known, one) => settle(options, known, one))); // prettier-ignore
  if (state === 'captured' && bounces && captured_at !== null)
    agenda.at(name, captured_at + modificationMs, then((known, one) => fail(options, known, one))); // prettier-ignore
}

function settle(options: AdyenOptions, payment: Payment, capture: Capture): void {
  const left = leftOf(payment);
  const now = clock.now();
  if (capture.amount > left) {
    const detail = `${capture.amount} is more than the ${left} that ${payment.psp_reference} holds`;
    options.books.violate(channel, payment.reference, 'capture_beyond_held', detail);
    const refused: Capture = { ...capture, state: 'refused' };
    keep(options, payment, refused);
    return tellCapture(options, payment, refused, 'Insufficient balance on payment');
  }
  const captured: Capture = { ...capture, state: 'captured', captured_at: now };
  const isLast = capture.amount === left || !options.capturesInParts;
  keep(options, isLast ? { ...payment, hold_ended: 'captured' } : payment, captured);
  planCapture(options, payment, captured);
  tellCapture(options, payment, captured);
}

/** The scheme rejects what had succeeded: the money does not come. */
function fail(options: AdyenOptions, payment: Payment, capture: Capture): void {
  const failed: Capture = { ...capture, state: 'failed', failed_at: clock.now() };
  keep(options, payment, failed);
  tellCapture(options, payment, failed);
}

function keep({ books }: AdyenOptions, payment: Payment, capture: Capture): void {
  const captures = payment.captures.map((one) =>
    one.psp_reference === capture.psp_reference ? capture : one,
  );
  savePayment(books, { ...payment, captures });
}
