import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { postCharge } from './balance.ts';
import { notAuthenticated } from './card.ts';
import { emitExpiry, turn } from './event.ts';
import {
  type Charge,
  findIntent,
  freshId,
  type Intent,
  intentsOf,
  type StripeOptions,
} from './intent.ts';
import { afterPayment } from './payment-method.ts';
import { channel, type Complaint } from './wording.ts';

const noMoreToDo = { settles_at: null, last_payment_error: null } as const;

/** The card is good for it: the money is taken, or held until it is captured. */
export function authorize(options: StripeOptions, intent: Intent): Transaction {
  violateIfCharged(options, intent);
  afterPayment(options, intent);
  return intent.capture_method === 'manual' ? hold(options, intent) : take(options, intent);
}

function hold(options: StripeOptions, intent: Intent): Transaction {
  const capture_before = Math.ceil((clock.now() + options.holdMs) / 1_000);
  const held: Intent = {
    ...intent,
    ...noMoreToDo,
    status: 'requires_capture',
    amount_capturable: intent.amount,
    charge: chargeOf(intent, 'succeeded', capture_before),
  };
  planExpiry(options, held);
  return turn(options, held);
}

/** The payer's money is taken, whatever was said before. */
export function take(options: StripeOptions, intent: Intent): Transaction {
  const charge = chargeOf(intent, 'succeeded', null);
  const moved = postCharge(options, intent, charge.id, intent.amount);
  return turn(options, {
    ...intent,
    ...noMoreToDo,
    status: 'succeeded',
    amount_capturable: 0,
    amount_received: intent.amount,
    taken_at: intent.taken_at ?? clock.now(),
    canceled_at: null,
    cancellation_reason: null,
    charge: { ...charge, balance_transaction: moved.id },
  });
}

/** The card is refused: the PaymentIntent wants another one. */
export function decline(options: StripeOptions, intent: Intent, error: Complaint): Transaction {
  const charge = chargeOf(intent, 'failed', null);
  return turn(options, {
    ...intent,
    settles_at: null,
    status: 'requires_payment_method',
    last_payment_error: error === notAuthenticated ? error : { ...error, charge: charge.id },
    payment_method: null,
    charge,
  });
}

/** The payer is asked to prove that the card is his. */
export function askPayer(options: StripeOptions, intent: Intent): Transaction {
  return turn(options, { ...intent, ...noMoreToDo, status: 'requires_action' });
}

/** The bank takes its time. */
export function takeTime(options: StripeOptions, intent: Intent): Transaction {
  violateIfCharged(options, intent);
  const processing: Intent = {
    ...intent,
    ...noMoreToDo,
    status: 'processing',
    settles_at: clock.now() + options.processingMs,
    charge: chargeOf(intent, 'pending', null),
  };
  planSettlement(options, processing);
  return turn(options, processing);
}

/** A hold gives back what was not captured; what was captured is the whole payment. */
export function release(
  options: StripeOptions,
  intent: Intent,
  cancellation_reason: string | null,
): Transaction {
  if (intent.amount_received > 0)
    return turn(options, { ...intent, status: 'succeeded', amount_capturable: 0 });
  return turn(options, {
    ...intent,
    settles_at: null,
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: clock.now(),
    cancellation_reason,
  });
}

/** The charge goes on under its number until it has failed; the next try is another one. */
function chargeOf(
  { charge }: Intent,
  status: Charge['status'],
  capture_before: number | null,
): Charge {
  const lives = charge?.status === 'pending' || charge?.status === 'succeeded';
  const begun = lives ? charge : { id: freshId('ch'), created_at: clock.now() };
  const balance_transaction = lives ? charge.balance_transaction : null;
  return { ...begun, status, capture_before, balance_transaction };
}

const charging: readonly Intent['status'][] = ['processing', 'requires_capture', 'succeeded'];

/** One number of the merchant is one payment: a second PaymentIntent under it charges the payer twice. */
function violateIfCharged({ books }: StripeOptions, { id, reference }: Intent): void {
  const transaction = books.find(channel, reference);
  const other = (transaction ? intentsOf(transaction) : []).find(
    (one) => one.id !== id && charging.includes(one.status),
  );
  if (other)
    books.violate(channel, reference, 'reference_charged_twice', `${other.id}, and now ${id}`);
}

/** Plans again what an earlier run still had to end: holds, and what the bank took its time for. */
export function resumePayments(options: StripeOptions): void {
  for (const transaction of options.books.transactions.values()) {
    if (transaction.channel !== channel) continue;
    for (const intent of intentsOf(transaction)) {
      if (intent.status === 'requires_capture') planExpiry(options, intent);
      if (intent.status === 'processing') planSettlement(options, intent);
    }
  }
}

function planExpiry(options: StripeOptions, { id, charge }: Intent): void {
  plan(options, `hold ${id}`, (charge?.capture_before ?? 0) * 1_000, () => {
    const intent = findIntent(options.books, id);
    if (intent?.status !== 'requires_capture') return;
    emitExpiry(options, intent);
    release(options, intent, 'automatic');
  });
}

function planSettlement(options: StripeOptions, { id, settles_at }: Intent): void {
  plan(options, `processing ${id}`, settles_at ?? 0, () => {
    const intent = findIntent(options.books, id);
    if (intent?.status === 'processing') authorize(options, intent);
  });
}

function plan({ agenda, books }: StripeOptions, name: string, time: number, act: () => void): void {
  agenda.at(`${channel} ${name}`, time, () => books.atomically(act));
}
