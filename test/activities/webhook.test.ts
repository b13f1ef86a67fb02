import { once } from 'node:events';
import { createServer } from 'node:net';

import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';

import { webhookActivities } from '../../src/activities/webhook.ts';
import { post } from '../../src/activities/webhook-post.ts';
import type { Caller } from '../../src/store/api-key.ts';
import { findEvent, redeliver } from '../../src/store/event.ts';
import type { DeliveryRound, Store } from '../../src/store/store.ts';
import { deleteEndpoint, findEndpoint, insertEndpoint } from '../../src/store/webhook-endpoint.ts';
import { Shop, times } from '../store/shop.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { answer, type Behaviour, closeSocket, hang, Inbox, verified } from '../support/inbox.ts';

let database: Database;
let shop: Shop;
let caller: Caller;
let inbox: Inbox;
let drawn = 0;
const started: DeliveryRound[] = [];

beforeAll(async () => {
  database = await openDatabase();
  const startDelivery = (delivery: DeliveryRound) => Promise.resolve(void started.push(delivery));
  shop = await Shop.open(database.open({ startDelivery }));
  caller = shop.caller;
  inbox = await Inbox.open();
});
afterAll(async () => {
  await inbox.close();
  await database.close();
});

const over = (store: Store, given: Partial<Parameters<typeof webhookActivities>[0]> = {}) =>
  webhookActivities({ store, schedule: [5, 300], egressAllow: ['127.0.0.1:*'], resolve: () => Promise.reject(new Error('nobody is asked')), timeoutMs: 20_000, ...given }); // prettier-ignore

/** An event on its way to a path of its own, which behaves so. */
async function pending(...behaviours: Behaviour[]) {
  const path = `/${(drawn += 1)}`;
  if (behaviours.length > 0) inbox.behave(path, ...behaviours);
  return { path, ...(await pendingTo(inbox.url(path))) };
}

async function pendingTo(url: string) {
  await shop.store.pool.query(`delete from webhook_endpoints`);
  const made = await insertEndpoint(shop.store, caller, { url, events: ['payment.created'], description: null }, null); // prettier-ignore
  if (made.kind === 'key_reused') throw new Error('no key was given');
  started.length = 0;
  const payment = await shop.create();
  const [round] = started;
  const { rows } = await shop.store.pool.query('select event_id from deliveries where id = $1', [round!.id]); // prettier-ignore
  const event = rows[0].event_id as string;
  const state = async () => (await findEvent(shop.store.pool, caller, event))!.deliveries[0]!;
  return { endpoint: made.endpoint, payment, event, round: round!, state };
}

/** Milliseconds to the next try, or null when none is wanted. */
async function tryIt({ id, round }: DeliveryRound, activities = over(shop.store), attempt = 1) {
  try {
    await new MockActivityEnvironment({ attempt }).run(activities.deliver, id, round);
    return null;
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    expect(error).toMatchObject({ type: 'NotDelivered', category: 'BENIGN' });
    return Number(error.nextRetryDelay);
  }
}

/** The time of the next try has come. */
const due = (id: string) =>
  shop.store.pool.query('update deliveries set next_try_at = clock_now() where id = $1', [id]);

describe('F26: a webhook', () => {
  test('carries the event as it was, signed as the published library verifies it', async () => {
    const { path, round, event, payment, endpoint, state } = await pending();
    await shop.cancel(payment.id);
    expect(await tryIt(round)).toBeNull();
    const [came] = inbox.at(path);
    const { data, created_at } = (await findEvent(shop.store.pool, caller, event))!;
    expect(Object.keys(came!.event)).toEqual(['id', 'type', 'created_at', 'sequence', 'data']);
    expect(verified(endpoint.secret, came!)).toEqual({
      id: event,
      type: 'payment.created',
      created_at: created_at.toISOString(),
      sequence: 1,
      data,
    });
    expect(came!.event.data.object).toMatchObject({ id: payment.id, status: 'processing', sequence: 1 }); // prettier-ignore
    expect(came!.headers).toMatchObject({
      'webhook-id': event,
      'content-type': 'application/json',
    });
    expect(await state()).toMatchObject({ status: 'delivered', attempts: 1, last_status_code: 200, next_try_at: null }); // prettier-ignore
  });

  test('is refused by the library when a byte of it, its id, its time or its secret is another', async () => {
    const { path, round, endpoint } = await pending();
    await tryIt(round);
    const came = inbox.at(path)[0]!;
    const time = String(Number(came.headers['webhook-timestamp']) - 1);
    const forged = [
      { ...came, body: came.body.replace('"sequence":1', '"sequence":2') },
      { ...came, headers: { ...came.headers, 'webhook-id': 'evt_other' } },
      { ...came, headers: { ...came.headers, 'webhook-timestamp': time } },
    ];
    for (const one of forged) expect(() => verified(endpoint.secret, one)).toThrow('signature');
    expect(() => verified(`whsec_${Buffer.alloc(32).toString('base64')}`, came)).toThrow('signature'); // prettier-ignore
    expect(verified(endpoint.secret, came)).toBeTruthy();
  });

  test('answered 500 comes again after the ladder, with the same id and body, and ends at 200', async () => {
    const { path, round, event, endpoint, state } = await pending(answer(500), answer(503), answer(200)); // prettier-ignore
    const first = await tryIt(round);
    expect(first).toBeGreaterThanOrEqual(5_000);
    expect(first).toBeLessThanOrEqual(6_000);
    expect(await state()).toMatchObject({ status: 'pending', attempts: 1, last_status_code: 500 });
    const early = await tryIt(round); // a worker that comes too soon sends nothing
    expect(early).toBeGreaterThan(3_000);
    expect(inbox.at(path)).toHaveLength(1);
    await due(round.id);
    const second = await tryIt(round);
    expect(second).toBeGreaterThanOrEqual(300_000);
    expect(second).toBeLessThanOrEqual(360_000);
    await due(round.id);
    expect(await tryIt(round)).toBeNull();
    expect(await tryIt(round)).toBeNull(); // through: nothing is sent any more
    const came = inbox.at(path);
    expect(came.map(({ headers }) => headers['webhook-id'])).toEqual([event, event, event]);
    expect(new Set(came.map(({ body }) => body)).size).toBe(1);
    for (const one of came) verified(endpoint.secret, one);
    expect(await state()).toMatchObject({
      status: 'delivered',
      attempts: 3,
      last_status_code: 200,
    });
  });

  test.each([201, 202, 204, 299])('answered %i is delivered', async (status) => {
    const { round, state } = await pending(answer(status));
    expect(await tryIt(round)).toBeNull();
    expect(await state()).toMatchObject({ status: 'delivered', last_status_code: status });
  });

  test.each<[string, Behaviour, number | null]>([
    ['404', answer(404), 404],
    ['302, which is not followed', (response) => response.writeHead(302, { Location: inbox.url('/elsewhere') }).end(), 302],
    ['307, which is not followed', (response) => response.writeHead(307, { Location: inbox.url('/elsewhere') }).end(), 307],
    ['with a closed socket', closeSocket, null],
    ['with nonsense', (response) => response.socket?.end('I AM NOT HTTP\r\n\r\n'), null],
    ['with an upgrade', (response) => response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'), null],
    ['with headers without end', (response) => response.socket?.end(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(200_000)}\r\n\r\n`), null],
  ])('answered %s is tried again', async (_, behaviour, last_status_code) => {
    const { round, state } = await pending(behaviour);
    expect(await tryIt(round)).toBeGreaterThanOrEqual(5_000);
    expect(await state()).toMatchObject({ status: 'pending', attempts: 1, last_status_code });
    expect(inbox.at('/elsewhere')).toEqual([]);
  }); // prettier-ignore

  test('that nobody answers in time is tried again', async () => {
    const { round, state } = await pending(hang);
    expect(await tryIt(round, over(shop.store, { timeoutMs: 200 }))).toBeGreaterThanOrEqual(5_000);
    expect(await state()).toMatchObject({ status: 'pending', attempts: 1, last_status_code: null });
  });

  test('answered 200 with a body without end is delivered, and the rest is not heard', async () => {
    let cutOff: () => void;
    const isCutOff = new Promise<void>((resolve) => (cutOff = resolve));
    const { round, state } = await pending((response) => {
      response.once('close', () => cutOff());
      const pour = () => {
        while (response.write('x'.repeat(10_000)));
      };
      response.on('drain', pour);
      pour();
    });
    expect(await tryIt(round)).toBeNull();
    expect(await state()).toMatchObject({ status: 'delivered' });
    await isCutOff;
  });

  test('answered 429 waits as long as it is asked to', async () => {
    const { round } = await pending(answer(429, { 'Retry-After': '120' }));
    const pause = await tryIt(round);
    expect(pause).toBeGreaterThanOrEqual(120_000);
    expect(pause).toBeLessThanOrEqual(144_000);
  });

  test('answered 410 disables its endpoint and is not tried again', async () => {
    const { round, state, endpoint } = await pending(answer(410));
    expect(await tryIt(round)).toBeNull();
    expect(await state()).toMatchObject({ status: 'failed', attempts: 1, last_status_code: 410 });
    expect(await findEndpoint(shop.store.pool, caller, endpoint.id)).toMatchObject({ status: 'disabled' }); // prettier-ignore
  });

  test('has failed 30 days after it began', async () => {
    const { round, state } = await pending(answer(500));
    await shop.store.pool.query(`update deliveries set tries = 40, began_at = clock_now() - interval '30 days' where id = $1`, [round.id]); // prettier-ignore
    expect(await tryIt(round)).toBeNull();
    expect(await state()).toMatchObject({ status: 'failed', last_status_code: 500, next_try_at: null }); // prettier-ignore
  });

  test('to an endpoint that is deleted is not sent', async () => {
    const { round, path, endpoint, state } = await pending(answer(500));
    await tryIt(round);
    await deleteEndpoint(shop.store.pool, caller, endpoint.id);
    await due(round.id);
    expect(await tryIt(round)).toBeNull();
    expect(inbox.at(path)).toHaveLength(1);
    expect(await state()).toMatchObject({ status: 'canceled', attempts: 1 });
  });

  test('of an endpoint that vanished while its event was written is canceled', async () => {
    const { round, path, state } = await pending();
    await shop.store.pool.query('delete from webhook_endpoints');
    expect(await tryIt(round)).toBeNull();
    expect(inbox.at(path)).toEqual([]);
    expect(await state()).toMatchObject({ status: 'canceled', next_try_at: null });
  });

  test('of a round that is over is not sent; the new round is', async () => {
    const { round, path, event } = await pending(answer(500), answer(200));
    await tryIt(round);
    await redeliver(shop.store, caller, { id: event, type: 'payment.created' }, null);
    expect(await tryIt(round)).toBeNull();
    expect(inbox.at(path)).toHaveLength(1);
    expect(await tryIt({ ...round, round: 2 })).toBeNull();
    expect(inbox.at(path)).toHaveLength(2);
  });

  test('whose answer could not be written down comes again, with the same id', async () => {
    const { round, path, event, state } = await pending();
    await expect(tryIt(round, over(forgetful(shop.store)))).rejects.toThrow('PostgreSQL is away');
    expect(await state()).toMatchObject({ status: 'pending', attempts: 0 });
    expect(await tryIt(round)).toBeNull();
    expect(inbox.at(path).map(({ headers }) => headers['webhook-id'])).toEqual([event, event]);
    expect(await state()).toMatchObject({ status: 'delivered', attempts: 1 });
  });
});

/** A store that loses the first thing it should write. */
function forgetful(store: Store): Store {
  let isLost = false;
  const query = (asked: string | { text: string }, values?: unknown[]) => {
    const text = typeof asked === 'string' ? asked : asked.text;
    if (isLost || !text.trim().startsWith('update'))
      return store.pool.query(asked as string, values);
    isLost = true;
    return Promise.reject(new Error('PostgreSQL is away'));
  };
  return { ...store, pool: { query } as unknown as Store['pool'] };
}

describe('a target inside our network', () => {
  const lookups: string[] = [];
  const leadingTo = (...addresses: string[]) =>
    over(shop.store, { resolve: (host) => Promise.resolve(void lookups.push(host)).then(() => addresses) }); // prettier-ignore

  beforeEach(() => (lookups.length = 0));

  test.each([
    ['127.0.0.1'],
    ['93.184.216.34', '10.0.0.1'],
    ['2606:4700:4700::1111', '::ffff:127.0.0.1'],
    ['169.254.169.254'],
  ])('that a public name leads to (%s) gets no packet', async (...addresses) => {
    const before = inbox.connections;
    const { round, state } = await pendingTo(`https://shop.example:${inbox.port}/hook`);
    expect(await tryIt(round, leadingTo(...addresses))).toBeGreaterThanOrEqual(5_000);
    expect(lookups).toEqual(['shop.example']);
    expect(inbox.connections).toBe(before);
    expect(await state()).toMatchObject({ status: 'pending', attempts: 1, last_status_code: null });
  });

  test.each(['https://127.0.0.1:PORT/', 'http://127.0.0.1:PORT/', 'https://localhost:PORT/', 'https://[::ffff:7f00:1]:PORT/'])(
    'that is no longer allowed gets no packet: %s',
    async (url) => {
      const before = inbox.connections;
      const { round } = await pendingTo(url.replace('PORT', String(inbox.port)));
      expect(await tryIt(round, over(shop.store, { egressAllow: [] }))).toBeGreaterThanOrEqual(5_000); // prettier-ignore
      expect(inbox.connections).toBe(before);
    },
  ); // prettier-ignore

  test('is open to test keys alone, whatever EGRESS_ALLOW says', async () => {
    const { round, path, payment } = await pending();
    await shop.store.pool.query('update payments set livemode = true where id = $1', [payment.id]);
    expect(await tryIt(round)).toBeGreaterThanOrEqual(5_000);
    expect(inbox.at(path)).toEqual([]);
  });

  test('by a name that EGRESS_ALLOW lists is reached', async () => {
    const { round } = await pendingTo(`http://localhost:${inbox.port}/named`);
    expect(await tryIt(round, over(shop.store, { egressAllow: [`localhost:${inbox.port}`] }))).toBeNull(); // prettier-ignore
    expect(inbox.at('/named')[0]!.headers['host']).toBe(`localhost:${inbox.port}`);
  });

  test('a name that does not exist is tried again', async () => {
    const { round, state } = await pendingTo('https://nobody.example/');
    const nobody = over(shop.store, { resolve: () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })) }); // prettier-ignore
    expect(await tryIt(round, nobody)).toBeGreaterThanOrEqual(5_000);
    expect(await state()).toMatchObject({ attempts: 1, last_status_code: null });
  });

  test('a connection goes to the address that was checked, under the name that was asked for', async () => {
    const url = new URL(`http://rebinding.example:${inbox.port}/pinned`);
    const sent = { url, headers: {}, body: '{}', timeout_ms: 20_000 };
    expect(await post({ ...sent, addresses: ['127.0.0.1'] })).toMatchObject({ kind: 'answered', status: 200 }); // prettier-ignore
    expect(inbox.at('/pinned')[0]!.headers['host']).toBe(`rebinding.example:${inbox.port}`);
    expect(await post({ ...sent, addresses: [] })).toMatchObject({ kind: 'lost' });
  });

  test('TLS asks for the name, too', async () => {
    const names: string[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (hello: Buffer) => {
        names.push(hello.toString('latin1'));
        socket.destroy();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const url = new URL(`https://rebinding.example:${port}/`);
    const sent = { url, headers: {}, body: '{}', timeout_ms: 20_000, addresses: ['127.0.0.1'] };
    expect(await post(sent)).toMatchObject({ kind: 'lost' });
    expect(names).toEqual([expect.stringContaining('rebinding.example')]);
    server.close();
  });
});

describe('a receiver that hangs', () => {
  test('holds four posts and delays nobody else', async () => {
    const slow: DeliveryRound[] = [];
    const { path, endpoint } = await pending(hang);
    started.length = 0;
    await Promise.all(times(60, () => shop.create()));
    slow.push(...started);
    const activities = over(shop.store, { timeoutMs: 6_000 });
    const tries = slow.map((round, i) => tryIt(round, activities, i < 30 ? 1 : 50));
    await inbox.until(path, (posts) => posts.length === 4);
    const { round: quick, path: other } = await pendingElsewhere(endpoint.id);
    const began = performance.now();
    expect(await tryIt(quick, activities)).toBeNull();
    expect(performance.now() - began).toBeLessThan(4_000);
    expect(inbox.at(other)).toHaveLength(1);
    const pauses = await Promise.all(tries);
    expect(inbox.most.get(path)).toBe(4);
    const [fresh, tired] = [pauses.slice(0, 30), pauses.slice(30)];
    expect(fresh.filter((pause) => pause! <= 1_500).length).toBeGreaterThanOrEqual(20); // they left this process at once
    expect(tired.filter((pause) => pause! >= 32_000).length).toBeGreaterThanOrEqual(20);
    const { rows } = await shop.store.pool.query('select attempts from deliveries where id = any($1)', [slow.map(({ id }) => id)]); // prettier-ignore
    const posted = rows.filter(({ attempts }) => attempts === 1).length;
    expect(posted).toBe(inbox.at(path).length); // one that was only busy has not been tried
  });

  async function pendingElsewhere(hanging: string) {
    await shop.store.pool.query(`update webhook_endpoints set events = '{case.opened}' where id = $1`, [hanging]); // prettier-ignore
    const path = `/${(drawn += 1)}`;
    await insertEndpoint(shop.store, caller, { url: inbox.url(path), events: ['*'], description: null }, null); // prettier-ignore
    started.length = 0;
    await shop.create();
    return { round: started[0]!, path };
  }
});
