import type { Choice } from '../../src/domain/payment.ts';
import { type Caller, findCaller } from '../../src/store/api-key.ts';
import { insertCustomer, removeCustomer } from '../../src/store/customer.ts';
import { failMethod, forgottenMethod, keptMethod, leaseMethods, postponeMethod } from '../../src/store/due-method.ts'; // prettier-ignore
import { drawId } from '../../src/store/id.ts';
import { createKeyring } from '../../src/store/keyring.ts';
import { findMethod, findUsable, insertMethod, removeMethod } from '../../src/store/payment-method.ts'; // prettier-ignore
import { resealAll } from '../../src/store/reseal.ts';
import { createMerchant } from '../../src/store/seed.ts';
import type { Store } from '../../src/store/store.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openPatient } from './shop.ts';

const old = { id: 'old', bytes: Buffer.alloc(32, 1) };
const fresh = { id: 'fresh', bytes: Buffer.alloc(32, 2) };
const token = 'cus_1Secret/pm_1Secret';
const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 };

let database: Database;
let store: Store;
let caller: Caller;

beforeAll(async () => {
  database = await openDatabase();
  store = openPatient(database, { keyring: createKeyring([old, fresh]) });
  const { api_key } = await createMerchant(store.pool, 'A shop', store.keyring);
  caller = (await findCaller(store.pool, api_key))!;
});
afterAll(() => database.close());
afterEach(() => store.pool.query('delete from payment_methods'));

async function agreed(): Promise<{ id: string; customer: string }> {
  const person = { reference: null, name: null, email: null, metadata: {} };
  const made = await insertCustomer(store, caller, person, null);
  const customer = made.kind === 'written' ? made.customer.id : '';
  const id = drawId('pm');
  const route = { channel: 'stripe', channel_account: 'cha_1', account_version: 1 } as const;
  const choice: Choice = { method: 'card', token: null, payment_method: id, usage: 'save', route };
  await insertMethod(store.pool, caller, choice, customer, { text: 'Keep it', ip: null });
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

test('what the channel knows it by is sealed, and goes over to another key', async () => {
  const { id } = await kept();
  const { rows } = await store.pool.query('select to_jsonb(m) as row from payment_methods m');
  expect(JSON.stringify(rows)).not.toContain('Secret');
  const rotating = openPatient(database, { keyring: createKeyring([fresh, old]) });
  await resealAll(rotating);
  const after = openPatient(database, { keyring: createKeyring([fresh]) });
  expect(await findUsable(after, caller, id)).toMatchObject({ token });
});

test('one that is taken back is due until its channel has forgotten it, and then only the agreement is left', async () => {
  const { id } = await kept();
  expect(await removeMethod(store.pool, caller, id)).toBe(true);
  expect(await removeMethod(store.pool, caller, id)).toBe(false);
  expect(await findMethod(store.pool, caller, id)).toBeNull();
  expect(await due()).toMatchObject({ id, status: 'removed', token });
  await forgottenMethod(store.pool, id);
  expect(await due()).toBeUndefined();
  const { rows } = await store.pool.query(
    'select sealed, consent, removed_at from payment_methods',
  );
  expect(rows).toEqual([{ sealed: null, consent: { text: 'Keep it', ip: null, given_at: expect.any(String) }, removed_at: expect.any(Date) }]); // prettier-ignore
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
  expect(await findMethod(store.pool, caller, id)).toBeNull();
  expect(await due()).toMatchObject({ id, status: 'removed' });
});

test('one that cannot be kept is gone; one that waits is looked at later', async () => {
  const { id } = await agreed();
  await postponeMethod(store.pool, id, 60_000);
  expect(await leaseMethods(store)).toEqual([]);
  await failMethod(store.pool, id);
  expect(await due()).toBeUndefined();
  expect(await findMethod(store.pool, caller, id)).toBeNull();
});
