import { findCaller } from '../../src/store/api-key.ts';
import { insertRules, rulesInForce } from '../../src/store/rule-set.ts';
import type { Store } from '../../src/store/store.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { Shop } from './shop.ts';

let database: Database;

beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

/** Finds the caller with his rules as a create does; answers their version and how many statements it took. */
async function asked(store: Store, shop: Shop) {
  let statements = 0;
  const counted = new Proxy(store.pool, {
    get: (pool, name) => {
      if (name === 'query') statements += 1;
      return Reflect.get(pool, name) as unknown;
    },
  });
  const caller = await findCaller(counted, shop.api_key);
  const rules = await rulesInForce(counted, caller!);
  return { version: rules?.version ?? null, statements };
}

const written = { rules: { limits: [], methods: [], routes: [] }, description: null, effective_at: null }; // prettier-ignore

test('a payment by rules takes no more statements than one without, but the first of a version', async () => {
  const store = database.open();
  const shop = await Shop.open(store);
  expect(await asked(store, shop)).toEqual({ version: null, statements: 1 });
  const scope = { app_id: shop.app as `app_${string}`, livemode: false };
  for (const version of [1, 2]) {
    await insertRules(store, scope, written, null);
    expect(await asked(store, shop)).toEqual({ version, statements: 2 });
    for (let at = 0; at < 3; at += 1)
      expect(await asked(store, shop)).toEqual({ version, statements: 1 });
  }
});
