import type { Caller } from './api-key.ts';
import { type Condition, type Page, type PageRequest, readPage } from './page.ts';
import { loadPayments, type StoredPayment } from './payment-row.ts';
import type { Db } from './store.ts';

/** What a list of payments may be narrowed to; amounts in minor units, bounds included. */
export interface PaymentFilter {
  readonly order_no?: string | undefined;
  readonly status?: string | undefined;
  readonly method?: string | undefined;
  readonly channel?: string | undefined;
  readonly customer?: string | undefined;
  readonly created_after?: Date | undefined;
  readonly created_before?: Date | undefined;
  readonly amount_min?: number | undefined;
  readonly amount_max?: number | undefined;
}

/** What this key sees of `table`'s payments: its own merchant's, live or test like itself. */
export function visibleTo(caller: Caller, table = 't'): Condition[] {
  return [
    [`${table}.merchant_id = ?`, caller.merchant_id],
    [`${table}.livemode = ?`, caller.livemode],
  ];
}

// The channel of a payment is that of the paying, else of the latest attempt (contract section 2).
const channelOf = `(select a.channel from attempts a where a.payment_id = t.id
  order by a.id = t.paid_by desc nulls last, a.created_at desc, a.id desc limit 1)`;

/** One page of the caller's payments, newest first. */
export async function listPayments(
  db: Db,
  caller: Caller,
  filter: PaymentFilter,
  asked: PageRequest,
): Promise<Page<StoredPayment>> {
  const filters: Condition[] = [
    ['t.order_no = ?', filter.order_no],
    ['t.status = ?', filter.status],
    ['t.method = ?', filter.method],
    [`${channelOf} = ?`, filter.channel],
    [`t.customer ->> 'id' = ?`, filter.customer],
    ['t.created_at >= ?', filter.created_after],
    ['t.created_at <= ?', filter.created_before],
    ['t.amount >= ?', filter.amount_min],
    ['t.amount <= ?', filter.amount_max],
  ];
  const page = await readPage(db, { from: 'payments t', scope: visibleTo(caller), filters }, asked);
  return page.kind === 'page' ? { ...page, data: await loadPayments(db, page.data) } : page;
}
