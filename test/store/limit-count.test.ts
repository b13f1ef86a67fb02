import { randomUUID } from 'node:crypto';

import fc from 'fast-check';

import type { LimitCount } from '../../src/domain/limit-count.ts';
import { countConfirmation, lookAtLimits } from '../../src/store/limit-count.ts';
import { pruneLimits } from '../../src/store/limit-window.ts';
import { insertPayment } from '../../src/store/payment.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { qrCode } from '../support/payment.ts';
import { openPatient, Shop, times } from './shop.ts';

const dayMs = 86_400_000;

let database: Database;
let shop: Shop;
/** Days that the database's clock is ahead; it begins at noon, so that no day ends within a test. */
let day = 0;
const noon = Math.floor(Date.now() / dayMs) * dayMs + dayMs / 2;
const toNoonMs = noon - Date.now();

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database, { clockOffsetMs: () => toNoonMs + day * dayMs }));
});
afterAll(() => database.close());

let rules = 0;
const drawRule = () => `rule-${(rules += 1)}`;
const money = (rule: string, added: number, most: number, zone = 'UTC'): LimitCount => ({
  rule, measure: 'max_per_day', subject: 'CNY', zone, added, most,
}); // prettier-ignore
const number = (rule: string, most: number): LimitCount => ({
  rule, measure: 'count_per_month', subject: '', zone: 'UTC', added: 1, most,
}); // prettier-ignore
const byCode = () => ({ method: 'wechat_pay_qr', confirmation: randomUUID() });
const create = (...counts: LimitCount[]) => insertPayment(shop.store, shop.order({ counts }));
const created = async (...counts: LimitCount[]) => {
  const made = await create(...counts);
  if (made.kind !== 'created') throw new Error(made.kind);
  return made.payment;
};
const used = async (rule: string): Promise<number[]> =>
  (await shop.store.pool.query<{ used: number }>('select used from limit_counters where rule = $1 order by starts_on', [rule]))
    .rows.map((row) => row.used); // prettier-ignore

describe('at once', () => {
  test('fifty payments against a limit of ten are ten', async () => {
    const rule = drawRule();
    const made = await Promise.all(
      times(50, () => create(number(rule, 10), money(rule, 5, 1_000))),
    );
    expect(made.filter(({ kind }) => kind === 'created')).toHaveLength(10);
    expect(made.filter(({ kind }) => kind === 'limit_exceeded')).toHaveLength(40);
    expect((await used(rule)).toSorted((a, b) => a - b)).toEqual([10, 50]);
  });

  test('payments that end and payments that begin keep a limit, and never wait for each other for ever', async () => {
    const rule = drawRule();
    const both = () => [number(rule, 6), money(rule, 5, 1_000)];
    const first = await Promise.all(times(6, () => created(...both())));
    const [ended, made] = await Promise.all([
      Promise.all(first.map(({ id }) => shop.cancel(id))),
      Promise.all(times(12, () => create(...both()))),
    ]);
    expect(ended.every(({ status }) => status === 'canceled')).toBe(true);
    const now = made.filter(({ kind }) => kind === 'created').length;
    expect(now).toBeLessThanOrEqual(6);
    expect((await used(rule)).toSorted((a, b) => a - b)).toEqual([now, 5 * now]);
  });
});

describe('a payment', () => {
  test('that is one too many is not there, and says what is left and until when', async () => {
    const rule = drawRule();
    await created(money(rule, 700, 1_000));
    const refused = await create(money(rule, 301, 1_000));
    expect(refused).toMatchObject({ kind: 'limit_exceeded', refusals: [{ code: 'limit_per_day_exceeded', rule }] });
    const midnight = new Date(noon + dayMs / 2).toISOString();
    expect(JSON.stringify(refused)).toContain(`300 are left until ${midnight}, not 301`);
    expect(await create(money(rule, 300, 1_000))).toMatchObject({ kind: 'created' });
    expect(await used(rule)).toEqual([1_000]);
  }); // prettier-ignore

  test('that ends without money is counted no more, and late money that is accepted is again, beyond the limit', async () => {
    const rule = drawRule();
    const { id } = await shop.withCode({ counts: [number(rule, 1)], late_money: 'accept' });
    await shop.cancel(id);
    await shop.end(id, 'query', { kind: 'closed' });
    expect(await used(rule)).toEqual([0]);
    await created(number(rule, 1));
    expect(await shop.pay(id)).toMatchObject({ status: 'succeeded' });
    expect(await used(rule)).toEqual([2]);
    expect(await create(number(rule, 2))).toMatchObject({ kind: 'limit_exceeded' });
  });

  test('is counted once for a rule, however often it is tried, and not at all when it has ended', async () => {
    const rule = drawRule();
    const payment = await shop.withCode();
    for (const _ of times(3, (i) => i))
      expect(await countConfirmation(shop.store, payment, [number(rule, 1)], byCode())).toEqual([]);
    expect(await used(rule)).toEqual([1]);
    const other = await shop.withCode();
    expect(await countConfirmation(shop.store, other, [number(rule, 1)], byCode())).toMatchObject([{ code: 'limit_per_month_exceeded' }]); // prettier-ignore
    expect(await used(rule)).toEqual([1]);
    const ended = await shop.canceled();
    expect(await countConfirmation(shop.store, ended, [number(rule, 9)], byCode())).toEqual([]);
    expect(await used(rule)).toEqual([1]);
  });

  test('is looked at without being counted', async () => {
    const rule = drawRule();
    const { app_id, livemode } = await created(money(rule, 700, 1_000));
    const scope = { app_id, livemode };
    expect(await lookAtLimits(shop.store.pool, scope, [money(rule, 300, 1_000)])).toEqual([]);
    expect(await lookAtLimits(shop.store.pool, scope, [money(rule, 301, 1_000)])).toHaveLength(1);
    expect(await lookAtLimits(shop.store.pool, { ...scope, livemode: true }, [money(rule, 301, 1_000)])).toEqual([]); // prettier-ignore
    expect(await used(rule)).toEqual([700]);
  });
});

test('a day begins at midnight of the rule’s own zone', async () => {
  const rule = drawRule();
  const refused = await create(money(rule, 2, 1, 'Asia/Shanghai'));
  expect(JSON.stringify(refused)).toContain('T16:00:00.000Z'); // Shanghai is 8 hours ahead
});

/** One thing that happens to the payments of a rule. */
interface Step {
  readonly does: 'create' | 'give_up' | 'pay_late' | 'sleep';
  readonly amount: number;
  readonly which: number;
}

/** A payment as the model knows it: it counts on its day, unless it was given up and not paid after that. */
interface Modelled {
  readonly id: string;
  readonly day: number;
  readonly amount: number;
  state: 'open' | 'given_up' | 'paid';
}

test('for every story a day lets pass just what a plain sum of it would', async () => {
  const step: fc.Arbitrary<Step> = fc.record({
    does: fc.constantFrom('create', 'create', 'create', 'give_up', 'give_up', 'pay_late', 'sleep'),
    amount: fc.integer({ min: 1, max: 60 }),
    which: fc.nat(9),
  });
  const story = fc.array(step, { minLength: 4, maxLength: 14 });
  await fc.assert(fc.asyncProperty(story, keepsToItsModel), { numRuns: 15 });
}, 60_000);

const most = 100;

async function keepsToItsModel(story: readonly Step[]): Promise<void> {
  const rule = drawRule();
  const model: Modelled[] = [];
  const sumOf = (of: number) => model.filter((one) => one.day === of && one.state !== 'given_up').reduce((sum, { amount }) => sum + amount, 0);
  for (const { does, amount, which } of story) {
    const [one] = model.slice(which % Math.max(1, model.length));
    if (does === 'sleep') day += 1;
    else if (does === 'create') {
      const made = await insertPayment(shop.store, shop.order({ amount, late_money: 'accept', counts: [money(rule, amount, most)] }));
      expect(made.kind).toBe(sumOf(day) + amount <= most ? 'created' : 'limit_exceeded');
      if (made.kind === 'created') model.push({ id: made.payment.id, day, amount, state: 'open' });
    } else if (does === 'give_up' && one?.state === 'open') {
      await shop.end(one.id, 'create', qrCode);
      await shop.cancel(one.id);
      await shop.end(one.id, 'query', { kind: 'closed' });
      one.state = 'given_up';
    } else if (does === 'pay_late' && one?.state === 'given_up') {
      expect(await shop.pay(one.id)).toMatchObject({ status: 'succeeded' });
      one.state = 'paid';
    }
  }
  const days = [...new Set(model.map((one) => one.day))].toSorted((a, b) => a - b);
  expect(await used(rule)).toEqual(days.map(sumOf));
} // prettier-ignore

describe('a window of a limit', () => {
  const prune = () => pruneLimits(shop.store.pool, new AbortController().signal, 2);
  const claims = async (rule: string) =>
    (await shop.store.pool.query('select 1 from limit_claims where rule = $1', [rule])).rowCount;

  test('is deleted with its claims when a month, and 35 days more, have passed since it began, however many there are', async () => {
    const [old, young] = [drawRule(), drawRule()];
    for (const amount of times(5, (i) => i)) {
      await created({ ...money(old, amount, 1_000), subject: `cus_${amount} CNY` });
    }
    day += 1;
    await created(money(young, 7, 1_000));
    day += 66;
    await prune();
    expect([await used(old), await claims(old)]).toEqual([[0, 1, 2, 3, 4], 5]);
    day += 1;
    await prune();
    expect([await used(old), await claims(old)]).toEqual([[], 0]);
    expect([await used(young), await claims(young)]).toEqual([[7], 1]);
  });

  test('is left alone by the end of a payment that was counted in it', async () => {
    const rule = drawRule();
    const { id } = await created(number(rule, 1));
    day += 100;
    await prune();
    expect(await shop.cancel(id)).toMatchObject({ status: 'canceled' });
    expect(await used(rule)).toEqual([]);
  });
});
