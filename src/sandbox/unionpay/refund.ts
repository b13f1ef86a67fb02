import { z } from 'zod';

import type { ChannelOptions } from '../channel.ts';
import { clock } from '../clock.ts';
import type { FaultName } from '../fault.ts';
import type { RefundEntry, Taking, Transaction } from '../transaction.ts';
import { nameOf } from './number.ts';
import { orderOf } from './order.ts';
import { plan } from './refund-outcome.ts';
import type { OwnRefund } from './refund-wire.ts';
import { isRepeated } from './repeat.ts';
import { type Asked, askedOf, fen, invalid, untimely } from './request.ts';
import { channel, freshQueryId, responded, type Said } from './wording.ts';

const refundRequest = z.object({
  txnAmt: fen,
  currencyCode: z.literal('156'),
  txnSubType: z.literal('00'),
  channelType: z.literal('08'),
  origQryId: z.string().regex(/^\d{21}$/),
  backUrl: z.url().optional(),
});
type RefundRequest = z.output<typeof refundRequest>;

/** A payment, and the order under which it was made. */
interface Paid {
  readonly transaction: Transaction;
  readonly taking: Taking;
}

/**
 * `txnType` 04: a number refunds once, the sum stays within what was paid. 00 only means taken: it settles later.
 *
 * @param faults `refund_bounce`: this one will turn out to be undeliverable; `insufficient_merchant_balance`: a new
 *   one cannot be paid
 */
export function refund(
  options: ChannelOptions,
  asked: Asked,
  faults: ReadonlySet<FaultName>,
): Said {
  const said = askedOf(asked);
  const parsed = refundRequest.safeParse(said);
  if (!parsed.success) return invalid(parsed.error);
  if (isRepeated(options.books, said)) return responded('12');
  const late = untimely(said);
  if (late) return late;
  const paid = options.books.findTaking(channel, parsed.data.origQryId);
  if (!paid) return responded('35');
  const refused = forbidden(options, paid, said, parsed.data.txnAmt);
  if (refused) return refused;
  if (faults.has('insufficient_merchant_balance')) return responded('33', '商户可用余额不足');
  return accept(options, paid, parsed.data, { said, bounces: faults.has('refund_bounce') });
}

const dayMs = 86_400_000;
const daysToRefund = { qrCode: 30, tn: 330 } as const;

function forbidden(
  { books }: ChannelOptions,
  { transaction, taking }: Paid,
  said: Said,
  amount: number,
): Said | null {
  const { product, asked } = orderOf(transaction);
  if (said['bizType'] !== asked['bizType']) return responded('36', 'bizType');
  if (clock.now() - Date.parse(taking.at) > daysToRefund[product] * dayMs) return responded('39');
  if (amount <= left(transaction, taking)) return null;
  const detail = `${said['orderId']}: ${amount} is more than is left`;
  books.violate(channel, transaction.reference, 'refund_beyond_paid', detail);
  return responded('36', 'txnAmt');
}

/** What of a payment was not given back, nor is about to be. */
function left({ refunds }: Transaction, taking: Taking): number {
  const living = refunds.filter(
    ({ transaction_id, state }) => transaction_id === taking.transaction_id && state !== 'failed',
  );
  return living.reduce((rest, { amount }) => rest - amount, taking.amount);
}

function accept(
  options: ChannelOptions,
  { transaction, taking }: Paid,
  asked: RefundRequest,
  { said, bounces }: { readonly said: Said; readonly bounces: boolean },
): Said {
  const now = clock.now();
  const entry: RefundEntry = {
    reference: nameOf(said['orderId'] ?? ''),
    refund_id: freshQueryId(now),
    transaction_id: taking.transaction_id,
    amount: asked.txnAmt,
    created_at: new Date(now).toISOString(),
    settles_at: now + options.refundMs,
    bounces,
    state: 'processing',
    own: { asked: said } satisfies OwnRefund,
  };
  options.books.save({ ...transaction, refunds: [...transaction.refunds, entry] });
  plan(options, entry);
  return {
    ...responded('00'),
    queryId: entry.refund_id,
    origQryId: taking.transaction_id,
    txnAmt: String(entry.amount),
    currencyCode: '156',
  };
}
