import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { disputed, type RefundEntry, type Transaction, withRefund } from '../transaction.ts';
import { post } from './balance.ts';
import { find } from './balance-transaction.ts';
import { takesNothingBack } from './card.ts';
import { emitRefund } from './event.ts';
import { freshId, type Intent, type StripeOptions } from './intent.ts';
import { isoMinor, wireAmount } from './money.ts';
import type { RefundParameters } from './parameters.ts';
import { findMethod } from './payment-method.ts';
import { type OwnRefund, wireIntent, wireRefund } from './wire.ts';
import { channel, invalid, unexpectedState } from './wording.ts';

/**
 * `POST /v1/refunds`: a part or all of what a PaymentIntent has captured, never more. It is `pending` at
 * first and settles later.
 *
 * @param known the PaymentIntent
 * @param asked the parameters
 * @param bounces this one will turn out to be undeliverable
 */
export function refund(
  options: StripeOptions,
  known: Intent,
  asked: RefundParameters,
  bounces: boolean,
): Answer {
  if (known.taken_at === null) {
    const message = `This PaymentIntent (${known.id}) does not have a successful charge to refund.`;
    return unexpectedState(message, wireIntent(options, known));
  }
  const [left, unrefunded] = [leftOf(options, known), unrefundedOf(options, known)];
  const amount = asked.amount ?? left;
  if (left < unrefunded && (left === 0 || (amount > left && amount <= unrefunded)))
    return chargedBack(known);
  if (left === 0 || amount > left) return beyond(options, known, amount, left);
  const comesBack = bounces || isClosed(options, known);
  return { status: 200, body: wireRefund(accept(options, known, { ...asked, amount }, comesBack)) };
}

function isClosed(options: StripeOptions, { payment_method: id }: Intent): boolean {
  return id !== null && findMethod(options, id)?.token === takesNothingBack;
}

function refundsOf({ books }: StripeOptions, { id, reference }: Intent): readonly RefundEntry[] {
  const all = books.find(channel, reference)?.refunds ?? [];
  return all.filter((refund) => refund.transaction_id === id);
}

function unrefundedOf(options: StripeOptions, known: Intent): number {
  const living = refundsOf(options, known).filter(({ state }) => state !== 'failed');
  return living.reduce((rest, { own }) => rest - (own as OwnRefund).amount, known.amount_received);
}

/** What the payer has neither got back, nor has his bank asked for it. Amounts as on the wire. */
export function leftOf(options: StripeOptions, known: Intent): number {
  const transaction = options.books.find(channel, known.reference);
  const asked = transaction ? disputed(transaction, known.id) : 0;
  return unrefundedOf(options, known) - wireAmount(asked, known.currency);
}

/** What the payer's bank has taken back cannot be given back besides (docs.stripe.com/error-codes, charge_disputed). */
function chargedBack({ charge }: Intent): Answer {
  return invalid(`Charge ${charge?.id ?? ''} has been charged back; cannot issue a refund.`, {
    code: 'charge_disputed',
  });
}

function beyond({ books }: StripeOptions, known: Intent, amount: number, left: number): Answer {
  const detail = `${amount} is more than the ${left} that are left of ${known.id}`;
  books.violate(channel, known.reference, 'refund_beyond_captured', detail);
  if (left === 0)
    return invalid(`Charge ${known.charge?.id ?? ''} has already been refunded.`, {
      code: 'charge_already_refunded',
    });
  return invalid(`Refund amount ${detail}`, { param: 'amount' });
}

function accept(
  options: StripeOptions,
  known: Intent,
  asked: RefundParameters & { amount: number },
  bounces: boolean,
): RefundEntry {
  const { amount, reason = null, metadata } = asked;
  const { currency, charge } = known;
  const refund_id = freshId('re');
  const reference = metadata['reference'] ?? refund_id;
  const moved = post(options, {
    type: known.payment_method_type === 'card' ? 'refund' : 'payment_refund',
    source: refund_id,
    references: [known.reference, reference],
    amount: -amount,
    fee: 0,
    currency,
  });
  const own: OwnRefund = {
    amount,
    currency,
    charge: charge?.id ?? null,
    reason,
    metadata,
    balance_transaction: moved.id,
    failure_balance_transaction: null,
  };
  const refund: RefundEntry = {
    reference,
    refund_id,
    transaction_id: known.id,
    amount: isoMinor(amount, currency),
    created_at: new Date(clock.now()).toISOString(),
    settles_at: clock.now() + options.refundMs,
    bounces,
    state: 'processing',
    own,
  };
  keep(options, refund);
  plan(options, refund);
  return refund;
}

/** Writes a refund, new or changed, into the books of its order. */
function keep({ books }: StripeOptions, refund: RefundEntry): Transaction {
  const transaction = books.findNumber(channel, refund.transaction_id);
  if (!transaction) throw new Error(`${refund.transaction_id} is gone`);
  const after = withRefund(transaction, refund);
  books.save(after);
  return after;
}

/** Plans the refunds again that an earlier run still had to settle. */
export function resumeRefunds(options: StripeOptions): void {
  for (const { channel: of, refunds } of options.books.transactions.values())
    if (of === channel)
      for (const refund of refunds) if (refund.state === 'processing') plan(options, refund);
}

function plan(options: StripeOptions, { refund_id, settles_at }: RefundEntry): void {
  const { agenda, books } = options;
  agenda.at(`${channel} refund ${refund_id}`, settles_at, () => {
    const refund = books.findRefund(channel, refund_id)?.refund;
    if (refund)
      books.atomically(() => settle(options, refund, refund.bounces ? 'failed' : 'succeeded'));
  });
}

/**
 * A refund turns out to be delivered or undeliverable; the merchant is called back.
 *
 * @returns the order after it
 */
export function settle(
  options: StripeOptions,
  refund: RefundEntry,
  state: 'succeeded' | 'failed',
): Transaction {
  const settled = state === 'failed' ? returned(options, refund) : { ...refund, state };
  const after = keep(options, settled);
  emitRefund(options, settled);
  return after;
}

/** What the bank would not have is the merchant's again. */
function returned(options: StripeOptions, refund: RefundEntry): RefundEntry {
  const own = refund.own as OwnRefund;
  const { amount, currency, balance_transaction } = own;
  const out = find(options.books, balance_transaction);
  const moved = post(options, {
    type: out?.type === 'payment_refund' ? 'payment_failure_refund' : 'refund_failure',
    source: refund.refund_id,
    references: out?.references ?? [],
    amount,
    fee: 0,
    currency,
  });
  const back: OwnRefund = { ...own, failure_balance_transaction: moved.id };
  return { ...refund, state: 'failed', own: back };
}
