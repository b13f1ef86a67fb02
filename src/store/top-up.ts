import type { Caller } from './api-key.ts';
import { type Condition, type Page, type PageRequest, readPage } from './page.ts';
import { visibleTo } from './payment-list.ts';
import { loadPayments, type StoredPayment } from './payment-row.ts';
import type { Db } from './store.ts';

/** The payments that top up a wallet, each by the id of its top-up. */
const topUps = `(select order_no as id, id as payment_id, created_at, merchant_id, livemode, status,
  customer ->> 'id' as customer_id from payments where wallet_id is not null) t`;

/** The payment behind the caller's top-up with this id, or null: another merchant's does not exist for it. */
export async function findTopUp(
  db: Db,
  { merchant_id, livemode }: Caller,
  id: string,
): Promise<StoredPayment | null> {
  const found = await db.query<{ payment_id: string }>(
    `select t.payment_id from ${topUps} where t.id = $1 and t.merchant_id = $2 and t.livemode = $3`,
    [id, merchant_id, livemode],
  );
  const [payment] = await loadPayments(db, found.rows.map((row) => row.payment_id)); // prettier-ignore
  return payment ?? null;
}

export interface TopUpFilter {
  readonly customer?: string | undefined;
  readonly status?: string | undefined;
}

/** One page of the payments behind the caller's top-ups, newest first. */
export async function listTopUps(
  db: Db,
  caller: Caller,
  { customer, status }: TopUpFilter,
  asked: PageRequest,
): Promise<Page<StoredPayment>> {
  const filters: Condition[] = [
    ['t.customer_id = ?', customer],
    ['t.status = ?', status],
  ];
  const page = await readPage(db, { from: topUps, scope: visibleTo(caller), filters }, asked);
  if (page.kind !== 'page') return page;
  const found = await db.query<{ payment_id: string }>(
    `select t.payment_id from ${topUps} where t.id = any($1) order by array_position($1, t.id)`,
    [page.data],
  );
  return { ...page, data: await loadPayments(db, found.rows.map((row) => row.payment_id)) };
} // prettier-ignore
