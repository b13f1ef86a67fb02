import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { z } from 'zod';

import type { Books } from '../books.ts';
import type { Answer } from '../call.ts';
import type { Taking, Transaction } from '../transaction.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { channel, paramError, refusal, shanghai } from './wording.ts';

const native = z.looseObject({
  appid: z.string(),
  mchid: z.literal(keys.mchid),
  description: z.string().min(1).max(127),
  out_trade_no: z.string().regex(/^[0-9A-Za-z_\-|*]{6,32}$/),
  time_expire: z.iso.datetime({ offset: true }).optional(),
  notify_url: z.url().refine((url) => !url.includes('?'), 'a notify_url has no query'),
  attach: z.string().max(128).optional(),
  amount: z.looseObject({ total: z.int().min(1), currency: z.literal('CNY').default('CNY') }),
});

/** What WeChat keeps of an order besides what every channel keeps. */
interface Order {
  /** The request, verbatim. */
  readonly asked: Readonly<Record<string, unknown>>;
  readonly expires_at: string;
  readonly notify_url: string;
  /** What the payer scans. */
  readonly code: string;
  /** Did the merchant ask for it since it was created? A close without that is a violation. */
  readonly queried: boolean;
}

/** WeChat's own part of a transaction. */
export function orderOf(transaction: Transaction): Order {
  return transaction.own as Order;
}

/**
 * `POST /v3/pay/transactions/native` (channels.md 1.4): a new order and the code that the payer scans.
 * The same number with the same fields gives the code again, with any other field it is refused.
 *
 * @param body the request's JSON, kept verbatim
 */
export function create(books: Books, body: unknown): Answer {
  const parsed = native.safeParse(body);
  if (!parsed.success) return paramError(parsed.error);
  const asked = parsed.data;
  if (asked.appid !== keys.appid)
    return refusal(400, 'APPID_MCHID_NOT_MATCH', 'appid和mch_id不匹配');
  const known = books.find(channel, asked.out_trade_no);
  if (known) return again(books, known, body);
  const code = `weixin://wxpay/bizpayurl?pr=${randomBytes(6).toString('base64url')}`;
  const codeLastsMs = 7_200_000;
  books.save({
    channel,
    account: keys.channel_account,
    reference: asked.out_trade_no,
    numbers: [],
    amount: asked.amount.total,
    currency: asked.amount.currency,
    created_at: new Date().toISOString(),
    state: 'created',
    takings: [],
    refunds: [],
    own: {
      asked: body as Record<string, unknown>,
      expires_at: new Date(asked.time_expire ?? Date.now() + codeLastsMs).toISOString(),
      notify_url: asked.notify_url,
      code,
      queried: false,
    } satisfies Order,
  });
  return { status: 200, body: { code_url: code } };
}

function again(books: Books, known: Transaction, body: unknown): Answer {
  if (!isDeepStrictEqual(orderOf(known).asked, body)) {
    const detail = 'out_trade_no was used with other fields';
    books.violate(channel, known.reference, 'same_number_other_fields', detail);
    return refusal(403, 'OUT_TRADE_NO_USED', '商户订单号重复');
  }
  if (known.state === 'paid') return refusal(400, 'ORDERPAID', '订单已支付');
  if (known.state === 'closed') return refusal(400, 'ORDER_CLOSED', '订单已关闭');
  return { status: 200, body: { code_url: orderOf(known).code } };
}

/**
 * A transaction as WeChat shows it; what is absent until paid is absent.
 *
 * @param taking which of its payments: only a payer who was forced pays twice under one number
 */
export function wire(
  transaction: Transaction,
  taking: Taking | undefined = transaction.takings[0],
): Record<string, unknown> {
  const { reference, amount, currency, state } = transaction;
  const { asked } = orderOf(transaction);
  const base = {
    appid: keys.appid,
    mchid: keys.mchid,
    out_trade_no: reference,
    trade_type: 'NATIVE',
    ...(asked['attach'] === undefined ? {} : { attach: asked['attach'] }),
  };
  if (taking) return { ...base, ...paid(transaction, taking) };
  const closed = state === 'closed';
  return {
    ...base,
    trade_state: closed ? 'CLOSED' : 'NOTPAY',
    trade_state_desc: closed ? '订单已关闭' : '订单未支付',
    amount: { total: amount, currency },
  };
}

function paid({ refunds, currency }: Transaction, taking: Taking): Record<string, unknown> {
  const { transaction_id, amount, at } = taking;
  const refunded = refunds.some((refund) => refund.transaction_id === transaction_id);
  return {
    transaction_id,
    trade_state: refunded ? 'REFUND' : 'SUCCESS',
    trade_state_desc: refunded ? '转入退款' : '支付成功',
    bank_type: 'OTHERS',
    success_time: shanghai(at),
    payer: { openid: 'oSandboxPayer0001' },
    amount: { total: amount, payer_total: amount, currency, payer_currency: currency },
  };
}

const unknown = refusal(404, 'ORDER_NOT_EXIST', '订单不存在');

/**
 * `GET …/out-trade-no/{no}`: the order, 404 when there is none.
 *
 * @param reference the merchant's number
 */
export function query(books: Books, reference: string): Answer {
  const transaction = books.find(channel, reference);
  if (!transaction) return unknown;
  const own = orderOf(transaction);
  if (!own.queried) books.save({ ...transaction, own: { ...own, queried: true } });
  return { status: 200, body: wire(transaction) };
}

/**
 * `GET …/id/{transaction_id}`: the paid order, 404 when there is none.
 *
 * @param id WeChat's number
 */
export function queryById(books: Books, id: string): Answer {
  const found = books.findTaking(channel, id);
  return found ? { status: 200, body: wire(found.transaction, found.taking) } : unknown;
}

/**
 * `POST …/close`: 204, also again; a paid order is refused so that the caller asks. To close what one
 * has not asked about is a violation.
 *
 * @param reference the merchant's number
 */
export function close(books: Books, reference: string): Answer {
  const transaction = books.find(channel, reference);
  if (!transaction) return unknown;
  if (transaction.state === 'paid') return refusal(400, 'ORDERPAID', '订单已支付，不能关闭');
  if (!orderOf(transaction).queried)
    books.violate(channel, reference, 'close_without_query', 'closed without a query before it');
  if (transaction.state !== 'closed') books.save({ ...transaction, state: 'closed' });
  return { status: 204, body: null };
}
