import pg from 'pg';

import type { Entry } from './books.ts';

/** The wallets, read by statements of the campaign's own: `balance` has no sandbox, its other side is ours. */
export interface Wallets {
  /** The orders on wallets, as a channel's books have theirs. */
  readonly entries: readonly Entry[];
  /** What is wrong with a wallet, by its id. */
  readonly wrong: readonly { readonly wallet: string; readonly what: string }[];
}

/** Reads all of them, once nothing moves any more. */
export async function readWallets(databaseUrl: string): Promise<Wallets> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return { entries: await entries(client), wrong: await wrong(client) };
  } finally {
    await client.end();
  }
}

async function entries(client: pg.Client): Promise<Entry[]> {
  const found = await client.query<{ entry: Entry }>(
    `select json_build_object('channel', 'balance', 'reference', o.reference, 'amount', o.amount, 'currency', w.currency,
       'state', o.status, 'captured', o.captured, 'refunded', o.refunded, 'paid_count', (o.captured > 0)::int, 'refunds', '[]'::json) as entry
     from wallet_orders o join wallets w on w.id = o.wallet_id`,
  );
  return found.rows.map((row) => row.entry);
}

// An entry with what its account had afterwards.
const moved = `select a.wallet_id, sum(case e.direction when 'credit' then e.amount else -e.amount end)
    over (partition by a.id order by x.at, x.id rows unbounded preceding) as after
  from ledger_accounts a join ledger_entries e on e.account_id = a.id join ledger_transactions x on x.id = e.transaction_id
  where a.wallet_id <> ''`;

async function wrong(client: pg.Client): Promise<Wallets['wrong']> {
  const found = await client.query<{ wallet: string; what: string }>(
    `select distinct wallet_id as wallet, 'was below zero' as what from (${moved}) m where m.after < 0
     union all select w.id, 'has ' || w.balance || ', its account ' || coalesce(b.sum, 0) from wallets w
       left join (select a.wallet_id, sum(case e.direction when 'credit' then e.amount else -e.amount end) from ledger_accounts a
         join ledger_entries e on e.account_id = a.id group by 1) b on b.wallet_id = w.id
       where w.balance <> coalesce(b.sum, 0)
     union all select id, 'still promises ' || held from wallets where held <> 0
     union all select t.wallet_id, t.id || ' is of ' || t.amount || ', its refunds are of ' || sum(r.amount) from withdrawals t
       join withdrawal_refunds x on x.withdrawal_id = t.id join refunds r on r.id = x.refund_id
       group by t.id having sum(r.amount) <> t.amount`,
  );
  return found.rows;
}
