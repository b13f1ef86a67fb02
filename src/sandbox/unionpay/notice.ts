import type { ChannelOptions } from '../channel.ts';
import type { RefundEntry, Taking, Transaction } from '../transaction.ts';
import { orderOf } from './order.ts';
import { wirePayment } from './payment-wire.ts';
import { ownOf, wireRefund } from './refund-wire.ts';
import { channel, responded, type ResponseCode, type Said } from './wording.ts';

/** What a notice says before it is signed: kept as it is, sealed afresh for each try. */
export type Notice = Said;

/**
 * Tells of a payment. What failed or lapsed is told to nobody.
 *
 * @param code 00, or A6 where UnionPay's side of it has a flaw
 */
export function notifyPayment(
  { deliverer }: ChannelOptions,
  transaction: Transaction,
  taking: Taking,
  code: ResponseCode,
): void {
  const notice: Notice = { ...wirePayment(transaction, taking), ...responded(code) };
  const url = orderOf(transaction).asked['backUrl'] ?? '';
  deliverer.enqueue({ channel, reference: transaction.reference, refund: null, url, notice });
}

/** Tells of a refund that is done, where the merchant said to whom. */
export function notifyRefund(
  { deliverer }: ChannelOptions,
  { reference }: Transaction,
  refund: RefundEntry,
): void {
  const url = ownOf(refund).asked['backUrl'];
  const notice: Notice = { ...wireRefund(refund), ...responded('00') };
  if (url !== undefined)
    deliverer.enqueue({ channel, reference, refund: refund.reference, url, notice });
}
