import type { BillKind, BillRow } from '../../domain/bill.ts';
import { toInstant } from '../beijing.ts';
import { fromDecimal } from '../decimal.ts';
import { addUp, type BillForm, type Cells, counts } from './bill-text.ts';

const ways = { in: '收入', out: '支出' } as const;

/** What came to the merchant's balance on a day and what left it; a refund leaves without the fee that it gives back. */
export const fundBill: BillForm = {
  fault({ rows, summary }) {
    if (!counts(summary['资金流水总笔数'], rows)) return 'rows are missing in the bill';
    for (const way of Object.values(ways)) {
      const some = rows.filter((row) => row['收支类型'] === way);
      if (!counts(summary[`${way}笔数`], some)) return `rows of ${way} are missing in the bill`;
      if (!addUp(some.map(amountOf), summary[`${way}金额`]))
        return `the bill does not add up to its ${way}金额`;
    }
    return null;
  },
  rowOf,
}; // prettier-ignore

/** WeChat's page of the bill has wide brackets in the column's name, and bills that merchants were sent have narrow ones. */
const amountOf = (cells: Cells) => cells['收支金额（元）'] ?? cells['收支金额(元)'];

/** Types of business (业务类型); another one is told as `other`. */
const kinds = new Map<string | undefined, BillKind>([
  ['交易', 'payment'],
  ['扣除交易手续费', 'fee'],
  ['退款', 'refund'],
  ['提现', 'payout'],
]);

function rowOf(cells: Cells): BillRow | null {
  const at = toInstant(cells['记账时间'] ?? '');
  const money = fromDecimal(amountOf(cells) ?? '', 'CNY');
  const way = cells['收支类型'];
  if (at === null || money === null || (way !== ways.in && way !== ways.out)) return null;
  return {
    kind: kinds.get(cells['业务类型']) ?? 'other',
    reference: cells['业务凭证号'] || null,
    channel_reference: cells['微信支付业务单号'] || null,
    ...money,
    direction: way === ways.in ? 'in' : 'out',
    fee: null,
    at,
  };
}
