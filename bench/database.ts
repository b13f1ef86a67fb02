import pg from 'pg';

import { type KeptSettings, openSettings } from '../src/store/account-settings.ts';
import type { Keyring } from '../src/store/keyring.ts';

/** What PostgreSQL has done so far. */
export interface Written {
  /** Transactions that got an id, which is: that wrote or locked a row. */
  readonly transactions: number;
  readonly bytes: number;
  readonly wal_bytes: number;
}

/** Opens a connection of the bench's own. */
export async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Reads PostgreSQL's own counters; reading takes no transaction id. */
export async function written(client: pg.Client): Promise<Written> {
  const { rows } = await client.query<{ xid: string; bytes: string; wal: string }>(
    `select pg_snapshot_xmax(pg_current_snapshot())::text as xid, pg_database_size(current_database())::text as bytes,
       (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::text as wal`,
  );
  const [row] = rows;
  return { transactions: Number(row?.xid), bytes: Number(row?.bytes), wal_bytes: Number(row?.wal) };
}

/** A channel account as the stack has seeded it: its settings hold the sandbox's published keys. */
export interface SeededAccount {
  readonly channel: string;
  readonly id: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The channel accounts of the stack. */
export async function seededAccounts(
  client: pg.Client,
  keyring: Keyring,
): Promise<SeededAccount[]> {
  const { rows } = await client.query<KeptSettings & { readonly channel: string }>(
    'select distinct on (id) * from channel_accounts order by id, version desc',
  );
  return rows.map((row) => ({
    id: row.id,
    channel: row.channel,
    settings: openSettings(keyring, row) as SeededAccount['settings'],
  }));
}
