import { createHmac } from 'node:crypto';

import { isPlanted, type Planted, plantedBy, rowsOf } from '../bill.ts';
import type { Books } from '../books.ts';
import { clock } from '../clock.ts';
import type { Fault } from '../fault.ts';
import type { Download, Page } from '../serve.ts';
import { billOf, ledgerOf } from './bill.ts';
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
 * @param struck the faults that strike it
 */
export function billUrl(
  { books, origin }: { readonly books: Books; readonly origin: string },
  asked: Asked,
  struck: readonly Fault[],
): Said {
  const day = member(asked, 'bill_date');
  if (member(asked, 'bill_type') !== 'trade' || !/^\d{4}-\d\d-\d\d$/.test(day))
    return failed('INVAILID_ARGUMENTS', '入参不合法'); // misspelt so
  const begins = fromBeijing(`${day} 00:00:00`);
  const planted = plantedBy(struck);
  if (!(clock.now() >= begins + readyMs) || isPlanted(planted, 'late_file'))
    return failed('BILL_NOT_EXIST', '账单不存在');
  if (rowsOf(ledgerOf(books), day, planted).length === 0)
    return failed('NO_BILL_DATA', '无账单数据');
  const until = String(clock.now() + linkLastsMs);
  const claim = { day, until, planted: JSON.stringify(planted) };
  const query = new URLSearchParams({ ...claim, token: tokenOf(claim) });
  return success({ bill_download_url: `${origin}/bill?${query.toString()}` });
}

/** What a link is about. */
interface Claim {
  readonly day: string;
  readonly until: string;
  /** As JSON. */
  readonly planted: string;
}

function tokenOf({ day, until, planted }: Claim): string {
  const claim = `${day} ${until} ${planted}`;
  return createHmac('sha256', keys.alipay_private_key).update(claim).digest('hex');
}

/** The bill behind such an address, or the page that says that it is none any more. */
export function download(books: Books, query: string): Download | Page {
  const asked = new URLSearchParams(query);
  const member = (name: keyof Claim) => asked.get(name) ?? '';
  const claim = { day: member('day'), until: member('until'), planted: member('planted') };
  if (asked.get('token') !== tokenOf(claim) || clock.now() > Number(claim.until))
    return { status: 403, html: '<p>The link has expired.</p>' };
  const planted = JSON.parse(claim.planted) as readonly Planted[];
  const rows = rowsOf(ledgerOf(books), claim.day, planted);
  const file = isPlanted(planted, 'empty_file') ? Buffer.alloc(0) : billOf(rows, claim.day);
  return { file, type: 'application/zip' };
}
