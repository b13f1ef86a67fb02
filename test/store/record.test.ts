import { randomUUID } from 'node:crypto';

import type { Message } from '../../src/domain/message.ts';
import { record } from '../../src/store/record.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { paid, qrCode } from '../support/payment.ts';
import { openPatient, Shop, times } from './shop.ts';

const hourMs = 3_600_000;

let database: Database;
let shop: Shop;
/** Milliseconds by which the second store's clock is ahead. */
let skippedMs = 0;
let later: Shop;

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database));
  later = shop.over(openPatient(database, { clockOffsetMs: () => skippedMs }));
});
afterAll(() => database.close());
beforeEach(() => {
  skippedMs = 0;
});

const cancel = { kind: 'command', command: { name: 'cancel', note: null } } as const;
const sync = { kind: 'command', command: { name: 'sync' } } as const;

describe('a cause', () => {
  test('is recorded once: repeated, it answers where the payment stands and writes nothing', async () => {
    const { id } = await shop.create();
    const operation = await shop.open(id, 'create');
    const message = {
      cause: operation,
      fact: { kind: 'outcome', operation, answer: qrCode },
    } as const;
    const first = await record(shop.store, id, message);
    expect(first).toMatchObject({ sequence: 2, status: 'requires_action' });
    const before = await shop.everything(id);
    expect(await record(shop.store, id, message)).toMatchObject({
      sequence: 2,
      status: 'requires_action',
    });
    expect(await shop.everything(id)).toEqual(before);
  });

  test('decides, not what it brings: the same one with other evidence is a repetition', async () => {
    const { id } = await shop.withCode();
    const operation = await shop.open(id, 'query');
    await record(shop.store, id, {
      cause: operation,
      fact: { kind: 'outcome', operation, answer: { kind: 'closed' } },
    });
    const before = await shop.everything(id);
    const view = await record(shop.store, id, {
      cause: operation,
      fact: { kind: 'outcome', operation, answer: paid() },
    });
    expect(view.refused).toBeUndefined();
    expect(await shop.everything(id)).toEqual(before);
  });

  test('that 20 bring at the same time makes one transition', async () => {
    const { id } = await shop.withCode();
    const callback = await shop.stored(id, paid());
    const views = await Promise.all(
      times(20, () =>
        record(shop.store, id, { cause: callback, fact: { kind: 'callback', callback } }),
      ),
    );
    expect(views.map((view) => [view.sequence, view.status])).toEqual(
      times(20, () => [3, 'succeeded']),
    );
    const { ledger_transactions, events } = await shop.everything(id);
    expect(await shop.timeline(id)).toHaveLength(3);
    expect(ledger_transactions).toHaveLength(1);
    expect(events!.map((event: any) => event.type)).toEqual([
      'payment.created', 'payment.requires_action', 'payment.succeeded',
    ]); // prettier-ignore
  });

  test('among others at the same time is neither lost nor counted twice', async () => {
    const { id } = await shop.withCode();
    const callbacks = [];
    for (const n of times(20, (i) => i))
      callbacks.push(await shop.stored(id, paid({ channel_reference: `42000${n}` })));
    const messages: Message[] = callbacks.map((callback) => ({
      cause: callback,
      fact: { kind: 'callback', callback },
    }));
    await Promise.all([...messages, ...messages].map((message) => record(shop.store, id, message)));
    const timeline = await shop.timeline(id);
    expect(timeline.map((row) => row.sequence)).toEqual(times(22, (i) => i + 1));
    expect(
      timeline
        .slice(2)
        .map((row) => row.cause)
        .toSorted(),
    ).toEqual(callbacks.toSorted());
    const payment = await shop.load(id);
    expect(payment.sequence).toBe(22);
    expect(payment.attempts[0]!.receipts).toHaveLength(20);
    expect(payment.refunds.map((refund) => refund.origin)).toEqual(times(19, () => 'duplicate'));
    const { events } = await shop.everything(id);
    const ofPayment = events!.filter((event: any) => event.object_id === id);
    expect(ofPayment.map((event: any) => event.sequence).toSorted((a, b) => a - b))
      .toEqual(times(ofPayment.length, (i) => i + 1)); // prettier-ignore
  });
});

describe('a transition', () => {
  test('writes row, parts, timeline, postings, events and claim together', async () => {
    const { id } = await shop.withCode();
    await shop.pay(id);
    const all = await shop.everything(id);
    expect(all['payments']).toMatchObject([{ status: 'succeeded', sequence: 3, attend_at: null }]);
    expect(all['attempts']).toMatchObject([{ status: 'paid' }]);
    expect(all['payment_events']).toHaveLength(3);
    expect(all['ledger_entries']).toHaveLength(2);
    expect(all['order_claims']).toHaveLength(1);
    expect(all['callbacks']).toMatchObject([{ relay_at: null, consumed_at: expect.any(Date) }]);
  });

  test('of which the last statement fails leaves nothing changed, and can be repeated', async () => {
    const { id } = await shop.withCode();
    const callback = await shop.stored(id, paid());
    const before = await shop.everything(id);
    await shop.store.pool.query(`
      create function fail_for_test() returns trigger language plpgsql as $$ begin raise 'no room'; end $$;
      create trigger fail_for_test before insert on events for each row execute function fail_for_test();`);
    const message = { cause: callback, fact: { kind: 'callback', callback } } as const;
    await expect(record(shop.store, id, message)).rejects.toThrow('no room');
    expect(await shop.everything(id)).toEqual(before);
    await shop.store.pool.query('drop trigger fail_for_test on events');
    expect(await record(shop.store, id, message)).toMatchObject({
      status: 'succeeded',
      sequence: 3,
    });
  });

  test('that fails at its commit leaves nothing changed either', async () => {
    const { id } = await shop.withCode();
    const callback = await shop.stored(id, paid());
    const before = await shop.everything(id);
    await shop.store.pool.query(`
      create function fail_at_commit() returns trigger language plpgsql as $$ begin raise 'no room'; end $$;
      create constraint trigger fail_at_commit after insert on payment_events
        deferrable initially deferred for each row execute function fail_at_commit();`);
    const message = { cause: callback, fact: { kind: 'callback', callback } } as const;
    await expect(record(shop.store, id, message)).rejects.toThrow('no room');
    expect(await shop.everything(id)).toEqual(before);
    await shop.store.pool.query('drop trigger fail_at_commit on payment_events');
    expect(await record(shop.store, id, message)).toMatchObject({ status: 'succeeded' });
  });

  test('of a payment that does not exist is the caller’s bug', async () => {
    await expect(record(shop.store, 'pay_none', { cause: 'c', fact: { kind: 'attend' } }))
      .rejects.toThrow('no payment pay_none'); // prettier-ignore
  });
});

describe('a message that says nothing', () => {
  test('of an unknown kind changes nothing and answers where the payment stands', async () => {
    const { id } = await shop.withCode();
    const before = await shop.everything(id);
    const fact = { kind: 'from the next release' } as unknown as Message['fact'];
    expect(await record(shop.store, id, { cause: 'x', fact })).toMatchObject({ sequence: 2 });
    expect(await shop.everything(id)).toEqual(before);
  });

  test('`attend` writes no transition, only when somebody must look again', async () => {
    const { id } = await shop.withCode();
    await shop.store.pool.query('update payments set attend_at = null where id = $1', [id]);
    const view = await record(shop.store, id, { cause: 'attend', fact: { kind: 'attend' } });
    expect(view).toMatchObject({
      sequence: 2,
      final: false,
      due: { what: expect.stringMatching(/^query /) },
    });
    expect(await shop.timeline(id)).toHaveLength(2);
    const { payments } = await shop.everything(id);
    expect(payments).toMatchObject([{ attend_at: expect.any(Date), sequence: 2 }]);
  });

  test('`due` before its time changes nothing and may ring again', async () => {
    const { id } = await later.withCode();
    const message = { cause: 'due expiry', fact: { kind: 'due', what: 'expiry' } } as const;
    expect(await record(later.store, id, message)).toMatchObject({ sequence: 2 });
    skippedMs = hourMs;
    expect(await record(later.store, id, message)).toMatchObject({
      sequence: 3,
      status: 'canceling',
    });
  });
});

describe('a callback', () => {
  test('is consumed in the transaction that folds it, not before', async () => {
    const { id } = await shop.withCode();
    const callback = await shop.stored(id, { kind: 'open' });
    expect((await shop.everything(id))['callbacks']).toMatchObject([
      { consumed_at: null, relay_at: expect.any(Date) },
    ]);
    await record(shop.store, id, { cause: callback, fact: { kind: 'callback', callback } });
    expect((await shop.everything(id))['callbacks']).toMatchObject([
      { consumed_at: expect.any(Date), relay_at: null },
    ]);
    expect(await shop.timeline(id)).toHaveLength(2); // it said nothing new
  });

  test('of another payment is nobody’s evidence and stays unconsumed', async () => {
    const [mine, other] = [await shop.withCode(), await shop.withCode()];
    const callback = await shop.stored(other.id, paid());
    const view = await record(shop.store, mine.id, {
      cause: callback,
      fact: { kind: 'callback', callback },
    });
    expect(view).toMatchObject({ status: 'requires_action', sequence: 2 });
    expect((await shop.everything(other.id))['callbacks']).toMatchObject([{ consumed_at: null }]);
  });
});

describe('a command with a key', () => {
  const keyed = (fingerprint: string, cause: string = randomUUID()) => ({
    cause,
    key: { app_id: shop.app, fingerprint },
  });

  test('claims it with the transition; repeated, it executes nothing', async () => {
    const { id } = await shop.create({ method: null });
    const claim = keyed('f');
    expect(await record(shop.store, id, { ...claim, fact: cancel })).toMatchObject({
      status: 'canceled',
      sequence: 2,
    });
    const before = await shop.everything(id);
    expect(before['keys']).toHaveLength(2); // the create's and the cancel's
    expect(await record(shop.store, id, { ...claim, fact: cancel })).toMatchObject({ sequence: 2 });
    expect(await shop.everything(id)).toEqual(before);
  });

  test('is refused when the key was used with another request', async () => {
    const { id } = await shop.withCode();
    const claim = keyed('f');
    await record(shop.store, id, { ...claim, fact: cancel });
    const view = await record(shop.store, id, { ...keyed('g', claim.cause), fact: sync });
    expect(view.refused?.code).toBe('idempotency_key_reused');
  });

  test('that two payments get at the same time belongs to one of them', async () => {
    const payments = [await shop.withCode(), await shop.withCode()];
    const cause = randomUUID();
    const told = ({ id }: { id: string }) =>
      record(shop.store, id, { ...keyed(`f ${id}`, cause), fact: cancel });
    await Promise.allSettled(payments.map(told)); // the one that lost at the unique key is repeated by Temporal
    const views = await Promise.all(payments.map(told));
    expect(views.map((view) => view.refused?.code ?? 'recorded').toSorted()).toEqual([
      'idempotency_key_reused', 'recorded',
    ]); // prettier-ignore
    const after = await Promise.all(payments.map(({ id }) => shop.load(id)));
    expect(after.map((payment) => payment.given_up).toSorted()).toEqual(
      ['requested', null].toSorted(),
    );
  });

  test('that the state refuses is refused for 24 hours, and after that judged anew', async () => {
    const { id } = await later.withCode({ late_money: 'hold' });
    await later.cancel(id);
    await later.end(id, 'query', { kind: 'closed' });
    await later.pay(id); // late: a case
    const [one] = (await later.load(id)).cases;
    const resolve = (decision: string) =>
      ({
        kind: 'command',
        command: { name: 'resolve', case_id: one!.id, decision, reason: 'r' },
      }) as any;
    const claim = keyed('f');
    const refusal = { code: 'case_decision_not_allowed' };
    expect(
      (await record(later.store, id, { ...claim, fact: resolve('retry') })).refused,
    ).toMatchObject(refusal);
    expect(await later.timeline(id)).toHaveLength(5);
    skippedMs = 24 * hourMs - 60_000;
    // A delayed duplicate must not execute, whatever the state says by now: told with what would be allowed.
    expect(
      (await record(later.store, id, { ...claim, fact: resolve('refund') })).refused,
    ).toMatchObject(refusal);
    expect(await later.timeline(id)).toHaveLength(5);
    skippedMs = 24 * hourMs + 60_000;
    expect(
      (await record(later.store, id, { ...claim, fact: resolve('refund') })).refused,
    ).toBeUndefined();
    expect(await later.timeline(id)).toHaveLength(6);
  });
});
