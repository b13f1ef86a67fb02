import { billAbout, type Ledger, type Planted, plantedBy, rowsOf } from '../bill.ts';
import type { Books } from '../books.ts';
import { balance } from './balance.ts';
import { all, type BalanceTransaction, find, wire } from './balance-transaction.ts';
import { about, type Asked, type Routed, withParameters } from './call.ts';
import { freshId } from './intent.ts';
import { listMoved, listPayouts } from './list.ts';
import * as parameters from './parameters.ts';
import { findPayout, payoutsOf, wirePayout } from './payout.ts';
import { sourceOf } from './source.ts';
import { missing } from './wording.ts';

/** `GET /v1/balance`. */
export function balanceCall({ options }: Asked): Routed {
  return about(null, { operation: 'query', commit: () => balance(options) });
}

/** `GET /v1/balance_transactions/{id}`. */
export function balanceTransactionCall({ options, id }: Asked): Routed {
  const known = find(options.books, id);
  const denial = missing('balance transaction', id, 'id');
  if (!known) return { refused: denial };
  const now = () => find(options.books, id) ?? known;
  const commit = () => ({ status: 200, body: wire(now()) });
  return about(null, { operation: 'query', references: known.references, denial, commit });
}

/** `GET /v1/balance_transactions`: Stripe's bill, in which discrepancies can be planted; the books stay true. */
export function listBalanceTransactionsCall(request: Asked): Routed {
  const { books } = request.options;
  return withParameters(parameters.balanceListParameters, request, (asked) => {
    const shown = (planted: readonly Planted[]) => {
      const moved = spoilt(books, planted).filter((one) => isAsked(one, asked));
      const isExpanded = asked.expand.includes('data.source');
      return listMoved(
        moved,
        (one) => wire(one, isExpanded ? sourceOf(request.options, one) : one.source),
        asked,
      );
    };
    const days = daysOf(books).map((day) => billAbout(ledgerOf(books), day));
    return about(null, {
      operation: 'bill',
      references: [...new Set(days.flatMap(({ references }) => references))],
      names_amount: days.length > 0,
      commit: (_faults, struck) => shown(plantedBy(struck)),
    });
  });
}

type Row = BalanceTransaction;

function ledgerOf(books: Books): Ledger<Row> {
  return {
    rows: all(books),
    dayOf,
    ofNobody: (row) => ({
      ...row,
      id: freshId('txn'),
      source: 'ch_of_nobody',
      references: ['att_of_nobody_0000'],
    }),
  };
}

function dayOf({ created_at }: Row): string {
  return new Date(created_at).toISOString().slice(0, 10);
}

function daysOf(books: Books): readonly string[] {
  return [...new Set(all(books).map(dayOf))];
}

/** As a list has them: of each day one line is spoilt, and what stands on the bill of the next day is of the next day. */
function spoilt(books: Books, planted: readonly Planted[]): readonly Row[] {
  if (planted.length === 0) return all(books);
  const ledger = ledgerOf(books);
  const days = daysOf(books);
  const nextDays = days.map((day) => dayOf({ created_at: Date.parse(day) + dayMs } as Row));
  return [...new Set([...days, ...nextDays])].flatMap((day) =>
    rowsOf(ledger, day, planted).map((row) =>
      dayOf(row) === day ? row : { ...row, created_at: row.created_at + dayMs },
    ),
  );
}

const dayMs = 86_400_000;

function isAsked(row: Row, asked: parameters.BalanceListParameters): boolean {
  const { type, source, payout, currency } = asked;
  return (
    (type === undefined || row.type === type) &&
    (source === undefined || row.source === source) &&
    (payout === undefined || row.payout === payout) &&
    (currency === undefined || row.currency === currency)
  );
}

/** `GET /v1/payouts/{id}`. */
export function payoutCall({ options, id }: Asked): Routed {
  const known = findPayout(options.books, id);
  const denial = missing('payout', id, 'payout');
  if (!known) return { refused: denial };
  const commit = () => ({ status: 200, body: wirePayout(known) });
  return about(null, { operation: 'query', denial, commit });
}

/** `GET /v1/payouts`. */
export function listPayoutsCall(request: Asked): Routed {
  const { books } = request.options;
  return withParameters(parameters.payoutListParameters, request, (asked) => {
    const isPaid = asked.status === undefined || asked.status === 'paid';
    const commit = () => listPayouts(isPaid ? payoutsOf(books) : [], asked);
    return about(null, { operation: 'query', commit });
  });
}
