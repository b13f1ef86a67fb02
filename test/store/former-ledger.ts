import { fileURLToPath } from 'node:url';

import { runner } from 'node-pg-migrate';

import { bookingOf } from '../../src/store/ledger.ts';
import type { Db } from '../../src/store/store.ts';

/** How a version books: of whom, which postings, when. */
export type Book = (db: Db, ...booked: Parameters<typeof bookingOf>) => Promise<void>;

function bookBy({ accounts, post }: { readonly accounts: string; readonly post: string }): Book {
  return async (db, ...booked) => {
    const { ledger_transactions, ledger_entries } = bookingOf(...booked);
    const shared = ledger_entries.map((entry) => ({ ...entry, livemode: null }));
    await db.query(accounts, [JSON.stringify(shared)]);
    await db.query(post, [JSON.stringify({ ledger_transactions, ledger_entries: shared })]);
  };
}

/** The release that knows modes and books in shared accounts alone (decision 0061): its statements, word for word. */
export const bookInSharedAccounts = bookBy({
  accounts: `insert into ledger_accounts (merchant_id, name, channel, currency, wallet_id, livemode)
   select distinct e.merchant_id, e.name, e.channel, e.currency, e.wallet_id, e.livemode
   from jsonb_to_recordset($1)
     as e (merchant_id text, name text, channel text, currency text, wallet_id text, livemode boolean)
   where not exists (select 1 from ledger_accounts a where (a.merchant_id, a.name, a.channel, a.currency, a.wallet_id)
     = (e.merchant_id, e.name, e.channel, e.currency, e.wallet_id) and a.livemode is not distinct from e.livemode)
   order by 1, 2, 3, 4, 5, 6 -- for all in one order, or two that need the same ones lock each other out
   on conflict do nothing`,
  post: `with doc as (select $1::jsonb as d), 
  transactions as (
    insert into ledger_transactions (id, payment_id, reason, subject, at)
    select t.id, t.payment_id, t.reason, t.subject, t.at
    from doc, jsonb_populate_recordset(null::ledger_transactions, d -> 'ledger_transactions') t
  ), entries as (
    insert into ledger_entries (transaction_id, account_id, direction, amount, currency)
    select e.transaction_id, a.id, e.direction, e.amount, e.currency
    from doc, jsonb_to_recordset(d -> 'ledger_entries')
      as e (transaction_id text, direction text, merchant_id text, name text, channel text, currency text, wallet_id text,
        livemode boolean, amount bigint)
    join ledger_accounts a using (merchant_id, name, channel, currency, wallet_id)
    where a.livemode is not distinct from e.livemode
  ) select 1`,
});

/** The release before that one, which knows no modes: its statements, word for word. */
export const bookWithoutModes = bookBy({
  accounts: `insert into ledger_accounts (merchant_id, name, channel, currency, wallet_id)
   select distinct e.merchant_id, e.name, e.channel, e.currency, e.wallet_id
   from jsonb_to_recordset($1) as e (merchant_id text, name text, channel text, currency text, wallet_id text)
   where not exists (select 1 from ledger_accounts a where (a.merchant_id, a.name, a.channel, a.currency, a.wallet_id)
     = (e.merchant_id, e.name, e.channel, e.currency, e.wallet_id))
   order by 1, 2, 3, 4, 5 -- for all in one order, or two that need the same ones lock each other out
   on conflict do nothing`,
  post: `with doc as (select $1::jsonb as d), 
  transactions as (
    insert into ledger_transactions (id, payment_id, reason, subject, at)
    select t.id, t.payment_id, t.reason, t.subject, t.at
    from doc, jsonb_populate_recordset(null::ledger_transactions, d -> 'ledger_transactions') t
  ), entries as (
    insert into ledger_entries (transaction_id, account_id, direction, amount, currency)
    select e.transaction_id, a.id, e.direction, e.amount, e.currency
    from doc, jsonb_to_recordset(d -> 'ledger_entries')
      as e (transaction_id text, direction text, merchant_id text, name text, channel text, currency text, wallet_id text, amount bigint)
    join ledger_accounts a using (merchant_id, name, channel, currency, wallet_id)
  ) select 1`,
});

const migrations = fileURLToPath(new URL('../../src/store/migrations', import.meta.url));

/** Runs all migrations, or all but this one, and moves nothing. */
export async function runMigrations(databaseUrl: string, without = 'none'): Promise<void> {
  await runner({
    databaseUrl, dir: migrations, direction: 'up', migrationsTable: 'schema_migrations', checkOrder: false,
    log: () => undefined,
    ignorePattern: `${without}\\.sql`,
  }); // prettier-ignore
}
