import { dryRunOf } from '../../src/api/dry-run.ts';
import { dryRunBody } from '../../src/api/dry-run-schema.ts';
import { channelFor } from '../../src/channels/registry.ts';
import { type Caller, findCaller } from '../../src/store/api-key.ts';
import { drawId } from '../../src/store/id.ts';
import { Shop } from '../store/shop.ts';
import { type Database, openDatabase } from '../support/database.ts';

let database: Database;
let shop: Shop;
let caller: Caller;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(database.open(), drawId('cha'));
  caller = (await findCaller(shop.store.pool, shop.api_key))!;
  await thousandOf((await shop.create()).id);
});
afterAll(() => database.close());

/** Payments like this one, until there are a thousand. */
async function thousandOf(id: string): Promise<void> {
  for (const [table, column] of [['payments', 'id'], ['attempts', 'payment_id']])
    await shop.store.pool.query(
      `insert into ${table} select (jsonb_populate_record(t, jsonb_build_object('id', t.id || n, '${column}', $1 || n, 'order_no', n::text))).*
       from ${table} t, generate_series(1, 999) n where t.${column} = $1`,
      [id],
    );
} // prettier-ignore

const preferring = (name: string, ids: readonly string[]) => ({
  name,
  accounts: ids.map((channel_account) => ({ channel_account })),
});

/**
 * What `work` has answered, and the longest turn of the event loop meanwhile, as a part of all. In processor time: on a machine that
 * others use too, a turn of a moment may last long.
 */
async function turnsIn<T>(work: () => Promise<T>): Promise<{ readonly found: T; readonly longest: number }> {
  const began = process.cpuUsage();
  const used = (since: NodeJS.CpuUsage) => process.cpuUsage(since).user;
  let [last, longest] = [began, 0];
  const turn = () => {
    longest = Math.max(longest, used(last));
    last = process.cpuUsage();
  };
  const turns = setInterval(turn, 1);
  const found = await work();
  clearInterval(turns);
  turn();
  return { found, longest: longest / used(began) };
} // prettier-ignore

test('two hundred rules on a thousand payments let others have their turn', async () => {
  const nobodys = Array.from({ length: 20 }, () => drawId('cha'));
  const routes = Array.from({ length: 200 }, (_, n) =>
    preferring(`rule-${n}`, n < 199 ? nobodys : [shop.account]),
  );
  const document = dryRunBody.parse({ routes });
  const { found, longest } = await turnsIn(() =>
    dryRunOf({ store: shop.store, channelFor }, caller, document),
  );
  expect(found.accounts).toEqual({ [shop.account]: { before: 1_000, after: 1_000 } });
  expect(longest).toBeLessThan(0.25); // in one go it was nearly all
});
