import { randomUUID } from 'node:crypto';

import type { ChannelOptions } from '../channel.ts';
import type { RefundEntry, Taking, Transaction } from '../transaction.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { orderOf } from './order.ts';
import { ownOf } from './refund-wire.ts';
import { wire } from './trade.ts';
import { channel } from './wording.ts';

/** What a callback says before it is encrypted and signed: kept as it is, sealed afresh for each try. */
export interface Notice {
  readonly id: string;
  readonly event_type: string;
  readonly original_type: 'transaction' | 'refund';
  readonly resource: Readonly<Record<string, unknown>>;
  /** The name of the key that signs it. */
  readonly serial?: string;
}

/**
 * Tells of a payment that succeeded; failing and closing are not notified (channels.md 1.3).
 *
 * @param taking the payment
 */
export function notifyPayment(
  { deliverer }: ChannelOptions,
  transaction: Transaction,
  taking: Taking,
): void {
  const { notify_url: url, serial } = orderOf(transaction);
  const notice: Notice = {
    id: `EV-${randomUUID()}`,
    event_type: 'TRANSACTION.SUCCESS',
    original_type: 'transaction',
    resource: wire(transaction, taking),
    serial,
  };
  if (url !== null)
    deliverer.enqueue({ channel, reference: transaction.reference, refund: null, url, notice });
}

/**
 * Tells of a refund that was delivered, could not be, or was closed. The callback says `refund_status`, not `status`.
 *
 * @param wired the refund as a query shows it
 */
export function notifyRefund(
  { deliverer }: ChannelOptions,
  { reference }: Transaction,
  refund: RefundEntry,
  wired: Readonly<Record<string, unknown>>,
): void {
  const { notify_url: url, serial } = ownOf(refund);
  const { status, ...rest } = wired;
  const notice: Notice = {
    id: `EV-${randomUUID()}`,
    event_type: `REFUND.${String(status)}`,
    original_type: 'refund',
    resource: { mchid: keys.mchid, ...rest, refund_status: status },
    serial,
  };
  if (url !== null)
    deliverer.enqueue({ channel, reference, refund: refund.reference, url, notice });
}
