import type { Acted, PayerAction } from '../channel.ts';
import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { planUnasked, unaskedFrom } from '../unasked.ts';
import { authorise, challenged, refuse, succeed } from './authorisation.ts';
import {
  type AdyenOptions,
  findPayment,
  isAsked,
  type Payment,
  paymentsOf,
  savePayment,
  shownState,
} from './payment.ts';
import { freshReference } from './psp-reference.ts';
import { returnUrl } from './redirect.ts';
import { returnRefund } from './refund.ts';
import { notAuthenticated, type Refusal, refusalCodes, refusalOf } from './refusal.ts';

/** The payer's browser does not come back to the merchant. */
const neverReturns = 'never_returns';

/**
 * The payer acts. On the page of his bank he proves to be the card's holder (`authenticate`, `pay`) or fails to
 * (`decline`, for the reason of a `refusalReasonCode`), and his browser comes back to the merchant, who then has to
 * ask for the money; with the reason `never_returns` it does not. What is pending is paid or declined at once. What is
 * over refuses every act with 409, unless it is forced; whose merchant does not ask, he pays by force a moment later.
 */
export function act(options: AdyenOptions, transaction: Transaction, asked: PayerAction): Acted {
  const payments = paymentsOf(transaction);
  const payment =
    payments.find((one) => isAsked(one) || one.status === 'pending') ?? payments.at(-1);
  if (!payment) throw new Error(`${transaction.reference} has no payment`);
  switch (asked.action) {
    case 'pay':
    case 'authenticate':
      return pay(options, transaction, payment, asked);
    case 'decline':
      return decline(options, transaction, payment, asked);
    case 'abandon':
      return unlessOver(payment, asked) ?? { transaction };
    case 'bounce_refund':
      return bounceRefund(options, transaction, asked);
    case 'dispute':
    case 'resolve_dispute':
      return { status: 400, error: `adyen takes no ${asked.action}` };
  }
}

function unlessOver(payment: Payment, { force }: PayerAction): Acted | null {
  const state = shownState(payment);
  return state === 'created' || force ? null : { status: 409, error: `the order is ${state}` };
}

function pay(
  options: AdyenOptions,
  transaction: Transaction,
  payment: Payment,
  asked: PayerAction,
): Acted {
  const { action, force, reason } = asked;
  if (reason !== undefined && reason !== neverReturns)
    return { status: 400, error: `reason: known: ${neverReturns}` };
  const over = unlessOver(payment, asked);
  if (over) return over;
  if (shownState(payment) !== 'created') return { transaction: payAgain(options, payment) };
  const forced = force && payment.status === 'redirected' ? payUnasked(options, payment) : payment;
  if (isAsked(forced)) return proved(options, forced, 'passed', reason);
  if (action === 'pay' && payment.status === 'pending')
    return { transaction: authorise(options, payment) };
  if (force && payment.status === 'redirected') return { transaction };
  return { status: 409, error: `nobody asks for authentication: ${payment.status}` };
}

/** Adyen is never told that a redirect was given up: whoever does not ask for the money does not want it. */
function payUnasked(options: AdyenOptions, payment: Payment): Payment {
  const forced = { ...payment, unasked_at: unaskedFrom() };
  planUnaskedPayment(options, forced);
  savePayment(options.books, forced);
  return forced;
}

/** Who was forced to pay does so when his time has come, unless somebody asked or it is over: also after a restart. */
export function planUnaskedPayment(
  options: AdyenOptions,
  { psp_reference, unasked_at }: Payment,
): void {
  planUnasked(options, psp_reference, unasked_at, () => {
    const payment = findPayment(options.books, psp_reference);
    if (payment?.status === 'redirected') payAgain(options, payment);
  });
}

/** The payer is done at his bank, and his browser comes back. */
function proved(
  options: AdyenOptions,
  payment: Payment,
  challenge: 'passed' | Refusal,
  reason: string | undefined,
): Acted {
  const transaction = challenged(options, payment, challenge);
  if (reason !== neverReturns) void comeBack(options, payment);
  return { transaction };
}

/** A browser's visit: nobody listens to what it is shown, and it is not tried again. */
async function comeBack({ books }: AdyenOptions, payment: Payment): Promise<void> {
  await books.kept();
  const init = { redirect: 'manual', signal: AbortSignal.timeout(10_000) } as const;
  await fetch(returnUrl(payment), init).then(
    (response) => response.body?.cancel(),
    () => undefined, // the merchant is away, as he may be
  );
}

/**
 * The money comes although it is over. A payment that has or had money is not charged again: a second one appears with
 * the same reference, as when a merchant's other system had made it.
 */
function payAgain(options: AdyenOptions, payment: Payment): Transaction {
  const fresh = { capture_delay_h: 0, challenge: null, captures: [], cancels: [] } as const;
  if (payment.authorised_at === null) return succeed(options, { ...payment, capture_delay_h: 0 });
  const number = { psp_reference: freshReference(), created_at: clock.now() };
  return succeed(options, { ...payment, ...fresh, ...number });
}

function decline(
  options: AdyenOptions,
  transaction: Transaction,
  payment: Payment,
  asked: PayerAction,
): Acted {
  const { reason = notAuthenticated.code } = asked;
  const refusal = refusalOf(reason === neverReturns ? notAuthenticated.code : reason);
  if (!refusal)
    return { status: 400, error: `reason: known: ${[...refusalCodes, neverReturns].join(', ')}` };
  const over = unlessOver(payment, asked);
  if (over) return over;
  if (isAsked(payment)) return proved(options, payment, refusal, asked.reason);
  if (payment.status !== 'pending') return { transaction };
  return { transaction: refuse(options, payment, refusal) };
}

/** A refund that had succeeded is rejected, or returned by the payer's bank: the reason says which. */
function bounceRefund(
  options: AdyenOptions,
  transaction: Transaction,
  { refund: reference, reason = 'REFUND_FAILED' }: PayerAction,
): Acted {
  if (reason !== 'REFUND_FAILED' && reason !== 'REFUNDED_REVERSED')
    return { status: 400, error: 'reason: known: REFUND_FAILED, REFUNDED_REVERSED' };
  if (reference === undefined) return { status: 400, error: 'refund: which one bounces?' };
  const refund = transaction.refunds.find(
    (one) => one.reference === reference || one.refund_id === reference,
  );
  const payment = refund && findPayment(options.books, refund.transaction_id);
  if (!payment) return { status: 404, error: `unknown refund '${reference}'` };
  if (refund.state !== 'succeeded') return { status: 409, error: `the refund is ${refund.state}` };
  return { transaction: returnRefund(options, payment, refund, reason) };
}
