import { randomUUID } from 'node:crypto';

import { paymentObject } from '../../src/domain/payment-object.ts';
import type { Caller } from '../../src/store/api-key.ts';
import {
  leaseDeliveries,
  loadDelivery,
  recordDelivered,
  recordFailed,
  recordGone,
  returnDeliveries,
  writeDeliveries,
} from '../../src/store/delivery.ts';
import { findEvent, listEvents, redeliver, type StoredEvent } from '../../src/store/event.ts';
import { createKeyring } from '../../src/store/keyring.ts';
import { insertPayment } from '../../src/store/payment.ts';
import { type DeliveryRound, startAfterCommit } from '../../src/store/store.ts';
import {
  deleteEndpoint,
  findEndpoint,
  insertEndpoint,
  listEndpoints,
  type MadeEndpoint,
  webhookSecretOf,
} from '../../src/store/webhook-endpoint.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { openPatient, type OrderGiven, Shop, times } from './shop.ts';

let database: Database;
let shop: Shop;
let caller: Caller;
let started: DeliveryRound[] = [];
let start: (delivery: DeliveryRound) => Promise<void>;
let skippedMs = 0;
/** A store whose clock is ahead. */
let ahead: Shop;

beforeAll(async () => {
  database = await openDatabase();
  const startDelivery = (delivery: DeliveryRound) => start(delivery);
  shop = await Shop.open(openPatient(database, { connectionsMax: 40, startDelivery }));
  ahead = shop.over(openPatient(database, { clockOffsetMs: () => skippedMs }));
  caller = shop.caller;
});
afterAll(() => database.close());
beforeEach(async () => {
  skippedMs = 0;
  started = [];
  start = (delivery) => {
    started.push(delivery);
    return Promise.resolve();
  };
  await shop.store.pool.query('delete from webhook_endpoints');
  await shop.store.pool.query('update deliveries set attend_at = null');
});

const endpoint = async (...events: string[]): Promise<MadeEndpoint> => {
  const given = { url: 'https://shop.example/hook', events: events.length > 0 ? events : ['*'], description: null };
  const made = await insertEndpoint(shop.store, caller, given, null);
  if (made.kind === 'key_reused') throw new Error('no key was given');
  return made.endpoint;
}; // prettier-ignore
const eventsOf = async (object_id: string): Promise<StoredEvent[]> => {
  const page = await listEvents(shop.store.pool, caller, { object_id }, { limit: 100 });
  if (page.kind !== 'page') throw new Error(page.kind);
  return page.data.toReversed();
};
const notified = async (given: OrderGiven = {}) => {
  const order = shop.order(given);
  const details = { ...order.details, notify_url: 'https://shop.example/notify' };
  const made = await insertPayment(shop.store, { ...order, details });
  if (made.kind !== 'created') throw new Error(made.kind);
  return made.payment;
};
const onlyDelivery = async (event: string) => {
  const found = await findEvent(shop.store.pool, caller, event);
  expect(found!.deliveries).toHaveLength(1);
  return found!.deliveries[0]!;
};
/** An event with one delivery, begun. */
const pending = async () => {
  const { id, secret } = await endpoint('payment.created');
  const payment = await shop.create();
  const [event] = await eventsOf(payment.id);
  const [round] = started;
  return { endpoint: id, secret, payment: payment.id, event: event!, round: round! };
};

describe('an event', () => {
  test('is written with a delivery to each endpoint that wants it, and each is started', async () => {
    const [all, some] = [await endpoint(), await endpoint('refund.*', 'payment.succeeded')];
    await endpoint('case.*');
    const { id } = await shop.withCode();
    await shop.pay(id);
    const events = await eventsOf(id);
    expect(events.map(({ type }) => type)).toEqual(['payment.created', 'payment.requires_action', 'payment.succeeded']); // prettier-ignore
    const endpoints = events.map(({ deliveries }) => deliveries.map((one) => one.endpoint).toSorted()); // prettier-ignore
    expect(endpoints).toEqual([[all.id], [all.id], [all.id, some.id].toSorted()]);
    expect(started.map((one) => one.id).toSorted()).toEqual(
      events.flatMap(({ deliveries }) => deliveries.map((one) => one.id)).toSorted(),
    );
    expect(events[0]!.deliveries).toEqual([
      { id: expect.stringMatching(/^dlv_/), endpoint: all.id, status: 'pending', attempts: 0, last_status_code: null, next_try_at: expect.any(Date) },
    ]); // prettier-ignore
  });

  test('keeps the object as it was then', async () => {
    const payment = await shop.create();
    const then = paymentObject(payment, payment.details);
    await shop.cancel(payment.id);
    const [created, canceled] = await eventsOf(payment.id);
    expect(created!.data).toEqual({ object: then });
    expect(canceled!.data).toMatchObject({ object: { status: 'canceled', sequence: 2 } });
  });

  test('goes to the notify_url of its payment, also when it is about a refund or a case', async () => {
    const { id } = await notified({ late_money: 'refund' });
    await shop.cancel(id);
    await shop.pay(id);
    const { refunds } = await shop.load(id);
    const told = [...(await eventsOf(id)), ...(await eventsOf(refunds[0]!.id))];
    expect(told.map(({ type }) => type)).toEqual(expect.arrayContaining(['payment.late_receipt', 'refund.processing'])); // prettier-ignore
    for (const { deliveries } of told)
      expect(deliveries).toMatchObject([{ endpoint: 'notify_url', status: 'pending' }]);
    const other = await shop.create();
    expect((await eventsOf(other.id))[0]!.deliveries).toEqual([]);
  });

  test('that nobody wants has no delivery', async () => {
    await endpoint('payment.succeeded');
    const { id } = await shop.create();
    expect((await eventsOf(id))[0]!.deliveries).toEqual([]);
    expect(started).toEqual([]);
  });
});

describe('what is started', () => {
  test('is visible to whoever is told of it', async () => {
    await endpoint();
    const seen: unknown[] = [];
    const looked: Promise<void>[] = [];
    start = async ({ id }) => {
      const look = loadDelivery(ahead.store, id).then((found) => void seen.push(found?.event.type)); // prettier-ignore
      looked.push(look);
      await look;
    };
    await shop.create();
    await Promise.all(looked);
    expect(seen).toEqual(['payment.created']);
  });

  test('keeps no transition waiting', async () => {
    await endpoint();
    start = () => new Promise(() => undefined);
    const { id } = await shop.withCode();
    await shop.pay(id);
    expect(await shop.load(id)).toMatchObject({ status: 'succeeded' });
  });

  test('is not lost when nobody takes it', async () => {
    await endpoint();
    start = () => Promise.reject(new Error('Temporal is away'));
    const { id } = await shop.create();
    skippedMs = 61_000;
    const leased = await leaseDeliveries(ahead.store.pool);
    const [event] = await eventsOf(id);
    expect(leased).toEqual([{ id: event!.deliveries[0]!.id, round: 1 }]);
  });

  test('is nothing when the transaction was rolled back', async () => {
    const { endpoint: id, event } = await pending();
    started = [];
    const write = (end: () => void) =>
      shop.store.transaction(async (db) => {
        startAfterCommit(db, await writeDeliveries(db, event, [{ id, events: ['*'] }]));
        end();
      });
    const refused = write(() => {
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(started).toEqual([]);
    await write(() => expect(started).toEqual([]));
    expect(started).toMatchObject([{ round: 2 }]);
  });
});

describe('the sequence of an object', () => {
  test('has no gap when many payments move at once', async () => {
    await endpoint();
    const ids = await Promise.all(times(20, async () => (await shop.create({ late_money: 'refund' })).id)); // prettier-ignore
    await Promise.all(
      ids.flatMap((id) => [
        shop.cancel(id),
        shop.cancel(id, randomUUID()),
        shop.pay(id),
        shop.pay(id, { channel_reference: '4200002' }),
      ]),
    );
    for (const id of ids) {
      const events = await eventsOf(id);
      expect(events.length).toBeGreaterThanOrEqual(3);
      expect(events.map(({ sequence }) => sequence)).toEqual(times(events.length, (i) => i + 1));
      for (const { deliveries } of events) expect(deliveries).toHaveLength(1);
    }
  });
});

describe('a delivery', () => {
  test('carries what a try needs, in the words of the endpoint as it is now', async () => {
    const { endpoint: id, secret, event, round } = await pending();
    await shop.store.pool.query(`update webhook_endpoints set url = 'https://new.example/' where id = $1`, [id]); // prettier-ignore
    const { deliveries: _, ...told } = event;
    expect(await loadDelivery(shop.store, round.id)).toMatchObject({ ...round, url: 'https://new.example/', secret, livemode: false, event: told, tries: 0, status: 'pending' }); // prettier-ignore
  });

  test('is signed with a secret that only the master key opens', async () => {
    const { endpoint: id, secret, round } = await pending();
    const { rows } = await shop.store.pool.query('select * from webhook_endpoints where id = $1', [id]); // prettier-ignore
    expect(rows).toMatchObject([{ secret: null, sealed: expect.any(Buffer), key_id: 'test' }]);
    expect((rows[0] as { sealed: Buffer }).sealed.toString('latin1')).not.toContain(secret);
    const keyless = openPatient(database, { keyring: createKeyring([]) });
    const refusal = `SECRET_KEYS: no key 'test', which has sealed the webhook secret of ${id}`;
    await expect(loadDelivery(keyless, round.id)).rejects.toThrow(new Error(refusal));
  });

  test('to an endpoint of the version before is signed with the secret that it has drawn', async () => {
    await shop.store.pool.query(
      `insert into webhook_endpoints (id, app_id, livemode, url, events) values ('whe_before', $1, false, 'https://shop.example/', '{*}')`,
      [shop.app],
    );
    await shop.create();
    const secret = expect.stringMatching(/^whsec_[\w+/]{43}=$/);
    expect(await loadDelivery(shop.store, started[0]!.id)).toMatchObject({ endpoint: 'whe_before', secret }); // prettier-ignore
  });

  test('to a notify_url is signed with the secret of the app', async () => {
    await notified();
    const secret = await webhookSecretOf(shop.store, shop.app);
    expect(Buffer.from(secret!.replace('whsec_', ''), 'base64')).toHaveLength(32);
    expect(await loadDelivery(shop.store, started[0]!.id)).toMatchObject({ endpoint: 'notify_url', url: 'https://shop.example/notify', secret }); // prettier-ignore
    expect(await webhookSecretOf(shop.store, 'app_none')).toBeNull();
  });

  test('is tried again when it failed, and never once it is through', async () => {
    const { event, round } = await pending();
    await recordFailed(shop.store.pool, round, 500, 300_000);
    expect(await onlyDelivery(event.id)).toMatchObject({ status: 'pending', attempts: 1, last_status_code: 500 }); // prettier-ignore
    const { in_ms } = (await loadDelivery(shop.store, round.id))!;
    expect(in_ms).toBeGreaterThan(200_000);
    expect(in_ms).toBeLessThanOrEqual(300_000);
    await recordDelivered(shop.store.pool, round, 204);
    expect(await onlyDelivery(event.id)).toMatchObject({ status: 'delivered', attempts: 2, last_status_code: 204, next_try_at: null }); // prettier-ignore
    await recordFailed(shop.store.pool, round, null, 1_000);
    expect(await onlyDelivery(event.id)).toMatchObject({ status: 'delivered', attempts: 2 });
  });

  test('has failed when no next try is due', async () => {
    const { event, round } = await pending();
    await recordFailed(shop.store.pool, round, null, null);
    expect(await onlyDelivery(event.id)).toMatchObject({ status: 'failed', attempts: 1, last_status_code: null, next_try_at: null }); // prettier-ignore
  });

  test('that is answered 410 disables its endpoint and cancels what waits for it', async () => {
    const { endpoint: id, event, round } = await pending();
    const { id: other } = await endpoint('payment.created');
    const later = await shop.create();
    await recordGone(shop.store.pool, { ...round, endpoint: id });
    expect(await findEndpoint(shop.store.pool, caller, id)).toMatchObject({ status: 'disabled' });
    expect(await onlyDelivery(event.id)).toMatchObject({ status: 'failed', last_status_code: 410 });
    const [of] = await eventsOf(later.id);
    const states = Object.fromEntries(of!.deliveries.map((one) => [one.endpoint, one.status]));
    expect(states).toEqual({ [id]: 'canceled', [other]: 'pending' });
    const next = await shop.create();
    expect((await eventsOf(next.id))[0]!.deliveries.map((one) => one.endpoint)).toEqual([other]);
  });
});

describe('a delivery that nobody has tried', () => {
  test('is leased 60 s after its time, for 60 s, to one attendance', async () => {
    await endpoint('payment.created');
    await Promise.all(times(20, () => shop.create()));
    skippedMs = 55_000;
    expect(await leaseDeliveries(ahead.store.pool)).toEqual([]);
    skippedMs = 70_000;
    const leased = (await Promise.all(times(8, () => leaseDeliveries(ahead.store.pool)))).flat();
    expect(leased.map(({ id }) => id).toSorted()).toEqual(started.map(({ id }) => id).toSorted());
    skippedMs += 50_000;
    expect(await leaseDeliveries(ahead.store.pool)).toEqual([]);
    skippedMs += 20_000;
    expect(await leaseDeliveries(ahead.store.pool)).toHaveLength(20);
  });

  test('comes back 5 s after its lease was returned, unless it has ended', async () => {
    await endpoint('payment.created');
    await shop.create();
    await shop.create();
    skippedMs = 61_000;
    const leased = await leaseDeliveries(ahead.store.pool);
    await recordDelivered(ahead.store.pool, leased[0]!, 200);
    await returnDeliveries(ahead.store.pool, leased);
    expect(await leaseDeliveries(ahead.store.pool)).toEqual([]);
    skippedMs += 6_000;
    expect(await leaseDeliveries(ahead.store.pool)).toEqual([leased[1]]);
  });

  test('is due 60 s after its next try, and never once it has ended', async () => {
    const { round } = await pending();
    await recordFailed(shop.store.pool, round, 500, 3_600_000);
    skippedMs = 3_640_000;
    expect(await leaseDeliveries(ahead.store.pool)).toEqual([]);
    skippedMs = 3_662_000;
    expect(await leaseDeliveries(ahead.store.pool)).toEqual([round]);
    await recordFailed(shop.store.pool, round, 500, null);
    skippedMs *= 100;
    expect(await leaseDeliveries(ahead.store.pool)).toEqual([]);
  });
});

describe('a redelivery', () => {
  test('begins a new round at once, whose tries alone count from then on', async () => {
    const { event, round } = await pending();
    await recordFailed(shop.store.pool, round, 500, 3_600_000);
    started = [];
    expect(await redeliver(shop.store, caller, event, null)).toBe('begun');
    expect(started).toEqual([{ id: round.id, round: 2 }]);
    expect(await loadDelivery(shop.store, round.id)).toMatchObject({ round: 2, tries: 0 });
    await recordFailed(shop.store.pool, round, 500, null); // a try of the old round ends late
    await recordDelivered(shop.store.pool, round, 200);
    expect(await onlyDelivery(event.id)).toMatchObject({ status: 'pending', attempts: 1 });
    await recordDelivered(shop.store.pool, { ...round, round: 2 }, 200);
    expect(await onlyDelivery(event.id)).toMatchObject({ status: 'delivered', attempts: 2 });
    await redeliver(shop.store, caller, event, null);
    expect(await onlyDelivery(event.id)).toMatchObject({ id: round.id, status: 'pending' });
  });

  test('goes to who wants the event now', async () => {
    const { endpoint: gone, event } = await pending();
    await deleteEndpoint(shop.store.pool, caller, gone);
    const [{ id: fresh }] = [await endpoint('payment.*'), await endpoint('refund.*')];
    await redeliver(shop.store, caller, event, null);
    const { deliveries } = (await findEvent(shop.store.pool, caller, event.id))!;
    const states = Object.fromEntries(deliveries.map((one) => [one.endpoint, one.status]));
    expect(states).toEqual({ [gone]: 'canceled', [fresh]: 'pending' });
  });

  test('under one key is begun once, whatever the concurrency', async () => {
    const { event, round } = await pending();
    const key = { cause: randomUUID(), fingerprint: 'f' };
    const answers = await Promise.all(times(10, () => redeliver(shop.store, caller, event, key)));
    expect(answers.filter((one) => one === 'begun')).toHaveLength(1);
    expect(answers.filter((one) => one === 'replayed')).toHaveLength(9);
    expect(await loadDelivery(shop.store, round.id)).toMatchObject({ round: 2 });
    expect(await redeliver(shop.store, caller, event, { ...key, fingerprint: 'g' })).toBe('key_reused'); // prettier-ignore
  });
});

describe('an endpoint', () => {
  test('made under one key is one, with one secret, for as long as it lives', async () => {
    const key = { cause: randomUUID(), fingerprint: 'f' };
    const given = { url: 'https://shop.example/', events: ['*'], description: 'mine' };
    const make = (claim = key) => insertEndpoint(shop.store, caller, given, claim);
    const made = await Promise.all(times(10, () => make()));
    const endpoints = made.map((one) => (one.kind === 'key_reused' ? null : one.endpoint));
    expect(made.filter(({ kind }) => kind === 'created')).toHaveLength(1);
    expect(new Set(endpoints.map((one) => `${one?.id} ${one?.secret}`)).size).toBe(1);
    expect(await make({ ...key, fingerprint: 'g' })).toEqual({ kind: 'key_reused' });
    expect(await deleteEndpoint(shop.store.pool, caller, endpoints[0]!.id)).toBe(true);
    expect(await make()).toMatchObject({ kind: 'created' });
  });

  test('that is deleted gets nothing more', async () => {
    const { endpoint: id, event } = await pending();
    expect(await deleteEndpoint(shop.store.pool, caller, id)).toBe(true);
    expect(await deleteEndpoint(shop.store.pool, caller, id)).toBe(false);
    expect(await onlyDelivery(event.id)).toMatchObject({ status: 'canceled', next_try_at: null });
    const next = await shop.create();
    expect((await eventsOf(next.id))[0]!.deliveries).toEqual([]);
  });

  test('and its events do not exist for another app, nor for a live key', async () => {
    const { endpoint: id, event } = await pending();
    const other = (await Shop.open(shop.store)).caller;
    for (const stranger of [other, { ...caller, livemode: true }]) {
      expect(await findEndpoint(shop.store.pool, stranger, id)).toBeNull();
      expect(await deleteEndpoint(shop.store.pool, stranger, id)).toBe(false);
      expect(await listEndpoints(shop.store.pool, stranger, { limit: 9 })).toMatchObject({ data: [] }); // prettier-ignore
      expect(await findEvent(shop.store.pool, stranger, event.id)).toBeNull();
      expect(await listEvents(shop.store.pool, stranger, {}, { limit: 9 })).toMatchObject({ data: [] }); // prettier-ignore
    }
    expect(await findEndpoint(shop.store.pool, caller, id)).not.toBeNull();
  });
});
