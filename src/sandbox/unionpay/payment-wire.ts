import type { Taking, Transaction } from '../transaction.ts';
import { orderOf } from './order.ts';
import { beijing, type Said } from './wording.ts';

/** The card of the sandbox's payer, as UnionPay shows it: masked. */
const payer = { accNo: '6216***********0018', payCardType: '01' } as const;

const told = [
  'merId',
  'orderId',
  'txnTime',
  'txnType',
  'txnSubType',
  'bizType',
  'accessType',
] as const;

/** What an order or a refund says of itself, whether money moved or not. */
function common(asked: Said, amount: number): Said {
  const members = told.map((name) => [name, asked[name] ?? ''] as const);
  return {
    ...Object.fromEntries(members),
    version: '5.1.0',
    encoding: 'UTF-8',
    currencyCode: '156',
    txnAmt: String(amount),
  };
}

/** An order whose payer has opened it and has not paid. */
export function opened(transaction: Transaction): Said {
  return common(orderOf(transaction).asked, transaction.amount);
}

/** An order or a refund with its money (section 3 of docs/channels/unionpay.md). */
export function paid(asked: Said, { transaction_id: queryId, amount, at }: Taking): Said {
  const time = beijing(at).slice(4);
  return {
    ...common(asked, amount),
    ...payer,
    queryId,
    traceNo: queryId.slice(-6),
    traceTime: time,
    settleAmt: String(amount),
    settleCurrencyCode: '156',
    settleDate: time.slice(0, 4),
  };
}

/** A payment as queries and notices show it. */
export function wirePayment(transaction: Transaction, taking: Taking): Said {
  return paid(orderOf(transaction).asked, taking);
}
