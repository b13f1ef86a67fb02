import { randomUUID } from 'node:crypto';

import type { RefundEntry, Taking, Transaction } from '../transaction.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { wire } from './order.ts';

/** What a callback says before it is encrypted and signed: kept as it is, sealed afresh for each try. */
export interface Notice {
  readonly id: string;
  readonly event_type: string;
  readonly original_type: 'transaction' | 'refund';
  readonly resource: Readonly<Record<string, unknown>>;
}

/**
 * A payment that succeeded; failing and closing are not notified (channels.md 1.3).
 *
 * @param taking the payment
 */
export function paymentNotice(transaction: Transaction, taking: Taking): Notice {
  return {
    id: `EV-${randomUUID()}`,
    event_type: 'TRANSACTION.SUCCESS',
    original_type: 'transaction',
    resource: wire(transaction, taking),
  };
}

/**
 * A refund that was delivered, or could not be. The callback says `refund_status`, not `status`.
 *
 * @param wired the refund as a query shows it
 */
export function refundNotice(refund: RefundEntry, wired: Record<string, unknown>): Notice {
  const { status, ...rest } = wired;
  return {
    id: `EV-${randomUUID()}`,
    event_type: refund.state === 'succeeded' ? 'REFUND.SUCCESS' : 'REFUND.ABNORMAL',
    original_type: 'refund',
    resource: { mchid: keys.mchid, ...rest, refund_status: status },
  };
}
