import pg from 'pg';

import type { Timing } from '../domain/operation.ts';

/** Something that runs a statement: the pool, or the client of a transaction. */
export type Db = pg.Pool | pg.PoolClient;

export interface Store {
  readonly pool: pg.Pool;
  readonly timing: Timing;
  readonly refundSpacingMs: (channel: string) => number;
  /** Runs `work` in one transaction; commits when it returns, rolls back when it throws. */
  readonly transaction: <T>(work: (db: pg.PoolClient) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

export interface StoreOptions {
  readonly databaseUrl: string;
  readonly timing: Timing;
  readonly refundSpacingMs: (channel: string) => number;
  readonly connectionsMax?: number;
  /** Tests that skip time: milliseconds to add to the database's clock, read at each transaction. */
  readonly clockOffsetMs?: () => number | Promise<number>;
}

// bigint columns hold minor units: read through one checked parser, never as a silent float.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond 2^53 - 1`);
  return value;
});

/** Opens the store. Nothing is connected before the first statement. */
export function createStore(options: StoreOptions): Store {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    max: options.connectionsMax ?? 20,
    connectionTimeoutMillis: 2_000, // PostgreSQL away is a 503 soon, not a hang
  });
  pool.on('error', () => undefined); // an idle connection that broke is replaced by the next use
  return {
    pool,
    timing: options.timing,
    refundSpacingMs: options.refundSpacingMs,
    transaction: (work) => transact(pool, options.clockOffsetMs, work),
    close: () => pool.end(),
  };
}

async function transact<T>(
  pool: pg.Pool,
  clockOffsetMs: StoreOptions['clockOffsetMs'],
  work: (db: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const db = await pool.connect();
  let broken: Error | undefined;
  try {
    await db.query('begin');
    if (clockOffsetMs) {
      await db.query(`select set_config('holdfast.clock_offset_ms', $1, true)`, [
        String(await clockOffsetMs()),
      ]);
    }
    const result = await work(db);
    await db.query('commit');
    return result;
  } catch (error) {
    await db.query('rollback').catch((failed: unknown) => {
      broken = failed instanceof Error ? failed : new Error(String(failed));
    });
    throw error;
  } finally {
    db.release(broken ?? false); // a connection that cannot roll back is not used again
  }
}
