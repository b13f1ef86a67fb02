import { bounceRefund } from '../bounce.ts';
import type { Acted, PayerAction } from '../channel.ts';
import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { bankReasons, notAuthenticated, refusedByBank } from './card.ts';
import { disputeReasons, end, open } from './dispute.ts';
import { freshId, type Intent, intentsOf, shownState, type StripeOptions } from './intent.ts';
import { isoMinor, isPayable, wireAmount } from './money.ts';
import { authorize, decline, take } from './payment.ts';
import { leftOf, settle } from './refund.ts';

/**
 * The payer of a card acts: he proves to be its holder, or fails to, or pays with a form of his own. What is
 * over refuses every act with 409, unless it is forced.
 */
export function act(options: StripeOptions, transaction: Transaction, asked: PayerAction): Acted {
  const intents = intentsOf(transaction);
  const intent = intents.find(({ status }) => status === 'requires_action') ?? intents.at(-1);
  if (!intent) throw new Error(`${transaction.reference} has no PaymentIntent`);
  switch (asked.action) {
    case 'pay':
    case 'authenticate':
      return pay(options, intent, asked);
    case 'decline':
      return refuse(options, transaction, intent, asked);
    case 'bounce_refund':
      return bounceRefund(
        transaction,
        asked.refund,
        (one, named) => one.reference === named || one.refund_id === named,
        (refund) => settle(options, refund, 'failed'),
      );
    case 'dispute':
      return dispute(options, transaction, asked);
    case 'resolve_dispute':
      return resolveDispute(options, transaction, asked);
    case 'abandon':
      return {
        status: 400,
        error:
          'stripe takes authenticate, decline, pay, bounce_refund, dispute and resolve_dispute',
      };
  }
}

function over(intent: Intent): string | null {
  const state = shownState(intent);
  return state === 'created' ? null : `the order is ${state}`;
}

function pay(options: StripeOptions, intent: Intent, { action, force }: PayerAction): Acted {
  const error = over(intent);
  if (error) return force ? { transaction: payAgain(options, intent) } : { status: 409, error };
  if (action === 'authenticate' && intent.status !== 'requires_action')
    return { status: 409, error: `nobody asks for authentication: ${intent.status}` };
  return { transaction: authorize(options, intent) };
}

/**
 * The money comes although it is over. Under a PaymentIntent that has money already Stripe cannot charge
 * again: a second one appears with the same metadata, as when a merchant's other system had made it.
 */
function payAgain(options: StripeOptions, intent: Intent): Transaction {
  const hasMoney = intent.status === 'requires_capture' || intent.taken_at !== null;
  return take(options, hasMoney ? twin(intent) : intent);
}

function twin(intent: Intent): Intent {
  const id = freshId('pi');
  return {
    ...intent,
    id,
    client_secret: `${id}_secret_${freshId('twin')}`,
    created_at: clock.now(),
    capture_method: 'automatic',
    taken_at: null,
    charge: null,
  };
}

/** Before he was asked for anything there is nothing to refuse: he may try again. */
function refuse(
  options: StripeOptions,
  transaction: Transaction,
  intent: Intent,
  { force, reason }: PayerAction,
): Acted {
  const why = reason === undefined ? notAuthenticated : refusedByBank(reason);
  if (!why) return { status: 400, error: `reason: known: ${bankReasons.join(', ')}` };
  const error = over(intent);
  if (error) return force ? { transaction } : { status: 409, error };
  if (intent.status !== 'requires_action') return { transaction };
  return { transaction: decline(options, intent, why) };
}

/** He tells his bank that the payment was none of his, or that he has nothing for it: of all that he has not got back. */
function dispute(
  options: StripeOptions,
  transaction: Transaction,
  { reason = 'fraudulent', amount }: PayerAction,
): Acted {
  const intent = intentsOf(transaction).findLast(({ taken_at }) => taken_at !== null);
  if (!intent) return { status: 409, error: `the order is ${transaction.state}` };
  if (!(disputeReasons as readonly string[]).includes(reason))
    return { status: 400, error: `reason: known: ${disputeReasons.join(', ')}` };
  const left = leftOf(options, intent);
  if (left === 0) return { status: 409, error: 'he has got all of it back, or asks for it' };
  const asked = amount === undefined ? left : wireAmount(amount, intent.currency);
  if (asked > left || !isPayable(asked, intent.currency))
    return { status: 400, error: `amount: there are ${isoMinor(left, intent.currency)} left` };
  return { transaction: open(options, intent, asked, reason) };
}

/** His bank has decided about his youngest dispute. */
function resolveDispute(
  options: StripeOptions,
  { disputes = [] }: Transaction,
  { reason }: PayerAction,
): Acted {
  if (reason !== 'won' && reason !== 'lost') return { status: 400, error: 'reason: won or lost' };
  const dispute = disputes.findLast(({ state }) => state === 'opened');
  if (!dispute) return { status: 409, error: 'there is no dispute' };
  return { transaction: end(options, dispute, reason) };
}
