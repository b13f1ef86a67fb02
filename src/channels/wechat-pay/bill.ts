import { createHash } from 'node:crypto';

import { z } from 'zod';

import type { BillAnswer, BillFlow } from '../../domain/bill.ts';
import { gunzipped } from '../archive.ts';
import { isOfDay } from '../beijing.ts';
import type { BillDay, BillFacts } from '../bill.ts';
import { billOf } from '../bill-rows.ts';
import type { Call } from '../channel.ts';
import { read } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { type BillForm, readBillText } from './bill-text.ts';
import { fundBill } from './fund-bill.ts';
import { speak } from './request.ts';
import { authorization } from './signature.ts';
import { tradeBill } from './trade-bill.ts';

/** Bills of a day by Beijing's clock, made from nine on and ready at ten in the morning after (channels.md 1.6). */
export const bills: BillFacts = {
  flows: ['trade', 'fund'],
  zone: 'Asia/Shanghai',
  ready_after_ms: 10 * 3_600_000,
};

const pathOf = ({ flow, day }: BillDay) =>
  ({
    trade: `/v3/bill/tradebill?bill_date=${day}&bill_type=ALL&tar_type=GZIP`,
    fund: `/v3/bill/fundflowbill?bill_date=${day}&account_type=BASIC&tar_type=GZIP`,
  })[flow];

const forms: Readonly<Record<BillFlow, BillForm>> = { trade: tradeBill, fund: fundBill };

/** Asks where the bill is, fetches it, and holds it to the hash that WeChat signed and to its own sums (channels.md 1.6). */
export async function bill(call: Call<Account>, asked: BillDay): Promise<BillAnswer> {
  const link = await linkTo(call, asked);
  if (link.kind !== 'link') return link;
  const file = await download(call, link.download_url);
  if (file.kind !== 'file') return file;
  const text = await gunzipped(file.content);
  if (text === null) return unclear('the bill cannot be unpacked');
  if (createHash('sha1').update(text).digest('hex') !== link.hash_value.toLowerCase())
    return unclear('the bill is not what its hash says');
  return readBill(text.toString(), asked, call.account);
}

function readBill(text: string, { flow, day }: BillDay, account: Account): BillAnswer {
  const parsed = readBillText(text);
  if (!parsed) return unclear('the bill is cut off, or none');
  const fault = forms[flow].fault(parsed, account);
  if (fault !== null) return unclear(fault);
  return billOf(parsed.rows.map(forms[flow].rowOf), ({ at }) => isOfDay(at, day));
}

const link = z.object({
  hash_type: z.literal('SHA1'),
  hash_value: z.string(),
  download_url: z.url({ protocol: /^https?$/ }),
});

async function linkTo(call: Call<Account>, asked: BillDay) {
  const spoken = await speak(call, 'GET', pathOf(asked));
  if (spoken.kind === 'refused') return refusal(spoken.error.key, call.now(), asked.day);
  if (spoken.kind !== 'done') return spoken;
  const found = read(link, spoken.body);
  if (!found) return unclear('told no link to the bill');
  const { origin, hostname } = new URL(found.download_url);
  const isTheirs = hostname.endsWith('.mch.weixin.qq.com');
  if (!isTheirs && origin !== new URL(call.account.base_url).origin)
    return unclear(`the bill is said to be at ${hostname}`);
  return { kind: 'link', ...found } as const;
}

/** Of a day without payments and of one whose bill is not begun WeChat says the same: the hour tells which it is. */
function refusal(key: string, now: Date, day: string): BillAnswer {
  const readyAt = Date.parse(`${day}T24:00:00+08:00`) + bills.ready_after_ms;
  if (key === 'STATEMENTCREATING' || (key === 'NOSTATEMENTEXIST' && now.getTime() < readyAt))
    return { kind: 'not_ready', detail: key };
  return { kind: key === 'NOSTATEMENTEXIST' ? 'no_bill' : 'refused', detail: key };
}

/** The file is not signed, unlike all else: its hash was. */
async function download({ account, send, now }: Call<Account>, url: string) {
  const reply = await send({
    method: 'GET',
    url,
    body: '',
    headers: {
      Authorization: authorization(account, 'GET', url, '', now()),
      Accept: '*/*',
      'User-Agent': 'holdfast',
    },
    is_file: true,
  });
  if (reply.kind !== 'reply') return { kind: 'unknown', detail: reply.detail } as const;
  if (reply.status !== 200 || !reply.file) return unclear(`no bill but status ${reply.status}`);
  return { kind: 'file', content: reply.file } as const;
}
