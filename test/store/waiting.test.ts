import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { record } from '../../src/store/record.ts';
import { isAway, type Store } from '../../src/store/store.ts';
import { createWaiting, type Waiting } from '../../src/store/waiting.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openRestartable } from './restartable.ts';
import { openPatient, Shop, times, until } from './shop.ts';
import { openSilence } from './silence.ts';

let database: Database;
let store: Store;
let shop: Shop;
let waiting: Waiting;

beforeAll(async () => {
  database = await openDatabase();
  store = openPatient(database, { connectionsMax: 60 });
  shop = await Shop.open(store);
  waiting = createWaiting(store, urlOf('waiting'));
  await listening('waiting');
});
afterAll(async () => {
  await waiting.close();
  await database.close();
});

const urlOf = (name: string) => `${database.url}?application_name=${name}`;

const listeners = async (name: string): Promise<number[]> => {
  const found = await store.pool.query(
    `select pid from pg_stat_activity where application_name = $1 and query = 'listen payment' and state = 'idle'`,
    [name],
  );
  return found.rows.map((row) => row.pid);
};

/** Resolves once a connection of this name listens, another one than `other`. */
function listening(name: string, other = 0): Promise<number> {
  return until(async () => (await listeners(name)).find((pid) => pid !== other) ?? null);
}

/** How long it takes, in milliseconds. */
async function timed<T>(work: Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  return [await work, performance.now() - began];
}

const isPaid = (payment: { status: string }) => payment.status === 'succeeded';

describe('a wait', () => {
  test('is over at once for a payment that is there already', async () => {
    const { id } = await shop.create();
    expect(await waiting.until(id, () => true, 30_000)).toEqual(await shop.load(id));
  });

  test('of no time reads once', async () => {
    const { id } = await shop.create();
    expect(await waiting.until(id, isPaid, 0)).toMatchObject({ id, status: 'processing' });
  });

  test('for a payment that does not exist is over with null', async () => {
    expect(await waiting.until('pay_none', () => false, 30_000)).toBeNull();
  });

  test('ends with the transition that it waits for, not with the next look a second later', async () => {
    const took: number[] = [];
    for (const _ of times(9, (i) => i)) {
      const { id } = await shop.withCode();
      const paid = waiting.until(id, isPaid, 30_000);
      const [payment, ms] = await timed(shop.pay(id).then(() => paid));
      expect(payment).toMatchObject({ status: 'succeeded' });
      took.push(ms);
    }
    expect(Math.min(...took)).toBeLessThan(900); // a loaded machine may be slow, but not every time
  });

  test('goes on over transitions that are not the one, and answers the row as it is when time is up', async () => {
    const { id } = await shop.create();
    const waited = timed(waiting.until(id, isPaid, 1_500));
    await shop.cancel(id);
    const [payment, ms] = await waited;
    expect(payment).toMatchObject({ status: 'canceled', sequence: 2 });
    expect(ms).toBeGreaterThanOrEqual(1_490);
  });

  test('of 100 callers for one payment ends for all of them', async () => {
    const { id } = await shop.withCode();
    const all = times(100, () => waiting.until(id, isPaid, 30_000));
    await shop.pay(id);
    for (const payment of await Promise.all(all))
      expect(payment).toMatchObject({ status: 'succeeded' });
  });

  test('is not told of what was rolled back', async () => {
    const { id } = await shop.withCode();
    await waiting.until(id, () => false, 1_500); // what was told of the code has been heard
    const looks: number[] = [];
    const waited = waiting.until(id, (payment) => looks.push(payment.sequence) > 100, 400);
    await expect(
      store.transaction(async (db) => {
        await db.query(`select pg_notify('payment', $1)`, [id]);
        throw new Error('taken back');
      }),
    ).rejects.toThrow('taken back');
    await waited;
    expect(looks.length).toBeLessThanOrEqual(2); // at first, and when time is up
  });
});

describe('a lost connection', () => {
  test('delays a wait to the next look, a second at most, and is made again', async () => {
    const before = await listening('waiting');
    const { id } = await shop.withCode();
    const waited = waiting.until(id, isPaid, 30_000);
    await store.pool.query('select pg_terminate_backend($1)', [before]);
    await shop.pay(id);
    const [payment, ms] = await timed(waited);
    expect(payment).toMatchObject({ status: 'succeeded' });
    expect(ms).toBeLessThan(5_000);
    expect(await listening('waiting', before)).not.toBe(before);
    expect(await listeners('waiting')).toHaveLength(1);
  });

  test('with PostgreSQL restarted meanwhile: fails who waits as it is away, and serves who waits afterwards', async () => {
    const postgres = await openRestartable();
    const restarted = openPatient(database, { databaseUrl: postgres.url });
    const own = createWaiting(restarted, postgres.url);
    const there = await Shop.open(restarted);
    const { id } = await there.withCode();
    const waited = own.until(id, isPaid, 30_000).catch((error: unknown) => error);
    await postgres.stop();
    expect(isAway(await waited)).toBe(true);
    await postgres.start();
    const again = own.until(id, isPaid, 30_000);
    const callback = await there.stored(id, {
      kind: 'approved',
      receipt: {
        channel_reference: '42',
        amount: (await there.load(id)).amount,
        currency: (await there.load(id)).currency,
        paid_at: '2026-11-24T00:00:05Z',
      },
    });
    await record(restarted, id, { cause: callback, fact: { kind: 'callback', callback } });
    expect(await again).toMatchObject({ status: 'succeeded' });
    await own.close();
    await restarted.close();
    await postgres.remove();
  });
});

describe('a connection that falls silent', () => {
  test('is noticed, and another one is made', async () => {
    const silence = await openSilence(urlOf('silent'));
    const own = createWaiting(store, silence.url, 100);
    const before = await listening('silent');
    silence.fall();
    expect(await listening('silent', before)).not.toBe(before);
    await own.close();
    await silence.close();
  });

  test('is not waited for when it is closed', async () => {
    const silence = await openSilence(urlOf('mute'));
    const own = createWaiting(store, silence.url);
    await listening('mute');
    silence.fall();
    const [, ms] = await timed(own.close());
    expect(ms).toBeLessThan(20_000);
    await silence.close();
  });
});

describe('closing', () => {
  test('ends the connection, also one that is only being made, and makes none again', async () => {
    const made = createWaiting(store, urlOf('closed'));
    await listening('closed');
    await made.close();
    await createWaiting(store, urlOf('closed')).close();
    await new Promise((resolve) => setTimeout(resolve, 1_200)); // longer than it waits before it listens again
    expect(await listeners('closed')).toEqual([]);
  });

  test('while PostgreSQL is away leaves nothing behind that would call it', async () => {
    let calls = 0;
    const away = createServer((socket) => {
      calls += 1;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(away, 'listening');
    const { port } = away.address() as AddressInfo;
    const unanswered = createWaiting(store, `postgres://holdfast@127.0.0.1:${port}/holdfast`);
    await until(() => (calls >= 2 ? calls : null)); // it does call again
    await unanswered.close();
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(calls).toBe(2);
    away.close();
  });
});

describe('once nobody is to wait any more', () => {
  test('who waits is answered with how it stands, and whoever comes then as well', async () => {
    const leaving = createWaiting(store, urlOf('leaving'));
    const { id } = await shop.create();
    const waiters = times(20, () => timed(leaving.until(id, isPaid, 30_000)));
    leaving.hurry();
    for (const [payment, took] of await Promise.all([...waiters, timed(leaving.until(id, isPaid, 30_000))])) {
      expect(payment).toMatchObject({ id, status: 'processing' });
      expect(took).toBeLessThan(5_000);
    }
    await leaving.close();
  }); // prettier-ignore

  test('other work has a second more, and is waited for as long as it takes before', async () => {
    const leaving = createWaiting(store, urlOf('leaving'));
    const never = new Promise<void>(() => undefined);
    const work = pause(50);
    await leaving.unlessHurried(work);
    await expect(leaving.unlessHurried(Promise.reject(new Error('it failed')))).rejects.toThrow('it failed'); // prettier-ignore
    const left = timed(leaving.unlessHurried(never));
    leaving.hurry();
    for (const [, took] of await Promise.all([left, timed(leaving.unlessHurried(never))])) {
      expect(took).toBeGreaterThan(900);
      expect(took).toBeLessThan(10_000);
    }
    await leaving.close();
  });
});
