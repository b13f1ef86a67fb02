import { randomUUID } from 'node:crypto';

import type pg from 'pg';

import { insertPayment } from '../../src/store/payment.ts';
import { record } from '../../src/store/record.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { paid } from '../support/payment.ts';
import { openPatient, Shop, times, until } from './shop.ts';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database));
});
afterAll(() => database.close());

describe('late money that the policy accepts', () => {
  /** A payment that is canceled although its channel has an order for it, as late money needs. */
  async function givenUp(order_no: string) {
    const { id } = await shop.withCode({ order_no, late_money: 'accept' });
    await shop.cancel(id);
    await shop.end(id, 'query', { kind: 'closed' });
    return shop.load(id);
  }

  test('takes the free order again', async () => {
    const late = await givenUp(randomUUID());
    expect(late.status).toBe('canceled');
    expect((await shop.everything(late.id))['order_claims']).toEqual([]);
    expect(await shop.pay(late.id)).toMatchObject({ status: 'succeeded' });
    expect((await shop.everything(late.id))['order_claims']).toHaveLength(1);
    expect(await insertPayment(shop.store, shop.order({ order_no: late.order_no })))
      .toMatchObject({ kind: 'order_taken', paid: true, paymentId: late.id }); // prettier-ignore
  });

  test('goes back when another payment holds the order', async () => {
    const late = await givenUp(randomUUID());
    const other = await shop.create({ order_no: late.order_no });
    expect(await shop.pay(late.id)).toMatchObject({ status: 'canceled' });
    expect((await shop.load(late.id)).refunds).toMatchObject([{ origin: 'late', amount: 1_999 }]);
    expect((await shop.everything(other.id))['order_claims']).toHaveLength(1);
  });

  test('meets a create that commits first: fails, and repeated sends the money back', async () => {
    const late = await givenUp(randomUUID());
    const other = await shop.create();
    const callback = await shop.stored(late.id, paid());
    const message = { cause: callback, fact: { kind: 'callback', callback } } as const;
    const client = await shop.store.pool.connect();
    await client.query('begin');
    await claimed(client, late.order_no, other.id);
    const told = record(shop.store, late.id, message).catch((error: unknown) => error);
    await lockAwaited();
    await client.query('commit'); // as the create of the other payment does: the claim is not ours
    client.release();
    expect(String(await told)).toContain('was taken while late money came for it');
    expect((await shop.load(late.id)).sequence).toBe(late.sequence);
    expect(await record(shop.store, late.id, message)).toMatchObject({ status: 'canceled' });
    expect((await shop.load(late.id)).refunds).toMatchObject([{ origin: 'late' }]);
  });

  test('commits before a create: the order is taken and paid', async () => {
    const late = await givenUp(randomUUID());
    await shop.store.pool.query(`
      create function wait_for_test() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(7); return new; end $$;
      create trigger wait_for_test before insert on ledger_transactions for each row execute function wait_for_test();`);
    const client = await shop.store.pool.connect();
    await client.query('select pg_advisory_lock(7)');
    const paying = shop.pay(late.id); // has taken the claim and stands before its posting
    await lockAwaited();
    const creating = insertPayment(shop.store, shop.order({ order_no: late.order_no }));
    await lockAwaited(2);
    await client.query('select pg_advisory_unlock(7)');
    client.release();
    expect(await paying).toMatchObject({ status: 'succeeded' });
    expect(await creating).toMatchObject({ kind: 'order_taken', paid: true, paymentId: late.id });
    await shop.store.pool.query('drop trigger wait_for_test on ledger_transactions');
  });

  test('and a create at the same time: one of them has the order, whoever was first', async () => {
    for (const _ of times(12, (i) => i)) {
      const late = await givenUp(randomUUID());
      const callback = await shop.stored(late.id, paid());
      const message = { cause: callback, fact: { kind: 'callback', callback } } as const;
      const [, made] = await Promise.all([
        record(shop.store, late.id, message).catch(() => undefined),
        insertPayment(shop.store, shop.order({ order_no: late.order_no })),
      ]);
      const { status } = await record(shop.store, late.id, message);
      const claims = await shop.store.pool.query(
        'select payment_id from order_claims where order_no = $1',
        [late.order_no],
      );
      const owner = made.kind === 'created' ? made.payment.id : late.id;
      expect(claims.rows).toEqual([{ payment_id: owner }]);
      expect(status).toBe(made.kind === 'created' ? 'canceled' : 'succeeded');
      expect((await shop.load(late.id)).refunds).toHaveLength(made.kind === 'created' ? 1 : 0);
    }
  });

  /** As a process of this version does. */
  const claimed = (db: pg.PoolClient, order_no: string, id: string) =>
    db.query('insert into order_claims (app_id, order_no, payment_id, livemode) values ($1, $2, $3, false)', [shop.app, order_no, id]); // prettier-ignore

  /** Resolves once `n` connections wait for a lock. */
  function lockAwaited(n = 1): Promise<number> {
    return until(async () => {
      const waiting = await shop.store.pool.query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      );
      return (waiting.rowCount ?? 0) >= n ? n : null;
    });
  }
});

describe('an order number', () => {
  const orderOf = (order_no: string, livemode: boolean) => {
    const order = shop.order({ order_no });
    return { ...order, terms: { ...order.terms, livemode } };
  };
  const create = (order_no: string, livemode: boolean) =>
    insertPayment(shop.store, orderOf(order_no, livemode));

  test('is free for the live key when the test key has paid it, and is taken once by each', async () => {
    const { id, order_no } = await shop.withCode();
    expect(await shop.pay(id)).toMatchObject({ status: 'succeeded' });
    const live = await create(order_no, true);
    expect(live).toMatchObject({ kind: 'created', payment: { livemode: true } });
    const [test, again] = [await create(order_no, false), await create(order_no, true)];
    expect(test).toEqual({ kind: 'order_taken', paymentId: id, paid: true });
    expect(again).toMatchObject({ kind: 'order_taken', paid: false });
  });

  /** What the version before this one writes of an order; false where it would refuse it. */
  async function claimedBefore(order_no: string, livemode: boolean): Promise<boolean> {
    const made = await create(randomUUID(), livemode);
    if (made.kind !== 'created') throw new Error(made.kind);
    const { rowCount } = await shop.store.pool.query(
      'insert into order_claims (app_id, order_no, payment_id) values ($1, $2, $3) on conflict do nothing',
      [shop.app, order_no, made.payment.id],
    );
    return rowCount === 1;
  }

  test.each([true, false])('that a process of the version before has claimed is of its payment’s mode (live: %s)', async (livemode) => {
    const order_no = randomUUID();
    expect(await claimedBefore(order_no, livemode)).toBe(true);
    expect(await create(order_no, livemode)).toMatchObject({ kind: 'order_taken' });
    expect(await create(order_no, !livemode)).toMatchObject({ kind: 'created' });
  }); // prettier-ignore

  test.each([true, false])('that any mode has is refused by the version before (live: %s)', async (livemode) => {
    const order_no = randomUUID();
    await create(order_no, true);
    expect(await claimedBefore(order_no, livemode)).toBe(false);
  }); // prettier-ignore
});
