import { hashPin, isPin } from '../../src/store/pin-hash.ts';
import { openResetOnce, pruneResets } from '../../src/store/pin-reset.ts';
import type { Store } from '../../src/store/store.ts';
import { checkPin, openReset, setPin } from '../../src/store/wallet-pin.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
let store: Store;
let shop: Shop;
let skippedMs = 0;

beforeAll(async () => {
  database = await openDatabase();
  store = openPatient(database, { clockOffsetMs: () => skippedMs });
  shop = await Shop.open(store);
});
afterAll(() => database.close());
beforeEach(() => {
  skippedMs = 0;
});

/** A customer with this PIN. */
async function pinned(pin = '2580'): Promise<string> {
  const id = await shop.customer();
  await set(id, pin, {});
  return id;
}
const set = (id: string, pin: string, proof: object) => setPin(store, shop.caller, id, pin, proof);
const check = (id: string, pin?: string) => checkPin(store.pool, id, pin);

test('what is kept of a PIN is another text each time, and only the PIN fits it', async () => {
  const [one, two] = [await hashPin('2580'), await hashPin('2580')];
  expect(one).not.toBe(two);
  expect(one).not.toContain('2580');
  expect([await isPin('2580', one), await isPin('2581', one)]).toEqual([true, false]);
});

describe('a PIN', () => {
  test('is asked for once there is one', async () => {
    expect(await check('cus_nobody', '2580')).toBe('unset');
    const id = await pinned();
    expect([await check(id), await check(id, '2581'), await check(id, '2580')]).toEqual(['missing', 'wrong', 'right']); // prettier-ignore
  });

  test('is locked by five wrong ones in a row for a quarter of an hour', async () => {
    const id = await pinned();
    for (const pin of ['1', '2', '3', '4', '5']) expect(await check(id, pin)).toBe('wrong');
    expect(await check(id, '2580')).toBe('locked');
    skippedMs = 16 * 60_000;
    expect(await check(id, '6')).toBe('wrong');
    expect(await check(id, '2580')).toBe('right');
  });

  test('of fifty tries at once, one of them right, tells at most five how they ended', async () => {
    const id = await pinned();
    const ends = await Promise.all(times(50, (i) => check(id, String(2_541 + i))));
    expect(ends.filter((end) => end !== 'locked').length).toBeLessThanOrEqual(10); // the right one begins the row again
    expect(ends.filter((end) => end === 'wrong').length).toBeGreaterThanOrEqual(5);
    expect(await check(id, '2580')).toBe('locked');
  });

  test('that is right may be brought by fifty at once', async () => {
    const id = await pinned();
    expect(new Set(await Promise.all(times(50, () => check(id, '2580'))))).toEqual(new Set(['right'])); // prettier-ignore
  });
});

describe('another PIN', () => {
  test('is set by the one before it', async () => {
    const id = await pinned();
    expect(await set(id, '1111', {})).toBe('missing');
    expect(await set(id, '1111', { current_pin: '2581' })).toBe('wrong');
    expect(await set(id, '1111', { current_pin: '2580' })).toBe('set');
    expect([await check(id, '2580'), await check(id, '1111')]).toEqual(['wrong', 'right']);
  });

  test('is set by a code, once, also when the PIN is locked', async () => {
    const id = await pinned();
    for (const pin of ['1', '2', '3', '4', '5']) await check(id, pin);
    const { code } = (await openReset(store.pool, id))!;
    expect(code).toMatch(/^\d{6}$/);
    expect(await set(id, '1111', { code })).toBe('set');
    expect(await check(id, '1111')).toBe('right');
    expect(await set(id, '2222', { code })).toBe('wrong');
  });

  test('is not set by a code that is ten minutes old, nor after five wrong ones', async () => {
    const id = await pinned();
    const old = (await openReset(store.pool, id))!.code;
    skippedMs = 11 * 60_000;
    expect(await set(id, '1111', { code: old })).toBe('wrong');
    const { code } = (await openReset(store.pool, id))!;
    const wrong = code === '000000' ? '000001' : '000000';
    for (const _ of times(5, Number)) await set(id, '1111', { code: wrong });
    expect(await set(id, '1111', { code })).toBe('wrong');
    expect(await check(id, '2580')).toBe('right');
  });

  test('has no code for whom there is none', async () => {
    expect(await openReset(store.pool, 'cus_nobody')).toBeNull();
  });
});

describe('the code that a reset has answered under a key', () => {
  const dayMs = 86_400_000;
  const key = (cause: string) => ({ cause, fingerprint: 'f' });
  const open = (id: string, cause: string) =>
    openResetOnce(store, shop.caller, id, key(cause)) as Promise<{ kind: string; reset: { code: string } }>;
  const kept = async (cause: string) =>
    (await store.pool.query('select 1 from pin_resets where cause = $1', [cause])).rowCount;

  test('is deleted 30 days after its end, used or not, and the key opens another', async () => {
    const [user, idler] = [await pinned(), await pinned()];
    const [used, unused] = [await open(user, 'key-used'), await open(idler, 'key-unused')];
    expect(await set(user, '1470', { code: used.reset.code })).toBe('set');
    skippedMs = 30 * dayMs;
    await pruneResets(store.pool);
    expect(await open(user, 'key-used')).toMatchObject({ kind: 'replayed', reset: used.reset });
    expect(await open(idler, 'key-unused')).toMatchObject({ kind: 'replayed', reset: unused.reset });
    await open(idler, 'key-young');
    skippedMs += 11 * 60_000;
    await pruneResets(store.pool);
    expect([await kept('key-used'), await kept('key-unused'), await kept('key-young')]).toEqual([0, 0, 1]);
    expect(await open(user, 'key-used')).toMatchObject({ kind: 'opened' });
  });
}); // prettier-ignore
