import { randomBytes, randomInt } from 'node:crypto';

import { z } from 'zod';

import { type Books, captured, type RefundEntry, type Transaction } from '../books.ts';
import { wechatPayKeys as keys } from './keys.ts';

export const channel = 'wechat-pay';

/** An answer of the channel: a status and a JSON body, or none. */
export interface Answer {
  readonly status: number;
  readonly body: object | null;
}

export function refusal(status: number, code: string, message: string): Answer {
  return { status, body: { code, message } };
}

const time = z.iso.datetime({ offset: true });

const native = z.object({
  appid: z.literal(keys.appid),
  mchid: z.literal(keys.mchid),
  description: z.string().min(1).max(127),
  out_trade_no: z.string().regex(/^[0-9A-Za-z_\-|*]{6,32}$/),
  time_expire: time.optional(),
  notify_url: z.url().refine((url) => !url.includes('?')),
  attach: z.string().max(128).optional(),
  amount: z.object({ total: z.int().min(1), currency: z.literal('CNY').default('CNY') }),
});

/** WeChat's clock says +08:00. */
export function shanghai(at: number | string): string {
  return `${new Date(new Date(at).getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}

/** POST /v3/pay/transactions/native (channels.md 1.4). */
export function create(books: Books, body: unknown): Answer {
  const parsed = native.safeParse(body);
  if (!parsed.success)
    return refusal(
      400,
      'PARAM_ERROR',
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    );
  const asked = parsed.data;
  const known = books.find(channel, asked.out_trade_no);
  if (known) return again(books, known, asked);
  const code = `weixin://wxpay/bizpayurl?pr=${randomBytes(6).toString('base64url')}`;
  const transaction: Transaction = {
    channel,
    account: keys.channel_account,
    reference: asked.out_trade_no,
    asked,
    amount: asked.amount.total,
    currency: asked.amount.currency,
    expires_at: new Date(asked.time_expire ?? Date.now() + 7_200_000).toISOString(),
    notify_url: asked.notify_url,
    handle: code,
    created_at: new Date().toISOString(),
    state: 'created',
    queried: false,
    takings: [],
    refunds: [],
  };
  books.save(transaction);
  return { status: 200, body: { code_url: code } };
}

/** The same number: the same order gives the code again, another one is refused. */
function again(books: Books, known: Transaction, asked: z.infer<typeof native>): Answer {
  if (JSON.stringify(known.asked) !== JSON.stringify(asked)) {
    books.violate(
      channel,
      known.reference,
      'same_number_other_fields',
      'out_trade_no was used with other fields',
    );
    return refusal(403, 'OUT_TRADE_NO_USED', '商户订单号重复');
  }
  if (known.state === 'paid') return refusal(400, 'ORDERPAID', '订单已支付');
  if (known.state === 'closed') return refusal(400, 'ORDER_CLOSED', '订单已关闭');
  return { status: 200, body: { code_url: known.handle } };
}

/** A transaction as WeChat shows it; what is absent until paid is absent. */
export function wire(
  transaction: Transaction,
  taking = transaction.takings[0],
): Record<string, unknown> {
  const base = {
    appid: keys.appid,
    mchid: keys.mchid,
    out_trade_no: transaction.reference,
    amount: { total: transaction.amount, currency: transaction.currency },
  };
  if (!taking) {
    const trade_state = transaction.state === 'closed' ? 'CLOSED' : 'NOTPAY';
    return {
      ...base,
      trade_type: 'NATIVE',
      trade_state,
      trade_state_desc: trade_state === 'CLOSED' ? '订单已关闭' : '订单未支付',
    };
  }
  return {
    ...base,
    transaction_id: taking.transaction_id,
    trade_type: 'NATIVE',
    trade_state: transaction.refunds.length > 0 ? 'REFUND' : 'SUCCESS',
    trade_state_desc: '支付成功',
    bank_type: 'OTHERS',
    success_time: shanghai(taking.at),
    payer: { openid: 'oSandboxPayer0001' },
    amount: {
      total: taking.amount,
      payer_total: taking.amount,
      currency: transaction.currency,
      payer_currency: transaction.currency,
    },
  };
}

/** GET …/out-trade-no/{no} and …/id/{transaction_id}. */
export function query(books: Books, by: 'reference' | 'transaction_id', id: string): Answer {
  if (by === 'transaction_id') {
    for (const transaction of books.transactions.values()) {
      const taking = transaction.takings.find((one) => one.transaction_id === id);
      if (taking) return { status: 200, body: wire(transaction, taking) };
    }
    return refusal(404, 'ORDER_NOT_EXIST', '订单不存在');
  }
  const transaction = books.find(channel, id);
  if (!transaction) return refusal(404, 'ORDER_NOT_EXIST', '订单不存在');
  if (!transaction.queried) books.save({ ...transaction, queried: true });
  return { status: 200, body: wire(transaction) };
}

/** POST …/close: 204, also again; a paid order is refused so that the caller asks. */
export function close(books: Books, reference: string): Answer {
  const transaction = books.find(channel, reference);
  if (!transaction) return refusal(404, 'ORDER_NOT_EXIST', '订单不存在');
  if (transaction.state === 'paid') return refusal(400, 'ORDERPAID', '订单已支付，不能关闭');
  if (!transaction.queried)
    books.violate(channel, reference, 'close_without_query', 'closed without a query before it');
  if (transaction.state !== 'closed') books.save({ ...transaction, state: 'closed' });
  return { status: 204, body: null };
}

const refundRequest = z.object({
  transaction_id: z.string().optional(),
  out_trade_no: z.string().optional(),
  out_refund_no: z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/),
  reason: z.string().max(80).optional(),
  notify_url: z.url().optional(),
  amount: z.object({ refund: z.int().min(1), total: z.int().min(1), currency: z.literal('CNY') }),
});

/** A refund as WeChat shows it. */
export function wireRefund(transaction: Transaction, refund: RefundEntry): Record<string, unknown> {
  const status = { processing: 'PROCESSING', succeeded: 'SUCCESS', failed: 'ABNORMAL' }[
    refund.state
  ];
  return {
    refund_id: refund.refund_id,
    out_refund_no: refund.reference,
    transaction_id: refund.transaction_id,
    out_trade_no: transaction.reference,
    channel: 'ORIGINAL',
    user_received_account: '招商银行信用卡0403',
    create_time: shanghai(refund.created_at),
    ...(refund.state === 'succeeded' ? { success_time: shanghai(refund.settles_at) } : {}),
    status,
    funds_account: 'UNSETTLED',
    amount: {
      total: transaction.amount,
      refund: refund.amount,
      payer_total: transaction.amount,
      payer_refund: refund.amount,
      currency: transaction.currency,
    },
  };
}

/** Where a refund number is used, if it is. */
export function findRefund(
  books: Books,
  reference: string,
): { transaction: Transaction; refund: RefundEntry } | null {
  for (const transaction of books.transactions.values()) {
    const refund = transaction.refunds.find((one) => one.reference === reference);
    if (refund) return { transaction, refund };
  }
  return null;
}

export interface RefundRules {
  readonly settle_ms: number;
  readonly spacing_ms: number;
  /** This one will turn out to be undeliverable. */
  readonly bounces: boolean;
}

/** POST /v3/refund/domestic/refunds (channels.md 1.5): a number refunds once, the sum stays within what was paid. */
export function refund(books: Books, body: unknown, rules: RefundRules): Answer {
  const parsed = refundRequest.safeParse(body);
  if (!parsed.success)
    return refusal(
      400,
      'PARAM_ERROR',
      parsed.error.issues.map((issue) => issue.path.join('.')).join('; '),
    );
  const asked = parsed.data;
  const known = findRefund(books, asked.out_refund_no);
  if (known) {
    if (known.refund.amount === asked.amount.refund)
      return { status: 200, body: wireRefund(known.transaction, known.refund) };
    books.violate(
      channel,
      asked.out_refund_no,
      'same_number_other_fields',
      'out_refund_no was used with another amount',
    );
    return refusal(400, 'INVALID_REQUEST', '退款单号重复，金额不一致');
  }
  const paid = [...books.transactions.values()].find(
    (one) =>
      one.reference === asked.out_trade_no ||
      one.takings.some((taking) => taking.transaction_id === asked.transaction_id),
  );
  const taking = paid?.takings.find(
    (one) => asked.transaction_id === undefined || one.transaction_id === asked.transaction_id,
  );
  if (!paid || !taking) return refusal(404, 'RESOURCE_NOT_EXISTS', '订单不存在');
  if (asked.amount.total !== paid.amount) return refusal(400, 'INVALID_REQUEST', '订单金额不一致');
  return accept(books, paid, taking.transaction_id, asked, rules);
}

function accept(
  books: Books,
  paid: Transaction,
  transaction_id: string,
  asked: z.infer<typeof refundRequest>,
  rules: RefundRules,
): Answer {
  const mine = paid.refunds.filter((one) => one.transaction_id === transaction_id);
  const living = paid.refunds.filter((one) => one.state !== 'failed');
  const back = (list: RefundEntry[]) =>
    list.reduce((sum, one) => sum + one.amount, 0) + asked.amount.refund;
  const over =
    back(living) > captured(paid) ||
    back(mine.filter((one) => one.state !== 'failed')) > paid.amount;
  if (over) {
    books.violate(
      channel,
      asked.out_refund_no,
      'refund_beyond_paid',
      `${asked.amount.refund} more than is left`,
    );
    return refusal(403, 'NOT_ENOUGH', '可退金额不足');
  }
  if (mine.length >= 50) return refusal(403, 'RULE_LIMIT', '退款次数超限');
  const last = paid.refunds.at(-1);
  if (last && Date.now() - Date.parse(last.created_at) < rules.spacing_ms) {
    books.violate(
      channel,
      asked.out_refund_no,
      'refund_spacing',
      'less than a minute after the last refund of this order',
    );
    return refusal(429, 'FREQUENCY_LIMITED', '退款请求过于频繁');
  }
  const refund: RefundEntry = {
    reference: asked.out_refund_no,
    refund_id: `50${randomInt(10 ** 12)
      .toString()
      .padStart(26, '0')}`,
    transaction_id,
    amount: asked.amount.refund,
    notify_url: asked.notify_url ?? paid.notify_url,
    created_at: new Date().toISOString(),
    settles_at: Date.now() + rules.settle_ms,
    bounces: rules.bounces,
    state: 'processing',
  };
  books.save({ ...paid, refunds: [...paid.refunds, refund] });
  return { status: 200, body: wireRefund(paid, refund) };
}
