import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Db, Store } from '../../src/store/store.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openPatient, Shop } from './shop.ts';

let database: Database;
let store: Store;
let skippedMs = 0;
let ahead: Store;

beforeAll(async () => {
  database = await openDatabase();
  store = openPatient(database);
  ahead = openPatient(database, { clockOffsetMs: () => Promise.resolve(skippedMs) });
});
afterAll(() => database.close());

/** How far the clock is ahead, in whole seconds. */
async function offsetOf(db: Db): Promise<number> {
  const found = await db.query<{ s: number }>(
    'select round(extract(epoch from clock_now() - clock_timestamp()))::integer as s',
  );
  return found.rows[0]!.s;
}

describe('the one clock', () => {
  test('is the database’s own where nobody set it', async () => {
    expect(await offsetOf(store.pool)).toBe(0);
    expect(await store.transaction((db) => offsetOf(db))).toBe(0);
  });

  test('is ahead by the setting, in transactions and in lone statements alike, and follows it', async () => {
    for (const seconds of [0, 90, 30 * 24 * 3_600, -60]) {
      skippedMs = seconds * 1_000;
      expect(await offsetOf(ahead.pool)).toBe(seconds);
      expect(await ahead.transaction((db) => offsetOf(db))).toBe(seconds);
      expect(await offsetOf(store.pool)).toBe(0);
    }
  });

  test('moves on within a transaction, so that a wait for a lock does not date what follows', async () => {
    const [first, second] = await store.transaction(async (db) => {
      const now = async () => (await db.query(`select clock_now() > now() as later`)).rows[0].later;
      await db.query('select pg_sleep(0.01)');
      return [await now(), await now()];
    });
    expect([first, second]).toEqual([true, true]);
  });

  test('dates a payment, its expiry and its timeline', async () => {
    skippedMs = 24 * 3_600_000;
    const shop = await Shop.open(ahead);
    const payment = await shop.create();
    const early = Date.now() + skippedMs - 60_000;
    expect(payment.created_at).toBeGreaterThan(early);
    expect(payment.expires_at - payment.created_at).toBe(1_800_000);
    const { payment_events } = await shop.everything(payment.id);
    expect(payment_events).toMatchObject([{ at: new Date(payment.created_at) }]);
  });
});

describe('no other clock', () => {
  const folder = new URL('../../src/store/', import.meta.url).pathname;
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(ts|sql)$/.test(name),
  );
  const clocks =
    /\b(now|localtime|localtimestamp|clock_timestamp|transaction_timestamp|statement_timestamp|timeofday)\s*\(|\bcurrent_(date|time|timestamp)\b|new Date\(\)|\bperformance\b/gi;

  // What may: the clock itself; a worker's heartbeat, which is about real seconds; ids, which only sort;
  // how long a caller waits; how long ago the clock was read with the channels' health.
  const allowed: Record<string, unknown> = {
    'migrations/0001_core.sql': ['clock_timestamp('],
    'attendance.ts': ['clock_timestamp('],
    'health-board.ts': expect.any(Array),
    'health.ts': ['clock_timestamp('],
    'id.ts': ['now('],
    'waiting.ts': ['now(', 'now(', 'now('],
  };

  test('dates anything in the store', () => {
    expect(sources.length).toBeGreaterThan(15);
    const found = sources.flatMap((name) => {
      const told = readFileSync(join(folder, name), 'utf8').match(clocks) ?? [];
      return told.length > 0 ? [[name, told]] : [];
    });
    expect(Object.fromEntries(found)).toEqual(allowed);
  });
});
