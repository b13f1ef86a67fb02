import { randomInt } from 'node:crypto';

import { z } from 'zod';

import type { Books } from '../books.ts';
import type { Answer } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import type { RefundEntry, Taking, Transaction } from '../transaction.ts';
import { refundNotice } from './notice.ts';
import { orderOf } from './order.ts';
import { channel, paramError, refusal, shanghai } from './wording.ts';

const refundRequest = z
  .looseObject({
    transaction_id: z.string().optional(),
    out_trade_no: z.string().optional(),
    out_refund_no: z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/),
    reason: z.string().max(80).optional(),
    notify_url: z.url().optional(),
    amount: z.looseObject({
      refund: z.int().min(1),
      total: z.int().min(1),
      currency: z.literal('CNY'),
    }),
  })
  .refine(
    (asked) => asked.transaction_id !== undefined || asked.out_trade_no !== undefined,
    'transaction_id or out_trade_no is required',
  );
type RefundRequest = z.infer<typeof refundRequest>;

/** What WeChat keeps of a refund besides what every channel keeps. */
interface OwnRefund {
  readonly notify_url: string;
}

/**
 * `POST /v3/refund/domestic/refunds` (channels.md 1.5): a number refunds once, the sum stays within what
 * was paid, refunds of one order keep their distance. 200 only means accepted: it settles later.
 *
 * @param body the request's JSON
 * @param bounces this one will turn out to be undeliverable
 */
export function refund(options: ChannelOptions, body: unknown, bounces: boolean): Answer {
  const parsed = refundRequest.safeParse(body);
  if (!parsed.success) return paramError(parsed.error);
  const asked = parsed.data;
  const known = options.books.findRefund(channel, asked.out_refund_no);
  if (known) return again(options.books, known, asked);
  const paid = refundable(options.books, asked);
  if (!paid) return refusal(404, 'RESOURCE_NOT_EXISTS', '订单不存在');
  if (paid.transaction.reference !== (asked.out_trade_no ?? paid.transaction.reference))
    return refusal(400, 'INVALID_REQUEST', 'transaction_id和out_trade_no不一致');
  if (asked.amount.total !== paid.taking.amount)
    return refusal(400, 'INVALID_REQUEST', '订单金额不一致');
  return forbidden(options, paid, asked) ?? accept(options, paid, asked, bounces);
}

/** The same number: the same refund is answered as it stands, another one is refused. */
function again(
  books: Books,
  { transaction, refund }: { transaction: Transaction; refund: RefundEntry },
  asked: RefundRequest,
): Answer {
  const same =
    refund.amount === asked.amount.refund &&
    transaction.reference === (asked.out_trade_no ?? transaction.reference) &&
    refund.transaction_id === (asked.transaction_id ?? refund.transaction_id);
  if (same) return { status: 200, body: wireRefund(transaction, refund) };
  const detail = `out_refund_no ${refund.reference} was used with another amount or order`;
  books.violate(channel, transaction.reference, 'same_number_other_fields', detail);
  return refusal(400, 'INVALID_REQUEST', '退款单号重复，参数不一致');
}

/** What was paid under the number; of several takings the first that has enough left. */
function refundable(
  books: Books,
  asked: RefundRequest,
): { transaction: Transaction; taking: Taking } | null {
  if (asked.transaction_id !== undefined) return books.findTaking(channel, asked.transaction_id);
  const transaction = books.find(channel, asked.out_trade_no ?? '');
  const taking =
    transaction?.takings.find((one) => left(transaction, one) >= asked.amount.refund) ??
    transaction?.takings[0];
  return transaction && taking ? { transaction, taking } : null;
}

function left({ refunds }: Transaction, taking: Taking): number {
  const living = refunds.filter(
    ({ transaction_id, state }) => transaction_id === taking.transaction_id && state !== 'failed',
  );
  return living.reduce((rest, refund) => rest - refund.amount, taking.amount);
}

function forbidden(
  { books, refundSpacingMs }: ChannelOptions,
  { transaction, taking }: { transaction: Transaction; taking: Taking },
  asked: RefundRequest,
): Answer | null {
  const { reference, refunds } = transaction;
  if (asked.amount.refund > left(transaction, taking)) {
    const detail = `${asked.out_refund_no}: ${asked.amount.refund} is more than is left`;
    books.violate(channel, reference, 'refund_beyond_paid', detail);
    return refusal(403, 'NOT_ENOUGH', '可退金额不足');
  }
  const mine = refunds.filter((one) => one.transaction_id === taking.transaction_id);
  if (mine.length >= 50) return refusal(403, 'RULE_LIMIT', '退款次数超限');
  const last = refunds.at(-1);
  if (last && Date.now() - Date.parse(last.created_at) < refundSpacingMs) {
    const detail = `${asked.out_refund_no}: less than ${refundSpacingMs} ms after the last refund`;
    books.violate(channel, reference, 'refund_spacing', detail);
    return refusal(429, 'FREQUENCY_LIMITED', '退款请求过于频繁');
  }
  return null;
}

function accept(
  options: ChannelOptions,
  { transaction, taking }: { transaction: Transaction; taking: Taking },
  asked: RefundRequest,
  bounces: boolean,
): Answer {
  const refund: RefundEntry = {
    reference: asked.out_refund_no,
    refund_id: `50${randomInt(10 ** 12)
      .toString()
      .padStart(26, '0')}`,
    transaction_id: taking.transaction_id,
    amount: asked.amount.refund,
    created_at: new Date().toISOString(),
    settles_at: Date.now() + options.refundMs,
    bounces,
    state: 'processing',
    own: { notify_url: asked.notify_url ?? orderOf(transaction).notify_url } satisfies OwnRefund,
  };
  options.books.save({ ...transaction, refunds: [...transaction.refunds, refund] });
  plan(options, refund);
  return { status: 200, body: wireRefund(transaction, refund) };
}

/** Plans the refunds again that an earlier run still had to settle. */
export function resumeRefunds(options: ChannelOptions): void {
  for (const { channel: of, refunds } of options.books.transactions.values())
    if (of === channel)
      for (const refund of refunds) if (refund.state === 'processing') plan(options, refund);
}

function plan(options: ChannelOptions, { reference, settles_at }: RefundEntry): void {
  options.agenda.at(`${channel} refund ${reference}`, settles_at, () => {
    const found = options.books.findRefund(channel, reference);
    if (found)
      options.books.atomically(() =>
        settle(options, found, found.refund.bounces ? 'failed' : 'succeeded'),
      );
  });
}

/**
 * A refund turns out to be delivered or undeliverable; the merchant is called back.
 *
 * @returns the order after it
 */
export function settle(
  { books, deliverer }: ChannelOptions,
  { transaction, refund }: { transaction: Transaction; refund: RefundEntry },
  state: 'succeeded' | 'failed',
): Transaction {
  const settled = { ...refund, state };
  const refunds = transaction.refunds.map((one) =>
    one.reference === refund.reference ? settled : one,
  );
  const after = { ...transaction, refunds };
  books.save(after);
  deliverer.enqueue({
    channel,
    reference: after.reference,
    refund: settled.reference,
    url: (settled.own as OwnRefund).notify_url,
    notice: refundNotice(settled, wireRefund(after, settled)),
  });
  return after;
}

/**
 * `GET /v3/refund/domestic/refunds/{out_refund_no}`: the refund, 404 when there is none.
 *
 * @param reference the merchant's number of the refund
 */
export function queryRefund(books: Books, reference: string): Answer {
  const found = books.findRefund(channel, reference);
  if (!found) return refusal(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
  return { status: 200, body: wireRefund(found.transaction, found.refund) };
}

const statuses = { processing: 'PROCESSING', succeeded: 'SUCCESS', failed: 'ABNORMAL' } as const;

/** A refund as WeChat shows it (channels.md 1.5). */
function wireRefund(transaction: Transaction, refund: RefundEntry): Record<string, unknown> {
  const { amount: total, currency } = transaction;
  return {
    refund_id: refund.refund_id,
    out_refund_no: refund.reference,
    transaction_id: refund.transaction_id,
    out_trade_no: transaction.reference,
    channel: 'ORIGINAL',
    user_received_account: '招商银行信用卡0403',
    create_time: shanghai(refund.created_at),
    ...(refund.state === 'succeeded' ? { success_time: shanghai(refund.settles_at) } : {}),
    status: statuses[refund.state],
    funds_account: 'UNSETTLED',
    amount: {
      total,
      refund: refund.amount,
      payer_total: total,
      payer_refund: refund.amount,
      settlement_total: total,
      settlement_refund: refund.amount,
      discount_refund: 0,
      currency,
    },
  };
}
