import { randomUUID } from 'node:crypto';

import { type Caller, findCaller } from '../../src/store/api-key.ts';
import { leaseCallbacks, leaseDue } from '../../src/store/attendance.ts';
import { subjectOf } from '../../src/store/callback.ts';
import { findKey } from '../../src/store/idempotency.ts';
import { loadCall, takeFence } from '../../src/store/operation.ts';
import { insertPayment } from '../../src/store/payment.ts';
import { record } from '../../src/store/record.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { paid } from '../support/payment.ts';
import { openPatient, Shop } from './shop.ts';

const rows = 3_000;

let database: Database;

beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

/** Copies one paid payment with all its rows `rows` times. */
async function multiply(shop: Shop, id: string): Promise<void> {
  const { pool } = shop.store;
  const copies = (table: string, changes: string, of = 'payment_id') =>
    pool.query(
      `insert into ${table} select (jsonb_populate_record(t, jsonb_build_object(${changes}))).*
       from ${table} t, generate_series(1, ${rows}) n where t.${of} = $1`,
      [id],
    );
  await copies('payments', `'id', 'pay_' || n, 'order_no', n::text`, 'id');
  await copies('attempts', `'id', t.id || n, 'payment_id', 'pay_' || n`);
  await copies(
    'operations',
    `'id', t.id || n, 'attempt_id', t.attempt_id || n, 'payment_id', 'pay_' || n`,
  );
  await copies('payment_events', `'payment_id', 'pay_' || n`);
  await copies(
    'events',
    `'id', t.id || n, 'object_id', t.object_id || n, 'payment_id', 'pay_' || n`,
  );
  await copies('order_claims', `'order_no', n::text, 'payment_id', 'pay_' || n`);
  await copies('callbacks', `'id', t.id || n, 'event', n::text, 'payment_id', 'pay_' || n`);
  await copies('idempotency_keys', `'cause', n::text, 'object_id', 'pay_' || n`, 'object_id');
  await pool.query(
    `update payments set attend_at = clock_now() - interval '1 s' where id like 'pay_1%'`,
  );
  await pool.query(
    `update callbacks set relay_at = clock_now() - interval '1 s' where payment_id like 'pay_1%'`,
  );
  await pool.query('analyze');
}

test(`no statement of a payment's way reads one of ${rows} payments that is not its own`, async () => {
  const shop = await Shop.open(openPatient(database));
  const first = await shop.withCode();
  await shop.pay(first.id);
  await shop.pay(first.id, { channel_reference: '4200002' });
  await multiply(shop, first.id);

  const { pool } = shop.store;
  const watched = `'payments', 'attempts', 'operations', 'payment_events', 'events', 'order_claims', 'callbacks', 'idempotency_keys'`;
  const read = async () => {
    await pool.query('select pg_stat_force_next_flush()');
    const found = await database
      .open()
      .pool.query(
        `select relname, seq_tup_read from pg_stat_user_tables where relname in (${watched}) order by 1`,
      );
    return found.rows;
  };
  const way = openPatient(database, { connectionsMax: 1 });
  const there = shop.over(way);
  await read();
  const before = await read();

  const caller = (await findCaller(way.pool, shop.api_key)) as Caller;
  expect(caller.merchant_id).toBe(shop.merchant);
  const order = there.order();
  expect(await findKey(way.pool, order.key.cause)).toBeNull();
  const made = await insertPayment(way, order);
  if (made.kind !== 'created') throw new Error(made.kind);
  const { id, attempts } = made.payment;
  expect(await insertPayment(way, there.order({ order_no: order.terms.order_no }))).toMatchObject({
    kind: 'order_taken',
  });
  const create = attempts[0]!.operations[0]!.id;
  expect(await loadCall(way.pool, create)).toMatchObject({ id: create });
  expect(await takeFence(way.pool, create)).toBe('taken');
  await record(way, id, { cause: 'attend', fact: { kind: 'attend' } });
  await record(way, id, {
    cause: create,
    fact: { kind: 'outcome', operation: create, answer: { kind: 'pending' } },
  });
  expect(await subjectOf(way.pool, 'attempt', attempts[0]!.id)).toMatchObject({ payment_id: id });
  await there.callback(id, paid());
  const key = { app_id: shop.app, fingerprint: 'f' };
  await record(way, id, {
    cause: randomUUID(),
    key,
    fact: { kind: 'command', command: { name: 'sync' } },
  });
  await leaseDue(way);
  expect(await leaseDue(way)).toHaveLength(200);
  expect(await leaseCallbacks(way)).toHaveLength(200);
  await way.pool.query('select pg_stat_force_next_flush()');

  expect(await read()).toEqual(before);
});
