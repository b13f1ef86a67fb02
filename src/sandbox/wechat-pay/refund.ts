import { z } from 'zod';

import type { Books } from '../books.ts';
import type { Answer } from '../call.ts';
import type { ChannelOptions } from '../channel.ts';
import { clock } from '../clock.ts';
import type { FaultName } from '../fault.ts';
import type { RefundEntry, Taking, Transaction } from '../transaction.ts';
import { orderOf } from './order.ts';
import { plan } from './refund-outcome.ts';
import { type OwnRefund, type Refund, wireRefund } from './refund-wire.ts';
import type { Asked } from './request.ts';
import { bytes, channel, freshNumber, paramError, refusal } from './wording.ts';

const refundRequest = z
  .looseObject({
    transaction_id: z.string().optional(),
    out_trade_no: z.string().optional(),
    out_refund_no: z.string().regex(/^[0-9A-Za-z_\-|*@]{1,64}$/),
    reason: bytes(80).optional(),
    notify_url: z.url().optional(),
    funds_account: z.literal('AVAILABLE').optional(),
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

/** A payment, and the order under which it was made. */
interface Paid {
  readonly transaction: Transaction;
  readonly taking: Taking;
}

/**
 * `POST /v3/refund/domestic/refunds` (channels.md 1.5): a number refunds once, the sum stays within what
 * was paid, refunds of one order keep their distance. 200 only means accepted: it settles later.
 *
 * @param faults `refund_bounce`: this one will turn out to be undeliverable; `insufficient_merchant_balance`: a new
 *   one cannot be paid
 */
export function refund({ options, body, serial }: Asked, faults: ReadonlySet<FaultName>): Answer {
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
  const refused = forbidden(options, paid, asked);
  if (refused) return refused;
  if (faults.has('insufficient_merchant_balance'))
    return refusal(403, 'NOT_ENOUGH', '基本账户余额不足，请充值后重新发起');
  return accept({ options, serial }, paid, asked, faults.has('refund_bounce'));
}

function accept(
  { options, serial }: Pick<Asked, 'options' | 'serial'>,
  { transaction, taking }: Paid,
  asked: RefundRequest,
  bounces: boolean,
): Answer {
  const entry = fresh(taking, {
    reference: asked.out_refund_no,
    amount: asked.amount.refund,
    settles_at: clock.now() + options.refundMs,
    bounces,
    state: 'processing',
    own: {
      notify_url: asked.notify_url ?? orderOf(transaction).notify_url,
      serial,
      funds_account: asked.funds_account ?? 'UNSETTLED',
      to: 'payer',
    } satisfies OwnRefund,
  });
  options.books.save({ ...transaction, refunds: [...transaction.refunds, entry] });
  plan(options, entry);
  return { status: 200, body: wireRefund(transaction, entry) };
}

/** A refund that is made now. */
export function fresh(
  { transaction_id }: Taking,
  asked: Pick<RefundEntry, 'amount' | 'settles_at' | 'bounces' | 'state' | 'own'> & {
    readonly reference?: string;
  },
): RefundEntry {
  const refund_id = freshNumber('50');
  const created_at = new Date(clock.now()).toISOString();
  return { reference: refund_id, refund_id, transaction_id, created_at, ...asked };
}

/** The same number: the same refund is answered as it stands, another one is refused. */
function again(books: Books, { transaction, refund }: Refund, asked: RefundRequest): Answer {
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
function refundable(books: Books, asked: RefundRequest): Paid | null {
  if (asked.transaction_id !== undefined) return books.findTaking(channel, asked.transaction_id);
  const transaction = books.find(channel, asked.out_trade_no ?? '');
  const taking =
    transaction?.takings.find((one) => left(transaction, one) >= asked.amount.refund) ??
    transaction?.takings[0];
  return transaction && taking ? { transaction, taking } : null;
}

/** What of a payment was not given back, nor is about to be. */
export function left({ refunds }: Transaction, taking: Taking): number {
  const living = refunds.filter(
    ({ transaction_id, state }) => transaction_id === taking.transaction_id && state !== 'failed',
  );
  return living.reduce((rest, refund) => rest - refund.amount, taking.amount);
}

function forbidden(
  { books, refundSpacingMs }: ChannelOptions,
  { transaction, taking }: Paid,
  asked: RefundRequest,
): Answer | null {
  const { reference, refunds } = transaction;
  if (asked.amount.refund > left(transaction, taking)) {
    const detail = `${asked.out_refund_no}: ${asked.amount.refund} is more than is left`;
    books.violate(channel, reference, 'refund_beyond_paid', detail);
    return refusal(400, 'INVALID_REQUEST', '累计退款金额大于订单金额');
  }
  const mine = refunds.filter((one) => one.transaction_id === taking.transaction_id);
  if (mine.length >= 50) return refusal(403, 'RULE_LIMIT', '退款次数超限');
  const last = refunds.at(-1);
  if (last && clock.now() - Date.parse(last.created_at) < refundSpacingMs) {
    const detail = `${asked.out_refund_no}: less than ${refundSpacingMs} ms after the last refund`;
    books.violate(channel, reference, 'refund_spacing', detail);
    return refusal(429, 'FREQUENCY_LIMITED', '退款请求过于频繁');
  }
  return null;
}
