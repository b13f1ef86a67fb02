import { type KeptSettings, openSettings } from '../../src/store/account-settings.ts';
import { type Caller, findCaller } from '../../src/store/api-key.ts';
import { accountsOf, findSettings } from '../../src/store/channel-account.ts';
import { createMerchant, drawKey, seedChannelAccount } from '../../src/store/seed.ts';
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
afterEach(() => store.pool.query('delete from channel_accounts'));

async function callerOf(name: string): Promise<Caller> {
  const { api_key } = await createMerchant(store.pool, name, store.keyring);
  return (await findCaller(store.pool, api_key))!;
}

const insert = (id: string, given: { merchant?: string | null; livemode?: boolean; version?: number } = {}) =>
  store.pool.query(`insert into channel_accounts values ($1, $2, $3, 'wechat-pay', $4, $5)`, [
    id, given.version ?? 1, given.merchant ?? null, given.livemode ?? false, { of: `${id} ${given.version ?? 1}` },
  ]); // prettier-ignore

describe('the accounts that a payment may use', () => {
  test('are the merchant’s own first, then shared ones; never another’s, never of the other mode', async () => {
    const [mine, other] = [await callerOf('mine'), await callerOf('other')];
    await insert('cha_shared');
    await insert('cha_mine', { merchant: mine.merchant_id });
    await insert('cha_other', { merchant: other.merchant_id });
    await insert('cha_live', { livemode: true });
    await insert('cha_mine_live', { merchant: mine.merchant_id, livemode: true });
    const ids = async (caller: Caller) =>
      (await accountsOf(store.pool, caller)).map((one) => one.id);
    expect(await ids(mine)).toEqual(['cha_mine', 'cha_shared']);
    expect(await ids({ ...mine, livemode: true })).toEqual(['cha_mine_live', 'cha_live']);
    expect(await ids(other)).toEqual(['cha_other', 'cha_shared']);
  });

  test('are taken in the order in which they were made, whatever has changed since', async () => {
    const caller = await callerOf('order');
    for (const id of ['cha_2', 'cha_1']) await insert(id);
    await insert('cha_2', { version: 2 });
    const found = await accountsOf(store.pool, caller);
    expect(found.map(({ id, version }) => [id, version])).toEqual([['cha_2', 2], ['cha_1', 1]]); // prettier-ignore
  });

  test('are each in their newest version', async () => {
    const caller = await callerOf('versions');
    for (const version of [1, 2, 10]) await insert('cha_1', { version });
    expect(await accountsOf(store.pool, caller)).toEqual([
      {
        id: 'cha_1',
        version: 10,
        merchant_id: null,
        channel: 'wechat-pay',
        livemode: false,
        methods: null,
        currencies: null,
        fees: null,
        created_at: expect.any(Date),
      },
    ]);
  });
});

describe('the account of a callback', () => {
  test('is found by channel and id, in its newest version', async () => {
    for (const version of [1, 2]) await insert('cha_1', { version });
    expect(await findSettings(store.pool, 'wechat-pay', 'cha_1')).toMatchObject({
      id: 'cha_1',
      version: 2,
    });
  });

  test('does not exist under another channel or id', async () => {
    await insert('cha_1');
    expect(await findSettings(store.pool, 'stripe', 'cha_1')).toBeNull();
    expect(await findSettings(store.pool, 'wechat-pay', 'cha_2')).toBeNull();
  });
});

describe('seeding an account', () => {
  const account = { id: 'cha_seed', channel: 'wechat-pay', settings: { b: 1, a: { c: [1, 2] } } };
  const seed = (given: object = {}) =>
    seedChannelAccount(store.pool, { ...account, ...given }, store.keyring);
  const rows = async () =>
    (await store.pool.query<KeptSettings>('select * from channel_accounts order by version')).rows;
  const versions = async () =>
    (await rows()).map((row) => ({
      version: row.version,
      settings: openSettings(store.keyring, row),
    }));

  test('again with the same settings changes nothing, whatever their order', async () => {
    await seed();
    await seed({ settings: { a: { c: [1, 2] }, b: 1 } });
    expect(await versions()).toEqual([{ version: 1, settings: account.settings }]);
  });

  test('with other settings makes a new version and keeps the old one for its attempts', async () => {
    await seed();
    await seed({ settings: { b: 2 } });
    expect(await versions()).toEqual([
      { version: 1, settings: account.settings },
      { version: 2, settings: { b: 2 } },
    ]);
  });

  test('with the settings that a row of the version before has in plain form changes nothing', async () => {
    await insert('cha_seed');
    await seed({ settings: { of: 'cha_seed 1' } });
    expect(await rows()).toMatchObject([{ version: 1, sealed: null }]);
  });

  test('keeps nothing of them that can be read', async () => {
    const secret = 'whsec_canary_of_the_dump';
    await seed({ settings: { secret } });
    const [row] = await rows();
    expect(row).toMatchObject({ settings: null, key_id: 'test' });
    expect(row!.sealed!.toString('latin1')).not.toContain(secret);
  });

  test('by two stacks that start at once fails neither', async () => {
    await Promise.all(times(10, () => store.pool.query('select pg_sleep(0.1)'))); // ten connections, all made
    await Promise.all(times(10, () => seed()));
    expect(await versions()).toEqual([{ version: 1, settings: account.settings }]);
  });
});

describe('an API key', () => {
  test('is kept as a hash and its last four characters, and names app and merchant', async () => {
    const made = await createMerchant(store.pool, 'keys', store.keyring);
    expect(await findCaller(store.pool, made.api_key)).toMatchObject({
      app_id: made.app, merchant_id: made.merchant, livemode: false, late_money: 'refund',
    }); // prettier-ignore
    const kept = await store.pool.query('select * from api_keys where app_id = $1', [made.app]);
    expect(kept.rows).toMatchObject([{ last4: made.api_key.slice(-4) }]);
    expect(JSON.stringify(kept.rows)).not.toContain(made.api_key.slice(8));
  });

  test('that is unknown or revoked names nobody', async () => {
    const { api_key } = await createMerchant(store.pool, 'revoked', store.keyring);
    await store.pool.query('update api_keys set revoked_at = clock_now() where last4 = $1', [
      api_key.slice(-4),
    ]);
    for (const key of [api_key, drawKey(), ''])
      expect(await findCaller(store.pool, key)).toBeNull();
  });
});
