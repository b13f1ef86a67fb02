import type { Choice } from '../../src/domain/payment.ts';
import type { Caller } from '../../src/store/api-key.ts';
import { removeCustomer } from '../../src/store/customer.ts';
import { failMethod, forgottenMethod, keptMethod, leaseMethods, postponeMethod } from '../../src/store/due-method.ts'; // prettier-ignore
import { drawId } from '../../src/store/id.ts';
import { findMethod, findUsable, insertMethod, removeMethod } from '../../src/store/payment-method.ts'; // prettier-ignore
import type { Store } from '../../src/store/store.ts';
import { openSealedShop, type SealedShop } from './sealed-shop.ts';

const token = 'cus_1Secret/pm_1Secret';
const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 };

let sealed: SealedShop;
let store: Store;
let caller: Caller;

beforeAll(async () => {
  sealed = await openSealedShop();
  ({ store, caller } = sealed.shop);
});
afterAll(() => sealed.close());
afterEach(() => store.pool.query('delete from payment_methods'));

async function agreed(): Promise<{ id: string; customer: string }> {
  const customer = await sealed.shop.customer();
  const id = drawId('pm');
  const route = { channel: 'stripe', channel_account: 'cha_1', account_version: 1 } as const;
  const choice: Choice = { method: 'card', token: null, payment_method: id, usage: 'save', route };
  await insertMethod(store, caller, choice, customer, { text: 'Keep it', ip: '203.0.113.7' });
  return { id, customer };
}

async function due() {
  await store.pool.query(`update payment_methods set attend_at = clock_now() - interval '1 s' where attend_at is not null`); // prettier-ignore
  const [first] = await leaseMethods(store);
  return first;
}

async function kept() {
  const agreement = await agreed();
  await keptMethod(store, (await due())!, token, card);
  return agreement;
}

test('a method is due from the moment it is agreed to until its channel keeps it', async () => {
  const { id } = await agreed();
  const one = await due();
  expect(one).toMatchObject({ id, status: 'pending', token: null, attempt: null });
  expect(await leaseMethods(store)).toEqual([]); // somebody has it
  expect(await findUsable(store, caller, id)).toBeNull();
  await keptMethod(store, one!, token, card);
  expect(await due()).toBeUndefined();
  expect(await findUsable(store, caller, id)).toMatchObject({ status: 'active', token, card });
});

const inClear = async () =>
  JSON.stringify((await store.pool.query('select to_jsonb(m) as row from payment_methods m')).rows);

test('what the channel knows it by is sealed, and goes over to another key', async () => {
  const { id } = await kept();
  expect(await inClear()).not.toContain('Secret');
  await sealed.reseal();
  const after = sealed.afterwards();
  expect(await findUsable(after, caller, id)).toMatchObject({ token });
});

test('what the customer agreed to is sealed, and goes over to another key; so does what is kept of the version before', async () => {
  const [{ id }, before] = [await kept(), await kept()];
  const plain = { text: 'As before', ip: null, given_at: '2026-11-29T12:00:00.000Z' };
  await store.pool.query('update payment_methods set consent = $2 where id = $1', [before.id, plain]);
  expect(await findMethod(store, caller, before.id)).toMatchObject({ consent: plain });
  expect(await inClear()).not.toMatch(/Keep it|203\.0/);
  await sealed.reseal();
  const after = sealed.afterwards();
  const agreement = { text: 'Keep it', ip: '203.0.113.7', given_at: expect.stringMatching(/Z$/) };
  expect(await findMethod(after, caller, id)).toMatchObject({ consent: agreement });
  expect(await findMethod(after, caller, before.id)).toMatchObject({ consent: plain });
  expect(await inClear()).not.toMatch(/Keep it|203\.0|As before/);
  expect(await sealed.reseal()).toBe(0);
}); // prettier-ignore

test('one that is taken back is due until its channel has forgotten it, and then only the agreement is left', async () => {
  const { id } = await kept();
  expect(await removeMethod(store.pool, caller, id)).toBe(true);
  expect(await removeMethod(store.pool, caller, id)).toBe(false);
  expect(await findMethod(store, caller, id)).toBeNull();
  expect(await due()).toMatchObject({ id, status: 'removed', token });
  await forgottenMethod(store.pool, id);
  expect(await due()).toBeUndefined();
  const { rows } = await store.pool.query(
    'select sealed, consent, removed_at from payment_methods',
  );
  expect(rows).toEqual([{ sealed: null, consent: { sealed: expect.any(String), key_id: 'old', given_at: expect.any(String) }, removed_at: expect.any(Date) }]); // prettier-ignore
});

test('one that is taken back while its channel is asked to keep it is forgotten all the same', async () => {
  const { id } = await agreed();
  const one = await due();
  await removeMethod(store.pool, caller, id);
  await keptMethod(store, one!, token, card);
  expect(await findUsable(store, caller, id)).toBeNull();
  expect(await due()).toMatchObject({ status: 'removed', token });
});

test('a customer’s go with him, and nobody can agree to more', async () => {
  const { id, customer } = await kept();
  await removeCustomer(store, caller, customer);
  expect(await findMethod(store, caller, id)).toBeNull();
  expect(await due()).toMatchObject({ id, status: 'removed' });
});

test('one that cannot be kept is gone; one that waits is looked at later', async () => {
  const { id } = await agreed();
  await postponeMethod(store.pool, id, 60_000);
  expect(await leaseMethods(store)).toEqual([]);
  await failMethod(store.pool, id);
  expect(await due()).toBeUndefined();
  expect(await findMethod(store, caller, id)).toBeNull();
});

test('one that no key opens keeps no other back, and is told of', async () => {
  const { id: good } = await kept();
  await sealed.reseal();
  const { id: lost } = await kept(); // sealed with the old key
  await store.pool.query(`update payment_methods set attend_at = clock_now() - interval '1 s'`);
  const unopened: unknown[] = [];
  const leased = await leaseMethods(sealed.afterwards(), (id) => unopened.push(id));
  expect(leased).toMatchObject([{ id: good, token }]);
  expect(unopened).toEqual([lost]);
});
