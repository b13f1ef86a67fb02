import type { Case } from '../domain/case.ts';
import type { Dispute } from '../domain/dispute.ts';
import type { Refund } from '../domain/refund.ts';
import type { Caller } from './api-key.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import { visibleTo } from './payment-list.ts';
import { fromRow } from './payment-row.ts';
import type { Db } from './store.ts';

/** What belongs to a payment and has an address of its own, by its table. */
export interface Parts {
  readonly refunds: Refund;
  readonly cases: Case;
  readonly disputes: Dispute;
}

/** A part with the payment that it belongs to. */
export type Stored<Part> = Part & { readonly payment_id: string };

export interface PartFilter {
  readonly payment_id?: string | undefined;
  readonly status?: string | undefined;
}

const of = (table: keyof Parts) => `${table} t join payments p on p.id = t.payment_id`;

/** One page of the refunds, cases or disputes of the caller's payments, newest first. */
export async function listParts<Table extends keyof Parts>(
  db: Db,
  table: Table,
  caller: Caller,
  filter: PartFilter,
  asked: PageRequest,
): Promise<Page<Stored<Parts[Table]>>> {
  const filters = [
    ['t.payment_id = ?', filter.payment_id],
    ['t.status = ?', filter.status],
  ] as const;
  const listing = { from: of(table), scope: visibleTo(caller, 'p'), filters };
  const page = await readPage(db, listing, asked);
  return page.kind === 'page' ? { ...page, data: await load(db, table, page.data) } : page;
}

/** The refund, case or dispute with this id, or null: that of another merchant does not exist for this caller. */
export async function findPart<Table extends keyof Parts>(
  db: Db,
  table: Table,
  caller: Caller,
  id: string,
): Promise<Stored<Parts[Table]> | null> {
  const found = await db.query(
    `select 1 from ${of(table)} where t.id = $1 and p.merchant_id = $2 and p.livemode = $3`,
    [id, caller.merchant_id, caller.livemode],
  );
  const [part] = found.rowCount ? await load(db, table, [id]) : [];
  return part ?? null;
}

async function load<Table extends keyof Parts>(
  db: Db,
  table: Table,
  ids: readonly string[],
): Promise<Stored<Parts[Table]>[]> {
  const found = await db.query<Record<string, unknown>>(
    `select * from ${table} where id = any($1) order by array_position($1, id)`,
    [ids],
  );
  return found.rows.map((row) => fromRow(row) as unknown as Stored<Parts[Table]>);
}
