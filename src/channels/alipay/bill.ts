import { z } from 'zod';

import type { BillAnswer, BillKind, BillRow } from '../../domain/bill.ts';
import { unzipped } from '../archive.ts';
import { isOfDay, toInstant } from '../beijing.ts';
import type { BillDay, BillFacts } from '../bill.ts';
import { billOf } from '../bill-rows.ts';
import type { Call } from '../channel.ts';
import { fromSignedDecimal } from '../decimal.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { type Cells, faultOf, readBillText } from './bill-text.ts';
import { speak } from './request.ts';

/** The trade bill of a day by Beijing's clock, ready at nine in the morning after (channels.md 2.6). */
export const bills: BillFacts = {
  flows: ['trade'],
  zone: 'Asia/Shanghai',
  ready_after_ms: 9 * 3_600_000,
};

/** Asks where the bill is, which is said for half a minute, fetches it, and holds it to its own sums (channels.md 2.6). */
export async function bill(call: Call<Account>, { day }: BillDay): Promise<BillAnswer> {
  const link = await linkTo(call, day);
  if (link.kind !== 'link') return link;
  const reply = await call.send({
    method: 'GET',
    url: link.bill_download_url,
    body: '',
    headers: { Accept: '*/*', 'User-Agent': 'holdfast' },
    is_file: true,
  });
  if (reply.kind !== 'reply') return { kind: 'unknown', detail: reply.detail };
  if (reply.status !== 200 || !reply.file) return unclear(`no bill but status ${reply.status}`);
  const files = await unzipped(reply.file);
  const parsed = files && readBillText(files);
  if (!parsed) return unclear('the bill cannot be unpacked or read');
  const fault = faultOf(parsed, call.account.seller_id, day);
  if (fault !== null) return unclear(fault);
  return billOf(parsed.rows.map(rowOf), ({ at }) => isOfDay(at, day));
}

const link = z.object({ bill_download_url: z.url({ protocol: /^https?$/ }) });

async function linkTo(call: Call<Account>, day: string) {
  const asked = { bill_type: 'trade', bill_date: day };
  const spoken = await speak(call, 'alipay.data.dataservice.bill.downloadurl.query', asked);
  if (spoken.kind === 'refused') return refusal(spoken.refusal.code);
  if (spoken.kind === 'pending') return unclear('pending');
  if (spoken.kind !== 'done') return spoken;
  const found = read(link, spoken.answer);
  if (!found) return unclear('told no link to the bill');
  const { origin, hostname } = new URL(found.bill_download_url);
  const isTheirs = hostname.endsWith('.alipay.com');
  if (!isTheirs && origin !== new URL(call.account.base_url).origin)
    return unclear(`the bill is said to be at ${hostname}`);
  return { kind: 'link', ...found } as const;
}

/** That there is no bill may mean that there is none yet; that there is nothing on it is asked twice by whoever looks. */
function refusal(code: string): BillAnswer {
  const key = code.replace(/^isp\./, '').toUpperCase();
  return { kind: absences.get(key) ?? 'refused', detail: code };
}

const absences = new Map<string, 'not_ready' | 'no_bill'>([
  ['BILL_NOT_EXIST', 'not_ready'],
  ['NO_BILL_DATA', 'no_bill'],
]);

/** Types of business (业务类型); another one is told as `other`. */
const kinds = new Map<string | undefined, BillKind>([
  ['交易', 'payment'],
  ['退款', 'refund'],
]);

function rowOf(cells: Cells): BillRow | null {
  const kind = kinds.get(cells['业务类型']) ?? 'other';
  const at = toInstant(cells['完成时间'] ?? '');
  const money = fromSignedDecimal(cells['订单金额（元）'] ?? '', 'CNY');
  if (at === null || money === null) return null;
  return {
    kind,
    reference: cells[kind === 'refund' ? '退款批次号/请求号' : '商户订单号'] || null,
    channel_reference: cells['支付宝交易号'] || null,
    ...money,
    fee: fromSignedDecimal(cells['服务费（元）'] ?? '', 'CNY'),
    at,
  };
}
