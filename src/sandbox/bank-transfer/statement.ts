import { z } from 'zod';

import type { Books } from '../books.ts';
import type { Answer, Call } from '../call.ts';
import type { RefundEntry } from '../transaction.ts';
import { about, type Asked } from './call.ts';
import { money } from './money.ts';
import { returnOf } from './return-wire.ts';
import { accountOf, type VirtualAccount } from './virtual-account.ts';
import { channel, malformed, refusal, wireTime } from './wording.ts';

/** A line of a statement; `at` in milliseconds since the epoch, the cells as they are written. */
interface Entry {
  readonly at: number;
  readonly cells: Readonly<Record<(typeof columns)[number], string>>;
}

const columns = [
  'entry_id', 'booked_at', 'direction', 'code', 'amount', 'currency', 'virtual_account', 'credit', 'return', 'remittance',
] as const; // prettier-ignore

/** `GET /v1/statements/{YYYY-MM-DD}`: what was booked on a day, final once it is over. */
export function statementCall(request: Asked): Call {
  const { options, name } = request;
  const call = about(
    request,
    { operation: 'bill', commit: () => statement(options.books, name) },
    undefined,
  );
  return { ...call, names_amount: false };
}

function statement(books: Books, day: string): Answer {
  if (!z.iso.date().safeParse(day).success) return malformed(`'${day}' is no day`);
  const today = wireTime(Date.now()).slice(0, 10);
  if (day > today) return refusal('STATEMENT_UNKNOWN', `${day} has not come yet`);
  const headers = {
    'Content-Type': 'text/csv',
    'Statement-Status': day === today ? 'interim' : 'final',
  };
  return { status: 200, body: null, text: csvOf(entriesOf(books, day)), headers };
}

function csvOf(entries: readonly Entry[]): string {
  const rows = entries.map(({ cells }) => columns.map((name) => quoted(cells[name])).join(','));
  return [columns.join(','), ...rows, ''].join('\n');
}

/** RFC 4180. */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Oldest first. */
function entriesOf(books: Books, day: string): Entry[] {
  const mine = [...books.transactions.values()].filter((one) => one.channel === channel);
  return mine
    .flatMap((one) => [...creditEntries(accountOf(one)), ...one.refunds.flatMap(returnEntries)])
    .filter(({ at }) => wireTime(at).startsWith(day))
    .sort((one, other) => one.at - other.at);
}

function creditEntries({ number, credits }: VirtualAccount): Entry[] {
  return credits.map(({ id, booked_at, amount, currency, remittance }) => ({
    at: booked_at,
    cells: {
      entry_id: id,
      booked_at: wireTime(booked_at),
      direction: 'CRDT',
      code: 'RCDT',
      ...money(amount, currency),
      virtual_account: number,
      credit: id,
      return: '',
      remittance,
    },
  }));
}

function returnEntries(entry: RefundEntry): Entry[] {
  const { asked, booked_at, bounced_at } = returnOf(entry);
  const { amount, currency, virtual_account, credit } = asked;
  const about = { amount, currency, virtual_account, credit, return: entry.reference };
  const at = (ms: number | null, entry_id: string, direction: string, code: string): Entry[] => {
    if (ms === null) return [];
    const cells = { entry_id, booked_at: wireTime(ms), direction, code, ...about, remittance: '' };
    return [{ at: ms, cells }];
  };
  return [
    ...at(booked_at, entry.refund_id, 'DBIT', 'RRTN'),
    ...at(bounced_at, `${entry.refund_id}-B`, 'CRDT', 'RJCT'),
  ];
}
