import { type Planted, rowsOf } from '../bill.ts';
import type { Books } from '../books.ts';
import { billText, type Cells } from './bill-text.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { ledgerOf, type Movement } from './movement.ts';
import { billTime, yuan } from './wording.ts';

const columns = ['记账时间', '微信支付业务单号', '资金流水单号', '业务名称', '业务类型', '收支类型', '收支金额（元）', '账户结余（元）', '资金变更提交申请人', '备注', '业务凭证号']; // prettier-ignore

/** What changed the merchant's balance: a movement, or the fee of one. */
interface Flow {
  readonly movement: Movement;
  readonly type: (typeof types)[number];
  /** Negative when it left. */
  readonly amount: number;
  readonly balance: number;
}

/**
 * What came to the merchant's basic account on a day and what left it, each with the balance after it; or null when
 * nothing did.
 *
 * @param day like 2026-11-29
 */
export function fundBill(
  books: Books,
  { day, planted }: { readonly day: string; readonly planted: readonly Planted[] },
): string | null {
  const ledger = ledgerOf(books);
  const rows = rowsOf(ledger, day, planted);
  const before = ledger.rows.filter((one) => ledger.dayOf(one) < day && !rows.includes(one));
  const flows = flowsOf([...before, ...rows]).filter(({ movement }) => rows.includes(movement));
  return flows.length === 0 ? null : billText(columns, flows.map(line), summary(flows));
}

function flowsOf(all: readonly Movement[]): readonly Flow[] {
  let balance = 0;
  return all.flatMap(changes).map((change) => {
    balance += change.amount;
    return { ...change, balance };
  });
}

/** A payment comes whole and its fee leaves beside it; a refund leaves without the fee that it gives back. */
function changes(movement: Movement): Omit<Flow, 'balance'>[] {
  const { kind, amount, fee } = movement;
  switch (kind) {
    case 'payment': {
      const paid = { movement, type: '交易' as const, amount };
      return fee === 0 ? [paid] : [paid, { movement, type: '扣除交易手续费', amount: -fee }];
    }
    case 'refund':
      return [{ movement, type: '退款', amount: fee - amount }];
    case 'return':
      return [{ movement, type: '退款退回', amount: amount - fee }];
  }
}

/** All types, so that each flow has a number of its own. */
const types = ['交易', '扣除交易手续费', '退款', '退款退回'] as const;

function line({ movement, type, amount, balance }: Flow): Cells {
  const { at, transaction, taking, refund } = movement;
  const number = refund?.refund_id ?? taking?.transaction_id ?? '';
  const note = `退款总金额${yuan(movement.amount)}元;含手续费${yuan(movement.fee)}元`;
  return {
    记账时间: billTime(at),
    微信支付业务单号: number,
    资金流水单号: `${number}${types.indexOf(type)}`,
    业务名称: refund ? '退款' : '交易',
    业务类型: type,
    收支类型: amount < 0 ? '支出' : '收入',
    '收支金额（元）': yuan(Math.abs(amount)),
    '账户结余（元）': yuan(balance),
    资金变更提交申请人: refund ? `${keys.mchid}API` : 'system',
    备注: refund ? note : '',
    业务凭证号: refund?.reference ?? transaction.reference,
  };
}

/** This summary counts with a point, as the sample on WeChat's page of the bill does: `20.0,`17.0,`0.35,`3.0,`0.18. */
const count = (some: readonly Flow[]) => some.length.toFixed(1);

function summary(flows: readonly Flow[]): Cells {
  const came = flows.filter(({ amount }) => amount >= 0);
  const left = flows.filter(({ amount }) => amount < 0);
  const sum = (some: readonly Flow[]) =>
    yuan(Math.abs(some.reduce((before, { amount }) => before + amount, 0)));
  return {
    资金流水总笔数: count(flows),
    收入笔数: count(came),
    收入金额: sum(came),
    支出笔数: count(left),
    支出金额: sum(left),
  };
}
