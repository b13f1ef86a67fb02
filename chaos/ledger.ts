import pg from 'pg';

/** The ledger, read by statements of the campaign's own. */
export interface Ledger {
  /** Debits − credits of each transaction and currency that is not 0. */
  readonly unbalanced: readonly string[];
  /** Debits − credits of `channel_clearing`, by `channel currency`, without what disputes moved: of that no book tells. */
  readonly clearing: Readonly<Record<string, number>>;
  /** The hash of each row, by its key. */
  readonly rows: ReadonlyMap<string, string>;
  /** What could be changed although nothing may be. */
  readonly changeable: readonly string[];
}

/** Reads all of it. Its one attempt to write is rolled back, should it succeed. */
export async function readLedger(databaseUrl: string): Promise<Ledger> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return {
      unbalanced: await unbalanced(client),
      clearing: await clearing(client),
      rows: await rowHashes(client),
      changeable: await changeable(client),
    };
  } finally {
    await client.end();
  }
}

const signed = `sum(case e.direction when 'debit' then e.amount::numeric else -e.amount::numeric end)`;

async function unbalanced(client: pg.Client): Promise<string[]> {
  const found = await client.query<{ id: string }>(
    `select t.id from ledger_transactions t left join ledger_entries e on e.transaction_id = t.id
     group by t.id, e.currency having coalesce(${signed}, 1) <> 0`,
  );
  return found.rows.map((row) => row.id);
}

async function clearing(client: pg.Client): Promise<Record<string, number>> {
  const found = await client.query<{ name: string; sum: string }>(
    `select a.channel || ' ' || a.currency as name, ${signed}::text as sum from ledger_entries e
     join ledger_accounts a on a.id = e.account_id join ledger_transactions t on t.id = e.transaction_id
     where a.name = 'channel_clearing' and t.reason not like 'dispute%' group by 1`,
  );
  return Object.fromEntries(found.rows.map((row) => [row.name, Number(row.sum)]));
}

/** Rows that may be added to and never changed: hashed twice, the second time must agree. */
async function rowHashes(client: pg.Client): Promise<Map<string, string>> {
  const found = await client.query<{ key: string; hash: string }>(
    `select 'entry ' || transaction_id || ' ' || account_id || ' ' || direction as key, md5(e::text) as hash from ledger_entries e
     union all select 'transaction ' || id, md5(t::text) from ledger_transactions t
     union all select 'event ' || payment_id || ' ' || sequence, md5(p::text) from payment_events p`,
  );
  return new Map(found.rows.map((row) => [row.key, row.hash]));
}

/** The role that asks owns the tables: if it is refused, so is everybody. */
async function changeable(client: pg.Client): Promise<string[]> {
  const attempts = [
    'update ledger_entries set amount = amount + 1',
    'delete from ledger_entries',
    'update ledger_transactions set reason = reason',
    'delete from payment_events',
  ];
  const done: string[] = [];
  for (const statement of attempts) {
    await client.query('begin');
    const result = await client.query(statement).catch(() => null);
    await client.query('rollback');
    if (result?.rowCount) done.push(statement);
  }
  return done;
}
