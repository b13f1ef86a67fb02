import { randomUUID } from 'node:crypto';

import { riskVerdict } from '../../src/domain/creation.ts';
import { findPayment, insertPayment } from '../../src/store/payment.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database, { connectionsMax: 60 }));
});
afterAll(() => database.close());

const count = async (statement: string, value: string): Promise<number> =>
  (await shop.store.pool.query(statement, [value])).rows[0].n;

const payments = (order_no: string) =>
  count('select count(*)::integer as n from payments where order_no = $1', order_no);

describe('a create', () => {
  test('writes key, order, payment, attempt, call, timeline and event together', async () => {
    const order = shop.order();
    const made = await insertPayment(shop.store, order);
    expect(made.kind).toBe('created');
    const { payment } = made as Extract<typeof made, { kind: 'created' }>;
    const all = await shop.everything(payment.id);
    expect(all).toMatchObject({
      payments: [{ status: 'processing', sequence: 1, amount: 1_999, currency: 'CNY', merchant_id: shop.merchant }],
      attempts: [{ channel: 'wechat-pay', channel_account: shop.account, account_version: 1, status: 'planned' }],
      operations: [{ verb: 'create', channel_key: payment.attempts[0]!.id, sent_at: null, fenced: false, ended: null }],
      payment_events: [{ sequence: 1, cause: `create ${order.key.cause}`, data: { risk: riskVerdict } }],
      events: [{ type: 'payment.created', sequence: 1, data: { object: { id: payment.id, status: 'processing' } } }],
      order_claims: [{ order_no: order.terms.order_no, payment_id: payment.id }],
      keys: [{ cause: order.key.cause, fingerprint: 'f', refusal: null }],
      ledger_transactions: [],
    }); // prettier-ignore
  });

  test('answers exactly what is read afterwards', async () => {
    const made = await shop.create();
    expect(await shop.load(made.id)).toEqual(made);
  });

  test('is looked after when nobody starts its actor within 10 s', async () => {
    const { id, created_at } = await shop.create();
    const { payments: [row] } = await shop.everything(id) as any; // prettier-ignore
    expect(row.attend_at.getTime() - created_at).toBe(10_000);
  });

  test('that fails at its last statement leaves nothing, neither key nor order', async () => {
    const order = shop.order();
    await shop.store.pool.query(`
      create function fail_for_test() returns trigger language plpgsql as $$ begin raise 'no room'; end $$;
      create trigger fail_for_test before insert on events for each row execute function fail_for_test();`);
    await expect(insertPayment(shop.store, order)).rejects.toThrow('no room');
    expect(await payments(order.terms.order_no)).toBe(0);
    expect(
      await count(
        'select count(*)::integer as n from order_claims where order_no = $1',
        order.terms.order_no,
      ),
    ).toBe(0);
    expect(
      await count(
        'select count(*)::integer as n from idempotency_keys where cause = $1',
        order.key.cause,
      ),
    ).toBe(0);
    await shop.store.pool.query('drop trigger fail_for_test on events');
    expect(await insertPayment(shop.store, order)).toMatchObject({ kind: 'created' });
  });
});

describe('an idempotency key', () => {
  test('that 50 creates bring at the same time makes one payment; the others name it', async () => {
    const order = shop.order();
    const made = await Promise.all(times(50, () => insertPayment(shop.store, order)));
    const [created, ...more] = made.filter((one) => one.kind === 'created');
    expect(more).toEqual([]);
    const others = made.filter((one) => one.kind !== 'created');
    expect(others).toHaveLength(49);
    for (const other of others)
      expect([
        { kind: 'replayed', paymentId: created!.payment.id },
        { kind: 'key_busy' },
      ]).toContainEqual(other);
    expect(await payments(order.terms.order_no)).toBe(1);
    expect(await insertPayment(shop.store, order)).toEqual({
      kind: 'replayed',
      paymentId: created!.payment.id,
    });
  });

  test('is busy while the transaction that claims it is open, and only then', async () => {
    const order = shop.order();
    const client = await shop.store.pool.connect();
    await client.query('begin');
    await client.query('insert into idempotency_keys (cause, app_id, fingerprint, object_id) values ($1, $2, $3, $4)', [
      order.key.cause, shop.app, 'f', 'pay_open',
    ]); // prettier-ignore
    expect(await insertPayment(shop.store, order)).toEqual({ kind: 'key_busy' });
    await client.query('rollback');
    client.release();
    expect(await insertPayment(shop.store, order)).toMatchObject({ kind: 'created' });
  });

  test('with another request is reused, whoever the order belongs to, and changes nothing', async () => {
    const order = shop.order();
    const { kind } = await insertPayment(shop.store, order);
    expect(kind).toBe('created');
    const key = { ...order.key, fingerprint: 'another' };
    for (const again of [shop.order({ key }), { ...order, key }])
      expect(await insertPayment(shop.store, again)).toEqual({ kind: 'key_reused' });
    expect(await payments(order.terms.order_no)).toBe(1);
  });

  test('names its payment whatever has become of it', async () => {
    const order = shop.order();
    const made = await insertPayment(shop.store, order);
    if (made.kind !== 'created') throw new Error(made.kind);
    await shop.cancel(made.payment.id);
    expect(await insertPayment(shop.store, order)).toEqual({
      kind: 'replayed',
      paymentId: made.payment.id,
    });
  });

  test('is not spent on a create that found its order taken', async () => {
    const first = await shop.create();
    const key = { cause: randomUUID(), fingerprint: 'f' };
    const again = shop.order({ order_no: first.order_no, key });
    expect(await insertPayment(shop.store, again)).toMatchObject({ kind: 'order_taken' });
    await shop.cancel(first.id);
    expect(await insertPayment(shop.store, again)).toMatchObject({ kind: 'created' });
  });
});

describe('an order number', () => {
  test('that 50 creates with other keys bring at the same time goes to one', async () => {
    const order_no = randomUUID();
    const made = await Promise.all(
      times(50, () => insertPayment(shop.store, shop.order({ order_no }))),
    );
    const [created, ...more] = made.filter((one) => one.kind === 'created');
    expect(more).toEqual([]);
    const others = made.filter((one) => one.kind !== 'created');
    expect(others).toHaveLength(49);
    const taken = { kind: 'order_taken', paymentId: created!.payment.id, paid: false };
    for (const other of others) expect([taken, { kind: 'key_busy' }]).toContainEqual(other); // busy: waited 2 s
    expect(await payments(order_no)).toBe(1);
  });

  test('belongs to an app: another app’s is another order', async () => {
    const { order_no } = await shop.create();
    const other = await Shop.open(shop.store);
    expect(await insertPayment(shop.store, other.order({ order_no }))).toMatchObject({
      kind: 'created',
    });
  });

  test('of a paid payment stays taken', async () => {
    const { id, order_no } = await shop.withCode();
    await shop.pay(id);
    expect(await insertPayment(shop.store, shop.order({ order_no })))
      .toEqual({ kind: 'order_taken', paymentId: id, paid: true }); // prettier-ignore
  });

  test('is freed by a payment that was canceled', async () => {
    const { id, order_no } = await shop.canceled();
    expect((await shop.load(id)).status).toBe('canceled');
    expect(await insertPayment(shop.store, shop.order({ order_no }))).toMatchObject({
      kind: 'created',
    });
  });

  test('is freed by a payment that failed', async () => {
    const { id, order_no } = await shop.create({ on_decline: 'fail' });
    const failure = {
      code: 'not_permitted', message: '', advice: 'use_other_method', channel_code: null, channel_message: null, retryable: false,
    } as const; // prettier-ignore
    await shop.end(id, 'create', { kind: 'declined', failure });
    expect((await shop.load(id)).status).toBe('failed');
    expect(await insertPayment(shop.store, shop.order({ order_no }))).toMatchObject({
      kind: 'created',
    });
  });

  test('is not freed while an attempt’s outcome is unknown', async () => {
    const { id, order_no } = await shop.create();
    await shop.end(id, 'create', { kind: 'unknown', detail: 'timeout' });
    await shop.cancel(id);
    expect(await shop.load(id)).toMatchObject({ status: 'canceling', outcome: 'unknown' });
    expect(await insertPayment(shop.store, shop.order({ order_no }))).toMatchObject({
      kind: 'order_taken',
      paid: false,
    });
  });

  test('that a cancel frees while a create waits for it goes to the create', async () => {
    const first = await shop.create();
    const [canceled, made] = await Promise.all([
      shop.cancel(first.id),
      insertPayment(shop.store, shop.order({ order_no: first.order_no })),
    ]);
    expect(canceled.status).toBe('canceled');
    const again = await insertPayment(shop.store, shop.order({ order_no: first.order_no }));
    const claims = await count(
      'select count(*)::integer as n from order_claims where order_no = $1',
      first.order_no,
    );
    expect(claims).toBe(1);
    expect([made.kind, again.kind].filter((kind) => kind === 'created')).toHaveLength(1);
  });
});

test('another merchant’s payment does not exist for this one', async () => {
  const { id } = await shop.create();
  const other = await Shop.open(shop.store);
  expect(await findPayment(shop.store.pool, shop.merchant, id)).toMatchObject({ id });
  expect(await findPayment(shop.store.pool, other.merchant, id)).toBeNull();
  expect(await findPayment(shop.store.pool, shop.merchant, 'pay_none')).toBeNull();
});

test('one attempt of a payment is live, whatever the code believes', async () => {
  const { id } = await shop.create();
  const second = `insert into attempts select (jsonb_populate_record(a, '{"id": "att_second"}')).* from attempts a where payment_id = $1`;
  await expect(shop.store.pool.query(second, [id])).rejects.toThrow('attempts_one_live');
});
