import { beat, leaseCallbacks, leaseDue, returnLease } from '../../src/store/attendance.ts';
import { hasWorker } from '../../src/store/health.ts';
import { record } from '../../src/store/record.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
let shop: Shop;
let skippedMs = 0;
/** Attendances whose clock is ahead. */
let ahead: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database, { connectionsMax: 40 }));
  ahead = shop.over(openPatient(database, { clockOffsetMs: () => skippedMs }));
});
afterAll(() => database.close());
beforeEach(async () => {
  skippedMs = 0;
  await shop.store.pool.query('update payments set attend_at = null');
  await shop.store.pool.query('update callbacks set relay_at = null');
});

describe('a payment that nobody has looked at', () => {
  test('is leased 10 s after its create, for 60 s, to one attendance', async () => {
    const { id } = await shop.create();
    expect(await leaseDue(ahead.store)).toEqual([]);
    skippedMs = 11_000;
    expect(await leaseDue(ahead.store)).toEqual([id]);
    expect(await leaseDue(ahead.store)).toEqual([]);
    skippedMs += 55_000;
    expect(await leaseDue(ahead.store)).toEqual([]);
    skippedMs += 10_000;
    expect(await leaseDue(ahead.store)).toEqual([id]);
  });

  test('is leased without a transition', async () => {
    const { id } = await shop.create();
    const before = await shop.everything(id);
    skippedMs = 11_000;
    await leaseDue(ahead.store);
    const after = await shop.everything(id);
    const leased = { ...(before['payments']![0] as object), attend_at: expect.any(Date) };
    expect(after).toEqual({ ...before, payments: [leased] });
  });

  test('comes back 5 s after its lease was returned', async () => {
    const { id } = await shop.create();
    skippedMs = 11_000;
    await leaseDue(ahead.store);
    await returnLease(ahead.store, id);
    expect(await leaseDue(ahead.store)).toEqual([]);
    skippedMs += 6_000;
    expect(await leaseDue(ahead.store)).toEqual([id]);
  });

  test('is due as its state says once its run has looked', async () => {
    const { id } = await shop.create();
    skippedMs = 11_000;
    await leaseDue(ahead.store);
    await record(ahead.store, id, { cause: 'attend', fact: { kind: 'attend' } });
    const call_ends_ms = 10_000 + 5_000 + 60_000; // the channel's timeout, its margin, and a minute for whoever is at it
    skippedMs += call_ends_ms - 5_000;
    expect(await leaseDue(ahead.store)).toEqual([]);
    skippedMs += 10_000;
    expect(await leaseDue(ahead.store)).toEqual([id]);
  });

  test('is never leased at rest', async () => {
    const { id } = await shop.withCode();
    await shop.pay(id);
    skippedMs = 365 * 24 * 3_600_000;
    expect(await leaseDue(ahead.store)).toEqual([]);
  });
});

describe('many attendances at the same time', () => {
  test('never lease a payment twice and leave none behind', async () => {
    const ids = (await Promise.all(times(60, () => shop.create()))).map(({ id }) => id);
    await shop.store.pool.query(
      `update payments set attend_at = clock_now() - interval '1 s' where id = any($1)`,
      [ids],
    );
    const leased = (await Promise.all(times(10, () => leaseDue(shop.store)))).flat();
    expect(leased.toSorted()).toEqual(ids.toSorted());
  });

  test('pass over a payment that is being recorded, and come back for it', async () => {
    const [busy, idle] = [await shop.create(), await shop.create()];
    await shop.store.pool.query(
      `update payments set attend_at = clock_now() - interval '1 s' where id = any($1)`,
      [[busy.id, idle.id]],
    );
    const client = await shop.store.pool.connect();
    await client.query('begin');
    await client.query('select 1 from payments where id = $1 for update', [busy.id]);
    expect(await leaseDue(shop.store)).toEqual([idle.id]);
    await client.query('rollback');
    client.release();
    expect(await leaseDue(shop.store)).toEqual([busy.id]);
  });

  test('take at most 200, the longest due first', async () => {
    const { id } = await shop.create();
    await shop.store.pool.query(
      `insert into payments select (jsonb_populate_record(p, jsonb_build_object('id', 'pay_many_' || n, 'attend_at', clock_now() - n * interval '1 s'))).*
       from payments p, generate_series(1, 250) n where p.id = $1`,
      [id],
    );
    const first = await leaseDue(shop.store);
    expect(first).toHaveLength(200);
    expect(first).toContain('pay_many_250');
    expect(first).not.toContain('pay_many_50');
    expect(await leaseDue(shop.store)).toHaveLength(50);
  });

  test('never lease a callback twice', async () => {
    const payments = await Promise.all(times(20, () => shop.withCode()));
    const ids = await Promise.all(payments.map(({ id }) => shop.stored(id, { kind: 'open' })));
    skippedMs = 6_000;
    const leased = (await Promise.all(times(8, () => leaseCallbacks(ahead.store)))).flat();
    expect(leased.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(leased.map(({ payment_id }) => payment_id).toSorted()).toEqual(
      payments.map(({ id }) => id).toSorted(),
    );
  });
});

describe('a stored callback that no run has consumed', () => {
  test('is relayed after 5 s, and again every 30 s until one has', async () => {
    const { id } = await shop.withCode();
    const callback = await shop.stored(id, { kind: 'open' });
    expect(await leaseCallbacks(ahead.store)).toEqual([]);
    skippedMs = 6_000;
    expect(await leaseCallbacks(ahead.store)).toEqual([{ id: callback, payment_id: id }]);
    skippedMs += 25_000;
    expect(await leaseCallbacks(ahead.store)).toEqual([]);
    skippedMs += 10_000;
    expect(await leaseCallbacks(ahead.store)).toEqual([{ id: callback, payment_id: id }]);
    await record(shop.store, id, { cause: callback, fact: { kind: 'callback', callback } });
    skippedMs += 3_600_000;
    expect(await leaseCallbacks(ahead.store)).toEqual([]);
  });
});

describe('a worker', () => {
  test('is there while its heart beat within 10 s of real time, whatever clock a test has set', async () => {
    await shop.store.pool.query('delete from workers');
    expect(await hasWorker(shop.store.pool)).toBe(false);
    await Promise.all(times(5, () => beat(shop.store, 'host 1')));
    skippedMs = 3_600_000;
    expect(await hasWorker(ahead.store.pool)).toBe(true);
    await shop.store.pool.query(`update workers set beat_at = beat_at - interval '11 s'`);
    expect(await hasWorker(shop.store.pool)).toBe(false);
    await beat(shop.store, 'host 1');
    expect(await hasWorker(shop.store.pool)).toBe(true);
    expect((await shop.store.pool.query('select identity from workers')).rows).toEqual([
      { identity: 'host 1' },
    ]);
  });
});
