import type { BillRow, Ledger } from '../bill.ts';
import type { Books } from '../books.ts';
import { clock } from '../clock.ts';
import type { Transaction } from '../transaction.ts';
import { zip } from '../zip.ts';
import { gbk } from './gbk.ts';
import { alipayKeys as keys } from './keys.ts';
import { yuan } from './money.ts';
import { orderOf } from './order.ts';
import { buyer } from './trade.ts';
import { beijing, channel } from './wording.ts';

/** A line of a bill: money that came, or went back. */
interface Row extends BillRow {
  readonly transaction: Transaction;
  readonly trade_no: string;
  readonly at: string;
  readonly out_request_no: string;
}

/** What ever moved, oldest first: payments when they were paid, refunds when they were given. Each day is Beijing's. */
export function ledgerOf(books: Books): Ledger<Row> {
  const mine = [...books.transactions.values()].filter((one) => one.channel === channel);
  return {
    rows: mine.flatMap(rows).sort((one, other) => (one.at < other.at ? -1 : 1)),
    dayOf: ({ at }) => beijing(at).slice(0, 10),
    ofNobody: (row) => ({
      ...row,
      references: [],
      transaction: { ...row.transaction, reference: 'att_of_nobody_0000' },
      trade_no: '2026000000000000000000000000',
      out_request_no: row.out_request_no && 'ref_of_nobody_0000',
    }),
  };
}

function rows(transaction: Transaction): Row[] {
  const paid = transaction.takings.map(({ transaction_id, at, amount }) => ({
    references: [transaction.reference], transaction, trade_no: transaction_id, at, amount, fee: feeOf(amount),
    out_request_no: '',
  })); // prettier-ignore
  const back = transaction.refunds.map(({ transaction_id, created_at, amount, reference }) => ({
    references: [transaction.reference, reference], transaction, trade_no: transaction_id, at: created_at,
    amount: -amount, fee: feeOf(-amount), out_request_no: reference,
  })); // prettier-ignore
  return [...paid, ...back];
}

/** 0.6 %, which a payment costs and a refund gives back. */
function feeOf(amount: number): number {
  return -Math.round(amount * 0.006);
}

const header =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';

/** Signed yuan. */
function signed(amount: number): string {
  return amount < 0 ? `-${yuan(-amount)}` : yuan(amount);
}

function line(row: Row): string {
  const { transaction, trade_no, at, amount, fee, out_request_no } = row;
  const { asked, begun_at } = orderOf(transaction);
  const none = '0.00';
  const subject = String(asked['subject']).replace(/[,\s]+/g, ' ');
  const cells = [
    `${trade_no}\t`, `${transaction.reference}\t`, amount < 0 ? '退款    ' : '交易    ', subject,
    beijing(begun_at ?? at), beijing(at), '', '', '', '', `*买家(${buyer.logon_id})`,
    signed(amount), signed(amount), none, none, none, none, none, '', none, none,
    `${out_request_no}\t`, signed(fee), none, '',
  ]; // prettier-ignore
  return cells.join(',');
}

const rule = (text: string) =>
  `#-----------------------------------------${text}----------------------------------------`;

/** A time as the notes of a bill write it: 2026年11月24日 16:00:00. Its rows write 2026-11-24 16:00:00. */
const noted = (at: string) => at.replace(/^(\d+)-(\d+)-(\d+)/, '$1年$2月$3日');

/** From midnight to the next one. */
function period(day: string): string {
  const end = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
  return `#起始日期：[${noted(day)} 00:00:00]   终止日期：[${noted(end)} 00:00:00]`;
}

function sum(amounts: readonly number[]): string {
  return signed(amounts.reduce((before, amount) => before + amount, 0));
}

function details(rows: readonly Row[], day: string): string {
  const [paid, back] = [
    rows.filter(({ amount }) => amount > 0),
    rows.filter(({ amount }) => amount < 0),
  ];
  const total = (some: readonly Row[]) => sum(some.map(({ amount }) => amount));
  return [
    '#支付宝业务明细查询',
    `#账号：[${keys.seller_id}0156]`,
    period(day),
    rule('业务明细列表'),
    header,
    ...rows.map(line),
    rule('业务明细列表结束'),
    `#交易合计：${paid.length}笔，商家实收共${total(paid)}元，商家优惠共0.00元`,
    `#退款合计：${back.length}笔，商家实收退款共${total(back)}元，商家优惠退款共0.00元`,
    `#导出时间：[${noted(beijing(clock.now()))}]`,
    '',
  ].join('\r\n');
}

function summary(rows: readonly Row[], day: string): string {
  const back = rows.filter(({ amount }) => amount < 0).length;
  const [total, fee] = [sum(rows.map(({ amount }) => amount)), sum(rows.map(({ fee }) => fee))];
  const net = sum(rows.map((row) => row.amount + row.fee));
  return [
    '#支付宝业务汇总查询',
    `#账号：[${keys.seller_id}0156]`,
    period(day),
    rule('业务汇总列表'),
    '门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）',
    `合计,,${rows.length - back},${back},${total},${total},0.00,0.00,0.00,${fee},0.00,${net}`,
    rule('业务汇总列表结束'),
    '',
  ].join('\r\n');
}

/** The bill as it is downloaded: a zip of GBK texts, their names in GBK too (channels.md 2.6). */
export function billOf(rows: readonly Row[], day: string): Buffer {
  const name = (what: string) =>
    gbk(`${keys.seller_id}0156_${day.replaceAll('-', '')}_${what}.csv`);
  return zip([
    { name: name('业务明细'), content: gbk(details(rows, day)) },
    { name: name('业务明细(汇总)'), content: gbk(summary(rows, day)) },
  ]);
}
