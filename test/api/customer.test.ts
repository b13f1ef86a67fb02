import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { customer as customerShape } from '../../src/api/customer-answer.ts';
import { launch, type Launched, logOf } from '../support/launcher.ts';
import { anotherMerchant, byLiveKey, Merchant } from '../support/merchant.ts';

const path = '/v1/customers';
const nobody = 'cus_01h45ytscbebyvny4gc8cr8ma2';

let stack: Launched;
let merchant: Merchant;
let stranger: Merchant;
let database: pg.Client;

beforeAll(async () => {
  stack = await launch();
  [merchant, stranger] = [new Merchant(stack.ready), anotherMerchant(stack)];
  database = new pg.Client(readFileSync(join(stack.dataDir, 'database_url'), 'utf8').trim());
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await stack.remove();
});

const headersOf = (key?: string) => (key ? { 'Idempotency-Key': key } : {});
const create = (body: unknown = {}, of = merchant, key?: string) =>
  of.call('POST', path, body, headersOf(key));
const change = (id: string, body: unknown, of = merchant, key?: string) =>
  of.call('POST', `${path}/${id}`, body, headersOf(key));
const read = (id: string, of = merchant) => of.call('GET', `${path}/${id}`);
const made = async (body: unknown = {}): Promise<any> => (await create(body)).body;
const idsOf = async (query: string, of = merchant) =>
  (await of.call('GET', `${path}?${query}`)).body.data.map((one: any) => one.id);

/** What the store keeps of him, as text. */
const dump = async (id: string) =>
  (await database.query('select c::text from customers c where id = $1', [id])).rows[0].c as string;

describe('a customer', () => {
  test('is made with what names him, and read again', async () => {
    const given = { reference: 'C-7', name: 'Ada Lovelace', email: 'ada@example.org', metadata: { tier: 'gold' } }; // prettier-ignore
    const { status, headers, body } = await create(given);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`${path}/${body.id}`);
    expect(customerShape.parse(body)).toMatchObject({ ...given, livemode: false });
    expect((await read(body.id)).body).toEqual(body);
  });

  test('may be nobody but a number', async () => {
    expect(await made()).toMatchObject({ reference: null, name: null, email: null, metadata: {} });
  });

  test('is named in no row and no log in plain form', async () => {
    const canary = 'canary-of-a-person';
    const { id } = await made({ name: canary, email: `${canary}@example.org`, metadata: { note: canary } }); // prettier-ignore
    expect(await dump(id)).toContain(id);
    for (const text of [await dump(id), logOf(stack, 'api')]) {
      expect(text).not.toContain(canary);
      expect(text).not.toContain(Buffer.from(canary).toString('hex')); // as PostgreSQL writes bytes
    }
  });

  test('is made once under one key, and another body is refused', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 5 }, () => create({ name: 'Ada' }, merchant, key))); // prettier-ignore
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true')).toHaveLength(4); // prettier-ignore
    expect(await create({ name: 'Bob' }, merchant, key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } }); // prettier-ignore
  });

  test('is nobody to another merchant', async () => {
    const { id } = await made();
    expect((await read(id, stranger)).status).toBe(404);
    expect((await change(id, { name: 'Eve' }, stranger)).status).toBe(404);
    expect((await stranger.call('DELETE', `${path}/${id}`)).status).toBe(404);
    expect(await idsOf('limit=100', stranger)).not.toContain(id);
    expect((await read(id)).body.name).toBeNull();
  });

  test.each<[string, object, string, string]>([
    ['a mail address that is none', { email: 'ada@' }, '/email', 'invalid_field'],
    ['a name that is empty', { name: '' }, '/name', 'invalid_field'],
    ['a reference with a blank', { reference: 'C 7' }, '/reference', 'invalid_field'],
    ['a note that is no text', { metadata: { tier: 1 } }, '/metadata/tier', 'invalid_field'],
    ['a field of another kind', { phone: '+4912345' }, '/phone', 'unknown_field'],
  ])('with %s is refused', async (_what, body, pointer, code) => {
    const refused = { status: 400, body: { errors: [{ pointer, code }] } };
    expect(await create(body)).toMatchObject(refused);
    expect(await change((await made()).id, body)).toMatchObject(refused);
  });
});

describe('a change', () => {
  test('replaces what it names, removes what it names null and leaves the rest', async () => {
    const { id, created_at } = await made({ name: 'Ada', email: 'ada@example.org', reference: 'C-8' }); // prettier-ignore
    const { status, body } = await change(id, { email: null, metadata: { tier: 'gold' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, name: 'Ada', email: null, reference: 'C-8', metadata: { tier: 'gold' }, created_at }); // prettier-ignore
    expect((await read(id)).body).toEqual(body);
    expect((await change(id, {})).body).toMatchObject({ name: 'Ada', metadata: { tier: 'gold' } });
  });

  test('under one key is made once', async () => {
    const { id } = await made({ name: 'Ada' });
    const key = randomUUID();
    await change(id, { name: 'Ada L.' }, merchant, key);
    await change(id, { name: 'Ada B.' });
    const again = await change(id, { name: 'Ada L.' }, merchant, key);
    expect([again.body.name, again.headers.get('idempotent-replayed')]).toEqual(['Ada B.', 'true']);
    expect((await change(id, { name: 'Eve' }, merchant, key)).body.code).toBe('idempotency_key_reused'); // prettier-ignore
  });

  test('by twenty at once loses none', async () => {
    const { id } = await made();
    const fields = Array.from({ length: 20 }, (_, n) => (n % 2 ? { name: 'Ada' } : { email: 'ada@example.org' })); // prettier-ignore
    await Promise.all(fields.map((body) => change(id, body)));
    expect((await read(id)).body).toMatchObject({ name: 'Ada', email: 'ada@example.org' });
  });
});

describe('the list', () => {
  test('is narrowed by the merchant’s own number, newest first, in pages', async () => {
    const reference = randomUUID();
    const ids = [(await made({ reference })).id, (await made({ reference })).id].toReversed();
    await made({ reference: randomUUID() });
    expect(await idsOf(`reference=${reference}`)).toEqual(ids);
    expect(await idsOf(`reference=${reference}&limit=1&starting_after=${ids[0]}`)).toEqual([ids[1]]); // prettier-ignore
    expect((await merchant.call('GET', `${path}?starting_after=${nobody}`)).body.code).toBe('invalid_field'); // prettier-ignore
  });
});

describe('a removed customer', () => {
  test('is gone, what named him too, and his key makes another', async () => {
    const key = randomUUID();
    const { id } = (await create({ name: 'Ada', reference: 'C-9' }, merchant, key)).body;
    const removed = await merchant.call('DELETE', `${path}/${id}`);
    expect(removed).toMatchObject({ status: 200, body: { id, object: 'customer', deleted: true } });
    expect((await read(id)).status).toBe(404);
    expect((await change(id, { name: 'Ada' })).status).toBe(404);
    expect((await merchant.call('DELETE', `${path}/${id}`)).status).toBe(404);
    expect(await idsOf('limit=100')).not.toContain(id);
    expect(await dump(id)).not.toContain('C-9');
    const again = await create({ name: 'Ada', reference: 'C-9' }, merchant, key);
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(id);
  });

  test('is a cursor still: whoever removes them page by page meets each of them once', async () => {
    const reference = randomUUID();
    const ids = [await made({ reference }), await made({ reference })].map(({ id }) => id);
    await merchant.call('DELETE', `${path}/${ids[1]}`);
    expect(await idsOf(`reference=${reference}&starting_after=${ids[1]}`)).toEqual([ids[0]]);
  });
});

test('one Idempotency-Key names one thing for the test key of an app, and another for its live key', async () => {
  const live = byLiveKey(stack, merchant);
  const key = randomUUID();
  const [first, second] = [await create({}, merchant, key), await create({}, live, key)];
  expect([first.body.livemode, second.body.livemode]).toEqual([false, true]);
  expect((await create({}, live, key)).body.id).toBe(second.body.id);
});

describe('a payment', () => {
  test('names the merchant’s customer, and is found by him', async () => {
    const { id } = await made();
    const customer = { id, email: 'ada@example.org' };
    const { status, body } = await merchant.create({ customer });
    expect({ status, customer: body.customer }).toEqual({ status: 201, customer });
    await merchant.create();
    const found = (await merchant.call('GET', `/v1/payments?customer=${id}`)).body.data;
    expect(found.map((one: any) => one.id)).toEqual([body.id]);
  });

  test('of nobody, of another merchant’s customer and of a removed one is refused', async () => {
    const { id } = await made();
    await merchant.call('DELETE', `${path}/${id}`);
    const other = (await create({}, stranger)).body.id;
    for (const one of [nobody, id, other])
      expect(await merchant.create({ customer: { id: one } })).toMatchObject({
        status: 422,
        body: { code: 'customer_not_found', errors: [{ pointer: '/customer/id' }] },
      });
  });

  test('is repeated by its key after its customer was removed', async () => {
    const { id } = await made();
    const key = randomUUID();
    const given = { customer: { id }, order_no: randomUUID() };
    const first = await merchant.create(given, key);
    await merchant.call('DELETE', `${path}/${id}`);
    const again = await merchant.create(given, key);
    expect([again.status, again.body.id]).toEqual([201, first.body.id]);
    expect(again.body.customer).toEqual({ id });
  });
});
