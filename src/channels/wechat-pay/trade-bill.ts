import type { BillKind, BillRow } from '../../domain/bill.ts';
import { toInstant } from '../beijing.ts';
import { fromDecimal, fromSignedDecimal } from '../decimal.ts';
import { addUp, type BillForm, type Cells, counts } from './bill-text.ts';

/** What of the summary is the sum of which column. */
const totals = {
  应结订单总金额: '应结订单金额',
  退款总金额: '退款金额',
  充值券退款总金额: '充值券退款金额',
  手续费总金额: '手续费',
  订单总金额: '订单金额',
  申请退款总金额: '申请退款金额',
} as const;

/** What payers paid and got back on a day (channels.md 1.6). */
export const tradeBill: BillForm = {
  fault({ rows, summary }, { mchid }) {
    if (!counts(summary['总交易单数'], rows)) return 'rows are missing in the bill';
    if (rows.some((row) => row['商户号'] !== mchid)) return 'a bill of somebody else';
    const total = Object.entries(totals).find(
      ([name, column]) =>
        !addUp(
          rows.map((row) => row[column]),
          summary[name],
        ),
    );
    return total ? `the bill does not add up to its ${total[0]}` : null;
  },
  rowOf,
};

/** Every 交易状态 that a bill has; another one is told as `other`. */
const kinds = new Map<string | undefined, BillKind>([
  ['SUCCESS', 'payment'],
  ['REFUND', 'refund'],
  ['REVOKED', 'reversal'], // of a presented code's order
]);

/** A refund that failed, or came back to the merchant, moved nothing in the end. */
const undelivered = ['FAIL', 'CHANGE'];

function rowOf(cells: Cells): BillRow | null {
  const kind = kinds.get(cells['交易状态']) ?? 'other';
  const at = toInstant(cells['交易时间'] ?? '');
  const isPayment = kind === 'payment';
  const money = fromDecimal(
    cells[isPayment ? '订单金额' : '申请退款金额'] ?? '',
    cells['货币种类'] ?? '',
  );
  if (at === null || money === null) return null;
  return {
    kind: undelivered.includes(cells['退款状态'] ?? '') ? 'other' : kind,
    reference: cells[kind === 'refund' ? '商户退款单号' : '商户订单号'] || null,
    channel_reference: cells[isPayment ? '微信订单号' : '微信退款单号'] || null,
    ...money,
    direction: isPayment ? 'in' : 'out',
    fee: feeOf(cells['手续费'] ?? '', money.currency),
    at,
  };
}

/** WeChat's fee is above nothing where it took one, and below where it gave one back. */
function feeOf(text: string, currency: string): BillRow['fee'] {
  const fee = fromSignedDecimal(text, currency);
  return fee && { ...fee, direction: fee.direction === 'in' ? 'out' : 'in' };
}
