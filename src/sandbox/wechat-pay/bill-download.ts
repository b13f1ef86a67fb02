import { createHash, createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { z } from 'zod';

import { billAbout, isPlanted, type Planted, plantedBy } from '../bill.ts';
import type { Books } from '../books.ts';
import type { Answer, Call } from '../call.ts';
import { clock } from '../clock.ts';
import type { Download } from '../serve.ts';
import { fundBill } from './fund-bill.ts';
import { wechatPayKeys as keys } from './keys.ts';
import { ledgerOf } from './movement.ts';
import { about, type Asked } from './request.ts';
import { billTypes, tradeBill } from './trade-bill.ts';
import { paramError, refusal } from './wording.ts';

const dayMs = 86_400_000;
/** A day's bill is made from nine on, and ready at ten, in the morning of the next one. */
const [madeMs, readyMs] = [dayMs + 9 * 3_600_000, dayMs + 10 * 3_600_000];
const keptMs = 92 * dayMs; // three months
const linkLastsMs = 300_000;

/** Where a bill is downloaded. */
export const downloadPath = '/v3/billdownload/file';

const common = { bill_date: z.iso.date(), tar_type: z.literal('GZIP').optional() };
const asked = {
  trade: z.strictObject({ ...common, bill_type: z.enum(billTypes).default('ALL') }),
  fund: z.strictObject({
    ...common,
    account_type: z.enum(['BASIC', 'OPERATION', 'FEES']).default('BASIC'),
  }),
};
export type BillKind = keyof typeof asked;

const notExist = refusal(400, 'NO_STATEMENT_EXIST', '账单文件不存在');
const creating = refusal(400, 'STATEMENT_CREATING', '账单生成中');

/** A bill is asked for, ready or not. */
export function billCall(kind: BillKind, asked: Asked): Call {
  const { options, parameters } = asked;
  const { references, names_amount } = billAbout(
    ledgerOf(options.books),
    parameters.get('bill_date') ?? '',
  );
  const call = about('bill', references, null, (_names, struck) =>
    billLink(kind, asked, plantedBy(struck)),
  );
  return { ...call, names_amount };
}

/**
 * `GET /v3/bill/tradebill` and `/v3/bill/fundflowbill`: where the bill of a day is, for five minutes, and what it
 * hashes to before it is packed (channels.md 1.6).
 */
function billLink(
  kind: BillKind,
  { options: { books }, parameters, host }: Asked,
  planted: readonly Planted[],
): Answer {
  const parsed = asked[kind].safeParse(Object.fromEntries(parameters));
  if (!parsed.success) return paramError(parsed.error);
  const early = untimely(parsed.data.bill_date);
  if (early) return early;
  if (isPlanted(planted, 'late_file')) return creating;
  const bill = { ...parsed.data, planted };
  const text = billOf(books, bill);
  if (text === null) return notExist;
  const claim = JSON.stringify({ ...bill, until: clock.now() + linkLastsMs });
  const token = `${Buffer.from(claim).toString('base64url')}.${sealOf(claim)}`;
  const hashed = isPlanted(planted, 'bad_hash') ? `${text} ` : text;
  const hash_value = createHash('sha1').update(hashed).digest('hex');
  const download_url = `http://${host}${downloadPath}?token=${token}`;
  return { status: 200, body: { hash_type: 'SHA1', hash_value, download_url } };
}

function untimely(day: string): Answer | null {
  const begins = Date.parse(`${day}T00:00:00+08:00`);
  const age = clock.now() - begins;
  if (age > keptMs) return refusal(400, 'PARAM_ERROR', 'bill_date: 仅支持三个月内的账单');
  if (age < madeMs) return notExist;
  return age < readyMs ? creating : null;
}

type AskedBill = z.infer<(typeof asked)[BillKind]> & { readonly planted: readonly Planted[] };

/** Null when there is nothing to tell of that day. */
function billOf(books: Books, bill: AskedBill): string | null {
  if (isPlanted(bill.planted, 'empty_file')) return '';
  const of = { day: bill.bill_date, planted: bill.planted };
  if ('bill_type' in bill) return tradeBill(books, of, bill.bill_type);
  return bill.account_type === 'BASIC' ? fundBill(books, of) : null;
}

function sealOf(claim: string): string {
  return createHmac('sha256', keys.platform_private_key).update(claim).digest('base64url');
}

/** The bill behind such an address, or why there is none any more. It is not signed. */
export function download(books: Books, parameters: URLSearchParams): Download | Answer {
  const [packed = '', seal] = (parameters.get('token') ?? '').split('.');
  const claim = Buffer.from(packed, 'base64url').toString();
  if (seal !== sealOf(claim)) return refusal(400, 'PARAM_ERROR', 'token: 无效');
  const { until, ...bill } = JSON.parse(claim) as AskedBill & { readonly until: number };
  const text = clock.now() > until ? null : billOf(books, bill);
  if (text === null) return refusal(400, 'INVALID_REQUEST', '下载链接已失效');
  if (bill.tar_type === undefined)
    return { file: Buffer.from(text), type: 'text/plain; charset=utf-8' };
  return { file: gzipSync(text), type: 'application/x-gzip' };
}
