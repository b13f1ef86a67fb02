import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import type { Books } from '../books.ts';
import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { isCertified } from './certificate.ts';
import { alipayKeys as keys } from './keys.ts';
import { barcode, type OrderRequest, requestOf } from './product.ts';
import type { Asked } from './request.ts';
import { channel, failed, fromBeijing, invalidParameter, type Said, success } from './wording.ts';

/** What Alipay keeps of an order besides what every channel keeps. */
export interface Order {
  /** How it is to be paid: the method that made it. */
  readonly method: string;
  /** The biz_content, verbatim. */
  readonly asked: Readonly<Record<string, unknown>>;
  /** No notices without. */
  readonly notify_url: string | null;
  readonly return_url: string | null;
  /** Was it ordered in certificate mode? Then its notices name the certificate that they are signed by. */
  readonly certified?: boolean;
  readonly expires_at: string;
  /** What the payer scans, or what proves that a page is his. */
  readonly code: string;
  /** Since when there is a trade: the payer scanned the code or logged in. Null: nobody did. */
  readonly begun_at: string | null;
  /** Did the merchant ask for it? A close without that is a violation. */
  readonly queried: boolean;
}

/** Alipay's own part of a transaction. */
export function orderOf(transaction: Transaction): Order {
  return transaction.own as Order;
}

/** The order with this changed. */
export function withOrder(transaction: Transaction, changed: Partial<Order>): Transaction {
  return { ...transaction, own: { ...orderOf(transaction), ...changed } satisfies Order };
}

/**
 * The order that a request asks for: a new one, or the one of that number, so that a repeat changes nothing. The
 * same number with any other field is refused.
 *
 * @param lastsMs how long it can be paid when the request does not say
 */
export function ordered(
  books: Books,
  asked: Asked,
  lastsMs: number,
): { readonly transaction: Transaction } | { readonly refused: Said } {
  const parsed = requestOf(asked.method).safeParse(asked.biz);
  if (!parsed.success) return { refused: invalidParameter(parsed.error) };
  const known = books.find(channel, parsed.data.out_trade_no);
  if (known) return again(books, known, asked);
  const transaction = made(asked, parsed.data, lastsMs);
  books.save(transaction);
  return { transaction };
}

function made(asked: Asked, order: OrderRequest, lastsMs: number): Transaction {
  const { parameters, method, biz } = asked;
  return {
    channel,
    account: keys.channel_account,
    reference: order.out_trade_no,
    numbers: [],
    amount: order.total_amount,
    currency: 'CNY',
    created_at: new Date(clock.now()).toISOString(),
    state: 'created',
    takings: [],
    refunds: [],
    own: {
      method,
      asked: biz ?? {},
      notify_url: parameters.get('notify_url') || null,
      return_url: parameters.get('return_url') || null,
      certified: isCertified(parameters),
      expires_at: new Date(endOf(order, lastsMs)).toISOString(),
      code: randomBytes(12).toString('hex'),
      begun_at: null,
      queried: false,
    } satisfies Order,
  };
}

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function endOf({ time_expire, timeout_express }: OrderRequest, lastsMs: number): number {
  if (time_expire !== undefined) return fromBeijing(time_expire);
  if (timeout_express === undefined) return clock.now() + lastsMs;
  return clock.now() + parseInt(timeout_express) * (unitsMs[timeout_express.slice(-1)] ?? 0);
}

function again(books: Books, known: Transaction, asked: Asked): ReturnType<typeof ordered> {
  const { method, asked: before, notify_url, return_url } = orderOf(known);
  const now = [
    asked.method,
    asked.biz,
    asked.parameters.get('notify_url') || null,
    asked.parameters.get('return_url') || null,
  ];
  if (!isDeepStrictEqual([method, before, notify_url, return_url], now)) {
    const detail = 'out_trade_no was used with other fields';
    books.violate(channel, known.reference, 'same_number_other_fields', detail);
    return { refused: failed('ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改') };
  }
  if (known.state === 'paid' && method !== barcode)
    return { refused: failed('ACQ.TRADE_HAS_SUCCESS', '交易已被支付') };
  if (known.state === 'closed') return { refused: failed('ACQ.TRADE_HAS_CLOSE', '交易已经关闭') };
  return { transaction: known };
}

/** Is the payer's time over? */
export function hasExpired(transaction: Transaction): boolean {
  return clock.now() > Date.parse(orderOf(transaction).expires_at);
}

/**
 * `alipay.trade.precreate`: a code to scan. There is no trade before somebody has scanned it.
 *
 * @param asked the request; the code is good for two hours when it does not say
 */
export function precreate(books: Books, asked: Asked): Said {
  const result = ordered(books, asked, 7_200_000);
  if ('refused' in result) return result.refused;
  const { transaction } = result;
  const qr_code = `https://qr.alipay.com/bax${orderOf(transaction).code}`;
  return success({ out_trade_no: transaction.reference, qr_code });
}
