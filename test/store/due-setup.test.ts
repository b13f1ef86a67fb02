import { failureOf } from '../../src/domain/failure.ts';
import { begun, failed } from '../../src/domain/setup.ts';
import type { Caller } from '../../src/store/api-key.ts';
import { leaseMethods } from '../../src/store/due-method.ts';
import { type DueSetup, hearSetup, keptSetup, leaseSetups, setupUnder, writeSetup } from '../../src/store/due-setup.ts'; // prettier-ignore
import { drawId } from '../../src/store/id.ts';
import { findMethod, findUsable, removeMethod } from '../../src/store/payment-method.ts';
import { insertSetup } from '../../src/store/setup.ts';
import type { Store } from '../../src/store/store.ts';
import { openSealedShop, type SealedShop } from './sealed-shop.ts';

const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 };

let sealed: SealedShop;
let store: Store;
let caller: Caller;

beforeAll(async () => {
  sealed = await openSealedShop();
  ({ store, caller } = sealed.shop);
});
afterAll(() => sealed.close());
afterEach(() => store.pool.query('delete from setups; delete from payment_methods'));

async function setUp(): Promise<string> {
  const customer_id = await sealed.shop.customer();
  const consent = { text: 'Keep it', ip: null };
  const id = drawId('pm');
  const method = { id, customer_id, type: 'card', channel: 'stripe', channel_account: 'cha_1', consent }; // prettier-ignore
  const setup = { method, token: 'tok_Secret', return_url: null, expires_in_ms: 60_000 };
  expect(await insertSetup(store, caller, setup, null)).toEqual({ kind: 'written', id });
  return id;
}

async function due(): Promise<DueSetup> {
  await store.pool.query(`update setups set attend_at = clock_now() - interval '1 s' where attend_at is not null`); // prettier-ignore
  const [first] = await leaseSetups(store);
  return first!;
}

const confirming = { ...begun, step: 'confirm', handle: 'seti_1' } as const;
const next_action = { type: 'redirect', url: 'https://bank.example' } as const;
const asking = { ...confirming, step: 'query', next_action } as const;

test('a setup is due at once, for one alone, and the step that is next is written with its number', async () => {
  const id = await setUp();
  const [first] = await leaseSetups(store);
  expect(first).toMatchObject({ id, step: 'create', token: 'tok_Secret', is_over: false });
  expect(await leaseSetups(store)).toEqual([]);
  expect(await writeSetup(store, first!, confirming, 0)).toBe(true);
  expect(await due()).toMatchObject({ step: 'confirm', handle: 'seti_1', token: 'tok_Secret' });
});

test('who was late writes nothing', async () => {
  await setUp();
  const [one, other] = [await due(), await due()]; // the first was frozen longer than its lease
  expect(await writeSetup(store, other, asking, 0)).toBe(true);
  expect(await writeSetup(store, one, confirming, 0)).toBe(false);
  await keptSetup(store, one, 'cus_1/pm_1', card);
  expect(await due()).toMatchObject({ step: 'query', next_action });
});

test('a notice has it asked about at once, whatever was about to be written of an older answer', async () => {
  const id = await setUp();
  await writeSetup(store, await due(), asking, 600_000);
  expect(await leaseSetups(store)).toEqual([]);
  const late = await due();
  await hearSetup(store.pool, id);
  expect(await writeSetup(store, late, asking, 600_000)).toBe(false);
  expect(await leaseSetups(store)).toMatchObject([{ id, step: 'query' }]);
  expect(await setupUnder(store.pool, id)).toEqual({ channel_account: 'cha_1', handle: 'seti_1' });
  expect(await setupUnder(store.pool, drawId('pm'))).toBeNull();
});

test('what the payer brought is sealed, goes over to another key, and is gone when the channel has answered', async () => {
  await setUp();
  const inClear = async () =>
    JSON.stringify((await store.pool.query('select to_jsonb(s) as row from setups s')).rows);
  expect(await inClear()).not.toContain('Secret');
  await sealed.reseal();
  const after = sealed.afterwards();
  await after.pool.query(`update setups set attend_at = clock_now() - interval '1 s'`);
  const [one] = await leaseSetups(after);
  expect(one).toMatchObject({ token: 'tok_Secret' });
  await writeSetup(store, one!, asking, 0);
  expect(await due()).toMatchObject({ token: null });
});

test('one that is kept is its customer’s method and rests', async () => {
  const id = await setUp();
  await keptSetup(store, await due(), 'cus_1/pm_1', card);
  expect(await findUsable(store, caller, id)).toMatchObject({ token: 'cus_1/pm_1', card });
  expect(await due()).toBeUndefined();
});

test('one that has failed says why, and can be removed', async () => {
  const id = await setUp();
  const failure = failureOf('card_declined', { code: null, message: null });
  await writeSetup(store, await due(), failed(confirming, failure), 0);
  expect(await findMethod(store, caller, id)).toMatchObject({ status: 'failed', setup: { failure } }); // prettier-ignore
  expect(await due()).toBeUndefined();
  expect(await removeMethod(store.pool, caller, id)).toBe(true);
  expect(await findMethod(store, caller, id)).toBeNull();
});

test('one that is withdrawn meanwhile is over at once, and what is kept all the same is forgotten', async () => {
  const id = await setUp();
  const late = await due();
  await writeSetup(store, late, asking, 600_000);
  await removeMethod(store.pool, caller, id);
  const [one] = await leaseSetups(store);
  expect(one).toMatchObject({ id, is_over: true });
  await keptSetup(store, one!, 'cus_1/pm_1', card);
  expect(await findMethod(store, caller, id)).toBeNull();
  expect(await leaseMethods(store)).toMatchObject([{ id, status: 'removed', token: 'cus_1/pm_1' }]);
});

test('the payer’s time ends it, also between two looks', async () => {
  const id = await setUp();
  await store.pool.query(`update setups set expires_at = clock_now() + interval '1 s'`);
  await writeSetup(store, (await leaseSetups(store))[0]!, asking, 600_000);
  const { rows } = await store.pool.query('select attend_at = expires_at as ends from setups');
  expect(rows).toEqual([{ ends: true }]);
  await store.pool.query(`update setups set expires_at = clock_now() - interval '1 s'`);
  expect(await due()).toMatchObject({ id, is_over: true });
});

test('one that no key opens keeps no other back, and is told of', async () => {
  const good = await setUp();
  await sealed.reseal();
  const lost = await setUp(); // sealed with the old key
  const unopened: unknown[] = [];
  const leased = await leaseSetups(sealed.afterwards(), (id) => unopened.push(id));
  expect(leased).toMatchObject([{ id: good, token: 'tok_Secret' }]);
  expect(unopened).toEqual([lost]);
});
