import { type KeptSettings, openSettings } from '../../src/store/account-settings.ts';
import { type Caller, findCaller } from '../../src/store/api-key.ts';
import { findSettings } from '../../src/store/channel-account.ts';
import { changeCustomer, findCustomer, insertCustomer, removeCustomer } from '../../src/store/customer.ts'; // prettier-ignore
import { createKeyring } from '../../src/store/keyring.ts';
import { openResetOnce } from '../../src/store/pin-reset.ts';
import { resealAll } from '../../src/store/reseal.ts';
import { openToken, sealToken } from '../../src/store/sealed-token.ts';
import { createMerchant, seedChannelAccount } from '../../src/store/seed.ts';
import type { Store } from '../../src/store/store.ts';
import { type Reset, setPin } from '../../src/store/wallet-pin.ts';
import { insertEndpoint, webhookSecretOf } from '../../src/store/webhook-endpoint.ts';
import { openSecret } from '../../src/store/webhook-secret.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { fresh, old } from './sealed-shop.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
/** What runs: knows both keys, and still seals with the old one. */
let running: Store;
/** The command. */
let rotating: Store;

beforeAll(async () => {
  database = await openDatabase();
  running = openPatient(database, { keyring: createKeyring([old, fresh]) });
  rotating = openPatient(database, { keyring: createKeyring([fresh, old]) });
});
afterAll(() => database.close());
afterEach(async () => {
  await running.pool.query('delete from channel_accounts');
  await running.pool.query('delete from customers');
});

async function aCaller(): Promise<Caller> {
  const { api_key } = await createMerchant(running.pool, 'A shop', running.keyring);
  const caller = await findCaller(running.pool, api_key);
  return caller!;
}

const id = (n: number) => `cha_${String(n).padStart(3, '0')}`;
const settings = (n: number) => ({ secret: `of ${id(n)}` });

const sealed = (n: number) =>
  seedChannelAccount(running.pool, { id: id(n), channel: 'stripe', settings: settings(n) }, running.keyring); // prettier-ignore
const plain = (n: number) =>
  running.pool.query(
    `insert into channel_accounts (id, version, channel, livemode, settings) values ($1, 1, 'stripe', false, $2)`,
    [id(n), settings(n)],
  );

async function openedWith(keys: Parameters<typeof createKeyring>[0]): Promise<unknown[]> {
  const found = await running.pool.query<KeptSettings>('select * from channel_accounts order by id');
  return found.rows.map((row) => openSettings(createKeyring(keys), row));
} // prettier-ignore

test('afterwards the new key alone opens everything, what was plain included, and the old one nothing', async () => {
  await Promise.all([...times(25, (n) => sealed(n)), ...times(25, (n) => plain(n + 25))]);
  expect(await resealAll(rotating, 7)).toBe(50);
  expect(await openedWith([fresh])).toEqual(times(50, settings));
  await expect(openedWith([old])).rejects.toThrow("SECRET_KEYS: no key 'fresh'");
  const left = await running.pool.query('select 1 from channel_accounts where settings is not null'); // prettier-ignore
  expect(left.rows).toEqual([]);
});

test('what names a customer is opened by the new key alone, and a change of him meanwhile is not lost', async () => {
  const caller = await aCaller();
  const ada = { reference: null, name: 'Ada', email: null, metadata: {} };
  const made = await Promise.all(times(20, () => insertCustomer(running, caller, ada, null)));
  const ids = made.map((one) => (one.kind === 'written' ? one.customer.id : ''));
  await removeCustomer(running, caller, ids[0]!);
  const rename = (id: string) => changeCustomer(running, caller, id, { name: 'Ada L.' }, null);
  await Promise.all([resealAll(rotating, 3), ...ids.slice(10).map(rename)]);
  await resealAll(rotating, 3); // those whom a process changed that still seals with the old key
  const renewed = openPatient(database, { keyring: createKeyring([fresh]) });
  expect(await findCustomer(renewed, caller, ids[0]!)).toBeNull();
  for (const [n, id] of ids.entries())
    if (n > 0) expect(await findCustomer(renewed, caller, id)).toMatchObject({ name: n < 10 ? 'Ada' : 'Ada L.' }); // prettier-ignore
});

test('again it changes nothing', async () => {
  await sealed(1);
  await resealAll(rotating);
  const rows = async () => (await running.pool.query('select * from channel_accounts')).rows;
  const before = await rows();
  expect(await resealAll(rotating)).toBe(0);
  expect(await rows()).toEqual(before);
});

test('whoever reads meanwhile reads what was written', async () => {
  await Promise.all(times(40, (n) => sealed(n)));
  let isOver = false;
  let reads = 0;
  const reader = async (start: number) => {
    for (let n = start; !isOver; n = (n + 1) % 40, reads += 1) {
      const kept = await findSettings(running.pool, 'stripe', id(n));
      expect(openSettings(running.keyring, kept!)).toEqual(settings(n));
    }
  };
  const reading = Promise.all([0, 10, 20, 30].map(reader));
  await resealAll(rotating, 1).finally(() => (isOver = true));
  await reading;
  expect(reads).toBeGreaterThan(10);
});

test('two at once do it together, once each', async () => {
  await Promise.all(times(30, (n) => sealed(n)));
  const done = await Promise.all([resealAll(rotating, 4), resealAll(rotating, 4)]);
  expect(done[0] + done[1]).toBe(30);
  expect(await openedWith([fresh])).toEqual(times(30, settings));
});

test('a version that does not open stops it, and what was done stays done', async () => {
  await Promise.all(times(6, (n) => sealed(n)));
  await running.pool.query(`update channel_accounts set key_id = 'lost' where id = $1`, [id(4)]);
  const stopped = `SECRET_KEYS: no key 'lost', which has sealed channel account ${id(4)} version 1`;
  await expect(resealAll(rotating, 2)).rejects.toThrow(new Error(stopped));
  await running.pool.query(`update channel_accounts set key_id = 'old' where id = $1`, [id(4)]);
  expect(await resealAll(rotating, 2)).toBe(2);
  expect(await openedWith([fresh])).toEqual(times(6, settings));
});

test('the secrets of endpoints and apps are sealed anew, those included that the version before has drawn', async () => {
  const made = await Shop.open(running);
  const caller = (await findCaller(running.pool, made.api_key))!;
  const hook = { url: 'https://shop.example/', events: ['*'], description: null };
  const before = await insertEndpoint(running, caller, hook, null);
  const plainOnes = `insert into webhook_endpoints (id, app_id, livemode, url, events) values ('whe_plain', $1, false, 'https://shop.example/', '{*}');`;
  await running.pool.query(plainOnes, [made.app]);
  await running.pool.query(`insert into apps (id, merchant_id, name) values ('app_plain', $1, 'Before')`, [made.merchant]);
  const secretsOf = async (store: Store) => [await webhookSecretOf(store, made.app), await webhookSecretOf(store, 'app_plain')];
  const secrets = await secretsOf(running);
  expect(await resealAll(rotating, 1)).toBe(5); // with the account of the shop
  const later = openPatient(database, { keyring: createKeyring([fresh]) });
  expect(await secretsOf(later)).toEqual(secrets);
  const kept = await running.pool.query('select id, secret, sealed, key_id from webhook_endpoints order by id desc');
  expect(kept.rows.map((row) => openSecret(later.keyring, row.id, row)))
    .toEqual([expect.stringMatching(/^whsec_/), before.kind === 'created' && before.endpoint.secret]);
  expect(kept.rows.filter((row) => row.secret !== null)).toEqual([]);
  expect(await resealAll(rotating)).toBe(0);
}); // prettier-ignore

test('the code that a reset has answered is opened by the new key alone', async () => {
  const caller = await aCaller();
  const nobody = { reference: null, name: null, email: null, metadata: {} };
  const made = await insertCustomer(running, caller, nobody, null);
  const customer = made.kind === 'written' ? made.customer.id : '';
  await setPin(running, caller, customer, '2580', {});
  const open = (store: Store) => openResetOnce(store, caller, customer, { cause: 'one', fingerprint: 'two' });
  const opened = (await open(running)) as { readonly reset: Reset };
  await resealAll(rotating, 1);
  const later = openPatient(database, { keyring: createKeyring([fresh]) });
  expect(await open(later)).toEqual({ kind: 'replayed', reset: opened.reset });
  expect(await resealAll(rotating)).toBe(0);
  await running.pool.query('delete from pin_resets');
  await running.pool.query('delete from wallet_pins');
}); // prettier-ignore

test('what payers came with is sealed anew wherever it waits: in attempts, returns, switches and confirms', async () => {
  const made = await Shop.open(running);
  const owner = { app_id: made.app as `app_${string}`, livemode: true };
  const { choice } = made.order();
  const withToken = (token: string) => ({ ...choice!, token });
  const { id } = await made.create();
  const set = (text: string, ...values: unknown[]) => running.pool.query(text, [id, ...values]);
  await set('update attempts set token = $2 where payment_id = $1', 'tok_plain');
  await set('update payments set next = $2 where id = $1', withToken(sealToken(running.keyring, 'tok_next', owner)));
  await set('insert into returns (id, attempt_id, token) select $2, id, $3 from attempts where payment_id = $1',
    'cbk_1', sealToken(running.keyring, 'tok_back', owner));
  for (const body of ['a', 'b', 'c'])
    await set(`insert into command_requests (cause, fingerprint, payment_id, choice) values ('one cause', $2, $1, $3)`,
      body, withToken(sealToken(running.keyring, `tok_${body}`, owner)));
  const tokens = async () => {
    const found = await set(`select token from attempts where payment_id = $1 union all select next ->> 'token' from payments where id = $1
      union all select choice ->> 'token' from command_requests where payment_id = $1
      union all select r.token from returns r join attempts a on a.id = r.attempt_id where a.payment_id = $1`);
    return found.rows.map((row) => openToken(createKeyring([fresh]), row.token, made.app)).toSorted();
  };
  expect(await resealAll(rotating, 1)).toBe(6 + 2); // with the shop's account and app
  expect(await tokens()).toEqual(['tok_a', 'tok_b', 'tok_back', 'tok_c', 'tok_next', 'tok_plain']);
  expect(await resealAll(rotating)).toBe(0);
}); // prettier-ignore

test('without a key nothing is sealed, and it is not said that something was', async () => {
  await plain(1);
  const keyless = openPatient(database, { keyring: createKeyring([]) });
  await expect(resealAll(keyless)).rejects.toThrow('SECRET_KEYS is not set');
});
