import type { ChannelOptions } from '../channel.ts';
import type { Transaction } from '../transaction.ts';
import { closedNotice, notify } from './notice.ts';
import { orderOf } from './order.ts';
import { barcode, qrCode } from './product.ts';
import type { Asked } from './request.ts';
import { findTrade, statusOf } from './trade.ts';
import { channel, failed, type Said, success, tradeNotExist } from './wording.ts';

/**
 * `alipay.trade.close`: only while the trade waits for its payer. To close what one has not asked about is a
 * violation.
 */
export function close(options: ChannelOptions, asked: Asked): Said {
  const trade = findTrade(options.books, asked);
  if (!trade) return tradeNotExist;
  const { transaction, trade_no } = trade;
  if (statusOf(trade) !== 'WAIT_BUYER_PAY')
    return failed('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
  if (!orderOf(transaction).queried) {
    const detail = 'closed without a query before it';
    options.books.violate(channel, transaction.reference, 'close_without_query', detail);
  }
  closeUnpaid(options, transaction);
  return success({ trade_no, out_trade_no: transaction.reference });
}

/** Products of which Alipay tells, by default, that a trade was closed unpaid. */
const toldWhenClosed = [qrCode, barcode];

/** A trade that waits takes no more money, whoever closes it. */
export function closeUnpaid(options: ChannelOptions, transaction: Transaction): void {
  const closed: Transaction = { ...transaction, state: 'closed' };
  options.books.save(closed);
  if (toldWhenClosed.includes(orderOf(closed).method))
    notify(options, closed, closedNotice(closed));
}

/** Alipay closes a trade that was begun and not paid in time; a code that nobody scanned only lapses. */
export function planExpiry(options: ChannelOptions, transaction: Transaction): void {
  const { reference } = transaction;
  const time = Date.parse(orderOf(transaction).expires_at);
  options.agenda.at(`${channel} expiry ${reference}`, time, () => {
    const known = options.books.find(channel, reference);
    if (known?.state === 'created') options.books.atomically(() => closeUnpaid(options, known));
  });
}

/** Plans again what an earlier run still had to close. */
export function resumeExpiries(options: ChannelOptions): void {
  for (const transaction of options.books.transactions.values())
    if (transaction.channel === channel && transaction.state === 'created')
      if (orderOf(transaction).begun_at !== null) planExpiry(options, transaction);
}
