import { isPlanted, type Planted, rowsOf } from '../bill.ts';
import type { Books } from '../books.ts';
import { clock } from '../clock.ts';
import { billOf, ledgerOf } from './bill.ts';
import { type Asked, askedOf, echo, member, untimely } from './request.ts';
import { beijing, fromBeijing, responded, type Said } from './wording.ts';

/** A day's bill is ready at ten in the morning of the next one. */
const readyMs = (24 + 10) * 3_600_000;

/**
 * The day that `settleDate` (MMDD, without a year) names: the last such, from today back; '' for none.
 */
export function dayAsked(asked: Asked): string {
  const [, month = '', day = ''] = /^(\d\d)(\d\d)$/.exec(member(asked, 'settleDate')) ?? [];
  const today = beijing(clock.now()).slice(0, 8);
  const year = Number(today.slice(0, 4)) - (`${month}${day}` > today.slice(4) ? 1 : 0);
  const at = fromBeijing(`${year}${month}${day}000000`);
  return month === '' || Number.isNaN(at) ? '' : `${year}-${month}-${day}`;
}

/** `txnType` 76 `txnSubType` 01: the bill of a day, in the answer itself. There is none of a day on which nothing moved. */
export function fileTransfer(books: Books, asked: Asked, planted: readonly Planted[]): Said {
  const late = untimely(askedOf(asked));
  if (late) return late;
  const day = dayAsked(asked);
  if (day === '') return responded('10', 'settleDate');
  if (member(asked, 'fileType') !== '00') return responded('10', 'fileType');
  const begins = fromBeijing(`${day.replaceAll('-', '')}000000`);
  const rows = rowsOf(ledgerOf(books), day, planted);
  const isReady = clock.now() >= begins + readyMs && !isPlanted(planted, 'late_file');
  if (!isReady || rows.length === 0) return responded('98');
  const { settleDate, fileType } = Object.fromEntries(asked.members);
  const file = isPlanted(planted, 'empty_file')
    ? { fileName: '', fileContent: '' }
    : billOf(rows, day);
  return { ...echo(asked), ...responded('00'), ...present({ settleDate, fileType }), ...file };
}

function present(members: Readonly<Record<string, string | undefined>>): Said {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
