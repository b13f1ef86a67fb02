import { clock } from '../clock.ts';
import { tellCancel } from './notification.ts';
import {
  type AdyenOptions,
  type Cancel,
  capturedOf,
  findPayment,
  isHeld,
  type Payment,
  savePayment,
} from './payment.ts';
import { freshReference } from './psp-reference.ts';
import { refundWhole } from './refund.ts';
import { cancelled } from './refusal.ts';
import { channel } from './wording.ts';

/**
 * `POST …/cancels`, `…/reversals` and `/cancels`: is only received; what came of it is told by a notification.
 *
 * @param event which notification tells of it
 * @param reference the merchant's number of the request, or null
 * @returns Adyen's number of it
 */
export function receiveCancel(
  options: AdyenOptions,
  payment: Payment,
  event: Cancel['event'],
  reference: string | null,
): string {
  const cancel: Cancel = {
    psp_reference: freshReference(),
    reference,
    event,
    settles_at: clock.now() + options.modificationMs,
    is_done: false,
  };
  savePayment(options.books, { ...payment, cancels: [...payment.cancels, cancel] });
  planCancel(options, payment, cancel);
  return cancel.psp_reference;
}

/** Plans what a cancel still has to come to. */
export function planCancel(options: AdyenOptions, { psp_reference }: Payment, cancel: Cancel): void {
  if (cancel.is_done) return;
  const { agenda, books } = options;
  agenda.at(`${channel} cancel ${cancel.psp_reference}`, cancel.settles_at, () => {
    const payment = findPayment(books, psp_reference);
    if (payment) books.atomically(() => settle(options, payment, cancel));
  });
} // prettier-ignore

function settle(options: AdyenOptions, before: Payment, cancel: Cancel): void {
  const cancels = before.cancels.map((one) =>
    one.psp_reference === cancel.psp_reference ? { ...one, is_done: true } : one,
  );
  const payment = { ...before, cancels };
  const isWaiting = payment.status === 'redirected' || payment.status === 'pending';
  if (isWaiting) done(options, { ...payment, status: 'cancelled', refusal: cancelled }, cancel);
  else if (isHeld(payment)) done(options, { ...payment, hold_ended: 'cancelled' }, cancel);
  else tooLate(options, payment, cancel);
}

function done(options: AdyenOptions, payment: Payment, cancel: Cancel): void {
  savePayment(options.books, payment);
  tellCancel(options, payment, cancel, '');
}

/** Nothing is held any more. A reversal gives back what was captured; a cancel cannot. */
function tooLate(options: AdyenOptions, payment: Payment, cancel: Cancel): void {
  savePayment(options.books, payment);
  const isCaptured = capturedOf(payment) > 0;
  if (isCaptured && cancel.event === 'CANCEL_OR_REFUND') {
    const why = refundWhole(options, payment, cancel);
    return tellCancel(options, payment, cancel, why, 'refund');
  }
  const why = isCaptured ? 'Transaction has been captured, cancel not possible' : 'Transaction is not authorised'; // prettier-ignore
  tellCancel(options, payment, cancel, why);
}
