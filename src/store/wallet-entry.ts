import type { Currency } from '../domain/currency.ts';
import type { PostingReason } from '../domain/ledger.ts';
import type { Minor } from '../domain/money.ts';
import { type Page, type PageRequest, readPage } from './page.ts';
import type { Db } from './store.ts';

/** One line of a wallet's statement: a posting to its account of the ledger. */
export interface WalletEntry {
  readonly id: string;
  readonly wallet_id: string;
  readonly reason: PostingReason;
  readonly direction: 'debit' | 'credit';
  readonly amount: Minor;
  readonly currency: Currency;
  /** What the wallet had when this was booked. */
  readonly balance_after: number;
  /** What moved it: a payment, or a gift code. */
  readonly payment_id: string | null;
  readonly gift_code_id: string | null;
  readonly created_at: Date;
}

const entries = `(select x.id, a.wallet_id, x.reason, e.direction, e.amount, e.currency, x.payment_id, x.at as created_at,
    case when x.reason = 'gift_redeemed' then x.subject end as gift_code_id,
    (sum(case e.direction when 'credit' then e.amount else -e.amount end)
      over (partition by a.wallet_id order by x.at, x.id))::bigint as balance_after
  from ledger_accounts a join ledger_entries e on e.account_id = a.id join ledger_transactions x on x.id = e.transaction_id) t`;

/** One page of the wallet's statement, newest first; its balances add up over all of it, whatever the page. */
export async function listEntries(
  db: Db,
  walletId: string,
  asked: PageRequest,
): Promise<Page<WalletEntry>> {
  const scope = [['t.wallet_id = ?', walletId]] as const;
  const page = await readPage(db, { from: entries, scope, filters: [] }, asked);
  if (page.kind !== 'page') return page;
  const found = await db.query<WalletEntry>(
    `select * from ${entries} where t.wallet_id = $1 and t.id = any($2) order by array_position($2, t.id)`,
    [walletId, page.data],
  );
  return { ...page, data: found.rows };
}
