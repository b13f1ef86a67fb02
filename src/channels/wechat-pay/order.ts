import { z } from 'zod';

import { failureOf } from '../../domain/failure.ts';
import type { CloseAnswer, CreateAnswer, QueryAnswer } from '../../domain/outcome.ts';
import type { Call, Order } from '../channel.ts';
import { atMost, read } from '../text.ts';
import type { Account } from './account.ts';
import { speak, unclear } from './request.ts';
import { currency, failureFrom, fen, money } from './response.ts';

/** A code lives two hours (channels.md 1.4). */
const codeMs = 2 * 3_600_000;

const codeUrl = z.object({ code_url: z.string().min(1) });

/**
 * These refuse the number, not the order: it exists, so the channel is asked what became of it.
 * INVALID_REQUEST is among its other meanings "201 商户订单号重复".
 */
const numberTaken = new Set([
  'OUTTRADENOUSED',
  'ORDERPAID',
  'ORDERCLOSED',
  'USERPAYING',
  'INVALIDREQUEST',
]);

/** Orders a code. A resend has the same bytes, and gives the code of the same order again. */
export async function create(call: Call<Account>, order: Order): Promise<CreateAnswer> {
  const { account } = call;
  const spoken = await speak(call, 'POST', '/v3/pay/transactions/native', {
    appid: account.appid,
    mchid: account.mchid,
    description: atMost(127, order.description),
    out_trade_no: order.reference,
    time_expire: inShanghai(order.expires_at),
    notify_url: order.notify_url,
    amount: { total: order.amount, currency: order.currency },
  });
  if (spoken.kind === 'done') return codeFrom(spoken, call.now());
  if (spoken.kind !== 'refused') return spoken;
  const { status, error } = spoken;
  if (numberTaken.has(error.key)) return unclear(status, error.code);
  return { kind: 'declined', failure: failureFrom(error) };
}

function codeFrom({ status, body }: { status: number; body: string }, now: Date): CreateAnswer {
  const made = status === 200 ? read(codeUrl, body) : null;
  if (!made) return unclear(status, 'without a code_url');
  return {
    kind: 'action_required',
    next_action: { type: 'display_qr_code', data: made.code_url },
    code_ends_at: new Date(now.getTime() + codeMs).toISOString(),
  };
}

/** RFC 3339 with WeChat's offset; the instant is the stored one. */
function inShanghai(time: string): string {
  return `${new Date(Date.parse(time) + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
}

/** Asks what became of our number. */
export async function query(call: Call<Account>, order: Order): Promise<QueryAnswer> {
  const path = `/v3/pay/transactions/out-trade-no/${order.reference}?mchid=${call.account.mchid}`;
  const spoken = await speak(call, 'GET', path);
  if (spoken.kind === 'done') return transactionSaid(spoken, call.account, order);
  if (spoken.kind !== 'refused') return { kind: 'unknown', detail: spoken.detail };
  const { status, error } = spoken;
  if (status === 404 && error.key === 'ORDERNOTEXIST') return { kind: 'not_found' };
  return unclear(status, error.code);
}

function transactionSaid(
  { status, body }: { status: number; body: string },
  account: Account,
  order: Order,
): QueryAnswer {
  const found = status === 200 ? readTransaction(body) : null;
  if (!found) return unclear(status, 'without a readable transaction');
  const answer = answerOf(found, account, order.reference);
  const { amount } = found;
  // What was paid is told as the channel tells it, with its number: the domain compares it, and keeps the number.
  const isTold = answer.kind === 'approved' || answer.kind === 'disagrees';
  if (isTold || answer.kind === 'unknown' || !amount) return answer;
  if (amount.total === order.amount && amount.currency === order.currency) return answer;
  const asked = `asked ${order.amount} ${order.currency} under ${order.reference}`;
  return { kind: 'disagrees', detail: `${asked}, told ${amount.total} ${amount.currency}` };
}

/** Closes the order. Anything but 204 means: ask, it was probably paid in between (channels.md 1.4). */
export async function close(call: Call<Account>, order: Order): Promise<CloseAnswer> {
  const path = `/v3/pay/transactions/out-trade-no/${order.reference}/close`;
  const spoken = await speak(call, 'POST', path, { mchid: call.account.mchid });
  if (spoken.kind === 'done' && spoken.status === 204) return { kind: 'closed' };
  if (spoken.kind === 'done') return unclear(spoken.status, 'where 204 is the only yes');
  if (spoken.kind !== 'refused') return spoken;
  return { kind: 'refused', detail: `${spoken.status} ${spoken.error.code}` };
}

// Number, time and amount may be missing, null or empty until it is paid: then they are looked at.
const transaction = z.object({
  appid: z.string(),
  mchid: z.string(),
  out_trade_no: z.string(),
  trade_state: z.string(),
  transaction_id: z.string().nullish(),
  success_time: z.string().nullish(),
  amount: z.object({ total: fen, currency }).nullish(), // `total` is the order's, whatever coupons the payer used
});
export type Transaction = z.infer<typeof transaction>;

const time = z.iso.datetime({ offset: true });

/** A transaction object of channels.md 1.4, or null. */
export const readTransaction = (text: string): Transaction | null => read(transaction, text);

type State = 'paid' | 'open' | 'pending' | 'closed' | 'declined';

/** Every `trade_state` of channels.md 1.4; one that is not listed is not understood, hence `unknown`. */
const tradeStates = new Map<string, State>([
  ['SUCCESS', 'paid'],
  ['REFUND', 'paid'], // paid, and later refunded in part or whole
  ['NOTPAY', 'open'],
  ['USERPAYING', 'pending'],
  ['ACCEPT', 'pending'],
  ['CLOSED', 'closed'],
  ['REVOKED', 'closed'],
  ['PAYERROR', 'declined'],
]);

/** What a transaction says, or why it is not about this account and order. */
export function answerOf(found: Transaction, account: Account, reference: string): QueryAnswer {
  const { mchid, appid, out_trade_no, trade_state } = found;
  if (mchid !== account.mchid || appid !== account.appid || out_trade_no !== reference) {
    const detail = `asked about ${reference}, told about ${out_trade_no} of ${mchid}, ${appid}`;
    return { kind: 'disagrees', detail };
  }
  const state = tradeStates.get(trade_state);
  if (state === 'paid') return receiptOf(found);
  if (state === 'declined') {
    const failure = failureOf('card_declined', { code: trade_state, message: null });
    return { kind: 'declined', failure };
  }
  if (!state) return { kind: 'unknown', detail: `trade_state '${trade_state}' is not known` };
  return { kind: state };
}

function receiptOf({ transaction_id, success_time, amount }: Transaction): QueryAnswer {
  const taken = amount && money(amount.total, amount.currency);
  const paid = time.safeParse(success_time);
  if (!transaction_id || !paid.success || !taken)
    return { kind: 'unknown', detail: 'paid, but without number, time or amount' };
  const paid_at = new Date(paid.data).toISOString();
  return { kind: 'approved', receipt: { channel_reference: transaction_id, paid_at, ...taken } };
}
