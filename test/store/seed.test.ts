import { findCaller } from '../../src/store/api-key.ts';
import { createMerchant, drawKey, seedDemo } from '../../src/store/seed.ts';
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

const seeded = (kept: string | null) =>
  store.transaction((db) => seedDemo(db, kept, store.keyring));

const demos = async () =>
  (await store.pool.query(`select id from merchants where name = 'Demo'`)).rows;

test('the demo merchant is made once, with one app, whoever starts when', async () => {
  const made = await Promise.all(times(5, () => seeded(null)));
  const again = await seeded(null);
  expect(new Set([...made, again].map((one) => `${one.merchant} ${one.app}`)).size).toBe(1);
  expect(await demos()).toEqual([{ id: again.merchant }]);
  const apps = await store.pool.query('select id from apps where merchant_id = $1', [
    again.merchant,
  ]);
  expect(apps.rows).toEqual([{ id: again.app }]);
});

test('every start shows the key that was kept, and it works', async () => {
  const { merchant, api_key } = await seeded(null);
  expect(api_key).toMatch(/^sk_test_/);
  expect(await seeded(api_key)).toMatchObject({ merchant, api_key });
  expect(await findCaller(store.pool, api_key)).toMatchObject({ merchant_id: merchant });
});

test('a key that was kept from a store that is gone is taken over', async () => {
  const kept = drawKey();
  expect(await findCaller(store.pool, kept)).toBeNull();
  const { merchant } = await seeded(kept);
  expect(await findCaller(store.pool, kept)).toMatchObject({ merchant_id: merchant });
});

test('two merchants share neither id, app nor key', async () => {
  const [one, other] = [
    await createMerchant(store.pool, 'A', store.keyring),
    await createMerchant(store.pool, 'A', store.keyring),
  ];
  expect(new Set([...Object.values(one), ...Object.values(other)]).size).toBe(6);
});
