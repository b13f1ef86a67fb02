import type { Acted, ChannelOptions, PayerAction } from '../channel.ts';
import type { Transaction } from '../transaction.ts';
import { bookCredit } from './credit.ts';
import { isOffered, minorOf } from './money.ts';
import { bounce, reject } from './return.ts';
import { returnOf, returnReasons } from './return-wire.ts';
import { accountOf, closedAt, missingOf, type VirtualAccount } from './virtual-account.ts';
import { channel } from './wording.ts';

/**
 * The payer acts. To `pay` is to transfer what is missing, or another amount in any currency that the bank offers; the
 * `reason` is what he writes into the transfer. What is closed or paid refuses every act with 409, unless it is forced:
 * then the money had been accepted before, or comes a second time. Who names an amount may send it as often as he likes.
 */
export function act(options: ChannelOptions, transaction: Transaction, asked: PayerAction): Acted {
  const account = accountOf(transaction);
  switch (asked.action) {
    case 'pay':
      return pay(options, account, asked);
    case 'decline':
    case 'abandon':
      return over(account, asked) ?? { transaction };
    case 'authenticate':
    case 'dispute':
    case 'resolve_dispute':
      return { status: 400, error: 'bank-transfer takes pay, decline and abandon' };
    case 'bounce_refund':
      return bounceReturn(options, asked);
  }
}

function over(account: VirtualAccount, { force, amount }: PayerAction): Acted | null {
  if (force) return null;
  if (closedAt(account) !== null) return { status: 409, error: 'the order is closed' };
  const isPaid = amount === undefined && missingOf(account) === 0;
  return isPaid ? { status: 409, error: 'the order is paid' } : null;
}

function pay(options: ChannelOptions, account: VirtualAccount, asked: PayerAction): Acted {
  const { currency = account.asked.currency, reason: remittance } = asked;
  if (asked.currency !== undefined && asked.amount === undefined)
    return { status: 400, error: 'amount: how much of it?' };
  if (!isOffered(currency)) return { status: 400, error: `currency: no transfers in ${currency}` };
  const due = missingOf(account) || minorOf(account.asked);
  const came = { amount: asked.amount ?? due, currency, remittance };
  return over(account, asked) ?? { transaction: bookCredit(options, account, came) };
}

/** The payer's bank sends a booked return back; by force one that is pending never leaves. */
function bounceReturn(
  options: ChannelOptions,
  { refund, reason = 'AC04', force }: PayerAction,
): Acted {
  if (refund === undefined) return { status: 400, error: 'refund: which one bounces?' };
  const found = options.books.findRefund(channel, refund);
  if (!found) return { status: 404, error: `unknown refund '${refund}'` };
  const code = returnReasons.find((one) => one === reason);
  if (!code) return { status: 400, error: `reason: known: ${returnReasons.join(', ')}` };
  const { status } = returnOf(found.refund);
  if (status === 'booked') bounce(options, found.refund, code);
  else if (status === 'pending' && force) reject(options, found.refund, code);
  else return { status: 409, error: `the refund is ${status}` };
  return {
    transaction: options.books.find(channel, found.transaction.reference) ?? found.transaction,
  };
}
