import { billAbout, isPlanted, type Planted, plantedBy, rowsOf } from '../bill.ts';
import type { Answer } from '../call.ts';
import { clock } from '../clock.ts';
import { ledgerOf, reportTime, wireMovement } from './bill.ts';
import { about, type Asked, type Routed, withParameters } from './call.ts';
import { paypalKeys as keys } from './keys.ts';
import type { PaypalOptions } from './order.ts';
import { type BillRequest, billRequest } from './parameters.ts';
import { link } from './resource.ts';
import { invalid, refusal } from './wording.ts';

const dayMs = 86_400_000;
const longestMs = 31 * dayMs;
const keptMs = 3 * 365 * dayMs;

/**
 * `GET /v1/reporting/transactions`: what moved the balance in a stretch of time, some hours late (`reportMs`), and at
 * most 31 days of it (developer.paypal.com/docs/api/transaction-search/v1).
 */
export function listTransactionsCall(request: Asked): Routed {
  const { options, query } = request;
  const asked = { ...request, body: Object.fromEntries(query) };
  return withParameters(billRequest, asked, (given) => {
    const { start_date, end_date } = given;
    if (end_date < start_date || end_date - start_date > longestMs) return { refused: tooLong };
    const ledger = ledgerOf(options);
    const near = daysOf(start_date, end_date).map((day) => billAbout(ledger, day));
    return about(null, {
      operation: 'bill',
      references: [...new Set(near.flatMap(({ references }) => references))],
      names_amount: near.some(({ names_amount }) => names_amount),
      commit: (_names, struck) => listTransactions(options, given, plantedBy(struck)),
    });
  });
}

const tooLong = invalid({
  field: '/end_date',
  issue: 'INVALID_DATE_RANGE',
  description: 'Date range is greater than 31 days',
  location: 'query',
});

/** A report that is late knows nothing of the last day. */
function listTransactions(
  options: PaypalOptions,
  asked: BillRequest,
  planted: readonly Planted[],
): Answer {
  const lateMs = isPlanted(planted, 'late_file') ? dayMs : 0;
  const refreshed = clock.now() - options.reportMs - lateMs;
  if (asked.start_date > refreshed || asked.start_date < clock.now() - keptMs) return unavailable();
  const known = movedIn(options, asked, planted).filter(({ at }) => at <= refreshed);
  const { page, page_size } = asked;
  const shown = known.slice((page - 1) * page_size, page * page_size);
  const total_pages = Math.ceil(known.length / page_size);
  return {
    status: 200,
    body: {
      transaction_details: shown.map(wireMovement),
      account_number: keys.merchant_id,
      start_date: reportTime(asked.start_date),
      end_date: reportTime(asked.end_date),
      last_refreshed_datetime: reportTime(refreshed),
      page,
      total_items: known.length,
      total_pages,
      links: linksOf(options, asked, total_pages),
    },
  };
}

/** In PayPal's words, which name no detail. */
function unavailable(): Answer {
  return refusal(404, 'INVALID_REQUEST', 'Data for the given start date is not available.');
}

/** Both ends belong to it, to the second. What was planted in a day's bill is planted in that day of it. */
function movedIn(
  options: PaypalOptions,
  { start_date, end_date }: BillRequest,
  planted: readonly Planted[],
) {
  const ledger = ledgerOf(options);
  const from = Math.floor(start_date / 1_000);
  const to = Math.floor(end_date / 1_000);
  return daysOf(start_date, end_date)
    .flatMap((day) => rowsOf(ledger, day, planted).map((row) => ({ ...row, at: within(row, day) })))
    .filter(({ at }) => Math.floor(at / 1_000) >= from && Math.floor(at / 1_000) <= to);
}

/** What stands on the bill of the day after is of the day after. */
function within({ at }: { readonly at: number }, day: string): number {
  return Date.parse(day) + (at % dayMs);
}

function daysOf(from: number, to: number): string[] {
  const first = Math.floor(from / dayMs);
  const count = Math.floor(to / dayMs) - first + 1;
  return Array.from({ length: count }, (_, day) =>
    new Date((first + day) * dayMs).toISOString().slice(0, 10),
  );
}

function linksOf({ origin }: PaypalOptions, asked: BillRequest, last: number): object[] {
  const to = (page: number, rel: string) => {
    const query = new URLSearchParams({
      start_date: reportTime(asked.start_date),
      end_date: reportTime(asked.end_date),
      fields: asked.fields,
      page_size: String(asked.page_size),
      page: String(page),
    });
    return link(origin, `/v1/reporting/transactions?${query.toString()}`, rel);
  };
  const { page } = asked;
  return [
    ...(last > 0 ? [to(last, 'last')] : []),
    ...(page < last ? [to(page + 1, 'next')] : []),
    to(page, 'self'),
  ];
}
