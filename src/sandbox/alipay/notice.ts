import { randomUUID } from 'node:crypto';

import type { ChannelOptions } from '../channel.ts';
import { clock } from '../clock.ts';
import type { RefundEntry, Taking, Transaction } from '../transaction.ts';
import { named } from './certificate.ts';
import { alipayKeys as keys } from './keys.ts';
import { yuan } from './money.ts';
import { orderOf } from './order.ts';
import { buyer, givenBack, statusOf } from './trade.ts';
import { beijing, beijingMs, channel } from './wording.ts';

/** What a notice says before it is dated and signed: kept as it is, sealed afresh for each try. */
export type Notice = Readonly<Record<string, string>>;

/**
 * Tells the merchant, where the order named a notify_url.
 *
 * @param refund the number of the refund that it is about
 */
export function notify(
  { deliverer }: ChannelOptions,
  transaction: Transaction,
  notice: Notice,
  refund: string | null = null,
): void {
  const { notify_url: url } = orderOf(transaction);
  if (url !== null)
    deliverer.enqueue({ channel, reference: transaction.reference, refund, url, notice });
}

/** A payment that succeeded. A trade that waits is not notified (channels.md 2.3). */
export function paymentNotice(transaction: Transaction, taking: Taking): Notice {
  const paid = yuan(taking.amount);
  return {
    ...ofPaid(transaction, taking),
    trade_status: 'TRADE_SUCCESS',
    receipt_amount: paid,
    invoice_amount: paid,
    buyer_pay_amount: paid,
    point_amount: '0.00',
    fund_bill_list: JSON.stringify([{ amount: paid, fundChannel: 'ALIPAYACCOUNT' }]),
  };
}

/**
 * A refund is told as the trade once more: TRADE_SUCCESS while something is left, TRADE_CLOSED when nothing is.
 * `refund_fee` is all that was given back so far; only `out_biz_no` says which refund it is about.
 */
export function refundNotice(
  transaction: Transaction,
  taking: Taking,
  refund: RefundEntry,
): Notice {
  const trade = { transaction, taking, trade_no: taking.transaction_id };
  const trade_status = statusOf(trade);
  return {
    ...ofPaid(transaction, taking),
    trade_status,
    out_biz_no: refund.reference,
    refund_fee: yuan(givenBack(trade)),
    gmt_refund: beijingMs(refund.created_at),
    ...(trade_status === 'TRADE_CLOSED' ? { gmt_close: beijing(refund.created_at) } : {}),
  };
}

/** A trade that was closed before it was paid: TRADE_CLOSED as well, without a word of money. */
export function closedNotice(transaction: Transaction): Notice {
  return {
    ...common(transaction, transaction.numbers.at(-1) ?? ''),
    trade_status: 'TRADE_CLOSED',
    gmt_close: beijing(clock.now()),
  };
}

function ofPaid(transaction: Transaction, { transaction_id, at }: Taking): Notice {
  return { ...common(transaction, transaction_id), gmt_payment: beijing(at) };
}

function common(transaction: Transaction, trade_no: string): Notice {
  const { asked, begun_at, certified = false } = orderOf(transaction);
  const echoed = ['subject', 'body', 'passback_params'].flatMap((name) => {
    const value = asked[name];
    return typeof value === 'string' && value !== '' ? [[name, value] as const] : [];
  });
  return {
    notify_type: 'trade_status_sync',
    notify_id: randomUUID().replaceAll('-', ''),
    app_id: keys.app_id,
    auth_app_id: keys.app_id,
    charset: 'utf-8',
    version: '1.0',
    trade_no,
    out_trade_no: transaction.reference,
    total_amount: yuan(transaction.amount),
    seller_id: keys.seller_id,
    seller_email: 'shop@sandbox.example',
    buyer_id: buyer.user_id,
    buyer_open_id: buyer.open_id,
    buyer_logon_id: buyer.logon_id,
    gmt_create: beijing(begun_at ?? transaction.created_at),
    ...named(certified),
    ...Object.fromEntries(echoed),
  };
}
