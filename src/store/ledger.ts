import type { LedgerAccount, Posting } from '../domain/ledger.ts';
import type { Payment } from '../domain/payment.ts';
import { drawId } from './id.ts';
import type { Db } from './store.ts';

/** Books one posting: a transaction with its debit and its credit. Unique per payment, reason and subject. */
export async function writePosting(
  db: Db,
  payment: Payment,
  posting: Posting,
  now: number,
): Promise<void> {
  const id = drawId('ltx');
  await db.query(
    'insert into ledger_transactions (id, payment_id, reason, subject, at) values ($1, $2, $3, $4, $5)',
    [id, payment.id, posting.reason, posting.subject, new Date(now)],
  );
  const debit = await accountId(db, payment.merchant_id, posting.debit, posting);
  const credit = await accountId(db, payment.merchant_id, posting.credit, posting);
  await db.query(
    `insert into ledger_entries (transaction_id, account_id, direction, amount, currency)
     values ($1, $2, 'debit', $4, $5), ($1, $3, 'credit', $4, $5)`,
    [id, debit, credit, posting.amount, posting.currency],
  );
}

/** The account's id; made when first used. Only `channel_clearing` is kept per channel. */
async function accountId(
  db: Db,
  merchantId: string,
  name: LedgerAccount,
  posting: Posting,
): Promise<number> {
  const key = [
    merchantId,
    name,
    name === 'channel_clearing' ? posting.channel : '',
    posting.currency,
  ];
  const select = `select id from ledger_accounts where merchant_id = $1 and name = $2 and channel = $3 and currency = $4`;
  const found = await db.query<{ id: number }>(select, key);
  if (found.rows[0]) return found.rows[0].id;
  await db.query(
    'insert into ledger_accounts (merchant_id, name, channel, currency) values ($1, $2, $3, $4) on conflict do nothing',
    key,
  );
  const made = await db.query<{ id: number }>(select, key);
  if (!made.rows[0]) throw new Error(`no ledger account ${key.join(' ')}`);
  return made.rows[0].id;
}

export interface LedgerReport {
  readonly balanced: boolean;
  /** Debits minus credits per currency: 0 each, or the books are broken. */
  readonly by_currency: Readonly<Record<string, number>>;
  /** What each channel has taken and not returned, per currency. */
  readonly by_channel: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const patient = { query_timeout: 3_600_000 };

/** Adds up the whole ledger and looks at every transaction: as long as it takes. */
export async function verifyLedger(db: Db): Promise<LedgerReport> {
  const broken = await db.query({ ...patient, text: `
    select transaction_id from ledger_entries group by transaction_id, currency
    having sum(case direction when 'debit' then amount else -amount end) <> 0 limit 1` }); // prettier-ignore
  const sums = await db.query<{ currency: string; sum: number }>({ ...patient, text: `
    select currency, sum(case direction when 'debit' then amount else -amount end)::bigint as sum
    from ledger_entries group by currency order by currency` }); // prettier-ignore
  const clearing = await db.query<{ channel: string; currency: string; sum: number }>({ ...patient, text: `
    select a.channel, a.currency, sum(case e.direction when 'debit' then e.amount else -e.amount end)::bigint as sum
    from ledger_entries e join ledger_accounts a on a.id = e.account_id
    where a.name = 'channel_clearing' group by a.channel, a.currency order by a.channel, a.currency` }); // prettier-ignore
  const by_currency = Object.fromEntries(sums.rows.map((row) => [row.currency, row.sum]));
  const by_channel: Record<string, Record<string, number>> = {};
  for (const row of clearing.rows) (by_channel[row.channel] ??= {})[row.currency] = row.sum;
  const balanced = broken.rowCount === 0 && Object.values(by_currency).every((sum) => sum === 0);
  return { balanced, by_currency, by_channel };
}
