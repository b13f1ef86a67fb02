import type pg from 'pg';

import { migrate } from '../../src/store/migration.ts';
import { isAway, type Store } from '../../src/store/store.ts';
import { written } from '../../src/store/written.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openEnding } from './ending.ts';
import { openPatient, Shop, times } from './shop.ts';

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

test('a migration whose connection PostgreSQL ends fails, and ends no process', async () => {
  const ending = await openEnding(database.url);
  expect(isAway(await migrate(ending.url).catch((error: unknown) => error))).toBe(true);
  await ending.close();
});

test('a migration that landed after one of a greater number is made up for', async () => {
  await store.pool.query('create database behind');
  const databaseUrl = Object.assign(new URL(database.url), { pathname: '/behind' }).href;
  await migrate(databaseUrl);
  const behind = openPatient(database, { databaseUrl });
  await behind.pool.query(
    'drop table dispute_answers, disputes; drop index attempts_channel_reference, attempts_receipt',
  );
  await behind.pool.query(
    `delete from schema_migrations where name in ('0015_disputes', '0032_dispute_answers')`,
  );
  await migrate(databaseUrl);
  expect(await schemaOf(behind.pool)).toEqual(await schemaOf(store.pool));
});

test('a database that is away fails the migration', async () => {
  await expect(migrate('postgres://holdfast@127.0.0.1:1/holdfast')).rejects.toThrow();
});

describe('a process of this version', () => {
  const tables = Object.keys(written) as (keyof typeof written)[];

  test.each(tables)('writes every column of %s that it does not leave to others', async (table) => {
    const found = await store.pool.query<{ name: string }>(
      `select column_name as name from information_schema.columns where table_schema = 'public' and table_name = $1`,
      [table],
    );
    const columns = found.rows.map((row) => row.name).filter((name) => name !== 'sent_at');
    expect(written[table].split(/,\s+/).toSorted()).toEqual(columns.toSorted());
  });

  test('goes on beside the next one, whose migration has added a column with a default to each table', async () => {
    await store.pool.query('create database tomorrow');
    const databaseUrl = Object.assign(new URL(database.url), { pathname: '/tomorrow' }).href;
    await migrate(databaseUrl);
    const beside = openPatient(database, { databaseUrl });
    const shop = await Shop.open(beside);
    const before = await shop.withCode();
    const named = await beside.pool.query<{ name: string }>(
      `select c.relname as name from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`,
    );
    for (const { name } of named.rows)
      await beside.pool.query(`alter table ${name} add column of_tomorrow text not null default 'x'`);
    const held = await shop.canceled({ late_money: 'hold' });
    const refunded = await shop.canceled();
    for (const { id } of [before, held, refunded]) await shop.pay(id); // paid; a case; a refund
    const rows = Object.values(await shop.everything(held.id)).flat();
    rows.push(...Object.values(await shop.everything(refunded.id)).flat());
    expect(await shop.load(before.id)).toMatchObject({ status: 'succeeded' });
    expect(await shop.load(held.id)).toMatchObject({ cases: [{ kind: 'late_money' }] });
    expect(await shop.load(refunded.id)).toMatchObject({ refunds: [{ origin: 'late' }] });
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) expect(row).toMatchObject({ of_tomorrow: 'x' });
  }); // prettier-ignore
});
