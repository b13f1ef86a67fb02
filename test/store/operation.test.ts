import { randomUUID } from 'node:crypto';

import { retireVersions } from '../../src/store/account-overlap.ts';
import { openSettings } from '../../src/store/account-settings.ts';
import { leaseDue } from '../../src/store/attendance.ts';
import { exchangeOf, writeExchanges } from '../../src/store/exchange.ts';
import { loadCall, postponeAttendance, takeFence } from '../../src/store/operation.ts';
import { insertPayment } from '../../src/store/payment.ts';
import { record } from '../../src/store/record.ts';
import { seedChannelAccount } from '../../src/store/seed.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { paid } from '../support/payment.ts';
import { openPatient, Shop, times } from './shop.ts';

let database: Database;
let shop: Shop;
let skippedMs = 0;
let later: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database, { connectionsMax: 40 }));
  later = shop.over(openPatient(database, { clockOffsetMs: () => skippedMs }));
});
afterAll(() => database.close());
beforeEach(() => {
  skippedMs = 0;
});

const operationsOf = async (id: string) =>
  (await shop.load(id)).attempts.flatMap((attempt) => attempt.operations);

describe('the send fence', () => {
  test('is taken by exactly one of 20 senders at the same time; the others learn that it was sent', async () => {
    for (const _ of times(5, (i) => i)) {
      const { id } = await shop.create();
      const operation = await shop.open(id, 'create');
      const taken = await Promise.all(times(20, () => takeFence(shop.store.pool, operation)));
      expect(taken.toSorted()).toEqual([...times(19, () => 'sent'), 'taken']);
      expect(await operationsOf(id)).toMatchObject([
        { sent_at: expect.any(Number), fenced: false, ended: null },
      ]);
    }
  });

  test('is open until `not_after` and closed from then on', async () => {
    const { id } = await later.create();
    const operation = await later.open(id, 'create');
    const [before] = await operationsOf(id);
    skippedMs = before!.not_after - Date.now() + 1_000;
    expect(await takeFence(later.store.pool, operation)).toBe('closed');
    skippedMs = before!.not_after - Date.now() - 5_000;
    expect(await takeFence(later.store.pool, operation)).toBe('taken');
  });

  test('is closed once a cancel has fenced it', async () => {
    const { id } = await shop.create();
    const operation = await shop.open(id, 'create');
    expect(await shop.cancel(id)).toMatchObject({ status: 'canceled' });
    expect(await takeFence(shop.store.pool, operation)).toBe('closed');
    expect(await operationsOf(id)).toMatchObject([
      { fenced: true, ended: 'never_sent', sent_at: null },
    ]);
  });

  test('is closed once the operation has ended', async () => {
    const { id } = await shop.create();
    const operation = await shop.open(id, 'create');
    await shop.end(id, 'create', { kind: 'never_sent', detail: 'ECONNREFUSED' });
    expect(await takeFence(shop.store.pool, operation)).toBe('closed');
  });

  test('is closed to a sender of an operation that does not exist', async () => {
    expect(await takeFence(shop.store.pool, 'op_none')).toBe('closed');
  });

  test('taken before the cancel is seen by it: the payment waits for the call', async () => {
    const { id } = await shop.create();
    expect(await takeFence(shop.store.pool, await shop.open(id, 'create'))).toBe('taken');
    expect(await shop.cancel(id)).toMatchObject({ status: 'canceling' });
    expect(await operationsOf(id)).toMatchObject([{ fenced: false, ended: null }]);
  });

  test('taken after the call was given up as silent stays closed; taken before, the outcome is unknown', async () => {
    const [first, second] = [await shop.create(), await shop.create()];
    const queued = await shop.open(first.id, 'create');
    expect(await shop.end(first.id, 'create', 'silent')).toMatchObject({ outcome: 'known' });
    expect(await takeFence(shop.store.pool, queued)).toBe('closed');
    await takeFence(shop.store.pool, await shop.open(second.id, 'create'));
    expect(await shop.end(second.id, 'create', 'silent')).toMatchObject({ outcome: 'unknown' });
  });

  test('and a decision at the same time: never both "taken" by the sender and "never sent" by the fold', async () => {
    const firsts = { sender: 0, fold: 0 };
    const race = async (n: number): Promise<void> => {
      const { id } = await shop.create();
      const operation = await shop.open(id, 'create');
      const decide = () =>
        n % 2 === 0
          ? shop.cancel(id)
          : record(shop.store, id, {
              cause: operation,
              fact: { kind: 'outcome', operation, answer: 'silent' },
            });
      // A little later or earlier, so that both get to be first.
      const send = async () => {
        for (const _ of times(n % 8, (i) => i)) await shop.store.pool.query('select 1');
        return takeFence(shop.store.pool, operation);
      };
      const [fence] = await Promise.all([send(), decide()]);
      const operations = await operationsOf(id);
      const call = operations.find((one) => one.id === operation)!;
      expect(fence === 'taken').toBe(call.sent_at !== null);
      expect(fence === 'taken' && call.ended === 'never_sent').toBe(false);
      expect(fence === 'taken' || call.ended === 'never_sent').toBe(true);
      firsts[fence === 'taken' ? 'sender' : 'fold'] += 1;
    };
    for (const round of times(20, (i) => i))
      await Promise.all(times(10, (i) => race(round * 10 + i)));
    expect(firsts.sender).toBeGreaterThan(0);
    expect(firsts.fold).toBeGreaterThan(0);
  });
});

test('at most one mutating call of an attempt is in flight, whatever the code believes', async () => {
  const { id } = await shop.create();
  const second = `insert into operations select (jsonb_populate_record(o, '{"id": "op_second"}')).* from operations o where payment_id = $1`;
  await expect(shop.store.pool.query(second, [id])).rejects.toThrow('operations_one_mutating');
});

describe('a call as its sender reads it', () => {
  test('carries the attempt and the account’s settings of the version that the attempt was made with', async () => {
    const own = await Shop.open(shop.store, 'cha_versions_of_shop');
    const changed = { id: own.account, channel: 'wechat-pay', settings: { key: 'new' } };
    await seedChannelAccount(shop.store.pool, changed, shop.store.keyring);
    const payment = await own.create();
    const call = await loadCall(shop.store.pool, await own.open(payment.id, 'create'));
    expect(call).toMatchObject({
      payment_id: payment.id,
      attempt_id: payment.attempts[0]!.id,
      verb: 'create',
      channel: 'wechat-pay',
      channel_account: own.account,
      account: { id: own.account, version: 1 }, // though version 2 is there
      amount: 1_999,
      currency: 'CNY',
      order_no: payment.order_no,
      expires_at: new Date(payment.expires_at),
      refund_id: null,
      settled: false,
      over: false,
      ended: null,
    });
    expect(openSettings(shop.store.keyring, call!.account)).toEqual({});
  });

  test('of a refund long after keeps that version, until it is retired: then it goes with the newest', async () => {
    const own = await Shop.open(shop.store, 'cha_refund_of_shop');
    const { id } = await own.canceled();
    for (const n of [2, 3]) {
      const changed = { id: own.account, channel: 'wechat-pay', settings: { key: n } };
      await seedChannelAccount(shop.store.pool, changed, shop.store.keyring);
    }
    await own.pay(id); // late: it goes back by itself
    const refund = await own.open(id, 'refund');
    const versionOf = async () => (await loadCall(shop.store.pool, refund))!.account.version;
    expect(await versionOf()).toBe(1);
    await retireVersions(shop.store, own.account, null);
    expect(await versionOf()).toBe(3);
    const { account } = (await loadCall(shop.store.pool, refund))!;
    expect(openSettings(shop.store.keyring, account)).toEqual({ key: 3 });
  });

  test('says when "not found" has become a fact and when asking is over', async () => {
    const { id } = await later.create();
    await takeFence(later.store.pool, await later.open(id, 'create'));
    await later.end(id, 'create', { kind: 'unknown', detail: 'timeout' });
    await later.cancel(id);
    const query = await later.open(id, 'query');
    expect(await loadCall(later.store.pool, query)).toMatchObject({ settled: false, over: false });
    skippedMs = 60_000;
    expect(await loadCall(later.store.pool, query)).toMatchObject({ settled: true, over: false });
    skippedMs = 31 * 24 * 3_600_000;
    expect(await loadCall(later.store.pool, query)).toMatchObject({ settled: true, over: true });
  });

  test('of a refund carries what goes back and the receipt that it is of', async () => {
    const { id } = await shop.withCode();
    await shop.pay(id);
    await shop.pay(id, { channel_reference: '4200002' });
    const call = await loadCall(shop.store.pool, await shop.open(id, 'refund'));
    const [refund] = (await shop.load(id)).refunds;
    expect(call).toMatchObject({
      refund_id: refund!.id,
      refund_amount: 1_999,
      refund_status: 'processing',
      receipt_reference: '4200002',
      receipts: [
        { channel_reference: '4200001' },
        { channel_reference: '4200002', amount: 1_999, currency: 'CNY' },
      ],
    });
  });

  test('of a refund, and a question about it, carries the calls for it that had left by then', async () => {
    const { id } = await shop.withCode();
    await shop.pay(id);
    await shop.pay(id, { channel_reference: '4200002' });
    const read = async (verb: 'refund' | 'query_refund') =>
      (await loadCall(shop.store.pool, await shop.open(id, verb)))!.calls;
    const runAt = async () =>
      (await operationsOf(id)).filter(({ verb }) => verb === 'refund').map(({ run_at }) => run_at);
    const [first] = await runAt();
    expect(await read('refund')).toEqual([{ run_at: first, ended: null }]);
    await shop.end(id, 'refund', { kind: 'never_sent', detail: 'the send fence is closed' });
    await takeFence(shop.store.pool, await shop.open(id, 'refund'));
    await shop.end(id, 'refund', { kind: 'unknown', detail: 'ECONNRESET' });
    const [, second] = await runAt();
    expect(await read('query_refund')).toEqual([{ run_at: second, ended: 'unknown' }]);
  });

  test('is null when there is none', async () => {
    expect(await loadCall(shop.store.pool, 'op_none')).toBeNull();
  });
});

test('an exchange is kept as it was given', async () => {
  const { id } = await shop.create();
  const exchange = exchangeOf({
    payment_id: id, operation_id: await shop.open(id, 'create'), channel: 'wechat-pay', verb: 'create',
    request: 'POST https://channel/orders\n{"description":"两张票","payer":"[redacted]"}', response: null, result: 'lost', took_ms: 10_003,
  }); // prettier-ignore
  await writeExchanges(shop.store.pool, [exchange]);
  await writeExchanges(shop.store.pool, [exchange]); // by whoever is not sure of it
  const kept = await shop.store.pool.query(
    'select * from channel_exchanges where payment_id = $1',
    [id],
  );
  expect(kept.rows).toEqual([
    { ...exchange, id: expect.stringMatching(/^exc_/), at: expect.any(Date) },
  ]);
});

describe('a poll that is under way', () => {
  test('moves the next look along, 60 s behind its next try', async () => {
    const { id } = await shop.withCode();
    await postponeAttendance(shop.store.pool, id, 600_000);
    const { payments } = await shop.everything(id);
    const { attend_at } = payments![0] as { attend_at: Date };
    expect(Math.abs(attend_at.getTime() - Date.now() - 660_000)).toBeLessThan(30_000);
  });

  test('does not call anybody to a payment that is at rest', async () => {
    const { id } = await shop.withCode();
    await shop.pay(id);
    await postponeAttendance(shop.store.pool, id, 600_000);
    expect((await shop.everything(id))['payments']).toMatchObject([{ attend_at: null }]);
  });
});

describe('no deadlock and no second owner of an order', () => {
  test('when late money, creates, cancels, senders, attendances and readers meet at the same payments', async () => {
    for (const _ of times(6, (i) => i)) {
      // Fresh, so that the ledger's accounts too are made at the same time.
      const round = await Shop.open(shop.store, `cha_${randomUUID()}`);
      const order_no = randomUUID();
      const late: string[] = [];
      for (const _ of times(4, (i) => i)) late.push(await givenUp(round, order_no));
      const open = await round.create();
      const callbacks = await Promise.all(late.map((id) => round.stored(id, paid())));
      const queued = await round.open(open.id, 'create');
      const meant = /was taken while late money came for it/; // and is told again
      const outcomes = await Promise.allSettled([
        ...[...callbacks, ...callbacks].map((callback, i) =>
          record(shop.store, late[i % 4]!, {
            cause: callback,
            fact: { kind: 'callback', callback },
          }),
        ),
        ...times(4, () =>
          insertPayment(shop.store, round.order({ order_no, late_money: 'accept' })),
        ),
        ...[...late, open.id].map((id) => round.cancel(id)),
        ...times(4, () => takeFence(shop.store.pool, queued)),
        ...[...late, open.id].map((id) => postponeAttendance(shop.store.pool, id, 1)),
        ...[...late, open.id].map((id) =>
          record(shop.store, id, { cause: 'attend', fact: { kind: 'attend' } }),
        ),
        leaseDue(shop.store),
      ]);
      const failures = outcomes.flatMap((one) =>
        one.status === 'rejected' ? [String(one.reason)] : [],
      );
      expect(failures.filter((failure) => !meant.test(failure))).toEqual([]);
      for (const [i, callback] of callbacks.entries())
        await record(shop.store, late[i]!, {
          cause: callback,
          fact: { kind: 'callback', callback },
        });
      const owners = await shop.store.pool.query(
        `select id from payments where order_no = $1 and status not in ('canceled', 'failed')`,
        [order_no],
      );
      const claims = await shop.store.pool.query(
        'select payment_id as id from order_claims where order_no = $1',
        [order_no],
      );
      expect(owners.rows).toHaveLength(1);
      expect(claims.rows).toEqual(owners.rows);
      const refunds = await shop.store.pool.query(
        'select 1 from refunds r join payments p on p.id = r.payment_id where p.order_no = $1',
        [order_no],
      );
      expect(refunds.rowCount).toBe(late.includes(owners.rows[0].id) ? 3 : 4);
    }
  });

  async function givenUp(round: Shop, order_no: string): Promise<string> {
    const { id } = await round.withCode({ order_no, late_money: 'accept' });
    await round.cancel(id);
    await round.end(id, 'query', { kind: 'closed' });
    return id;
  }
});
