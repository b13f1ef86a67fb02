import { readingOf } from '../../src/api/callback-reading.ts';
import type { CallbackReading } from '../../src/channels/callback.ts';
import type { Channel } from '../../src/channels/channel.ts';
import { createParsedAccounts } from '../../src/channels/parsed-account.ts';
import type { Id } from '../../src/domain/id.ts';
import { retireVersions } from '../../src/store/account-overlap.ts';
import { type KeptSettings, openSettings } from '../../src/store/account-settings.ts';
import { changeAccount } from '../../src/store/account-version.ts';
import { findSettings } from '../../src/store/channel-account.ts';
import { Shop } from '../store/shop.ts';
import { type Database, openDatabase } from '../support/database.ts';

let database: Database;
let shop: Shop;
let accounts = 0;

beforeAll(async () => (database = await openDatabase()));
afterAll(() => database.close());
beforeEach(async () => (shop = await Shop.open(database.open(), `cha_0${(accounts += 1)}`)));

/** A callback's body is the key that has signed it, and our number. */
const channel = {
  slug: 'wechat-pay',
  parseAccount: (settings: unknown) => settings,
  readCallback: ({ key = 1 }: { key?: number }, { body }: { body: Buffer }) => {
    const [signedWith, reference] = body.toString().split(' ');
    return Number(signedWith) === key
      ? { kind: 'refund', event: 'e', reference }
      : { kind: 'forged' };
  },
} as unknown as Channel;

/** Is a callback believed that this version's key has signed? */
async function isBelieved(version: number, reference = 'att_none'): Promise<boolean> {
  const { store, account } = shop;
  const newest = await findSettings(store.pool, 'wechat-pay', account);
  const parsed = createParsedAccounts((kept: KeptSettings) => openSettings(store.keyring, kept));
  const raw = { headers: {}, body: Buffer.from(`${version} ${reference}`) };
  const { kind }: CallbackReading = await readingOf(store.pool, channel, parsed, newest!, raw);
  expect(['refund', 'forged']).toContain(kind);
  return kind === 'refund';
}

/** A new version, whose key is its number. */
async function rotate(key: number): Promise<void> {
  const next = () => ({ settings: { key }, methods: null, currencies: null, fees: null });
  await changeAccount(shop.store, shop.account as Id<'cha'>, next, null);
}

/** As if all versions had been made that much earlier. */
const age = (days: number) =>
  shop.store.pool.query(`update channel_accounts set created_at = created_at - $1 * interval '1 day' where id = $2`, [days, shop.account]); // prettier-ignore

const attemptOf = async (id: string) => (await shop.load(id)).attempts[0]!.id;

test('the newest key is believed, and one that the account never had is not', async () => {
  await rotate(2);
  expect([await isBelieved(2), await isBelieved(3)]).toEqual([true, false]);
});

test('a replaced key is believed for 30 days', async () => {
  await rotate(2);
  await rotate(3);
  expect([await isBelieved(1), await isBelieved(2)]).toEqual([true, true]);
  await age(29.9);
  expect(await isBelieved(1)).toBe(true);
  await age(0.2);
  expect([await isBelieved(1), await isBelieved(2), await isBelieved(3)]).toEqual([false, false, true]); // prettier-ignore
});

test('after them it is believed about an attempt that was made with it and is not through', async () => {
  const { id } = await shop.withCode();
  await rotate(2);
  await age(31);
  const reference = await attemptOf(id);
  expect([await isBelieved(1), await isBelieved(1, reference)]).toEqual([false, true]);
  await shop.pay(id);
  expect(await isBelieved(1, reference)).toBe(false);
});

test('and about a refund of one that is under way', async () => {
  const { id } = await shop.canceled();
  await shop.pay(id); // late: it goes back by itself
  await rotate(2);
  await age(31);
  const [refund] = (await shop.load(id)).refunds;
  expect(refund!.status).toBe('processing');
  expect(await isBelieved(1, refund!.id)).toBe(true);
  const { pool } = shop.store;
  await pool.query(`update refunds set status = 'succeeded' where id = $1`, [refund!.id]);
  expect(await isBelieved(1, refund!.id)).toBe(false);
});

test('but not about one that was made with another version', async () => {
  await rotate(2);
  const { id } = await shop.create();
  await shop.store.pool.query('update attempts set account_version = 2 where payment_id = $1', [id]); // prettier-ignore
  await rotate(3);
  await age(31);
  const reference = await attemptOf(id);
  expect([await isBelieved(1, reference), await isBelieved(2, reference)]).toEqual([false, true]);
});

test('a retired key is believed by nobody from that moment on', async () => {
  const { id } = await shop.withCode();
  for (const key of [2, 3, 4]) await rotate(key);
  expect(await retireVersions(shop.store, shop.account, 2)).toEqual({ kind: 'retired', count: 2 });
  const reference = await attemptOf(id);
  expect([await isBelieved(1, reference), await isBelieved(2), await isBelieved(3)]).toEqual([false, false, true]); // prettier-ignore
  expect(await retireVersions(shop.store, shop.account, null)).toEqual({ kind: 'retired', count: 1 }); // prettier-ignore
  expect([await isBelieved(3), await isBelieved(4)]).toEqual([false, true]);
});

test('the newest version is not retired, and of an account that is not there nothing is', async () => {
  await rotate(2);
  expect(await retireVersions(shop.store, shop.account, 2)).toEqual({ kind: 'newest' });
  expect(await retireVersions(shop.store, 'cha_none', null)).toEqual({ kind: 'unknown' });
  expect([await isBelieved(1), await isBelieved(2)]).toEqual([true, true]);
});
