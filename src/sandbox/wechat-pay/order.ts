import { isDeepStrictEqual } from 'node:util';

import type { Books } from '../books.ts';
import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { type Prepaid, type Product, products } from './product.ts';
import type { Asked, WechatPayOptions } from './request.ts';
import { channel, paramError, refusal, wrongApp } from './wording.ts';

/** What WeChat keeps of an order besides what every channel keeps. */
interface Order {
  readonly product: Product;
  /** The request, verbatim. */
  readonly asked: Readonly<Record<string, unknown>>;
  readonly expires_at: string;
  /** Null: nobody is called back. */
  readonly notify_url: string | null;
  /** The key that signs its callbacks. */
  readonly serial: string;
  /** What the payer scans or opens, or his app brings; `''` when it is he who shows a code. */
  readonly code: string;
  /** Until when that is good; the same request again gives another one. */
  readonly lapses_at: string;
  /** Did the merchant ask for it since it was created? A close without that is a violation. */
  readonly queried: boolean;
  /** Was it reversed, and the money given back if there was some? */
  readonly reversed: boolean;
}

/** WeChat's own part of a transaction. */
export function orderOf(transaction: Transaction): Order {
  return transaction.own as Order;
}

/** The order with this changed. */
export function withOrder(transaction: Transaction, changed: Partial<Order>): Transaction {
  return { ...transaction, own: { ...orderOf(transaction), ...changed } satisfies Order };
}

/** The unpaid or paid order whose payer has been given this code. */
export function orderWithCode(
  { transactions }: Books,
  product: Prepaid,
  code: string,
): Transaction | undefined {
  for (const one of transactions.values())
    if (one.channel === channel && orderOf(one).product === product && orderOf(one).code === code)
      return one;
  return undefined;
}

/**
 * The order that a request asks for: a new one, or the one of that number, so that a repeat changes nothing. The
 * same number with any other field is refused (channels.md 1.4).
 */
export function ordered(
  books: Books,
  product: Product,
  { body, serial }: Pick<Asked, 'body' | 'serial'>,
): { readonly transaction: Transaction } | { readonly refused: Answer } {
  const parsed = products[product].request.safeParse(body);
  if (!parsed.success) return { refused: paramError(parsed.error) };
  const asked = parsed.data;
  if (asked.appid !== keys.appid) return { refused: wrongApp };
  const known = books.find(channel, asked.out_trade_no);
  if (known) {
    const refused = forbidden(books, known, product, body);
    return refused ? { refused } : { transaction: known };
  }
  const transaction: Transaction = {
    channel,
    account: keys.channel_account,
    reference: asked.out_trade_no,
    numbers: [],
    amount: asked.amount.total,
    currency: asked.amount.currency,
    created_at: new Date(clock.now()).toISOString(),
    state: 'created',
    takings: [],
    refunds: [],
    own: {
      product,
      asked: body as Record<string, unknown>,
      expires_at: new Date(asked.time_expire ?? clock.now() + aWeekMs).toISOString(),
      notify_url: 'notify_url' in asked ? String(asked.notify_url) : null,
      serial,
      ...freshCode(product),
      queried: false,
      reversed: false,
    } satisfies Order,
  };
  books.save(transaction);
  return { transaction };
}

/** How long an order without `time_expire` can be paid, each time with a code that lapses earlier. */
const aWeekMs = 7 * 86_400_000;

function freshCode(product: Product): Pick<Order, 'code' | 'lapses_at'> {
  const { freshCode: code, lastsMs } = products[product];
  return { code: code(), lapses_at: new Date(clock.now() + lastsMs).toISOString() };
}

function forbidden(
  books: Books,
  known: Transaction,
  product: Product,
  body: unknown,
): Answer | null {
  const own = orderOf(known);
  if (own.product !== product || !isDeepStrictEqual(own.asked, body)) {
    const detail = 'out_trade_no was used with other fields';
    books.violate(channel, known.reference, 'same_number_other_fields', detail);
    return refusal(403, 'OUT_TRADE_NO_USED', '商户订单号重复');
  }
  if (known.state === 'paid') return refusal(400, 'ORDERPAID', '订单已支付');
  if (known.state === 'closed') return refusal(400, 'ORDER_CLOSED', '订单已关闭');
  if (known.state === 'declined') return refusal(403, 'TRADE_ERROR', '交易失败');
  return null;
}

/**
 * `POST /v3/pay/transactions/{native|jsapi|app|h5}`: an order, and what its payer is given. A repeat gives the same
 * again while that is good, and a fresh one later.
 */
export function create(
  { books, origin }: WechatPayOptions,
  product: Prepaid,
  asked: Asked,
): Answer {
  const result = ordered(books, product, asked);
  if ('refused' in result) return result.refused;
  const { transaction } = result;
  const living = hasLapsed(transaction) ? withOrder(transaction, freshCode(product)) : transaction;
  if (living !== transaction) books.save(living);
  return { status: 200, body: products[product].given(orderOf(living).code, origin) };
}

/** Is what the payer was given no good any more? */
function hasLapsed(transaction: Transaction): boolean {
  return clock.now() > Date.parse(orderOf(transaction).lapses_at);
}

/** Why the payer can do nothing with it any more, or null. */
export function over(transaction: Transaction): string | null {
  if (transaction.state !== 'created') return `the order is ${transaction.state}`;
  if (clock.now() > Date.parse(orderOf(transaction).expires_at)) return 'the order has expired';
  return hasLapsed(transaction) ? 'what the payer was given has lapsed' : null;
}
