import type pg from 'pg';

import { migrate } from '../../src/store/migration.ts';
import type { Store } from '../../src/store/store.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openPatient, times } from './shop.ts';

let database: Database;
let store: Store;

beforeAll(async () => {
  database = await openDatabase();
  store = openPatient(database);
});
afterAll(() => database.close());

const applied = async (of: pg.Pool) =>
  (await of.query('select name from schema_migrations order by name')).rows.map((row) => row.name);

/** Tables, columns and what guards them, as one text. */
async function schemaOf(of: pg.Pool): Promise<unknown[]> {
  const found = await of.query(`
    select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable as line
      from information_schema.columns where table_schema = 'public'
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
    union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    order by 1`);
  return found.rows;
}

test('migrating again changes nothing', async () => {
  const [schema, names] = [await schemaOf(store.pool), await applied(store.pool)];
  expect(schema.length).toBeGreaterThan(100);
  expect(names).toContain('0001_core');
  await migrate(database.url);
  expect(await schemaOf(store.pool)).toEqual(schema);
  expect(await applied(store.pool)).toEqual(names);
});

test('several processes that migrate an empty database at once take turns, and none fails', async () => {
  await store.pool.query('create database fresh');
  const databaseUrl = Object.assign(new URL(database.url), { pathname: '/fresh' }).href;
  await Promise.all(times(5, () => migrate(databaseUrl)));
  const fresh = openPatient(database, { databaseUrl });
  expect(await schemaOf(fresh.pool)).toEqual(await schemaOf(store.pool));
  expect(await applied(fresh.pool)).toEqual(await applied(store.pool));
});

test('a database that is away fails the migration', async () => {
  await expect(migrate('postgres://holdfast@127.0.0.1:1/holdfast')).rejects.toThrow();
});
