import type { Acted, ChannelOptions, PayerAction } from '../channel.ts';
import { clock } from '../clock.ts';
import type { Taking, Transaction } from '../transaction.ts';
import { notifyPayment } from './notice.ts';
import { hasExpired, orderOf, withOrder } from './order.ts';
import { channel, freshQueryId, isResponseCode, type ResponseCode } from './wording.ts';

/** What a bank says to a try that fails, unless the payer's action names another code. */
const tooLittleMoney: ResponseCode = '64';

/**
 * The payer acts. Whoever pays has opened the order before it, and so has he whose try the bank refuses (`decline`,
 * with the code as `reason`): until `payTimeout` he may try again. Who abandons has not even opened it. `pay` with the
 * reason `A6` is done with a flaw of UnionPay's. On what is over every act is refused with 409, unless it is forced.
 */
export function act(options: ChannelOptions, transaction: Transaction, asked: PayerAction): Acted {
  switch (asked.action) {
    case 'pay':
    case 'decline':
    case 'abandon':
      return tried(options, transaction, asked);
    case 'authenticate':
    case 'bounce_refund':
    case 'dispute':
    case 'resolve_dispute':
      return { status: 400, error: `${channel} takes pay, decline and abandon` };
  }
}

function tried(options: ChannelOptions, transaction: Transaction, asked: PayerAction): Acted {
  const wrong = wrongReason(asked);
  if (wrong !== null) return { status: 400, error: wrong };
  const error = over(transaction);
  if (error !== null && !asked.force) return { status: 409, error };
  if (asked.action === 'pay')
    return { transaction: pay(options, transaction, asked.reason === 'A6' ? 'A6' : '00') };
  if (error !== null || asked.action === 'abandon') return { transaction };
  const code = asked.reason ?? tooLittleMoney;
  const declined = withOrder(open(transaction), { tried: code as ResponseCode });
  options.books.save(declined);
  return { transaction: declined };
}

function wrongReason({ action, reason }: PayerAction): string | null {
  if (reason === undefined) return null;
  if (action === 'pay')
    return reason === 'A6' ? null : 'reason: a payment is done, or done with a flaw (A6)';
  if (action === 'abandon') return 'reason: who abandons gives none';
  return /^[67]\d$/.test(reason) && isResponseCode(reason)
    ? null
    : 'reason: a code of the payer’s bank, 60 to 78';
}

/** Why the payer can do nothing with it any more, or null. */
export function over(transaction: Transaction): string | null {
  if (transaction.state !== 'created') return `the order is ${transaction.state}`;
  return hasExpired(transaction) ? 'the order has expired' : null;
}

/** The order once its payer has opened it: from now on it can be asked for. */
export function open(transaction: Transaction): Transaction {
  if (orderOf(transaction).opened_at !== null) return transaction;
  return withOrder(transaction, { opened_at: new Date(clock.now()).toISOString() });
}

/** The payer's money is taken, whatever the order's state, and the merchant is told. */
function pay(
  options: ChannelOptions,
  transaction: Transaction,
  code: Extract<ResponseCode, '00' | 'A6'>,
): Transaction {
  const taking: Taking = {
    transaction_id: freshQueryId(clock.now()),
    amount: transaction.amount,
    at: new Date(clock.now()).toISOString(),
  };
  const paid: Transaction = {
    ...withOrder(open(transaction), { tried: code }),
    state: 'paid',
    numbers: [...transaction.numbers, taking.transaction_id],
    takings: [...transaction.takings, taking],
  };
  options.books.save(paid);
  notifyPayment(options, paid, taking, code);
  return paid;
}
