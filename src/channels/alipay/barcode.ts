import { z } from 'zod';

import type { CloseAnswer, CreateAnswer } from '../../domain/outcome.ts';
import { toInstant } from '../beijing.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { toFen } from './money.ts';
import { failureFrom, isNumberTaken } from './refusal.ts';
import { speak } from './request.ts';
import { cny } from './trade.ts';

/** Does the payer present a barcode of his own? Then the order is charged and reversed, and never closed. */
export function isPresented({ method }: Pick<Order, 'method'>): boolean {
  return method === 'alipay_code';
}

/** What is told of a charge: `gmt_payment` says that it was paid, there is no `trade_status`. */
const charged = z.object({
  out_trade_no: z.string(),
  trade_no: z.string().min(1),
  total_amount: z.string(),
  gmt_payment: z.string(),
});

/**
 * Charges with the barcode that the payer presents (channels.md 2.4): paid at once, or he is asked for his password
 * (10003). @param content what makes the order, as in every other way
 */
export async function charge(
  call: Call<Account>,
  order: Order,
  content: object,
): Promise<CreateAnswer> {
  const { notify_url, token: auth_code } = order;
  const barcode = { scene: 'bar_code', auth_code, product_code: 'FACE_TO_FACE_PAYMENT' };
  const spoken = await speak(call, 'alipay.trade.pay', { ...content, ...barcode }, { notify_url });
  if (spoken.kind === 'done') return receiptFrom(spoken.answer, order);
  if (spoken.kind !== 'refused') return spoken;
  if (isNumberTaken(spoken.refusal)) return unclear(spoken.refusal.code);
  return { kind: 'declined', failure: failureFrom(spoken.refusal) };
}

function receiptFrom(answer: string, { reference }: Order): CreateAnswer {
  const made = read(charged, answer);
  const amount = toFen(made?.total_amount);
  const paid_at = toInstant(made?.gmt_payment ?? '');
  if (made?.out_trade_no !== reference || amount === null || paid_at === null)
    return unclear('without a readable payment of this order');
  const { trade_no: channel_reference } = made;
  return { kind: 'approved', receipt: { channel_reference, amount, currency: cny, paid_at } };
}

const canceled = z.object({ retry_flag: z.string().nullish() });

/**
 * Reverses the order (`alipay.trade.cancel`, channels.md 2.4): unpaid it is closed, paid it is given back, and a number that
 * Alipay has never heard of is a yes too. `retry_flag` Y: not done yet, it is to be asked for again.
 */
export async function reverse(call: Call<Account>, { reference }: Order): Promise<CloseAnswer> {
  const spoken = await speak(call, 'alipay.trade.cancel', { out_trade_no: reference });
  if (spoken.kind === 'pending') return unclear('10003 to a cancel');
  if (spoken.kind === 'done') {
    const isToBeRepeated = read(canceled, spoken.answer)?.retry_flag === 'Y';
    return isToBeRepeated ? unclear('retry_flag Y') : { kind: 'closed' };
  }
  if (spoken.kind !== 'refused') return spoken;
  const { key, code } = spoken.refusal;
  return key === 'TRADE_NOT_EXIST' ? { kind: 'closed' } : { kind: 'refused', detail: code };
}
