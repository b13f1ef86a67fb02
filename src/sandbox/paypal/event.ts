import { randomUUID } from 'node:crypto';

import { clock } from '../clock.ts';
import type { DisputeEntry, RefundEntry } from '../transaction.ts';
import { type OwnDispute, wireDispute } from './dispute-wire.ts';
import { findCapture, freshId, type Order, orderOf, type PaypalOptions } from './order.ts';
import { type OwnRefund, wireAuthorization, wireCapture, wireRefund } from './payment-wire.ts';
import type { Wire } from './resource.ts';
import { wireOrder } from './wire.ts';
import { channel } from './wording.ts';

/** A webhook before it is signed: kept as it is, signed afresh for each try. */
export interface Notice {
  readonly transmission_id: string;
  readonly event: Wire & { readonly resource: Wire };
}

/**
 * What the merchant's webhook is subscribed to: what decides, and no more, so that a fault on callbacks strikes
 * what decides. `CHECKOUT.ORDER.COMPLETED` says nothing of the money, and of a refund that failed PayPal says
 * nothing at all.
 */
const summaries = {
  'CHECKOUT.ORDER.APPROVED': 'An order has been approved by buyer',
  'PAYMENT.AUTHORIZATION.CREATED': 'A successful payment authorization was created',
  'PAYMENT.AUTHORIZATION.VOIDED': 'A payment authorization was voided',
  'PAYMENT.CAPTURE.COMPLETED': 'Payment completed',
  'PAYMENT.CAPTURE.PENDING': 'Payment pending',
  'PAYMENT.CAPTURE.DENIED': 'Payment denied',
  'PAYMENT.CAPTURE.REFUNDED': 'A refund was made',
  'PAYMENT.CAPTURE.REVERSED': 'A capture payment was reversed',
  'CUSTOMER.DISPUTE.CREATED': 'A new dispute opened with a transaction',
  'CUSTOMER.DISPUTE.UPDATED': 'A dispute was updated',
  'CUSTOMER.DISPUTE.RESOLVED': 'A dispute was resolved',
} as const;
type EventType = keyof typeof summaries;

/** The payer has approved. */
export function tellApproved(options: PaypalOptions, order: Order): void {
  emit(options, order, 'CHECKOUT.ORDER.APPROVED', 'checkout-order', wireOrder(options, order));
}

/** A hold has begun, or is over and has given back what was left of it. */
export function tellAuthorization(options: PaypalOptions, order: Order): void {
  const type =
    order.authorization?.ended === null
      ? 'PAYMENT.AUTHORIZATION.CREATED'
      : 'PAYMENT.AUTHORIZATION.VOIDED';
  emit(options, order, type, 'authorization', wireAuthorization(options, order));
}

const ofCaptures = {
  COMPLETED: 'PAYMENT.CAPTURE.COMPLETED',
  PENDING: 'PAYMENT.CAPTURE.PENDING',
  DECLINED: 'PAYMENT.CAPTURE.DENIED',
} as const;

/** A capture was made, or has turned out to be money or none. */
export function tellCapture(options: PaypalOptions, captureId: string): void {
  const found = findCapture(options.books, captureId);
  if (!found) throw new Error(`${captureId} is gone`);
  const { order, capture } = found;
  emit(options, order, ofCaptures[capture.status], 'capture', wireCapture(options, order, capture));
}

/** A refund has come back to the payer. */
export function tellRefunded(options: PaypalOptions, refund: RefundEntry): void {
  tellBack(options, refund, 'PAYMENT.CAPTURE.REFUNDED');
}

/** PayPal itself has given the payer his money back. */
export function tellReversed(options: PaypalOptions, reversal: RefundEntry): void {
  tellBack(options, reversal, 'PAYMENT.CAPTURE.REVERSED');
}

function tellBack(options: PaypalOptions, refund: RefundEntry, type: EventType): void {
  const found = findCapture(options.books, (refund.own as OwnRefund).capture_id);
  if (!found) throw new Error(`${refund.refund_id} gives back nothing`);
  const resource = wireRefund(options, refund);
  emit(options, found.order, type, 'refund', resource, refund);
}

/** A buyer has complained, or of his complaint something has come. */
export function tellDispute(
  options: PaypalOptions,
  dispute: DisputeEntry,
  type: `CUSTOMER.DISPUTE.${'CREATED' | 'UPDATED' | 'RESOLVED'}`,
): void {
  const order = orderOf(options.books, (dispute.own as OwnDispute).capture_id);
  if (!order) throw new Error(`${dispute.reference} is about nothing`);
  emit(options, order, type, 'dispute', wireDispute(options, dispute));
}

function emit(
  { deliverer, webhookUrl, origin }: PaypalOptions,
  { reference }: Order,
  event_type: EventType,
  resource_type: string,
  resource: Wire,
  refund: RefundEntry | null = null,
): void {
  const id = `WH-${freshId()}-${freshId()}`;
  const self = `${origin}/v1/notifications/webhooks-events/${id}`;
  const event = {
    id,
    event_version: '1.0',
    create_time: new Date(clock.now()).toISOString(),
    resource_type,
    resource_version: '2.0',
    event_type,
    summary: summaries[event_type],
    resource,
    links: [{ href: self, rel: 'self', method: 'GET' }],
  };
  const notice: Notice = { transmission_id: randomUUID(), event };
  const about = { reference, refund: refund?.reference ?? null };
  deliverer.enqueue({ channel, ...about, url: webhookUrl, notice });
}
