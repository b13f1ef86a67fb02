import type { Books } from '../books.ts';
import type { Answer } from '../call.ts';
import type { Taking, Transaction } from '../transaction.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { orderOf, withOrder } from './order.ts';
import { products } from './product.ts';
import { channel, refusal, shanghai, unknownOrder } from './wording.ts';

/**
 * A transaction as WeChat shows it; what is absent until paid is absent.
 *
 * @param taking which of its payments: only a payer who was forced pays twice under one number
 */
export function wire(
  transaction: Transaction,
  taking: Taking | undefined = transaction.takings[0],
): Record<string, unknown> {
  const { reference, amount, currency } = transaction;
  const { asked, product } = orderOf(transaction);
  const trade_state = stateOf(transaction, taking);
  const base = {
    appid: keys.appid,
    mchid: keys.mchid,
    out_trade_no: reference,
    trade_type: products[product].trade_type,
    trade_state,
    trade_state_desc: descriptions[trade_state],
    ...(asked['attach'] === undefined ? {} : { attach: asked['attach'] }),
  };
  if (taking) return { ...base, ...paid(transaction, taking) };
  return { ...base, amount: { total: amount, currency } };
}

const descriptions = {
  SUCCESS: '支付成功',
  REFUND: '转入退款',
  NOTPAY: '订单未支付',
  CLOSED: '订单已关闭',
  REVOKED: '订单已撤销',
  USERPAYING: '用户支付中',
  PAYERROR: '支付失败',
} as const;

function stateOf(transaction: Transaction, taking: Taking | undefined): keyof typeof descriptions {
  const { state, refunds } = transaction;
  const { product, reversed } = orderOf(transaction);
  const isBack = refunds.some((refund) => refund.transaction_id === taking?.transaction_id);
  if (reversed && (!taking || isBack)) return 'REVOKED';
  if (taking) return isBack ? 'REFUND' : 'SUCCESS'; // also after a reversal, which gave nothing of it back
  if (state === 'declined') return 'PAYERROR';
  if (state === 'closed') return 'CLOSED';
  return product === 'codepay' ? 'USERPAYING' : 'NOTPAY';
}

/** The openid of whoever pays: the one that a JSAPI order names, else that of the sandbox's payer. */
export function openidOf(transaction: Transaction): string {
  const payer = orderOf(transaction).asked['payer'] as { openid?: string } | undefined;
  return payer?.openid ?? 'oSandboxPayer0001';
}

function paid(transaction: Transaction, { transaction_id, amount, at }: Taking): object {
  const { currency } = transaction;
  return {
    transaction_id,
    bank_type: 'OTHERS',
    success_time: shanghai(at),
    payer: { openid: openidOf(transaction) },
    amount: { total: amount, payer_total: amount, currency, payer_currency: currency },
  };
}

/**
 * `GET …/out-trade-no/{no}`: the order, 404 when there is none.
 *
 * @param reference the merchant's number
 */
export function query(books: Books, reference: string): Answer {
  const transaction = books.find(channel, reference);
  if (!transaction) return unknownOrder;
  if (!orderOf(transaction).queried) books.save(withOrder(transaction, { queried: true }));
  return { status: 200, body: wire(transaction) };
}

/**
 * `GET …/id/{transaction_id}`: the paid order, 404 when there is none.
 *
 * @param id WeChat's number
 */
export function queryById(books: Books, id: string): Answer {
  const found = books.findTaking(channel, id);
  return found ? { status: 200, body: wire(found.transaction, found.taking) } : unknownOrder;
}

/**
 * `POST …/close`: 204, also again; a paid order is refused so that the caller asks. To close what one
 * has not asked about is a violation.
 *
 * @param reference the merchant's number
 */
export function close(books: Books, reference: string): Answer {
  const transaction = books.find(channel, reference);
  if (!transaction) return unknownOrder;
  if (transaction.state === 'paid') return refusal(400, 'ORDERPAID', '订单已支付，不能关闭');
  if (!orderOf(transaction).queried)
    books.violate(channel, reference, 'close_without_query', 'closed without a query before it');
  if (transaction.state !== 'closed') books.save({ ...transaction, state: 'closed' });
  return { status: 204, body: null };
}
