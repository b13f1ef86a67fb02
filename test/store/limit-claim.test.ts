import { randomUUID } from 'node:crypto';

import fc from 'fast-check';

import { type LimitCount, triedWith } from '../../src/domain/limit-count.ts';
import type { View } from '../../src/domain/view.ts';
import { countConfirmation } from '../../src/store/limit-count.ts';
import { insertPayment, type StoredPayment } from '../../src/store/payment.ts';
import { record } from '../../src/store/record.ts';
import { insertUnsaid } from '../../src/store/unsaid.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { qrCode } from '../support/payment.ts';
import { openPatient, Shop, times } from './shop.ts';

const code = 'wechat_pay_qr';
const page = 'wechat_pay_h5';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database));
});
afterAll(() => database.close());

/** Two limits: one of all payments of the app, and one of those of each method. */
interface Rules {
  readonly name: string;
  readonly most: number;
}
let drawn = 0;
const drawRules = (most = 100): Rules => ({ name: `rules-${(drawn += 1)}`, most });
const one = { measure: 'count_per_month', zone: 'UTC', added: 1 } as const;
const countsOf = ({ name, most }: Rules, method: string): LimitCount[] => [
  { ...one, rule: `${name} all`, subject: '', most: 1_000 },
  { ...one, rule: `${name} each`, subject: method, most },
];
const used = async ({ name }: Rules): Promise<Record<string, number>> => {
  const found = await shop.store.pool.query<{ subject: string; used: number }>(
    'select subject, used from limit_counters where rule like $1',
    [`${name} %`],
  );
  return Object.fromEntries(found.rows.map((row) => [row.subject || 'all', row.used]));
};

const withCode = (rules: Rules) => shop.withCode({ counts: countsOf(rules, code) });
const closed = (id: string) => shop.end(id, 'query', { kind: 'closed' });

/** A confirmation on its way: it is counted, and not recorded. */
async function send(rules: Rules, payment: StoredPayment, method: string, cause: string = randomUUID()) {
  const trying = { method, confirmation: cause };
  const refusals = await countConfirmation(shop.store, payment, countsOf(rules, method), trying);
  const key = { app_id: payment.app_id, fingerprint: 'f' };
  const route = { channel: 'wechat-pay', channel_account: shop.account as 'cha_test', account_version: 1 };
  const choice = { method, token: null, route };
  const arrive = async (): Promise<View> => {
    await insertUnsaid(shop.store.pool, { cause, key }, payment.id, { choice, words: null });
    return record(shop.store, payment.id, { cause, key, fact: { kind: 'command', command: { name: 'confirm' } } });
  };
  return { refusals, arrive };
} // prettier-ignore
const confirm = async (...given: Parameters<typeof send>) => (await send(...given)).arrive();

describe('a confirmation', () => {
  test('that is refused gives back what it counted, and nothing that was counted before', async () => {
    const rules = drawRules();
    const payment = await withCode(rules);
    await shop.cancel(payment.id);
    const cause = randomUUID();
    const { arrive } = await send(rules, payment, page, cause);
    expect(await used(rules)).toEqual({ all: 1, [code]: 1, [page]: 1 });
    for (const _ of times(2, (i) => i)) {
      expect((await arrive()).refused?.code).toBe('payment_not_confirmable');
      expect(await used(rules)).toEqual({ all: 1, [code]: 1, [page]: 0 });
    }
    await send(rules, payment, page, cause); // its key is held: a repeat
    expect(await used(rules)).toEqual({ all: 1, [code]: 1, [page]: 0 });
  });

  test('to another method counts for both until the first can no longer be paid with', async () => {
    const rules = drawRules();
    const payment = await withCode(rules);
    await confirm(rules, payment, page);
    expect(await used(rules)).toEqual({ all: 1, [code]: 1, [page]: 1 });
    await closed(payment.id);
    expect(await used(rules)).toEqual({ all: 1, [code]: 0, [page]: 1 });
  });

  test('that the payer was faster than is not counted', async () => {
    const rules = drawRules();
    const payment = await withCode(rules);
    await confirm(rules, payment, page);
    expect(await shop.pay(payment.id)).toMatchObject({ status: 'succeeded' });
    expect(await used(rules)).toEqual({ all: 1, [code]: 1, [page]: 0 });
  });

  test('that never comes is counted no longer than until its payment is paid', async () => {
    const rules = drawRules();
    const payment = await withCode(rules);
    await send(rules, payment, page);
    await shop.pay(payment.id);
    expect(await used(rules)).toEqual({ all: 1, [code]: 1, [page]: 0 });
  });

  test('keeps its count while another is recorded before it', async () => {
    const rules = drawRules();
    const payment = await shop.create({ method: null });
    const [first, second] = [await send(rules, payment, code), await send(rules, payment, page)];
    await second.arrive();
    expect(await used(rules)).toEqual({ all: 1, [code]: 1, [page]: 1 });
    await first.arrive(); // the page's call had not left: nothing stands against the switch
    expect(await used(rules)).toEqual({ all: 1, [code]: 1, [page]: 0 });
  });

  test('to a method that was left is counted again, if there is room', async () => {
    const rules = drawRules(1);
    const payment = await withCode(rules);
    await confirm(rules, payment, page);
    await closed(payment.id);
    const other = await withCode(rules); // has the room that was given back
    expect((await send(rules, payment, code)).refusals).toMatchObject([{ code: 'limit_per_month_exceeded' }]);
    expect(await used(rules)).toEqual({ all: 2, [code]: 1, [page]: 1 });
    await shop.cancel(other.id);
    await closed(other.id);
    expect((await send(rules, payment, code)).refusals).toEqual([]);
    expect(await used(rules)).toEqual({ all: 1, [code]: 1, [page]: 1 });
  }); // prettier-ignore
});

test('money of a method that was left is counted again, also beyond its limit', async () => {
  const rules = drawRules(1);
  const payment = await withCode(rules);
  await confirm(rules, payment, page);
  await closed(payment.id);
  await withCode(rules);
  expect(await shop.pay(payment.id)).toMatchObject({ status: 'succeeded' });
  expect(await used(rules)).toEqual({ all: 2, [code]: 2, [page]: 0 });
});

test('what ended is counted again for the method whose money came late, and for no other', async () => {
  const rules = drawRules();
  const payment = await shop.withCode({ counts: countsOf(rules, code), late_money: 'accept' });
  await confirm(rules, payment, page);
  await closed(payment.id);
  await shop.cancel(payment.id);
  expect(await shop.load(payment.id)).toMatchObject({ status: 'canceled' });
  expect(await used(rules)).toEqual({ all: 0, [code]: 0, [page]: 0 });
  expect(await shop.pay(payment.id)).toMatchObject({ status: 'succeeded' });
  expect(await used(rules)).toEqual({ all: 1, [code]: 1, [page]: 0 });
});

test('what was counted before methods were kept is held while its payment is open or paid', async () => {
  const rules = drawRules();
  const payment = await withCode(rules);
  await shop.store.pool.query(`update limit_claims set methods = '{}' where payment_id = $1`, [payment.id]); // prettier-ignore
  await confirm(rules, payment, page);
  await closed(payment.id);
  expect(await used(rules)).toEqual({ all: 1, [code]: 1, [page]: 1 });
  await shop.cancel(payment.id);
  expect(await used(rules)).toEqual({ all: 0, [code]: 0, [page]: 0 });
});

test('of payments that switch at once exactly as many pass as may, and all that they leave is given back', async () => {
  const rules = drawRules(6);
  const payments = await Promise.all(times(6, () => withCode(rules)));
  const switched = { ...rules, most: 3 };
  const sent = await Promise.all(payments.map((payment) => send(switched, payment, page)));
  const passed = payments.filter((_, i) => sent[i]!.refusals.length === 0);
  expect(passed).toHaveLength(3);
  await Promise.all(sent.filter(({ refusals }) => refusals.length === 0).map(({ arrive }) => arrive())); // prettier-ignore
  await Promise.all(passed.map(({ id }) => closed(id)));
  expect(await used(rules)).toEqual({ all: 6, [code]: 3, [page]: 3 });
});

/** One thing that happens to the payments of a story. */
interface Step {
  readonly does: 'create' | 'send' | 'arrive' | 'close' | 'cancel';
  readonly method: string;
  readonly which: number;
}

test('for every story no limit is exceeded, and at the end each counts what is tried or paid with, and nothing else', async () => {
  const step: fc.Arbitrary<Step> = fc.record({
    does: fc.constantFrom('create', 'send', 'send', 'arrive', 'arrive', 'close', 'close', 'cancel'),
    method: fc.constantFrom(code, page),
    which: fc.nat(9),
  });
  const story = fc.array(step, { minLength: 5, maxLength: 14 });
  await fc.assert(fc.asyncProperty(story, countsWhatIsTried), { numRuns: 25 });
}, 60_000);

async function countsWhatIsTried(story: readonly Step[]): Promise<void> {
  const rules = drawRules(2);
  const ids: string[] = [];
  const onTheirWay: (() => Promise<View>)[] = [];
  for (const { does, method, which } of story) {
    const [id] = ids.slice(which % Math.max(1, ids.length));
    if (does === 'create') {
      const made = await insertPayment(shop.store, shop.order({ method, counts: countsOf(rules, method) }));
      if (made.kind === 'created') ids.push(made.payment.id);
    } else if (does === 'arrive') await onTheirWay.splice(which % Math.max(1, onTheirWay.length), 1)[0]?.();
    else if (id === undefined) continue;
    else if (does === 'send') {
      const { refusals, arrive } = await send(rules, await shop.load(id), method);
      if (refusals.length === 0) onTheirWay.push(arrive);
    } else if (does === 'cancel') await shop.cancel(id);
    else await shown(id);
    expect(Object.entries(await used(rules)).filter(([of, count]) => of !== 'all' && count > rules.most)).toEqual([]);
  }
  for (const arrive of onTheirWay) await arrive();
  const tried = (await Promise.all(ids.map((id) => shop.load(id)))).flatMap((payment) => triedWith(payment).methods);
  const counted = await used(rules);
  expect([counted[code] ?? 0, counted[page] ?? 0]).toEqual([code, page].map((method) => tried.filter((one) => one === method).length));
} // prettier-ignore

/** The channel answers what it was asked: the payer gets his code, and a code that he leaves is closed. */
async function shown(id: string): Promise<void> {
  const { attempts } = await shop.load(id);
  const open = attempts.flatMap(({ operations }) => operations).find(({ ended }) => ended === null);
  if (open?.verb === 'create') await shop.end(id, 'create', qrCode);
  if (open?.verb === 'query') await closed(id);
}
