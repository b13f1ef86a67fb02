import type pg from 'pg';

import type { Keyring } from './keyring.ts';
import type { Db, Prepared } from './store.ts';

/** How far it went: rows that were sealed anew, and the id after which to go on; null when nothing is left. */
export interface Resealed {
  readonly count: number;
  readonly last: string | null;
}

/** A place where secrets are kept. Seals anew, with the first key, about `batch` of its rows from behind the id `after`. */
export type Vault = (keyring: Keyring, db: Db, after: string, batch: number) => Promise<Resealed>;

/**
 * @param others the rows that another key than $1 has sealed or none, from behind the id $2, about $3 of them by id, and
 *   all of the last id (`fetch first … with ties`)
 * @param anew seals the secret of one with the first key
 * @param write puts it in place of what was there
 */
export function createVault<Row extends { readonly id: string }, Anew>(
  others: Prepared,
  anew: (keyring: Keyring, row: Row) => Anew,
  write: (rows: readonly Row[], anew: readonly Anew[], keyId: string | null) => pg.QueryConfig,
): Vault {
  return async (keyring, db, after, batch) => {
    const { rows } = await db.query<Row>(others(keyring.first, after, batch));
    const sealed = rows.map((row) => anew(keyring, row));
    if (rows.length > 0) await db.query(write(rows, sealed, keyring.first));
    return { count: rows.length, last: rows.at(-1)?.id ?? null };
  };
}
