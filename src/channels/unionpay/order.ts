import type { CloseAnswer, CreateAnswer, NextAction } from '../../domain/outcome.ts';
import type { Call } from '../channel.ts';
import type { Parameters } from '../form.ts';
import type { Order } from '../order.ts';
import { atMost } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { numberOf, wireTime } from './number.ts';
import { done, refusalIn } from './refusal.ts';
import { speak } from './request.ts';

/** The kind of an order, named again by its refunds (docs/channels/unionpay.md 2 and 5). */
export interface Product {
  readonly bizType: string;
  readonly channelType: string;
}

interface Way extends Product {
  readonly path: 'client' | 'back';
  readonly txnSubType: string;
  readonly next: (told: Parameters) => NextAction | null;
}

const code: Way = {
  path: 'back',
  txnSubType: '07',
  bizType: '000000',
  channelType: '08',
  next: ({ qrCode }) => (qrCode ? { type: 'display_qr_code', data: qrCode } : null),
};
const client: Way = {
  path: 'client',
  txnSubType: '01',
  bizType: '000201',
  channelType: '08',
  next: ({ tn }) => (tn ? { type: 'sdk_params', params: { tn } } : null),
};

function wayOf({ method }: Pick<Order, 'method'>): Way {
  return method === 'unionpay_app' ? client : code;
}

/** What a refund must say of its order's kind. */
export function productOf(order: Pick<Order, 'method'>): Product {
  const { bizType, channelType } = wayOf(order);
  return { bizType, channelType };
}

/** Makes a code that the payer scans (`unionpay_qr`), or a number that his client opens (`unionpay_app`). */
export async function create(call: Call<Account>, order: Order): Promise<CreateAnswer> {
  const { path, txnSubType, next } = wayOf(order);
  const spoken = await speak(call, path, {
    txnType: '01',
    txnSubType,
    ...productOf(order),
    ...numberOf('att', order),
    txnAmt: String(order.amount),
    currencyCode: '156',
    backUrl: order.notify_url,
    payTimeout: wireTime(new Date(order.expires_at)),
    orderDesc: atMost(32, order.description),
  });
  if (spoken.kind !== 'told') return spoken;
  const { told } = spoken;
  const next_action = done.has(told['respCode'] ?? '') && isOf(order, told) ? next(told) : null;
  // Payable until its own end, and told once only.
  if (next_action) return { kind: 'action_required', next_action, code_ends_at: null };
  const failure = refusalIn(told);
  return failure
    ? { kind: 'declined', failure }
    : unclear(`respCode '${told['respCode']}' to an order`);
}

function isOf(order: Order, { orderId, txnTime }: Parameters): boolean {
  const number = numberOf('att', order);
  return orderId === number.orderId && txnTime === number.txnTime;
}

/** Nobody can close an order of UnionPay: it ends by itself with the payment, and until then it is payable. */
export function close(): Promise<CloseAnswer> {
  return Promise.resolve({
    kind: 'refused',
    detail: 'an order of UnionPay ends at its payTimeout',
  });
}
