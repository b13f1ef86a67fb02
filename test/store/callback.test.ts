import { randomUUID } from 'node:crypto';

import {
  attemptUnderNumber,
  insertCallback,
  type NewCallback,
  subjectOf,
} from '../../src/store/callback.ts';
import { evidenceFact, evidenceOfCallback } from '../../src/store/callback-evidence.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { paid } from '../support/payment.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
let shop: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database));
});
afterAll(() => database.close());

/** A verified callback that says that this payment was paid. */
async function said(id: string, given: Partial<NewCallback> = {}): Promise<NewCallback> {
  const [attempt] = (await shop.load(id)).attempts;
  return {
    channel: 'wechat-pay',
    channel_account: shop.account,
    event: randomUUID(),
    verdict: 'accepted',
    detail: null,
    payment_id: id,
    reference: attempt!.id,
    evidence: {
      about: 'attempt',
      reference: attempt!.id,
      answer: paid(),
    },
    body: '{"id":"…","resource":"[redacted]"}',
    ...given,
  };
}

describe('a callback', () => {
  test('is stored as it came, due for the relay in 5 s', async () => {
    const { id } = await shop.withCode();
    const callback = await said(id);
    const stored = await insertCallback(shop.store.pool, callback);
    expect((await shop.everything(id))['callbacks']).toEqual([
      {
        ...callback,
        id: stored,
        received_at: expect.any(Date),
        consumed_at: null,
        relay_at: expect.any(Date),
      },
    ]);
    const due = await shop.store.pool.query(
      'select extract(epoch from relay_at - received_at)::integer as s from callbacks where id = $1',
      [stored],
    );
    expect(due.rows).toEqual([{ s: 5 }]);
  });

  test('that comes 50 times at once is stored once, and only one is told its id', async () => {
    const { id } = await shop.withCode();
    const callback = await said(id);
    const ids = await Promise.all(times(50, () => insertCallback(shop.store.pool, callback)));
    expect(ids.filter((one) => one !== null)).toHaveLength(1);
    expect((await shop.everything(id))['callbacks']).toHaveLength(1);
  });

  test('with the same number and other evidence is another one: a channel’s number proves nothing', async () => {
    const { id } = await shop.withCode();
    const first = await said(id);
    const other = await said(id, {
      event: first.event,
      evidence: { ...first.evidence!, answer: { kind: 'closed' } },
    });
    const doubted = { ...first, verdict: 'refused' as const, detail: 'says 1998 CNY' };
    for (const one of [first, other, doubted])
      expect(await insertCallback(shop.store.pool, one)).toMatch(/^cbk_/);
    expect((await shop.everything(id))['callbacks']).toHaveLength(3);
  });

  test('of two accounts with the same number is two', async () => {
    const { id } = await shop.withCode();
    const first = await said(id);
    expect(await insertCallback(shop.store.pool, first)).toMatch(/^cbk_/);
    expect(
      await insertCallback(shop.store.pool, { ...first, channel_account: 'cha_other' }),
    ).toMatch(/^cbk_/);
  });

  test('with characters that PostgreSQL does not take is kept without them', async () => {
    const { id } = await shop.withCode();
    const odd = await said(id, { detail: 'a notice for seller a\0b' });
    expect(await insertCallback(shop.store.pool, odd)).toMatch(/^cbk_/);
    expect((await shop.everything(id))['callbacks']).toMatchObject([
      { detail: 'a notice for seller a\uFFFDb' },
    ]);
  });

  test('about nothing of ours is kept and never relayed', async () => {
    const stranger = {
      payment_id: null,
      reference: 'att_none',
      evidence: null,
      verdict: 'refused' as const,
      detail: 'unknown',
    };
    const { id } = await shop.create();
    const stored = await insertCallback(shop.store.pool, { ...(await said(id)), ...stranger });
    const found = await shop.store.pool.query(
      'select relay_at, body from callbacks where id = $1',
      [stored],
    );
    expect(found.rows).toEqual([{ relay_at: null, body: expect.stringContaining('redacted') }]);
  });

  test('is read back as the fact that it was', async () => {
    const { id } = await shop.withCode();
    const callback = await said(id);
    const stored = await insertCallback(shop.store.pool, callback);
    const evidence = async (payment: string, callbackId: string) => {
      const text = `select $2::text, ${evidenceOfCallback} from payments p where id = $1`;
      return (await shop.store.pool.query(text, [payment, '', callbackId])).rows[0].evidence;
    };
    const read = evidenceFact(await evidence(id, stored!));
    expect(read).toEqual({ kind: 'evidence', ...callback.evidence });
    expect(await evidence((await shop.create()).id, stored!)).toBeNull();
    expect(await evidence(id, 'cbk_none')).toBeNull();
  });
});

describe('the channel’s number', () => {
  test('names the attempt whose money has it, at its account alone', async () => {
    const number = randomUUID();
    const { id, attempts } = await shop.withCode();
    await shop.pay(id, { channel_reference: number });
    const { pool } = shop.store;
    expect(await attemptUnderNumber(pool, shop.account, number)).toBe(attempts[0]!.id);
    expect(await attemptUnderNumber(pool, 'cha_another', number)).toBeNull();
    expect(await attemptUnderNumber(pool, shop.account, `${number}1`)).toBeNull();
  });
});

describe('our number at the channel', () => {
  test('stands for an attempt: its payment, account and money', async () => {
    const { id, attempts } = await shop.create({ amount: 4_200 });
    expect(await subjectOf(shop.store.pool, 'attempt', attempts[0]!.id)).toEqual({
      payment_id: id, channel_account: shop.account, amount: 4_200, currency: 'CNY', handle: null, receipts: [],
      status: 'processing', is_busy: true,
    }); // prettier-ignore
  });

  test('or for a refund', async () => {
    const { id } = await shop.withCode();
    await shop.pay(id);
    await shop.pay(id, { channel_reference: '4200002' });
    const [refund] = (await shop.load(id)).refunds;
    expect(await subjectOf(shop.store.pool, 'refund', refund!.id)).toEqual({
      payment_id: id, channel_account: shop.account, amount: 1_999, currency: 'CNY', handle: null, receipts: ['4200001', '4200002'],
      status: 'succeeded', is_busy: true,
    }); // prettier-ignore
    expect(await subjectOf(shop.store.pool, 'attempt', refund!.id)).toBeNull();
  });

  test('or for nothing', async () => {
    for (const about of ['attempt', 'refund'] as const)
      expect(await subjectOf(shop.store.pool, about, 'att_none')).toBeNull();
  });
});
