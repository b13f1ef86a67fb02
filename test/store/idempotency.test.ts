import { randomUUID } from 'node:crypto';

import { findKey } from '../../src/store/idempotency.ts';
import { record } from '../../src/store/record.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openPatient, Shop } from './shop.ts';

let database: Database;
let shop: Shop;
let skippedMs = 0;
let later: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database));
  later = shop.over(openPatient(database, { clockOffsetMs: () => skippedMs }));
});
afterAll(() => database.close());

const command = { kind: 'command', command: { name: 'cancel', note: null } } as const;
const yearMs = 365 * 24 * 3_600_000;

describe('a key', () => {
  test('that was never used names nothing', async () => {
    expect(await findKey(shop.store.pool, randomUUID())).toBeNull();
  });

  test('names the payment of its create for ever', async () => {
    const key = { cause: randomUUID(), fingerprint: 'f' };
    const { id } = await shop.create({ key });
    skippedMs = 10 * yearMs;
    expect(await findKey(later.store.pool, key.cause)).toEqual({
      fingerprint: 'f',
      object_id: id,
      refusal: null,
    });
  });

  test('of a recorded command stands for ever, one of a refusal for 24 hours', async () => {
    const { id } = await shop.withCode();
    await shop.pay(id);
    const refused = { cause: randomUUID(), key: { app_id: shop.app, fingerprint: 'f' } };
    expect((await record(shop.store, id, { ...refused, fact: command })).refused?.code).toBe(
      'payment_already_paid',
    );
    const done = { cause: randomUUID(), key: { app_id: shop.app, fingerprint: 'f' } };
    await record(shop.store, id, { ...done, fact: { kind: 'command', command: { name: 'sync' } } });
    const held = (cause: string) => findKey(later.store.pool, cause);
    for (const ms of [0, 24 * 3_600_000 - 60_000]) {
      skippedMs = ms;
      expect(await held(refused.cause)).toMatchObject({
        object_id: id,
        refusal: { code: 'payment_already_paid' },
      });
      expect(await held(done.cause)).toMatchObject({ object_id: id, refusal: null });
    }
    skippedMs = 24 * 3_600_000 + 60_000;
    expect(await held(refused.cause)).toBeNull();
    expect(await held(done.cause)).toMatchObject({ object_id: id, refusal: null });
  });
});
