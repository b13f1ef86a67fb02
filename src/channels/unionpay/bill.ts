import type { BillAnswer } from '../../domain/bill.ts';
import { inflated, unzipped } from '../archive.ts';
import { isOfDay } from '../beijing.ts';
import type { BillDay, BillFacts } from '../bill.ts';
import { billOf } from '../bill-rows.ts';
import type { Call } from '../channel.ts';
import type { Parameters } from '../form.ts';
import { isBase64 } from '../text.ts';
import { unclear } from '../unclear.ts';
import type { Account } from './account.ts';
import { fault, readSettled, rowOf } from './bill-text.ts';
import { wireTime } from './number.ts';
import { refusalIn } from './refusal.ts';
import { askFile } from './request.ts';

/** What was settled on a day by Beijing's clock, ready at ten in the morning after (docs/channels/unionpay.md 7). */
export const bills: BillFacts = {
  flows: ['trade'],
  zone: 'Asia/Shanghai',
  ready_after_ms: 10 * 3_600_000,
};

/** Asks for the bill, which comes in the signed answer itself, and reads what was settled. */
export async function bill(call: Call<Account>, { day }: BillDay): Promise<BillAnswer> {
  const spoken = await askFile(call, {
    txnType: '76',
    txnSubType: '01',
    bizType: '000000',
    fileType: '00',
    settleDate: day.slice(5).replace('-', ''),
    txnTime: wireTime(call.now()),
  });
  if (spoken.kind !== 'told') return spoken;
  const { told } = spoken;
  if (told['respCode'] !== '00') return refusal(told, call.now(), day);
  const date = day.replaceAll('-', '');
  if (told['fileName'] !== `${call.account.mer_id}_${date}.zip`)
    return unclear(`a bill that is called '${told['fileName']}'`);
  const text = await settledIn(told, `INN${date.slice(2)}88ZM_${call.account.mer_id}`);
  return text ? read(text, day, call.account) : unclear('the bill cannot be unpacked');
}

/** Of a day on which nothing was settled and of one whose bill is not made UnionPay says the same: the hour tells which it is. */
function refusal(told: Parameters, now: Date, day: string): BillAnswer {
  const detail = `respCode '${told['respCode']}'`;
  const isRefused = refusalIn(told) !== null;
  if (told['respCode'] !== '98') return isRefused ? { kind: 'refused', detail } : unclear(detail);
  const readyAt = Date.parse(`${day}T24:00:00+08:00`) + bills.ready_after_ms;
  return { kind: now.getTime() < readyAt ? 'not_ready' : 'no_bill', detail };
}

/** The file of this name in what was told. */
async function settledIn({ fileContent = '' }: Parameters, name: string): Promise<Buffer | null> {
  const archive = isBase64(fileContent) ? await inflated(Buffer.from(fileContent, 'base64')) : null;
  const files = archive && (await unzipped(archive));
  return files?.find((file) => file.name.toString('latin1') === name)?.content ?? null;
}

function read(text: Buffer, day: string, account: Account): BillAnswer {
  const settled = readSettled(text);
  if (!settled) return unclear('the bill is cut off, or none');
  const wrong = fault(settled, account);
  if (wrong !== null) return unclear(wrong);
  if (settled.length === 0) return { kind: 'no_bill', detail: 'nothing was settled' };
  return billOf(settled.map((one) => rowOf(one, day)), ({ at }) => isOfDay(at, day)); // prettier-ignore
}
