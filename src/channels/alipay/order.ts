import { z } from 'zod';

import type { CloseAnswer, CreateAnswer, QueryAnswer } from '../../domain/outcome.ts';
import { inBeijing } from '../beijing.ts';
import type { Call } from '../channel.ts';
import type { Order } from '../order.ts';
import { atMost, read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { charge, isPresented, reverse } from './barcode.ts';
import { inYuan } from './money.ts';
import { pageOf } from './page.ts';
import { failureFrom, isNumberTaken } from './refusal.ts';
import { speak } from './request.ts';
import { answerOf, readTrade } from './trade.ts';

/** Charges a code that the payer presents, makes one that is shown to him, or what opens Alipay's page or app. */
export function create(call: Call<Account>, order: Order): Promise<CreateAnswer> {
  if (isPresented(order)) return charge(call, order, contentOf(order));
  const page = pageOf(call, order, contentOf(order));
  return page ? Promise.resolve(page) : precreate(call, order);
}

/** What makes the order, the same at each resend; it ends by itself with the payment. */
function contentOf(order: Order): object {
  return {
    out_trade_no: order.reference,
    total_amount: inYuan(order.amount),
    subject: atMost(256, order.description),
    time_expire: inBeijing(new Date(order.expires_at)),
  };
}

const code = z.object({ out_trade_no: z.string(), qr_code: z.string().min(1) });

async function precreate(call: Call<Account>, order: Order): Promise<CreateAnswer> {
  const { notify_url } = order;
  const spoken = await speak(call, 'alipay.trade.precreate', contentOf(order), { notify_url });
  if (spoken.kind === 'done') return codeFrom(spoken.answer, order);
  if (spoken.kind !== 'refused') return spoken;
  const { refusal } = spoken;
  if (isNumberTaken(refusal)) return unclear(refusal.code);
  return { kind: 'declined', failure: failureFrom(refusal) };
}

function codeFrom(answer: string, { reference }: Order): CreateAnswer {
  const made = read(code, answer);
  if (made?.out_trade_no !== reference) return unclear('without a qr_code for this order');
  return {
    kind: 'action_required',
    next_action: { type: 'display_qr_code', data: made.qr_code },
    code_ends_at: null, // payable until the order's own end (channels.md 2.5)
  };
}

/** Asks what became of our number. Until the payer opens it there is none, though it may be paid. */
export async function query(call: Call<Account>, order: Order): Promise<QueryAnswer> {
  const spoken = await speak(call, 'alipay.trade.query', { out_trade_no: order.reference });
  if (spoken.kind === 'done') return tradeSaid(spoken.answer, order);
  if (spoken.kind === 'pending') return unclear('10003 to a question');
  if (spoken.kind !== 'refused') return { kind: 'unknown', detail: spoken.detail };
  const { key, code } = spoken.refusal;
  return key === 'TRADE_NOT_EXIST' ? { kind: 'not_found' } : unclear(code);
}

function tradeSaid(answer: string, order: Order): QueryAnswer {
  const trade = readTrade(answer);
  if (!trade) return unclear('without a readable trade');
  const asked = `asked ${order.amount} ${order.currency} under ${order.reference}`;
  const disagrees = `${asked}, told ${trade.total} ${trade.currency} under ${trade.reference}`;
  if (trade.reference !== order.reference) return { kind: 'disagrees', detail: disagrees };
  const told = standing(answerOf(trade), order);
  // What was paid is told as the channel tells it, with its number: the domain compares it, and keeps the number.
  if (told.kind === 'approved' || told.kind === 'unknown') return told;
  if (trade.total === null) return told;
  if (trade.total === order.amount && trade.currency === order.currency) return told;
  return { kind: 'disagrees', detail: disagrees };
}

/** One that a presented barcode made waits for nobody but the payer, who types his password. */
function standing(answer: QueryAnswer, order: Order): QueryAnswer {
  return answer.kind === 'open' && isPresented(order) ? { kind: 'pending' } : answer;
}

/**
 * Closes an order that the payer has opened and not paid. Anything but a yes means: ask, it was probably paid in
 * between, or nobody has opened it. `alipay.trade.cancel`, which gives back what was paid (channels.md 2.5), is only for
 * barcodes.
 */
export async function close(call: Call<Account>, order: Order): Promise<CloseAnswer> {
  if (isPresented(order)) return reverse(call, order);
  const spoken = await speak(call, 'alipay.trade.close', { out_trade_no: order.reference });
  if (spoken.kind === 'done') return { kind: 'closed' };
  if (spoken.kind === 'pending') return unclear('10003 to a close');
  if (spoken.kind !== 'refused') return spoken;
  return { kind: 'refused', detail: spoken.refusal.code };
}
