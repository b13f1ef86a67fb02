import { type Planted, rowsOf } from '../bill.ts';
import type { Books } from '../books.ts';
import type { RefundEntry } from '../transaction.ts';
import { billText, type Cells } from './bill-text.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { ledgerOf, type Movement } from './movement.ts';
import { orderOf } from './order.ts';
import { products } from './product.ts';
import { ownOf } from './refund-wire.ts';
import { openidOf } from './trade.ts';
import { billTime, yuan } from './wording.ts';

const first = ['交易时间', '公众账号ID', '商户号', '特约商户号', '设备号', '微信订单号', '商户订单号', '用户标识', '交易类型', '交易状态', '付款银行', '货币种类', '应结订单金额', '代金券金额']; // prettier-ignore
const ofRefunds = [
  '微信退款单号',
  '商户退款单号',
  '退款金额',
  '充值券退款金额',
  '退款类型',
  '退款状态',
];
const last = ['商品名称', '商户数据包', '手续费', '费率', '订单金额'];

/** The columns of each kind of trade bill, which is why they are read by name. */
const columns = {
  ALL: [...first, ...ofRefunds, ...last, '申请退款金额', '费率备注'],
  SUCCESS: [...first, ...last, '费率备注'],
  REFUND: [
    ...first,
    '退款申请时间',
    '退款成功时间',
    ...ofRefunds,
    ...last,
    '申请退款金额',
    '费率备注',
  ],
} as const;

/** What a trade bill is asked to have. */
export const billTypes = ['ALL', 'SUCCESS', 'REFUND'] as const;
type BillType = (typeof billTypes)[number];

/**
 * The payments and refunds of a day, or null when there were none.
 *
 * @param day like 2026-11-29
 */
export function tradeBill(
  books: Books,
  { day, planted }: { readonly day: string; readonly planted: readonly Planted[] },
  type: BillType,
): string | null {
  const wanted = { ALL: ['payment', 'refund'], SUCCESS: ['payment'], REFUND: ['refund'] }[type];
  const rows = rowsOf(ledgerOf(books), day, planted).filter(({ kind }) => wanted.includes(kind));
  return rows.length === 0 ? null : billText(columns[type], rows.map(line), summary(rows));
}

function line(row: Movement): Cells {
  const { transaction, at } = row;
  const { asked, product } = orderOf(transaction);
  return {
    交易时间: billTime(at),
    公众账号ID: keys.appid,
    商户号: keys.mchid,
    特约商户号: '0',
    微信订单号: row.taking?.transaction_id ?? '',
    商户订单号: transaction.reference,
    用户标识: openidOf(transaction),
    交易类型: products[product].trade_type,
    付款银行: 'OTHERS',
    货币种类: transaction.currency,
    代金券金额: yuan(0),
    充值券退款金额: yuan(0),
    商品名称: String(asked['description']),
    商户数据包: typeof asked['attach'] === 'string' ? asked['attach'] : '',
    费率: '0.60%',
    ...(row.refund ? ofRefund(row, row.refund) : ofPayment(row)),
  };
}

function ofPayment({ amount, fee }: Movement): Cells {
  return {
    交易状态: 'SUCCESS',
    应结订单金额: yuan(amount),
    微信退款单号: '0',
    商户退款单号: '0',
    退款金额: yuan(0),
    手续费: feeText(fee),
    订单金额: yuan(amount),
    申请退款金额: yuan(0),
  };
}

function ofRefund({ amount, fee, at, transaction }: Movement, refund: RefundEntry): Cells {
  return {
    交易状态: orderOf(transaction).reversed ? 'REVOKED' : 'REFUND',
    应结订单金额: yuan(0),
    退款申请时间: billTime(at),
    退款成功时间: refund.state === 'succeeded' ? billTime(refund.settles_at) : '',
    微信退款单号: refund.refund_id,
    商户退款单号: refund.reference,
    退款金额: yuan(amount),
    退款类型: 'ORIGINAL',
    退款状态: statusOf(refund),
    手续费: feeText(-fee),
    订单金额: yuan(0),
    申请退款金额: yuan(amount),
  };
}

function statusOf(refund: RefundEntry): 'PROCESSING' | 'SUCCESS' | 'FAIL' | 'CHANGE' {
  if (refund.state === 'processing') return 'PROCESSING';
  if (refund.state === 'succeeded') return 'SUCCESS';
  return ownOf(refund).to === 'merchant' ? 'FAIL' : 'CHANGE';
}

/** Fees have five decimals. */
function feeText(fen: number): string {
  return (fen / 100).toFixed(5);
}

function summary(rows: readonly Movement[]): Cells {
  const sum = (kind: Movement['kind'], of: 'amount' | 'fee') =>
    rows.filter((row) => row.kind === kind).reduce((before, row) => before + row[of], 0);
  const [paid, back] = [sum('payment', 'amount'), sum('refund', 'amount')];
  return {
    总交易单数: String(rows.length),
    应结订单总金额: yuan(paid),
    退款总金额: yuan(back),
    充值券退款总金额: yuan(0),
    手续费总金额: feeText(sum('payment', 'fee') - sum('refund', 'fee')),
    订单总金额: yuan(paid),
    申请退款总金额: yuan(back),
  };
}
