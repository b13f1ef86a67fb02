import { setImmediate } from 'node:timers/promises';

import type pg from 'pg';

import { commitWith, createStore, isAway } from '../../src/store/store.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { rulesOf, timing } from '../support/payment.ts';
import { openEnding } from './ending.ts';
import { openRestartable } from './restartable.ts';
import { openPatient, Shop, times, until } from './shop.ts';

let database: Database;

beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

/** Ends the connections of a store, as a restart of PostgreSQL does, seen from one that stays. */
async function endConnections(admin: pg.Pool, name: string): Promise<number> {
  const ended = await admin.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
    [name],
  );
  return ended.rowCount ?? 0;
}

/** A store whose connections can be told from others. */
const named = (name: string) => {
  const databaseUrl = `${database.url}?application_name=${name}`;
  return { store: database.open({ databaseUrl }), admin: database.open().pool };
};

const caught = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a transaction', () => {
  test('commits what it wrote, and answers what its work returns', async () => {
    const { pool, transaction } = database.open();
    await pool.query('create table kept (n integer)');
    expect(
      await transaction(async (db) => (await db.query('insert into kept values (1)')).rowCount),
    ).toBe(1);
    expect((await pool.query('select n from kept')).rows).toEqual([{ n: 1 }]);
  });

  test('writes nothing when its work throws, and gives its connection back', async () => {
    const { pool, transaction } = database.open({ connectionsMax: 1 });
    const failure = new Error('changed my mind');
    for (const _ of times(3, (i) => i)) {
      const tried = transaction(async (db) => {
        await db.query('insert into kept values (2)');
        throw failure;
      });
      expect(await caught(tried)).toBe(failure);
    }
    expect((await pool.query('select n from kept')).rows).toEqual([{ n: 1 }]);
  });

  test('whose last statement fails behind its back keeps nothing of what came before it', async () => {
    const { pool, transaction } = database.open({ connectionsMax: 1 });
    const tried = transaction(async (db) => {
      await db.query('insert into kept values (2)');
      commitWith(db, db.query('insert into kept values (1 / 0)'));
    });
    expect(await caught(tried)).toMatchObject({ code: '22012' });
    expect((await pool.query('select n from kept')).rows).toEqual([{ n: 1 }]);
    await transaction((db) => Promise.resolve(commitWith(db, db.query('select 1')))); // the connection is good
  });

  test('sends statements that do not wait for each other together, and its commit behind the last', async () => {
    const { transaction } = database.open({ connectionsMax: 1 });
    const seen: string[] = [];
    await transaction(async (db) => {
      const query = db.query.bind(db) as (text: string) => Promise<unknown>;
      const watched = (text: string) => {
        seen.push(text);
        return query(text).finally(() => seen.push(`${text} is done`));
      };
      Object.assign(db, { query: watched });
      await Promise.all([watched('select 1'), watched('select 2')]);
      commitWith(db, watched('select 3'));
    });
    const [one, two] = ['select 1 is done', 'select 2 is done'];
    expect(seen.slice(0, 6)).toEqual(['select 1', 'select 2', one, two, 'select 3', 'commit']);
  });

  test('whose connection breaks between two statements fails as "away"; the process and the pool live on', async () => {
    const { store, admin } = named('between');
    const broken = await caught(
      store.transaction(async (db) => {
        await db.query('insert into kept values (3)');
        const ended = new Promise((resolve) => db.once('end', resolve));
        expect(await endConnections(admin, 'between')).toBe(1);
        await ended;
        await db.query('insert into kept values (4)');
      }),
    );
    expect(isAway(broken)).toBe(true);
    expect((await store.pool.query('select n from kept')).rows).toEqual([{ n: 1 }]);
    await store.transaction((db) => db.query('select 1'));
  });

  test('whose connection breaks during a statement fails as "away" too', async () => {
    const { store, admin } = named('during');
    const sleeping = caught(store.transaction((db) => db.query('select pg_sleep(30)')));
    await until(async () => (await endConnections(admin, 'during')) || null);
    expect(isAway(await sleeping)).toBe(true);
    await store.transaction((db) => db.query('select 1'));
  });

  test('whose connection ends in the packet that opened it fails as "away" too', async () => {
    const ending = await openEnding(database.url);
    const store = database.open({ databaseUrl: ending.url });
    for (const _ of times(20, (i) => i)) {
      expect(isAway(await caught(store.transaction((db) => db.query('select 1'))))).toBe(true);
      expect(isAway(await caught(store.pool.query('select 1')))).toBe(true);
    }
    await store.close();
    await ending.close();
  });

  test('that idles while it holds a lock is ended by the server after 10 s', async () => {
    const { rows } = await database.open().pool.query('show idle_in_transaction_session_timeout');
    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '10s' }]);
    const frozen = await caught(
      database.open().transaction(async (db) => {
        await db.query(`set local idle_in_transaction_session_timeout = '50ms'`);
        await new Promise((resolve) => db.once('end', resolve));
        await db.query('select 1');
      }),
    );
    expect(isAway(frozen)).toBe(true);
  });

  test('that the server does not answer in time fails as "away" and does not keep its connection', async () => {
    const store = database.open({ answerWithinMs: 1_000, connectionsMax: 1 });
    expect(isAway(await caught(store.transaction((db) => db.query('select pg_sleep(30)'))))).toBe(
      true,
    );
    expect(isAway(await caught(store.pool.query('select pg_sleep(30)')))).toBe(true);
    expect((await store.pool.query('select 1 as n')).rows).toEqual([{ n: 1 }]);
  });
});

describe('PostgreSQL', () => {
  test('F21: restarted under load fails nothing but as "away", loses nothing that was acknowledged, and is used again', async () => {
    const postgres = await openRestartable();
    const store = openPatient(database, { databaseUrl: postgres.url });
    const shop = await Shop.open(store);
    const acknowledged: string[] = [];
    const failures: unknown[] = [];
    let over = false;
    const writer = async (): Promise<void> => {
      while (!over) {
        const made = await shop.create().catch((error: unknown) => void failures.push(error));
        if (made) acknowledged.push(made.id);
        else await setImmediate();
      }
    };
    const acknowledgedMore = () => {
      const enough = acknowledged.length + 50;
      return until(() => (acknowledged.length >= enough ? enough : null));
    };
    const writing = times(10, writer);
    for (const _ of times(2, (i) => i)) {
      await acknowledgedMore();
      await postgres.stop();
      await postgres.start();
    }
    await acknowledgedMore();
    over = true;
    await Promise.all(writing);
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.filter((error) => !isAway(error))).toEqual([]);
    const found = await store.pool.query('select 1 from payments where id = any($1)', [
      acknowledged,
    ]);
    expect(found.rowCount).toBe(acknowledged.length);
    const torn = await store.pool.query(
      `select 1 from payments p where not exists (select 1 from payment_events e where e.payment_id = p.id)
         or not exists (select 1 from order_claims c where c.payment_id = p.id)`,
    );
    expect(torn.rowCount).toBe(0);
    await store.close();
    await postgres.remove();
  });

  test('away altogether is said as such, soon', async () => {
    const nobody = createStore({
      databaseUrl: 'postgres://holdfast@127.0.0.1:1/holdfast',
      timing,
      rulesOf,
    });
    expect(isAway(await caught(nobody.pool.query('select 1')))).toBe(true);
    expect(isAway(await caught(nobody.transaction((db) => db.query('select 1'))))).toBe(true);
    await nobody.close();
  });

  test('with every connection taken is said as such within 2 s', async () => {
    const store = database.open({ connectionsMax: 1 });
    const taken = await store.pool.connect();
    expect(isAway(await caught(store.pool.query('select 1')))).toBe(true);
    taken.release();
    await store.pool.query('select 1');
  });
});

describe('"away"', () => {
  test.each([
    '57P01',
    '57P02',
    '57P03',
    '08006',
    '53300',
    '53100',
    '25006',
    '25P03',
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ENETUNREACH',
  ])('is %s', (code) => expect(isAway(Object.assign(new Error('no'), { code }))).toBe(true));

  test.each(['23505', '40P01', '42P01', '22P02', '55P03', 'ENOENT'])(
    'is not %s: that is a bug or a value',
    (code) => expect(isAway(Object.assign(new Error('no'), { code }))).toBe(false),
  );

  test.each([new Error('bug'), undefined, null, 'text'])('is not %p', (error) =>
    expect(isAway(error)).toBe(false),
  );
});

test('a bigint that a number cannot carry is refused, never rounded', async () => {
  const { pool } = database.open();
  expect((await pool.query('select 999999999999::bigint as n')).rows).toEqual([
    { n: 999_999_999_999 },
  ]);
  expect((await pool.query('select 9007199254740991::bigint as n')).rows).toEqual([
    { n: Number.MAX_SAFE_INTEGER },
  ]);
  await expect(pool.query('select 9007199254740992::bigint as n')).rejects.toThrow(RangeError);
});
