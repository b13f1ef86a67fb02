import type { ChannelOptions } from '../channel.ts';
import { clock } from '../clock.ts';
import { closeUnpaid } from './close.ts';
import { orderOf } from './order.ts';
import { barcode } from './product.ts';
import { giveBackAll } from './refund.ts';
import { type Asked, member } from './request.ts';
import { findTrade, orderAbout, statusOf, type Trade } from './trade.ts';
import { channel, failed, type Said, success, tradeNotExist } from './wording.ts';

const withinMs = 24 * 3_600_000;

/**
 * `alipay.trade.cancel`: for unknown outcomes. It closes a trade that waits, gives back the money of one that was
 * paid, and is content with a number that it never heard of (channels.md 2.5). Whoever uses it on a paid order that no
 * barcode made mistakes it for a close: a violation. At a till it follows the last query, and the payer may be faster.
 */
export function cancel(options: ChannelOptions, asked: Asked): Said {
  const known = orderAbout(options.books, asked);
  if (!known) return success({ out_trade_no: member(asked, 'out_trade_no'), retry_flag: 'N' });
  const trade = findTrade(options.books, asked);
  if (!trade) return tradeNotExist;
  const begun = Date.parse(orderOf(known).begun_at ?? known.created_at);
  if (clock.now() - begun > withinMs)
    return failed('ACQ.TRADE_CANCEL_TIME_OUT', '超过撤销时间范围');
  const action = undo(options, trade);
  const { trade_no } = trade;
  return success({ trade_no, out_trade_no: known.reference, retry_flag: 'N', action });
}

function undo(options: ChannelOptions, trade: Trade): 'close' | 'refund' {
  const { transaction, taking } = trade;
  const status = statusOf(trade);
  if (!taking) {
    if (status === 'WAIT_BUYER_PAY') closeUnpaid(options, transaction);
    return 'close';
  }
  if (status === 'TRADE_SUCCESS') {
    const detail = 'a paid order was canceled, which gave its money back';
    const isAtTill = orderOf(transaction).method === barcode;
    if (!isAtTill)
      options.books.violate(channel, transaction.reference, 'cancel_of_paid_order', detail);
    giveBackAll(options, { ...trade, taking });
  }
  return 'refund';
}
