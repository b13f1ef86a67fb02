import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { walletPin, walletPinReset } from '../../src/api/wallet-answer.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { anotherMerchant, Merchant, type Reply } from '../support/merchant.ts';
import { Customer } from '../support/wallet.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());

const pin = '739162';
const under = (key?: string) => (key === undefined ? {} : { 'Idempotency-Key': key });
const put = (customer: Customer, body: object, of = merchant, key?: string) =>
  of.call('PUT', `/v1/customers/${customer.id}/wallet_pin`, body, under(key));
const reset = (customer: Customer, of = merchant, key?: string) =>
  of.call('POST', `/v1/customers/${customer.id}/wallet_pin/reset`, undefined, under(key));
const balance = (given?: string) => ({ method: { type: 'balance', ...(given ? { pin: given } : {}) } }); // prettier-ignore
const refused = (code: string, pointer = '/method/pin') => ({ status: 422, body: { code, errors: [{ pointer }] } }); // prettier-ignore

async function pinned(): Promise<Customer> {
  const customer = await Customer.with(merchant, 5_000);
  const { status, body } = await put(customer, { pin });
  expect([status, walletPin.parse(body)]).toEqual([200, { object: 'wallet_pin', customer: customer.id }]); // prettier-ignore
  return customer;
}

describe('a customer with a PIN', () => {
  test('pays out of his wallet with it alone', async () => {
    const customer = await pinned();
    expect(await customer.pay(balance())).toMatchObject(refused('wallet_pin_required'));
    expect(await customer.pay(balance('739163'))).toMatchObject(refused('wallet_pin_wrong'));
    expect((await customer.pay(balance(pin))).body).toMatchObject({ status: 'succeeded', method: { type: 'balance' } }); // prettier-ignore
    expect(await customer.wallet()).toMatchObject({ balance: 4_900 });
  });

  test('confirms with it a payment that waits for a method', async () => {
    const customer = await pinned();
    const { body } = await customer.pay({ method: undefined });
    expect(await merchant.confirm(body.id, { type: 'balance' })).toMatchObject(refused('wallet_pin_required')); // prettier-ignore
    expect((await merchant.confirm(body.id, { type: 'balance', pin })).body.status).toBe('succeeded'); // prettier-ignore
  });

  test('is not asked again for what he has paid: its key answers', async () => {
    const customer = await pinned();
    const key = randomUUID();
    const order = { order_no: randomUUID() };
    const first = await customer.pay({ ...balance(pin), ...order }, key);
    const again = await customer.pay({ ...balance('000000'), ...order }, key);
    expect([again.status, again.body.id]).toEqual([201, first.body.id]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  test('is locked out by five wrong ones, until he sets another by a code', async () => {
    const customer = await pinned();
    for (let n = 0; n < 5; n += 1) await customer.pay(balance('000000'));
    expect(await customer.pay(balance(pin))).toMatchObject(refused('wallet_pin_locked'));
    const { status, body } = await reset(customer);
    expect([status, walletPinReset.parse(body).customer]).toEqual([201, customer.id]);
    const other = { pin: '11112222' };
    const byPin = { ...other, current_pin: pin };
    expect(await put(customer, byPin)).toMatchObject(refused('wallet_pin_locked', '/current_pin'));
    expect((await put(customer, { ...other, code: body.code })).status).toBe(200);
    expect(await put(customer, { pin, code: body.code })).toMatchObject(refused('wallet_pin_wrong', '/code')); // prettier-ignore
    expect((await customer.pay(balance('11112222'))).body.status).toBe('succeeded');
  });

  test('is his merchant’s alone', async () => {
    const customer = await pinned();
    const stranger = anotherMerchant(stack);
    expect((await put(customer, { pin: '0000' }, stranger)).status).toBe(404);
    expect((await reset(customer, stranger)).status).toBe(404);
  });
});

describe('under an Idempotency-Key', () => {
  const isReplay = ({ headers }: Reply) => headers.get('idempotent-replayed') === 'true';

  test('a PIN is set once, and the repeat needs no proof that setting it used up', async () => {
    const customer = await pinned();
    const key = randomUUID();
    const other = { pin: '11112222', current_pin: pin };
    const answers = await Promise.all([1, 2, 3].map(() => put(customer, other, merchant, key)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.filter(isReplay)).toHaveLength(2);
    await put(customer, { pin, current_pin: '11112222' });
    expect(isReplay(await put(customer, other, merchant, key))).toBe(true);
    expect((await customer.pay(balance(pin))).body.status).toBe('succeeded');
  });

  test('another PIN, or another customer, is another request', async () => {
    const [customer, other, key] = [await pinned(), await Customer.of(merchant), randomUUID()];
    expect((await put(customer, { pin: '1111', current_pin: pin }, merchant, key)).status).toBe(200);
    const again = { status: 422, body: { code: 'idempotency_key_reused' } };
    expect(await put(customer, { pin: '2222', current_pin: '1111' }, merchant, key)).toMatchObject(again);
    expect(await put(other, { pin: '1111' }, merchant, key)).toMatchObject(again);
  }); // prettier-ignore

  test('what was refused is not remembered, and a wrong PIN counts each time', async () => {
    const [customer, key] = [await pinned(), randomUUID()];
    const other = (current_pin: string) => put(customer, { pin: '1111', current_pin }, merchant, key);
    for (let n = 0; n < 5; n += 1) expect((await other('000000')).body.code).toBe('wallet_pin_wrong');
    expect((await other(pin)).body.code).toBe('wallet_pin_locked');
    const code = (await reset(customer)).body.code as string;
    expect((await put(customer, { pin: '1111', code }, merchant, key)).status).toBe(200);
  }); // prettier-ignore

  test('a reset answers the same code again, and opens no other', async () => {
    const [customer, key] = [await pinned(), randomUUID()];
    const answers = await Promise.all([1, 2, 3].map(() => reset(customer, merchant, key)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(answers.filter(isReplay)).toHaveLength(2);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const { code } = walletPinReset.parse(answers[0]!.body);
    expect((await put(customer, { pin: '1111', code })).status).toBe(200);
    expect((await reset(customer, merchant, key)).body).toEqual(answers[0]!.body);
    expect((await put(customer, { pin: '2222', code })).body.code).toBe('wallet_pin_wrong');
  });

  test('a reset for whom there is none is tried anew once he has a PIN', async () => {
    const [customer, key] = [await Customer.of(merchant), randomUUID()];
    expect((await reset(customer, merchant, key)).body.code).toBe('wallet_pin_not_set');
    await put(customer, { pin });
    expect(isReplay(await reset(customer, merchant, key))).toBe(false);
  });
});

test.each(['', '123', '123456789', '12a4', ' 1234'])('%p is no PIN', async (wrong) => {
  const customer = await Customer.of(merchant);
  expect(await put(customer, { pin: wrong })).toMatchObject({ status: 400, body: { code: 'invalid_field' } }); // prettier-ignore
});

test('a customer without one pays as before, and has none to reset', async () => {
  const customer = await Customer.with(merchant, 100);
  expect(await reset(customer)).toMatchObject({
    status: 409,
    body: { code: 'wallet_pin_not_set' },
  });
  expect((await customer.pay()).body.status).toBe('succeeded');
});

test('a PIN stands in no log and in no row', async () => {
  const logs = join(stack.dataDir, 'logs');
  for (const log of readdirSync(logs)) expect(readFileSync(join(logs, log), 'utf8')).not.toContain(pin); // prettier-ignore
  const database = new pg.Client(readFileSync(join(stack.dataDir, 'database_url'), 'utf8').trim());
  await database.connect();
  for (const table of ['wallet_pins', 'payments', 'attempts', 'command_requests', 'idempotency_keys', 'pin_resets', 'payment_events', 'channel_exchanges', 'events']) {
    const { rows } = await database.query(`select 1 from ${table} t where t::text like '%"${pin}"%'`);
    expect([table, rows]).toEqual([table, []]);
  }
  await database.end();
}); // prettier-ignore
