import { z } from 'zod';

import type { Books } from '../books.ts';
import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { unionpayKeys as keys } from './keys.ts';
import { nameOf } from './number.ts';
import { type Order, orderOf, type Product } from './order.ts';
import { isRepeated } from './repeat.ts';
import { type Asked, askedOf, fen, invalid, untimely } from './request.ts';
import { channel, freshDigits, fromBeijing, responded, type Said } from './wording.ts';

/** How an order is to be paid, and what its payer is given. */
const products = {
  /** He scans it. */
  qrCode: {
    txnSubType: '07',
    bizType: '000000',
    fresh: () => `https://qr.95516.com/00010000/${freshDigits(32)}`,
  },
  /** His client opens the cashier with it. */
  tn: { txnSubType: '01', bizType: '000201', fresh: () => freshDigits(21) },
} as const satisfies Record<Product, object>;

const orderRequest = z.object({
  txnAmt: fen,
  currencyCode: z.literal('156'),
  channelType: z.literal('08'),
  backUrl: z.url(),
  orderDesc: z.string().max(32).optional(),
  payTimeout: z
    .string()
    .transform(fromBeijing)
    .refine((time) => Number.isFinite(time))
    .optional(),
});
type OrderRequest = z.output<typeof orderRequest>;

/**
 * `txnType` 01: an order, and what its payer is given. That is told once: the same number again is 12, whatever it says.
 *
 * @param product what is asked for, by the path that was called
 */
export function create(books: Books, asked: Asked, product: Product): Said {
  const said = askedOf(asked);
  const { txnSubType, bizType } = products[product];
  if (said['txnSubType'] !== txnSubType || said['bizType'] !== bizType)
    return responded('10', 'txnSubType, bizType');
  const parsed = orderRequest.safeParse(said);
  if (!parsed.success) return invalid(parsed.error);
  if (isRepeated(books, said)) return responded('12');
  const refused = untimely(said);
  if (refused) return refused;
  if ((parsed.data.payTimeout ?? Infinity) <= clock.now()) return responded('10', 'payTimeout');
  const transaction = made(said, parsed.data, product);
  books.save(transaction);
  return { ...responded('00'), [product]: orderOf(transaction).given };
}

const twoHoursMs = 7_200_000;

function made(said: Said, asked: OrderRequest, product: Product): Transaction {
  const expires_at = asked.payTimeout ?? clock.now() + twoHoursMs;
  return {
    channel,
    account: keys.channel_account,
    reference: nameOf(said['orderId'] ?? ''),
    numbers: [],
    amount: asked.txnAmt,
    currency: 'CNY',
    created_at: new Date(clock.now()).toISOString(),
    state: 'created',
    takings: [],
    refunds: [],
    own: {
      product,
      asked: said,
      expires_at: new Date(expires_at).toISOString(),
      given: products[product].fresh(),
      opened_at: null,
      tried: null,
    } satisfies Order,
  };
}
