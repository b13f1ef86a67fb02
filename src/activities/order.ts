import { ApplicationFailure } from '@temporalio/common';

import type { CaptureOrder, IncrementOrder, Order } from '../channels/order.ts';
import type { RefundOrder } from '../channels/refund.ts';
import type { Reports } from '../channels/report.ts';
import { whenceOf } from '../domain/browser.ts';
import { incrementOf } from '../domain/increment.ts';
import type { StoredCall } from '../store/operation.ts';
import { openToken } from '../store/sealed-token.ts';
import type { Store } from '../store/store.ts';

/**
 * The attempt as its channel is told of it. Nothing in it comes from "now": a resend says the same, and besides which `calls` were before it.
 *
 * @param return_url where the payer goes back to when the merchant named nothing: Stripe wants an address for 3-D Secure
 */
export function orderOf(
  stored: StoredCall,
  store: Store,
  notify_url: string,
  return_url: string,
): Order {
  const { attempt_id: reference, amount, currency, channel_key, handle } = stored;
  const { capture, method, usage, calls } = stored;
  return {
    method,
    reference,
    amount,
    currency,
    description: shownToPayer(stored),
    expires_at: new Date(Math.ceil(stored.expires_at.getTime() / 1_000) * 1_000).toISOString(),
    notify_url,
    channel_key,
    handle,
    capture,
    usage,
    ...tokenOf(store, stored),
    returned: returnedOf(store, stored),
    return_url: stored.return_url ?? return_url,
    calls,
    reports: reportsOf(stored),
  };
}

function reportsOf({
  reports: names,
  reports_before: before,
  reported_late_ms: late_ms,
}: StoredCall): Reports {
  return { names, before, late_ms };
}

/** The capture that an operation is about. Throws for one that is about none, a bug. */
export function captureOf(stored: StoredCall, order: Order): CaptureOrder {
  const { capture_id, capture_amount, captured, is_final } = stored;
  if (capture_id === null || capture_amount === null || is_final === null)
    throw ApplicationFailure.nonRetryable(`operation ${stored.id} is about no capture`);
  return {
    ...order,
    capture_reference: capture_id,
    capture_amount,
    captured_before: captured,
    is_final,
  };
}

/** The increment that an operation is about. Throws for one that is about none, a bug. */
export function incrementOrderOf(stored: StoredCall, order: Order): IncrementOrder {
  const increment = incrementOf(stored.increments, stored.channel_key);
  if (!increment) throw ApplicationFailure.nonRetryable(`operation ${stored.id} raises nothing`);
  return { ...order, increment_amount: increment.amount };
}

/** What the payer reads; a channel takes no empty text. */
function shownToPayer({ description, order_no }: StoredCall): string {
  return description?.trim() ? description : order_no;
}

/** The refund that an operation is about. Throws for one that is about none, a bug. */
export function refundOf(stored: StoredCall, notify_url: string): RefundOrder {
  const receipt = stored.receipts.find(
    (paid) => paid.channel_reference === stored.receipt_reference,
  );
  const { refund_id, refund_amount, refund_currency } = stored;
  if (!receipt || refund_id === null || refund_amount === null || refund_currency === null) {
    throw ApplicationFailure.nonRetryable(`operation ${stored.id} is about no refund`);
  }
  return {
    method: stored.method,
    reference: refund_id,
    receipt_reference: receipt.channel_reference,
    attempt_reference: stored.attempt_id,
    receipt_amount: receipt.amount,
    amount: refund_amount,
    currency: refund_currency,
    reason: stored.refund_reason?.trim() ? stored.refund_reason : shownToPayer(stored),
    notify_url,
    channel_key: stored.channel_key,
    handle: stored.handle,
    channel_reference: stored.refund_channel_reference,
    calls: stored.calls,
    reports: reportsOf(stored),
  };
}

/** What the payer brought back is for the confirmation that it was planned for, and for no other call. */
function returnedOf({ keyring }: Store, { returned, app_id }: StoredCall): string | null {
  return returned === null ? null : openToken(keyring, returned, app_id);
}

/** Opened for the calls alone that the payer pays by: the others go on where a key is missing. */
function tokenOf(
  { keyring }: Store,
  { verb, token, app_id }: StoredCall,
): Pick<Order, 'token' | 'browser' | 'payer_ip'> {
  if (token === null || (verb !== 'create' && verb !== 'confirm')) return { token: null };
  return whenceOf(openToken(keyring, token, app_id));
}
