import { z } from 'zod';

import type { ChannelOptions } from '../channel.ts';
import { clock } from '../clock.ts';
import type { FaultName } from '../fault.ts';
import type { RefundEntry, Taking, Transaction } from '../transaction.ts';
import { fen, yuan } from './money.ts';
import { notify, refundNotice } from './notice.ts';
import type { Asked } from './request.ts';
import { buyer, findTrade, givenBack, type Trade } from './trade.ts';
import {
  beijing,
  channel,
  failed,
  invalidParameter,
  type Said,
  success,
  tradeNotExist,
} from './wording.ts';

const refundRequest = z.looseObject({
  refund_amount: z.union([z.string(), z.number()]),
  out_request_no: z.string().min(1).max(64).optional(),
  refund_reason: z.string().max(256).optional(),
});
type RefundRequest = z.infer<typeof refundRequest>;

/** A trade with its money. */
export interface Paid extends Trade {
  readonly taking: Taking;
}

/**
 * `alipay.trade.refund` (channels.md 2.4): the money goes back at once. A number gives back once, which a repeat
 * is told by `fund_change` N; the sum stays within what was paid.
 *
 * @param faults `insufficient_merchant_balance`: a new one finds the merchant without money
 */
export function refund(
  options: ChannelOptions,
  asked: Asked,
  faults: ReadonlySet<FaultName>,
): Said {
  const parsed = refundRequest.safeParse(asked.biz);
  if (!parsed.success) return invalidParameter(parsed.error);
  const amount = fen(parsed.data.refund_amount);
  if (amount === null) return failed('ACQ.INVALID_PARAMETER', '参数无效：refund_amount');
  const found = findTrade(options.books, asked);
  if (!found) return tradeNotExist;
  const trade = refundable(found, asked, amount);
  if (!trade) return failed('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
  const known = trade.transaction.refunds.find(
    ({ reference, transaction_id }) =>
      reference === numberOf(parsed.data, trade) && transaction_id === trade.trade_no,
  );
  if (known) return again(options, trade, known, amount);
  const refused = forbidden(options, trade, parsed.data, amount);
  if (refused) return refused;
  if (faults.has('insufficient_merchant_balance'))
    return failed('ACQ.SELLER_BALANCE_NOT_ENOUGH', '商户余额不足');
  return give(options, trade, parsed.data, amount);
}

/** The refund's number, which is the order's own when the request names none. */
function numberOf({ out_request_no }: RefundRequest, { transaction }: Trade): string {
  return out_request_no ?? transaction.reference;
}

/** The trade with its money; of several under one out_trade_no the one that has the refund, else enough left. */
function refundable(found: Trade, asked: Asked, amount: number): Paid | null {
  const { transaction, trade_no, taking } = found;
  if (asked.biz?.['trade_no'] !== undefined || transaction.takings.length < 2)
    return taking ? { transaction, trade_no, taking } : null;
  const trades = transaction.takings.map((one) => ({
    transaction,
    trade_no: one.transaction_id,
    taking: one,
  }));
  const has = ({ trade_no: number }: Paid) =>
    transaction.refunds.some(
      (one) => one.transaction_id === number && one.reference === asked.biz?.['out_request_no'],
    );
  return trades.find(has) ?? trades.find((one) => left(one) >= amount) ?? trades[0] ?? null;
}

/** What of a trade's money was not given back. */
function left(trade: Paid): number {
  return trade.taking.amount - givenBack(trade);
}

function again({ books }: ChannelOptions, trade: Paid, known: RefundEntry, amount: number): Said {
  if (known.amount === amount) return success({ ...wire(trade, known), fund_change: 'N' });
  const detail = `out_request_no ${known.reference} was used with another amount`;
  books.violate(channel, trade.transaction.reference, 'same_number_other_fields', detail);
  return failed('ACQ.DISCORDANT_REPEAT_REQUEST', '不一致的请求');
}

function forbidden(
  { books }: ChannelOptions,
  trade: Paid,
  asked: RefundRequest,
  amount: number,
): Said | null {
  if (amount > left(trade)) {
    const detail = `${numberOf(asked, trade)}: ${amount} is more than is left`;
    books.violate(channel, trade.transaction.reference, 'refund_beyond_paid', detail);
    return left(trade) === 0
      ? failed('ACQ.TRADE_STATUS_ERROR', '交易状态不合法')
      : failed('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限');
  }
  if (asked.out_request_no === undefined && amount < trade.taking.amount)
    return failed('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限');
  return null;
}

function give(options: ChannelOptions, trade: Paid, asked: RefundRequest, amount: number): Said {
  const { transaction, entry } = giveBack(options, trade, {
    reference: numberOf(asked, trade),
    amount,
  });
  const after = wire({ ...trade, transaction }, entry);
  return success({ ...after, fund_change: 'Y', send_back_fee: yuan(amount) });
}

/** Money goes back to the payer, and the merchant is notified. */
function giveBack(
  options: ChannelOptions,
  trade: Paid,
  { reference, amount }: { readonly reference: string; readonly amount: number },
): { readonly transaction: Transaction; readonly entry: RefundEntry } {
  const now = clock.now();
  const entry: RefundEntry = {
    reference,
    refund_id: `${trade.trade_no}.${reference}`,
    transaction_id: trade.trade_no,
    amount,
    created_at: new Date(now).toISOString(),
    settles_at: now,
    bounces: false,
    state: 'succeeded',
    own: null,
  };
  const transaction = {
    ...trade.transaction,
    refunds: [...trade.transaction.refunds, entry],
  };
  options.books.save(transaction);
  notify(options, transaction, refundNotice(transaction, trade.taking, entry), entry.reference);
  return { transaction, entry };
}

/** All that is left of a trade goes back, under the order's own number. */
export function giveBackAll(options: ChannelOptions, trade: Paid): void {
  const { reference, refunds } = trade.transaction;
  const isUsed = refunds.some((one) => one.reference === reference);
  const own = isUsed ? `${reference}.cancel` : reference;
  giveBack(options, trade, { reference: own, amount: left(trade) });
}

/** `refund_fee` is all that was given back of this trade so far, `send_back_fee` what this very call moved. */
function wire(trade: Paid, entry: RefundEntry): Said {
  return {
    trade_no: trade.trade_no,
    out_trade_no: trade.transaction.reference,
    buyer_logon_id: buyer.logon_id,
    buyer_user_id: buyer.user_id,
    buyer_open_id: buyer.open_id,
    refund_fee: yuan(givenBack(trade)),
    gmt_refund_pay: beijing(entry.created_at),
    send_back_fee: '0.00',
    refund_detail_item_list: [{ fund_channel: 'ALIPAYACCOUNT', amount: yuan(entry.amount) }],
  };
}

/** The refund that a request names, by its number within its trade. */
export function refundAbout(trade: Trade | null, asked: Asked): RefundEntry | undefined {
  const ofTrade = asked.biz?.['trade_no'] === undefined ? null : trade?.trade_no;
  return trade?.transaction.refunds.find(
    ({ reference, transaction_id }) =>
      reference === asked.biz?.['out_request_no'] && transaction_id === (ofTrade ?? transaction_id),
  );
}

/**
 * `alipay.trade.fastpay.refund.query`: 10000 and nothing else when there is no such refund (channels.md 2.4).
 */
export function queryRefund({ books }: ChannelOptions, asked: Asked): Said {
  if (typeof asked.biz?.['out_request_no'] !== 'string')
    return failed('ACQ.INVALID_PARAMETER', '参数无效：out_request_no');
  const trade = findTrade(books, asked);
  if (!trade) return tradeNotExist;
  const entry = refundAbout(trade, asked);
  if (!entry) return success();
  const options = asked.biz['query_options'];
  const dated = Array.isArray(options) && options.includes('gmt_refund_pay');
  return success({
    trade_no: entry.transaction_id,
    out_trade_no: trade.transaction.reference,
    out_request_no: entry.reference,
    total_amount: yuan(trade.transaction.amount),
    refund_amount: yuan(entry.amount),
    refund_status: 'REFUND_SUCCESS',
    ...(dated ? { gmt_refund_pay: beijing(entry.created_at) } : {}),
  });
}
