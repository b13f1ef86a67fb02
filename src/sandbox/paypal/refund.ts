import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { type RefundEntry, withRefund } from '../transaction.ts';
import type { OwnDispute } from './dispute-wire.ts';
import { tellRefunded } from './event.ts';
import { type Capture, freshId, type Order, type PaypalOptions, takingId } from './order.ts';
import type { RefundRequest } from './parameters.ts';
import { type OwnRefund, refundsOf } from './payment-wire.ts';
import { channel, unprocessable } from './wording.ts';

/** What is asked for: an amount in minor units, or all that is left. */
export interface RefundAsked {
  readonly amount: number | null;
  readonly given: RefundRequest;
  /** This one will turn out to be undeliverable. */
  readonly bounces: boolean;
  /** The merchant has no money for it now. */
  readonly lacksFunds: boolean;
}

/**
 * `POST /v2/payments/captures/{id}/refund`: a part or all of a capture, never more. It is `PENDING` at first and
 * settles later, as one that goes back to a bank.
 */
export function refund(
  options: PaypalOptions,
  { order, capture }: { readonly order: Order; readonly capture: Capture },
  asked: RefundAsked,
): { readonly refused: Answer } | { readonly refund: RefundEntry } {
  if (capture.status === 'PENDING') return { refused: unprocessable('PENDING_CAPTURE') };
  if (capture.status === 'DECLINED') return { refused: unprocessable('REFUND_NOT_ALLOWED') };
  const left = leftOf(options, order, capture);
  const amount = asked.amount ?? left;
  if (left === 0 || amount > left)
    return { refused: beyond(options, order, capture, amount, left) };
  if (amount > undisputedOf(options, order, capture))
    return { refused: unprocessable('TRANSACTION_DISPUTED') };
  if (asked.lacksFunds) return { refused: unprocessable('REFUND_FAILED_INSUFFICIENT_FUNDS') };
  return { refund: accept(options, order, capture, { ...asked, amount }) };
}

/** The youngest of an order that still has something of its payer's, and how much of it he may claim. */
export function claimable(
  options: PaypalOptions,
  order: Order,
): { readonly capture: Capture; readonly left: number } | null {
  for (const capture of order.captures.toReversed()) {
    const left = capture.status === 'COMPLETED' ? undisputedOf(options, order, capture) : 0;
    if (left > 0) return { capture, left };
  }
  return null;
}

function undisputedOf(options: PaypalOptions, order: Order, capture: Capture): number {
  const disputes = options.books.find(channel, order.reference)?.disputes ?? [];
  const own = disputes.filter(
    (one) => one.state !== 'won' && (one.own as OwnDispute).capture_id === capture.id,
  );
  return own.reduce((rest, one) => rest - one.amount, leftOf(options, order, capture));
}

/** What of a capture its payer has not got back, nor is getting. */
export function leftOf({ books }: PaypalOptions, { reference }: Order, capture: Capture): number {
  const living = refundsOf(books.find(channel, reference), capture).filter(
    ({ state }) => state !== 'failed',
  );
  return living.reduce((rest, { amount }) => rest - amount, capture.amount);
}

function beyond(
  { books }: PaypalOptions,
  { reference }: Order,
  { id }: Capture,
  amount: number,
  left: number,
): Answer {
  const detail = `${amount} is more than the ${left} that are left of ${id}`;
  books.violate(channel, reference, 'refund_beyond_captured', detail);
  return unprocessable(left === 0 ? 'CAPTURE_FULLY_REFUNDED' : 'REFUND_AMOUNT_EXCEEDED');
}

function accept(
  options: PaypalOptions,
  order: Order,
  capture: Capture,
  { amount, given, bounces }: RefundAsked & { readonly amount: number },
): RefundEntry {
  const { invoice_id = null, custom_id = null, note_to_payer = null } = given;
  const refund_id = freshId();
  const now = clock.now();
  const own: OwnRefund = {
    capture_id: capture.id,
    currency: order.currency,
    invoice_id: invoice_id ?? order.invoice_id,
    custom_id: custom_id ?? order.custom_id,
    note_to_payer,
    updated_at: now,
  };
  const entry: RefundEntry = {
    reference: custom_id ?? invoice_id ?? refund_id,
    refund_id,
    transaction_id: takingId(order, capture),
    amount,
    created_at: new Date(now).toISOString(),
    settles_at: now + options.refundMs,
    bounces,
    state: 'processing',
    own,
  };
  keep(options, order.reference, entry);
  plan(options, entry);
  return entry;
}

/** Writes a refund, new or changed, into the books of its order. */
function keep({ books }: PaypalOptions, reference: string, refund: RefundEntry): void {
  const transaction = books.find(channel, reference);
  if (!transaction) throw new Error(`${reference} is gone`);
  books.save(withRefund(transaction, refund));
}

/** Plans a refund that an earlier run, or this one, still has to settle. */
export function plan(options: PaypalOptions, { refund_id, settles_at }: RefundEntry): void {
  const { agenda, books } = options;
  agenda.at(`${channel} refund ${refund_id}`, settles_at, () => {
    const found = books.findRefund(channel, refund_id);
    if (found?.refund.state === 'processing')
      books.atomically(() => settle(options, found.transaction.reference, found.refund));
  });
}

/** Delivered, or undeliverable: of the latter PayPal tells only whoever asks. */
function settle(options: PaypalOptions, reference: string, refund: RefundEntry): void {
  const own = { ...(refund.own as OwnRefund), updated_at: clock.now() };
  const settled = { ...refund, own, state: refund.bounces ? 'failed' : 'succeeded' } as const;
  keep(options, reference, settled);
  if (settled.state === 'succeeded') tellRefunded(options, settled);
}
