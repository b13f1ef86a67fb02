import { z } from 'zod';

import {
  billAbout,
  type BillRow,
  isPlanted,
  type Ledger,
  type Planted,
  plantedBy,
  rowsOf,
} from '../bill.ts';
import type { Books } from '../books.ts';
import type { Answer, Call } from '../call.ts';
import { clock } from '../clock.ts';
import type { RefundEntry } from '../transaction.ts';
import { about, type Asked } from './call.ts';
import { money } from './money.ts';
import { returnOf } from './return-wire.ts';
import { accountOf, type VirtualAccount } from './virtual-account.ts';
import { channel, malformed, refusal, wireTime } from './wording.ts';

/** A line of a statement; `at` in milliseconds since the epoch. */
interface Entry extends BillRow {
  readonly at: number;
  readonly currency: string;
  /** The rest of its cells, as they are written. */
  readonly cells: Readonly<
    Record<Exclude<(typeof columns)[number], 'amount' | 'currency'>, string>
  >;
}

const columns = [
  'entry_id', 'booked_at', 'direction', 'code', 'amount', 'currency', 'virtual_account', 'credit', 'return', 'remittance',
] as const; // prettier-ignore

/** `GET /v1/statements/{YYYY-MM-DD}`: what was booked on a day, final once it is over. */
export function statementCall(request: Asked): Call {
  const { books } = request.options;
  const commit: Call['commit'] = (_names, struck) =>
    statement(books, request.name, plantedBy(struck));
  const call = about(request, { operation: 'bill', commit }, undefined);
  return { ...call, ...billAbout(ledgerOf(books), request.name) };
}

function statement(books: Books, day: string, planted: readonly Planted[]): Answer {
  if (!z.iso.date().safeParse(day).success) return malformed(`'${day}' is no day`);
  const today = wireTime(clock.now()).slice(0, 10);
  if (day > today) return refusal('STATEMENT_UNKNOWN', `${day} has not come yet`);
  const isFinal = day < today && !isPlanted(planted, 'late_file');
  const headers = {
    'Content-Type': 'text/csv',
    'Statement-Status': isFinal ? 'final' : 'interim',
  };
  const ledger = ledgerOf(books);
  const rows = rowsOf(ledger, day, planted);
  const before = ledger.rows.filter((row) => ledger.dayOf(row) < day && !rows.includes(row));
  const after = [...before, ...rows];
  const currencies = [...new Set(after.map(({ currency }) => currency))].sort();
  const balances = (of: readonly Entry[], code: string, at: string) =>
    currencies.map((currency) => balance(of, currency, code, at));
  const entries = [
    ...balances(before, 'OPBD', `${day}T00:00:00Z`),
    ...rows,
    ...(isFinal
      ? balances(after, 'CLBD', `${day}T23:59:59Z`)
      : balances(after, 'ITBD', wireTime(clock.now()))),
  ];
  const text = isPlanted(planted, 'empty_file') ? '' : csvOf(entries);
  return { status: 200, body: null, text, headers };
}

type Line = Pick<Entry, 'amount' | 'currency' | 'cells'>;

/** What the customer has of one currency after these entries. */
function balance(after: readonly Entry[], currency: string, code: string, booked_at: string): Line {
  const mine = after.filter((one) => one.currency === currency);
  const sum = mine.reduce((before, one) => before + moved(one), 0);
  const direction = sum < 0 ? 'DBIT' : 'CRDT';
  const none = { entry_id: '', virtual_account: '', credit: '', return: '', remittance: '' };
  return { amount: Math.abs(sum), currency, cells: { ...none, booked_at, direction, code } };
}

function moved({ cells, amount }: Entry): number {
  return cells.direction === 'CRDT' ? amount : -amount;
}

function csvOf(entries: readonly Line[]): string {
  const rows = entries.map(({ cells, amount, currency }) => {
    const all = { ...cells, ...money(amount, currency) };
    return columns.map((name) => quoted(all[name])).join(',');
  });
  return [columns.join(','), ...rows, ''].join('\n');
}

/** RFC 4180. */
function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** All that was ever booked, oldest first. Each day is UTC's. */
function ledgerOf(books: Books): Ledger<Entry> {
  const mine = [...books.transactions.values()].filter((one) => one.channel === channel);
  return {
    rows: mine
      .flatMap((one) => [...creditEntries(accountOf(one)), ...one.refunds.flatMap(returnEntries)])
      .sort((one, other) => one.at - other.at),
    dayOf: ({ at }) => wireTime(at).slice(0, 10),
    ofNobody: ({ cells, ...entry }) => ({
      ...entry,
      references: [],
      cells: {
        ...cells,
        entry_id: `${cells.entry_id.slice(0, 2)}0NB0DY`,
        virtual_account: 'att_of_nobody_0000',
        credit: 'CR0NB0DY',
        return: cells.return && 'ref_of_nobody_0000',
      },
    }),
  };
}

function creditEntries({ number, credits }: VirtualAccount): Entry[] {
  return credits.map(({ id, booked_at, amount, currency, remittance }) => ({
    at: booked_at,
    references: [number],
    amount,
    currency,
    fee: 0,
    cells: {
      entry_id: id,
      booked_at: wireTime(booked_at),
      direction: 'CRDT',
      code: 'RCDT',
      virtual_account: number,
      credit: id,
      return: '',
      remittance,
    },
  }));
}

function returnEntries(entry: RefundEntry): Entry[] {
  const { asked, booked_at, bounced_at } = returnOf(entry);
  const { currency, virtual_account, credit } = asked;
  const about = { virtual_account, credit, return: entry.reference, remittance: '' };
  const at = (ms: number | null, entry_id: string, direction: string, code: string): Entry[] => {
    if (ms === null) return [];
    const cells = { entry_id, booked_at: wireTime(ms), direction, code, ...about };
    const references = [virtual_account, entry.reference];
    return [{ at: ms, references, amount: entry.amount, currency, fee: 0, cells }];
  };
  return [
    ...at(booked_at, entry.refund_id, 'DBIT', 'RRTN'),
    ...at(bounced_at, `${entry.refund_id}-B`, 'CRDT', 'RJCT'),
  ];
}
