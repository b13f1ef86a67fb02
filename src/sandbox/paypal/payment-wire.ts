import type { RefundEntry, Transaction } from '../transaction.ts';
import { money, step } from './money.ts';
import { type Capture, claimedOf, type Order, type PaypalOptions } from './order.ts';
import { link, present, type Wire, wireTime } from './resource.ts';
import { channel } from './wording.ts';

/** What PayPal keeps of a refund besides what every channel keeps. */
export interface OwnRefund {
  readonly capture_id: string;
  readonly currency: string;
  readonly invoice_id: string | null;
  readonly custom_id: string | null;
  readonly note_to_payer: string | null;
  readonly updated_at: number;
  /** PayPal made it, and no merchant. */
  readonly is_reversal?: true;
}

/** The hold of an order. */
export function wireAuthorization({ origin }: PaypalOptions, order: Order): Wire {
  const { authorization, amount, currency, custom_id, invoice_id, id: order_id } = order;
  if (!authorization) throw new Error(`${order_id} has no authorization`);
  const { id, created_at, updated_at, expires_at } = authorization;
  const path = `/v2/payments/authorizations/${id}`;
  return {
    id,
    status: authorizationStatus(order),
    amount: money(amount, currency),
    ...present({ invoice_id, custom_id }),
    seller_protection: protection,
    supplementary_data: { related_ids: { order_id } },
    expiration_time: wireTime(expires_at),
    create_time: wireTime(created_at),
    update_time: wireTime(updated_at),
    links: [
      link(origin, path, 'self'),
      link(origin, `${path}/capture`, 'capture', 'POST'),
      link(origin, `${path}/void`, 'void', 'POST'),
      link(origin, `/v2/checkout/orders/${order_id}`, 'up'),
    ],
  };
}

function authorizationStatus(order: Order): string {
  const ended = order.authorization?.ended ?? null;
  if (ended === 'captured') return 'CAPTURED';
  if (ended !== null) return 'VOIDED';
  return claimedOf(order) > 0 ? 'PARTIALLY_CAPTURED' : 'CREATED';
}

const protection = {
  status: 'ELIGIBLE',
  dispute_categories: ['ITEM_NOT_RECEIVED', 'UNAUTHORIZED_TRANSACTION'],
};

/** A capture of an order. */
export function wireCapture(options: PaypalOptions, order: Order, capture: Capture): Wire {
  const { origin } = options;
  const { currency, custom_id, authorization, id: order_id } = order;
  const { id, amount, reason, final: final_capture, created_at, updated_at } = capture;
  const invoice_id = capture.invoice_id ?? order.invoice_id;
  const authorization_id = authorization?.id ?? null;
  const up = authorization
    ? `/v2/payments/authorizations/${authorization.id}`
    : `/v2/checkout/orders/${order_id}`;
  const isDone = capture.status === 'COMPLETED';
  return {
    id,
    status: captureStatus(options, order, capture),
    ...(isDone || reason === null ? {} : { status_details: { reason } }),
    amount: money(amount, currency),
    final_capture,
    ...present({ invoice_id, custom_id }),
    seller_protection: protection,
    ...(isDone ? { seller_receivable_breakdown: breakdown(amount, currency) } : {}),
    supplementary_data: { related_ids: { order_id, ...present({ authorization_id }) } },
    create_time: wireTime(created_at),
    update_time: wireTime(updated_at),
    links: [
      link(origin, `/v2/payments/captures/${id}`, 'self'),
      link(origin, `/v2/payments/captures/${id}/refund`, 'refund', 'POST'),
      link(origin, up, 'up'),
    ],
  };
}

/** What was refunded shows in the status once the money is back. */
export function captureStatus({ books }: PaypalOptions, order: Order, capture: Capture): string {
  if (capture.status !== 'COMPLETED') return capture.status;
  const back = refundsOf(books.find(channel, order.reference), capture)
    .filter(({ state }) => state === 'succeeded')
    .reduce((sum, { amount }) => sum + amount, 0);
  if (back === 0) return 'COMPLETED';
  return back < capture.amount ? 'PARTIALLY_REFUNDED' : 'REFUNDED';
}

/** The refunds of one capture. */
export function refundsOf(
  transaction: Transaction | undefined,
  { id }: Pick<Capture, 'id'>,
): readonly RefundEntry[] {
  const all = transaction?.refunds ?? [];
  return all.filter(({ own }) => (own as OwnRefund).capture_id === id);
}

/** The fee is 3.49 %, in whole units of the wire. */
export function feeOf(amount: number, currency: string): number {
  const unit = step(currency);
  return Math.floor((amount * 0.0349) / unit) * unit;
}

function breakdown(amount: number, currency: string): Wire {
  const fee = feeOf(amount, currency);
  return {
    gross_amount: money(amount, currency),
    paypal_fee: money(fee, currency),
    net_amount: money(amount - fee, currency),
  };
}

const refundStatuses = { processing: 'PENDING', succeeded: 'COMPLETED', failed: 'FAILED' } as const;

/** A refund as PayPal shows it, with the sum of all that was refunded of its capture so far. */
export function wireRefund({ origin, books }: PaypalOptions, refund: RefundEntry): Wire {
  const { capture_id, currency, invoice_id, custom_id, note_to_payer, updated_at } =
    refund.own as OwnRefund;
  const amount = money(refund.amount, currency);
  const all = refundsOf(books.findRefund(channel, refund.refund_id)?.transaction, {
    id: capture_id,
  });
  const living = all.filter(({ state }) => state !== 'failed');
  const sum = living.reduce((total, one) => total + one.amount, 0);
  return {
    id: refund.refund_id,
    status: refundStatuses[refund.state],
    ...(refund.state === 'succeeded' ? {} : { status_details: { reason: 'ECHECK' } }),
    amount,
    ...present({ invoice_id, custom_id, note_to_payer }),
    seller_payable_breakdown: {
      gross_amount: amount,
      paypal_fee: money(0, currency),
      net_amount: amount,
      total_refunded_amount: money(sum, currency),
    },
    create_time: wireTime(Date.parse(refund.created_at)),
    update_time: wireTime(updated_at),
    links: [
      link(origin, `/v2/payments/refunds/${refund.refund_id}`, 'self'),
      link(origin, `/v2/payments/captures/${capture_id}`, 'up'),
    ],
  };
}
