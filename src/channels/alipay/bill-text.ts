import type { ArchivedFile } from '../archive.ts';
import { fromSignedDecimal } from '../decimal.ts';

/** A row of a bill, by the names of its columns. */
export type Cells = Readonly<Record<string, string>>;

export interface BillText {
  readonly rows: readonly Cells[];
  /** What the bill says of itself, line by line: whose it is, of which day, and what its rows add up to. */
  readonly notes: string;
  /** The last row of the summary. */
  readonly total: Cells;
}

/** The details and the summary, in GBK like their names (channels.md 2.6); null for what is not both of them. */
export function readBillText(files: readonly ArchivedFile[]): BillText | null {
  const texts = files.map(({ name, content }) => [gbk(name), gbk(content)] as const);
  const named = (end: string) => texts.find(([name]) => name?.endsWith(end))?.[1];
  const details = tableOf(named('_业务明细.csv') ?? '', '业务明细列表结束');
  const summary = tableOf(named('_业务明细(汇总).csv') ?? '', '业务汇总列表结束');
  const total = summary?.rows.at(-1);
  return details && total ? { ...details, total } : null;
}

function gbk(bytes: Buffer): string | null {
  try {
    return new TextDecoder('gbk', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Lines that begin with # are notes, of which one says that the table is over: one that is cut off lacks it. */
function tableOf(text: string, end: string): Pick<BillText, 'rows' | 'notes'> | null {
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const notes = lines.filter((line) => line.startsWith('#')).join('\n');
  const [columns, ...rest] = lines.filter((line) => !line.startsWith('#'));
  if (columns === undefined || !notes.includes(end)) return null;
  const names = columns.split(',');
  const rows = rest.map((line) => cellsOf(names, line));
  return rows.some((row) => row === null) ? null : { rows: rows.filter((row) => row !== null), notes };
} // prettier-ignore

/** What a product is called may hold commas; every other cell is Alipay's own, or a number. Cells are padded. */
const free = '商品名称';

function cellsOf(names: readonly string[], line: string): Cells | null {
  const cells = line.split(',');
  const surplus = cells.length - names.length;
  const at = names.indexOf(free);
  if (surplus < 0 || (surplus > 0 && at < 0)) return null;
  if (surplus > 0) cells.splice(at, surplus + 1, cells.slice(at, at + surplus + 1).join(','));
  return Object.fromEntries(names.map((name, index) => [name, (cells[index] ?? '').trim()]));
}

/** Whose bill it is not, of which day, or what it does not add up to; null when all of it agrees. */
export function faultOf({ rows, notes, total }: BillText, seller: string, day: string): string | null {
  if (!notes.includes(`#账号：[${seller}`)) return 'a bill of somebody else';
  if (!notes.includes(`#起始日期：[${inChinese(day)} 00:00:00]`)) return 'a bill of another day';
  const of = (type: string) => rows.filter((row) => row['业务类型'] === type);
  const [paid, back] = [of('交易'), of('退款')];
  const said = [
    [sumOf(paid, '商家实收（元）'), noted(notes, /#交易合计：\d+笔，商家实收共(-?[\d.]+)元/)],
    [sumOf(back, '商家实收（元）'), noted(notes, /#退款合计：\d+笔，商家实收退款共(-?[\d.]+)元/)],
    [BigInt(paid.length), BigInt(/#交易合计：(\d+)笔/.exec(notes)?.[1] ?? -1)],
    [BigInt(back.length), BigInt(/#退款合计：(\d+)笔/.exec(notes)?.[1] ?? -1)],
    [sumOf(rows, '订单金额（元）'), fen(total['订单金额（元）'])],
    [sumOf(rows, '服务费（元）'), fen(total['服务费（元）'])],
  ];
  const agrees = said.every(([sum, told]) => sum !== null && sum === told);
  return agrees ? null : 'the bill does not add up to what it says';
} // prettier-ignore

/** A day as a bill's heading writes it: 2026年11月24日, while its rows write 2026-11-24. */
function inChinese(day: string): string {
  const [year, month, date] = day.split('-');
  return `${year}年${month}月${date}日`;
}

function noted(notes: string, total: RegExp): bigint | null {
  return fen(total.exec(notes)?.[1]);
}

function fen(yuan: string | undefined): bigint | null {
  const money = fromSignedDecimal(yuan ?? '', 'CNY');
  return money && (money.direction === 'out' ? -BigInt(money.amount) : BigInt(money.amount));
}

function sumOf(rows: readonly Cells[], column: string): bigint | null {
  const amounts = rows.map((row) => fen(row[column]));
  if (amounts.includes(null)) return null;
  return amounts.reduce<bigint>((before, amount) => before + (amount ?? 0n), 0n);
}
