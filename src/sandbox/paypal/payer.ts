import type { Acted, PayerAction } from '../channel.ts';
import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { planUnasked, unaskedFrom } from '../unasked.ts';
import { approve, type Funds, isOpen } from './approval.ts';
import { pendingOf, settleCapture, take, whole } from './capture.ts';
import { disputeReasons, end, open } from './dispute.ts';
import { step } from './money.ts';
import {
  findOrder,
  freshId,
  type Order,
  ordersOf,
  type PaypalOptions,
  saveOrder,
  shownState,
} from './order.ts';
import { claimable } from './refund.ts';
import { channel, type Issue } from './wording.ts';

/** Funds that are good at once. */
export const goodFunds: Funds = { declines: null, pends: null };
/** Funds that no capture will get. */
export const badFunds: Funds = { declines: 'INSTRUMENT_DECLINED', pends: null };

const declineReasons: readonly Issue[] = [
  'INSTRUMENT_DECLINED',
  'PAYER_CANNOT_PAY',
  'PAYER_ACCOUNT_RESTRICTED',
  'PAYER_ACTION_REQUIRED',
  'TRANSACTION_REFUSED',
];
const pendingReasons = [
  'PENDING_REVIEW',
  'ECHECK',
  'UNILATERAL',
  'VERIFICATION_REQUIRED',
  'TRANSACTION_APPROVED_AWAITING_FUNDING',
  'OTHER',
];

/**
 * The payer acts. To `pay` is to approve: the money moves when the merchant captures, and with one of the pending
 * reasons it takes its time even then. To `decline` is to approve with funds that the capture will not get, for
 * the named issue. While a capture is pending, `pay` completes and `decline` denies it. What is over refuses every
 * act with 409, unless it is forced; whose merchant does not capture, he pays by force a moment later.
 */
export function act(options: PaypalOptions, transaction: Transaction, asked: PayerAction): Acted {
  const orders = ordersOf(transaction);
  const order = orders.find(pendingOf) ?? orders.find(isOpen) ?? orders.at(-1);
  if (!order) throw new Error(`${transaction.reference} has no order`);
  switch (asked.action) {
    case 'pay':
      return pay(options, transaction, order, asked);
    case 'decline':
      return decline(options, transaction, order, asked);
    case 'abandon':
      return unlessOver(order, asked, () => transaction) ?? { transaction };
    case 'authenticate':
      return {
        status: 400,
        error: 'paypal takes pay, decline, abandon, dispute and resolve_dispute',
      };
    case 'bounce_refund':
      return { status: 400, error: 'a refund of PayPal that is COMPLETED stays so' };
    case 'dispute':
      return dispute(options, transaction, asked);
    case 'resolve_dispute':
      return resolveDispute(options, transaction, asked);
  }
}

function unlessOver(order: Order, { force }: PayerAction, act: () => Transaction): Acted | null {
  const state = shownState(order);
  if (state === 'created') return { transaction: act() };
  return force ? null : { status: 409, error: `the order is ${state}` };
}

function pay(
  options: PaypalOptions,
  transaction: Transaction,
  order: Order,
  asked: PayerAction,
): Acted {
  const { reason: pends = null } = asked;
  if (pends !== null && !pendingReasons.includes(pends))
    return { status: 400, error: `reason: known: ${pendingReasons.join(', ')}` };
  const pending = pendingOf(order);
  if (pending) return { transaction: settleCapture(options, order, pending, 'COMPLETED') };
  const approved = () =>
    isOpen(order) ? approve(options, order, { declines: null, pends }) : transaction;
  const acted = unlessOver(order, asked, approved);
  if (!acted) return { transaction: payAgain(options, order) };
  return asked.force ? { transaction: payUncaptured(options, order) } : acted;
}

/** PayPal is never told that an order was given up: whoever does not capture it does not want it. */
function payUncaptured(options: PaypalOptions, { id }: Order): Transaction {
  const order = findOrder(options.books, id);
  if (!order) throw new Error(`${id} is gone`);
  const forced = { ...order, unasked_at: unaskedFrom() };
  planUncaptured(options, forced);
  return saveOrder(options.books, forced);
}

/** Who was forced to pay does so when his time has come, unless it was captured or is over: also after a restart. */
export function planUncaptured(options: PaypalOptions, { id, unasked_at }: Order): void {
  planUnasked(options, id, unasked_at, () => {
    const order = findOrder(options.books, id);
    if (order && !pendingOf(order) && shownState(order) === 'created') payAgain(options, order);
  });
}

/**
 * The money comes although it is over, and nobody has captured it. From an order that has money already PayPal
 * cannot take it again: a second one appears with the same numbers, as when a merchant's other system had made it.
 */
function payAgain(options: PaypalOptions, order: Order): Transaction {
  const now = clock.now();
  const fresh = { ...goodFunds, intent: 'CAPTURE', authorization: null, captures: [] } as const;
  const again: Order =
    ['created', 'closed'].includes(shownState(order)) && !order.authorization
      ? { ...order, ...fresh }
      : { ...order, ...fresh, id: freshId(), created_at: now, updated_at: now };
  take(options, again, whole(again));
  const after = options.books.find(channel, order.reference);
  if (!after) throw new Error(`${order.reference} is gone`);
  return after;
}

function decline(
  options: PaypalOptions,
  transaction: Transaction,
  order: Order,
  asked: PayerAction,
): Acted {
  const declines = declineReasons.find((one) => one === (asked.reason ?? badFunds.declines));
  if (!declines) return { status: 400, error: `reason: known: ${declineReasons.join(', ')}` };
  const pending = pendingOf(order);
  if (pending) return { transaction: settleCapture(options, order, pending, 'DECLINED') };
  const refused = () => approve(options, order, { declines, pends: null });
  return unlessOver(order, asked, refused) ?? { transaction };
}

/** He claims a capture back: all that he has not got back of it, unless he says how much. */
function dispute(
  options: PaypalOptions,
  transaction: Transaction,
  { reason = 'UNAUTHORISED', amount }: PayerAction,
): Acted {
  if (!(disputeReasons as readonly string[]).includes(reason))
    return { status: 400, error: `reason: known: ${disputeReasons.join(', ')}` };
  const order = ordersOf(transaction).findLast((one) => claimable(options, one));
  const claim = order && claimable(options, order);
  if (!claim) return { status: 409, error: 'there is nothing that he could claim back' };
  const { capture, left } = claim;
  const asked = amount ?? left;
  if (asked > left || asked % step(order.currency) !== 0)
    return { status: 400, error: `amount: there are ${left} left` };
  return { transaction: open(options, order, capture, asked, reason) };
}

/** PayPal has decided about his youngest dispute. */
function resolveDispute(
  options: PaypalOptions,
  { disputes = [] }: Transaction,
  { reason }: PayerAction,
): Acted {
  if (reason !== 'won' && reason !== 'lost') return { status: 400, error: 'reason: won or lost' };
  const dispute = disputes.findLast(({ state }) => state === 'opened');
  if (!dispute) return { status: 409, error: 'there is no dispute' };
  return { transaction: end(options, dispute, reason) };
}
