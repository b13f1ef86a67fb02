import type { Pool } from 'pg';

/** The causes on a payment's timeline, in order. */
export async function causesOf(pool: Pool, id: string): Promise<string[]> {
  const found = await pool.query<{ cause: string }>(
    'select cause from payment_events where payment_id = $1 order by sequence',
    [id],
  );
  return found.rows.map((row) => row.cause);
}

/** Debits minus credits of a payment, per account. */
export async function balancesOf(pool: Pool, id: string): Promise<Record<string, number>> {
  const found = await pool.query<{ name: string; sum: number }>(
    `select a.name, sum(case e.direction when 'debit' then e.amount else -e.amount end)::bigint as sum
     from ledger_entries e join ledger_accounts a on a.id = e.account_id
     join ledger_transactions t on t.id = e.transaction_id where t.payment_id = $1 group by a.name`,
    [id],
  );
  return Object.fromEntries(found.rows.map((row) => [row.name, row.sum]));
}
