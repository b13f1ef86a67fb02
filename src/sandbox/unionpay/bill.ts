import { deflateSync } from 'node:zlib';

import type { BillRow, Ledger } from '../bill.ts';
import type { Books } from '../books.ts';
import type { RefundEntry, Transaction } from '../transaction.ts';
import { zip } from '../zip.ts';
import { unionpayKeys as keys } from './keys.ts';
import { orderOf } from './order.ts';
import { ownOf } from './refund-wire.ts';
import { beijing, channel, freshQueryId, type Said } from './wording.ts';

/** A line of a bill: a payment or a refund, `at` in milliseconds since the epoch. A fee is below nothing when it is given back. */
interface Row extends BillRow {
  readonly code: 'S22' | 'S30';
  readonly queryId: string;
  readonly at: number;
  /** What was asked for, verbatim. */
  readonly asked: Said;
  /** The `queryId` of what a refund gives back. */
  readonly original: string;
}

/** Payments when they were paid and refunds when they were taken, oldest first. Each day is Beijing's. */
export function ledgerOf(books: Books): Ledger<Row> {
  const mine = [...books.transactions.values()].filter((one) => one.channel === channel);
  return {
    rows: mine.flatMap(rowsOf).sort((one, other) => one.at - other.at),
    dayOf: ({ at }) => beijing(at).replace(/^(....)(..)(..).*/, '$1-$2-$3'),
    ofNobody: (row) => ({
      ...row,
      references: [],
      queryId: freshQueryId(row.at),
      asked: { ...row.asked, orderId: 'attofnobody0000' },
    }),
  };
}

function rowsOf(transaction: Transaction): Row[] {
  const living = transaction.refunds.filter(({ state }) => state !== 'failed');
  return [...payments(transaction), ...living.map((refund) => refundRow(transaction, refund))];
}

function payments(transaction: Transaction): Row[] {
  return transaction.takings.map(({ transaction_id: queryId, amount, at }) => ({
    code: 'S22',
    references: [transaction.reference],
    queryId,
    amount,
    fee: feeOf(amount),
    at: Date.parse(at),
    asked: orderOf(transaction).asked,
    original: '',
  }));
}

function refundRow({ reference }: Transaction, refund: RefundEntry): Row {
  return {
    code: 'S30',
    references: [reference, refund.reference],
    queryId: refund.refund_id,
    amount: refund.amount,
    fee: -feeOf(refund.amount),
    at: Date.parse(refund.created_at),
    asked: ownOf(refund).asked,
    original: refund.transaction_id,
  };
}

/** 0.6 %, which a payment costs and a refund gives back. */
function feeOf(amount: number): number {
  return Math.round(amount * 0.006);
}

/** The columns of a `ZM` file and how wide they are, in its order (docs/channels/unionpay.md 7). */
const columns = [
  ['code', 3], ['acquirer', 11], ['sender', 11], ['traceNo', 6], ['traceTime', 10], ['account', 19], ['amount', 12],
  ['merchantType', 4], ['terminalType', 2], ['queryId', 21], ['oldWay', 2], ['orderId', 32], ['cardType', 2],
  ['originalTraceNo', 6], ['originalTime', 10], ['fee', 13], ['settled', 13], ['way', 4], ['group', 15], ['txnType', 2],
  ['txnSubType', 2], ['bizType', 6], ['accountType', 2], ['billType', 4], ['billNo', 32], ['interaction', 1],
  ['originalQueryId', 21], ['merId', 15], ['splitWay', 1], ['subMerId', 15], ['subMerName', 32], ['subAmount', 13],
  ['net', 13], ['terminal', 8], ['reserved', 32], ['discount', 13], ['invoice', 13], ['instalmentFee', 12],
  ['instalments', 2], ['medium', 1], ['originalOrderId', 32], ['rest', 98],
] as const; // prettier-ignore
type Cells = Partial<Record<(typeof columns)[number][0], string>>;

const digits = (amount: number, width: number) => String(Math.abs(amount)).padStart(width, '0');

/** `C`: to the merchant, `D`: from him. */
const signed = (amount: number) => `${amount < 0 ? 'D' : 'C'}${digits(amount, 12)}`;

/** Every column ends where its width says, with a blank between two. */
function line(row: Row): string {
  const cells = cellsOf(row);
  return columns.map(([name, width]) => (cells[name] ?? '').padEnd(width)).join(' ');
}

function cellsOf({ code, queryId, at, amount, fee, asked, original }: Row): Cells {
  const moved = code === 'S22' ? amount : -amount;
  return {
    code,
    acquirer: '00010000',
    sender: '00010000',
    traceNo: queryId.slice(-6),
    traceTime: beijing(at).slice(4),
    account: '6216***********0018',
    amount: digits(amount, 12),
    merchantType: '5311',
    terminalType: '08',
    queryId,
    orderId: asked['orderId'] ?? '',
    cardType: '01',
    originalTraceNo: original.slice(-6),
    originalTime: original.slice(4, 14),
    fee: signed(-fee),
    settled: signed(moved),
    txnType: asked['txnType'] ?? '',
    txnSubType: asked['txnSubType'] ?? '',
    bizType: asked['bizType'] ?? '',
    originalQueryId: original,
    merId: keys.mer_id,
    net: signed(moved - fee),
  };
}

/**
 * The bill as `fileContent` has it: a zip of a `ZM` file, which lists what moved, and a `ZME` file, which lists what the
 * banks have disputed among each other; deflated once more, in base64.
 *
 * @param day like 2026-11-29
 */
export function billOf(rows: readonly Row[], day: string): Said {
  const date = day.replaceAll('-', '');
  const name = (kind: string) => Buffer.from(`INN${date.slice(2)}88${kind}_${keys.mer_id}`);
  const packed = zip([
    { name: name('ZM'), content: Buffer.from([...rows.map(line), ''].join('\r\n')) },
    { name: name('ZME'), content: Buffer.alloc(0) },
  ]);
  return {
    fileName: `${keys.mer_id}_${date}.zip`,
    fileContent: deflateSync(packed).toString('base64'),
  };
}
