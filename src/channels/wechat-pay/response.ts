import { z } from 'zod';

import { isCurrency } from '../../domain/currency.ts';
import { type FailureCode, failureOf } from '../../domain/failure.ts';
import { type Money, toMinor } from '../../domain/money.ts';
import type { QueryAnswer, RefundAnswer, RefundState } from '../../domain/outcome.ts';
import type { Account } from './account.ts';

const fen = z.int().nonnegative();

export const codeUrl = z.object({ code_url: z.string().min(1) });

const transaction = z.object({
  appid: z.string(),
  mchid: z.string(),
  out_trade_no: z.string(),
  trade_state: z.string(),
  transaction_id: z.string().min(1).optional(),
  success_time: z.iso.datetime({ offset: true }).optional(),
  amount: z.object({ total: fen, currency: z.string().default('CNY') }).optional(),
});
export type Transaction = z.infer<typeof transaction>;

const refund = z.object({
  out_refund_no: z.string(),
  refund_id: z.string().min(1).optional(),
  status: z.string().optional(),
  refund_status: z.string().optional(), // the callback's name for it
  amount: z.object({ refund: fen, currency: z.string().default('CNY') }),
});
export type WireRefund = z.infer<typeof refund>;

const wireError = z.object({ code: z.string(), message: z.string().optional() });

/** The text as JSON of this shape, or null. */
export function read<T>(shape: z.ZodType<T>, text: string): T | null {
  try {
    const parsed = shape.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export const readTransaction = (text: string): Transaction | null => read(transaction, text);
export const readRefund = (text: string): WireRefund | null => read(refund, text);

/** The error's code without underscores: two spellings of each are live (channels.md 1.8). */
export function readError(text: string): { code: string; message: string | null } {
  const error = read(wireError, text);
  return { code: (error?.code ?? '').replaceAll('_', ''), message: error?.message ?? null };
}

function money(amount: number, currency: string): Money | null {
  return isCurrency(currency) ? { amount: toMinor(amount), currency } : null;
}

/** Every `trade_state` of channels.md 1.4; one that is not listed is not understood, hence `unknown`. */
const tradeStates: Readonly<Record<string, 'paid' | 'open' | 'pending' | 'closed' | 'declined'>> = {
  SUCCESS: 'paid',
  REFUND: 'paid', // paid, and later refunded in part or whole
  NOTPAY: 'open',
  USERPAYING: 'pending',
  ACCEPT: 'pending',
  CLOSED: 'closed',
  REVOKED: 'closed',
  PAYERROR: 'declined',
};

/** What a transaction says, or why it is not about this account and order. */
export function answerOf(found: Transaction, account: Account, reference: string): QueryAnswer {
  if (
    found.mchid !== account.mchid ||
    found.appid !== account.appid ||
    found.out_trade_no !== reference
  ) {
    return {
      kind: 'disagrees',
      detail: `asked about ${reference}, told about ${found.out_trade_no} of ${found.mchid}`,
    };
  }
  const state = tradeStates[found.trade_state];
  switch (state) {
    case 'paid':
      return receiptOf(found);
    case 'declined':
      return {
        kind: 'declined',
        failure: failureOf('card_declined', { code: found.trade_state, message: null }),
      };
    case undefined:
      return { kind: 'unknown', detail: `trade_state '${found.trade_state}' is not known` };
    default:
      return { kind: state };
  }
}

function receiptOf({ transaction_id, success_time, amount }: Transaction): QueryAnswer {
  const taken = amount && money(amount.total, amount.currency);
  if (!transaction_id || !success_time || !taken)
    return { kind: 'unknown', detail: 'paid, but without number, time or amount' };
  const paid_at = new Date(success_time).toISOString();
  return { kind: 'approved', receipt: { channel_reference: transaction_id, paid_at, ...taken } };
}

const refundStates: Readonly<Record<string, RefundState>> = {
  SUCCESS: 'succeeded',
  PROCESSING: 'processing',
  CLOSED: 'failed',
  ABNORMAL: 'needs_attention', // the payer's card is closed: the money could not be delivered
};

/** What a refund object says, or why it is not about this refund. */
export function refundAnswerOf(found: WireRefund, reference: string): RefundAnswer {
  if (found.out_refund_no !== reference) {
    return {
      kind: 'disagrees',
      detail: `asked about ${reference}, told about ${found.out_refund_no}`,
    };
  }
  const status = refundStates[found.status ?? found.refund_status ?? ''];
  const returned = money(found.amount.refund, found.amount.currency);
  if (!status || !returned)
    return { kind: 'unknown', detail: 'a refund state or currency that is not known' };
  return { kind: 'refund', status, channel_reference: found.refund_id ?? null, ...returned };
}

/** Definite refusals by their code; one that is not listed is a `processing_error`. */
const failureCodes: Readonly<Record<string, FailureCode>> = {
  NOAUTH: 'channel_unavailable',
  SIGNERROR: 'channel_unavailable',
  APPIDMCHIDNOTMATCH: 'channel_unavailable',
  MCHNOTEXISTS: 'channel_unavailable',
  RULELIMIT: 'limit_exceeded',
  TRADEERROR: 'not_permitted',
  NOTENOUGH: 'insufficient_funds',
  USERACCOUNTABNORMAL: 'invalid_account',
};

/** The channel's refusal in the words of our catalogue, its own beside them. */
export function failureFrom(error: { code: string; message: string | null }) {
  return failureOf(failureCodes[error.code] ?? 'processing_error', error);
}
