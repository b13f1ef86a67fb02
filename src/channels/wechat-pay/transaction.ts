import { z } from 'zod';

import { failureOf } from '../../domain/failure.ts';
import type { QueryAnswer } from '../../domain/outcome.ts';
import { read } from '../text.ts';
import type { Account } from './account.ts';
import { currency, fen, money } from './response.ts';

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

type State = 'paid' | 'returned' | 'open' | 'pending' | 'closed' | 'revoked' | 'declined';

/** Every `trade_state` of channels.md 1.4; one that is not listed is not understood, hence `unknown`. */
const tradeStates = new Map<string, State>([
  ['SUCCESS', 'paid'],
  ['REFUND', 'returned'], // paid, and later refunded in part or whole
  ['NOTPAY', 'open'],
  ['USERPAYING', 'pending'],
  ['ACCEPT', 'pending'],
  ['CLOSED', 'closed'],
  ['REVOKED', 'revoked'], // a presented code's order, reversed
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
  if (state === 'returned') return returned(found);
  if (state === 'revoked') return found.success_time ? returned(found) : { kind: 'closed' };
  if (state === 'declined') {
    const failure = failureOf('card_declined', { code: trade_state, message: null });
    return { kind: 'declined', failure };
  }
  if (!state) return { kind: 'unknown', detail: `trade_state '${trade_state}' is not known` };
  return { kind: state };
}

/** It was paid, and gone back since. */
function returned(found: Transaction): QueryAnswer {
  const paid = receiptOf(found);
  return paid.kind === 'approved' ? { ...paid, is_returned: true } : paid;
}

function receiptOf({ transaction_id, success_time, amount }: Transaction): QueryAnswer {
  const taken = amount && money(amount.total, amount.currency);
  const paid = time.safeParse(success_time);
  if (!transaction_id || !paid.success || !taken)
    return { kind: 'unknown', detail: 'paid, but without number, time or amount' };
  const paid_at = new Date(paid.data).toISOString();
  return { kind: 'approved', receipt: { channel_reference: transaction_id, paid_at, ...taken } };
}
