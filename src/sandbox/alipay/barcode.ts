import type { ChannelOptions } from '../channel.ts';
import type { Transaction } from '../transaction.ts';
import { yuan } from './money.ts';
import { ordered } from './order.ts';
import { begin, pay } from './payer.ts';
import { type Asked, member } from './request.ts';
import { buyer } from './trade.ts';
import { beijing, failed, refused, type Said, success } from './wording.ts';

/** What comes of a payer's barcode, by its last two digits; any other pays. */
const conducts = {
  '01': 'asks', // 10003: he must type his password; he pays by the control API
  '02': 'declines',
  '03': 'pays in silence', // 20000, and the money was taken
  '04': 'is lost', // 20000, and there is no trade
} as const;
type Conduct = (typeof conducts)[keyof typeof conducts] | 'pays';

const unknown = refused(20000, 'isp.unknow-error', '系统繁忙');

/**
 * `alipay.trade.pay`: the merchant scans the payer's barcode, which takes the money at once. A repeat of the
 * number with the same fields tells what became of it.
 */
export function payByBarcode(options: ChannelOptions, asked: Asked): Said {
  const auth_code = member(asked, 'auth_code');
  if (!/^(2[5-9]|30)\d{14,22}$/.test(auth_code))
    return failed('ACQ.PAYMENT_AUTH_CODE_INVALID', '支付失败，获取顾客账户信息失败');
  const conduct = conductOf(auth_code);
  if (conduct === 'is lost') return unknown;
  const result = ordered(options.books, asked, 900_000);
  if ('refused' in result) return result.refused;
  const transaction = after(options, result.transaction, conduct);
  const isSilent = conduct === 'pays in silence' && result.transaction.state === 'created';
  return isSilent ? unknown : told(transaction);
}

function conductOf(auth_code: string): Conduct {
  return (conducts as Readonly<Record<string, Conduct>>)[auth_code.slice(-2)] ?? 'pays';
}

function after(options: ChannelOptions, known: Transaction, conduct: Conduct): Transaction {
  if (known.state !== 'created') return known;
  if (conduct === 'pays' || conduct === 'pays in silence') return pay(options, known);
  const begun = begin(options, known);
  if (conduct !== 'declines') return begun;
  const declined: Transaction = { ...begun, state: 'declined' };
  options.books.save(declined);
  return declined;
}

function told(transaction: Transaction): Said {
  const { reference, amount, state, takings, numbers } = transaction;
  if (state === 'declined') return failed('ACQ.BUYER_BALANCE_NOT_ENOUGH', '买家余额不足');
  const taking = takings[0];
  const base = {
    trade_no: taking?.transaction_id ?? numbers.at(-1),
    out_trade_no: reference,
    buyer_logon_id: buyer.logon_id,
    buyer_user_id: buyer.user_id,
    buyer_open_id: buyer.open_id,
    total_amount: yuan(amount),
  };
  if (!taking) return { ...success(base), code: '10003', msg: 'order success pay inprocess' };
  const paid = yuan(taking.amount);
  return success({
    ...base,
    receipt_amount: paid,
    buyer_pay_amount: paid,
    invoice_amount: paid,
    point_amount: '0.00',
    gmt_payment: beijing(taking.at),
    fund_bill_list: [{ fund_channel: 'ALIPAYACCOUNT', amount: paid }],
  });
}
