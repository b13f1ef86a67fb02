import { createHmac } from 'node:crypto';

import type { Books } from '../books.ts';
import type { Download, Page } from '../serve.ts';
import { billOf, rowsOf } from './bill.ts';
import { alipayKeys as keys } from './keys.ts';
import { type Asked, member } from './request.ts';
import { failed, fromBeijing, type Said, success } from './wording.ts';

/** A day's bill is ready at nine in the morning of the next one. */
const readyMs = (24 + 9) * 3_600_000;
const linkLastsMs = 30_000;

/**
 * `alipay.data.dataservice.bill.downloadurl.query`: where the bill of a day is, for half a minute. Only the trade
 * bill is played.
 *
 * @param origin where this server is reached
 */
export function billUrl(books: Books, asked: Asked, origin: string): Said {
  const day = member(asked, 'bill_date');
  if (member(asked, 'bill_type') !== 'trade' || !/^\d{4}-\d\d-\d\d$/.test(day))
    return failed('INVAILID_ARGUMENTS', '入参不合法'); // misspelt so
  const begins = fromBeijing(`${day} 00:00:00`);
  if (!(Date.now() >= begins + readyMs)) return failed('BILL_NOT_EXIST', '账单不存在');
  if (rowsOf(books, day).length === 0) return failed('NO_BILL_DATA', '无账单数据');
  const until = String(Date.now() + linkLastsMs);
  const query = new URLSearchParams({ day, until, token: tokenOf(day, until) });
  return success({ bill_download_url: `${origin}/bill?${query.toString()}` });
}

function tokenOf(day: string, until: string): string {
  return createHmac('sha256', keys.alipay_private_key).update(`${day} ${until}`).digest('hex');
}

/** The bill behind such an address, or the page that says that it is none any more. */
export function download(books: Books, query: string): Download | Page {
  const asked = new URLSearchParams(query);
  const [day, until] = [asked.get('day') ?? '', asked.get('until') ?? ''];
  if (asked.get('token') !== tokenOf(day, until) || Date.now() > Number(until))
    return { status: 403, html: '<p>The link has expired.</p>' };
  return { file: billOf(rowsOf(books, day), day), type: 'application/zip' };
}
