import { randomUUID } from 'node:crypto';

import { listOf } from '../../src/api/answer-schema.ts';
import { event as eventShape } from '../../src/api/event-answer.ts';
import { newWebhookEndpoint, webhookEndpoint } from '../../src/api/webhook-endpoint-answer.ts';
import { until } from '../store/shop.ts';
import { answer, closeSocket, hang, Inbox, type Post, verified } from '../support/inbox.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { anotherMerchant, Merchant, operated } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;
let stranger: Merchant;
let inbox: Inbox;
let drawn = 0;
const endpoints: string[] = [];

beforeAll(async () => {
  stack = await launch({ EGRESS_ALLOW: '127.0.0.1:*', WEBHOOK_SCHEDULE: '0.3,0.3,0.5' });
  merchant = new Merchant(stack.ready);
  stranger = anotherMerchant(stack);
  inbox = await Inbox.open();
});
afterAll(async () => {
  await stack.remove();
  await inbox.close();
});
afterEach(async () => {
  for (const id of endpoints.splice(0)) await merchant.call('DELETE', `/v1/webhook_endpoints/${id}`); // prettier-ignore
});

const register = async (...events: string[]) => {
  const path = `/${(drawn += 1)}`;
  const given = { url: inbox.url(path), ...(events.length > 0 ? { events } : {}) };
  const { status, body } = await merchant.call('POST', '/v1/webhook_endpoints', given);
  expect(status).toBe(201);
  endpoints.push(body.id);
  return { path, ...newWebhookEndpoint.parse(body) };
};
const is = (status: string) => (payment: any) => payment.status === status;
const paid = async (given: object = {}) => {
  const { body } = await merchant.create(given);
  const withCode = await merchant.until(body.id, is('requires_action'), 60_000);
  expect((await merchant.payer(withCode, 'pay')).status).toBe(200);
  return merchant.until(body.id, is('succeeded'), 60_000);
};
const eventsOf = async (object_id: string) => {
  const { body } = await merchant.call('GET', `/v1/events?object_id=${object_id}&limit=100`);
  return listOf(eventShape).parse(body) as unknown as { data: any[]; has_more: boolean };
};
/** The delivery of the event that came here, once it looks like this. */
const delivery = (event: string, endpoint: string, done: (one: any) => boolean) =>
  until(async () => {
    const { body } = await merchant.call('GET', `/v1/events/${event}`);
    const found = body.deliveries.find((one: any) => one.endpoint === endpoint);
    return done(found) ? found : null;
  });
/** Each event once: a try whose answer came too late on a busy machine is made again. */
const distinct = (posts: Post[]) => [
  ...new Map(posts.map((post) => [post.event.id, post])).values(),
];
const types = (posts: Post[]) => posts.map(({ event }) => event.type as string);
const sorted = (posts: Post[]) =>
  distinct(posts)
    .map(({ event }) => event)
    .toSorted((a, b) => a.sequence - b.sequence);

describe('a webhook endpoint', () => {
  test('is made with a secret that is shown once, listed, read and deleted', async () => {
    const given = { url: 'https://shop.example/hook', events: ['payment.*', 'case.opened'], description: 'mine' }; // prettier-ignore
    const { status, body, headers } = await merchant.call('POST', '/v1/webhook_endpoints', given);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/v1/webhook_endpoints/${body.id}`);
    const { secret, ...made } = newWebhookEndpoint.parse(body);
    expect(made).toMatchObject({ ...given, object: 'webhook_endpoint', status: 'enabled' });
    expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
    const read = await merchant.call('GET', `/v1/webhook_endpoints/${made.id}`);
    expect(read.body).toEqual(made);
    const list = await merchant.call('GET', '/v1/webhook_endpoints');
    expect(listOf(webhookEndpoint).parse(list.body).data).toContainEqual(made);
    const gone = await merchant.call('DELETE', `/v1/webhook_endpoints/${made.id}`);
    expect(gone).toMatchObject({ status: 200, body: { id: made.id, object: 'webhook_endpoint', deleted: true } }); // prettier-ignore
    for (const method of ['GET', 'DELETE'])
      expect((await merchant.call(method, `/v1/webhook_endpoints/${made.id}`)).status).toBe(404);
  });

  test('wants every event unless it says otherwise', async () => {
    const { body } = await merchant.call('POST', '/v1/webhook_endpoints', { url: 'https://shop.example/' }); // prettier-ignore
    expect(body).toMatchObject({ events: ['*'], description: null });
    await merchant.call('DELETE', `/v1/webhook_endpoints/${body.id}`);
  });

  test('asked for twice with one key is one', async () => {
    const ask = (given: object) =>
      merchant.call('POST', '/v1/webhook_endpoints', given, { 'Idempotency-Key': 'hook-1' });
    const [first, again] = [await ask({ url: 'https://a.example/' }), await ask({ url: 'https://a.example/' })]; // prettier-ignore
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await ask({ url: 'https://b.example/' })).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } }); // prettier-ignore
    await merchant.call('DELETE', `/v1/webhook_endpoints/${first.body.id}`);
  });

  test.each([
    'https://localhost/hook', 'https://127.0.0.2/hook', 'https://10.1.2.3/', 'https://169.254.169.254/latest', 'https://[::1]/',
    'https://2130706434/', 'https://0x7f000002/', 'https://[::ffff:10.0.0.1]/', 'http://shop.example/hook',
    'https://user:word@shop.example/', 'http://user:word@127.0.0.1:81/', 'https://db/',
  ])('at %s is refused, and so is such a notify_url', async (url) => {
    const refused = await merchant.call('POST', '/v1/webhook_endpoints', { url });
    expect(refused).toMatchObject({ status: 422, body: { code: 'webhook_url_not_allowed', errors: [{ pointer: '/url' }] } });
    const payment = await merchant.create({ notify_url: url });
    expect(payment).toMatchObject({ status: 422, body: { code: 'webhook_url_not_allowed', errors: [{ pointer: '/notify_url' }] } });
  }); // prettier-ignore

  test.each([
    [{}, 'invalid_field', '/url'],
    [{ url: 'shop.example' }, 'invalid_field', '/url'],
    [{ url: 'ftp://shop.example/' }, 'invalid_field', '/url'],
    [{ url: 7 }, 'invalid_field', '/url'],
    [{ url: 'https://a.example/', events: [] }, 'invalid_field', '/events'],
    [{ url: 'https://a.example/', events: ['payment.suceeded'] }, 'invalid_field', '/events/0'],
    [{ url: 'https://a.example/', events: 'payment.*' }, 'invalid_field', '/events'],
    [{ url: 'https://a.example/', secret: 'whsec_mine' }, 'unknown_field', '/secret'],
  ])('asked for as %j is refused: %s at %s', async (given, code, pointer) => {
    const refused = await merchant.call('POST', '/v1/webhook_endpoints', given);
    expect(refused).toMatchObject({ status: 400, body: { code, errors: [{ pointer }] } });
  });
});

describe('an endpoint is told', () => {
  test('every event of a payment and its refund, signed, numbered without gaps, with the object as it was', async () => {
    const { path, secret } = await register();
    const payment = await paid();
    const refund = await merchant.call('POST', '/v1/refunds', { payment_id: payment.id, amount: 500 }, { 'Idempotency-Key': randomUUID() }); // prettier-ignore
    expect(refund.status).toBe(201);
    const came = await inbox.until(path, (posts) => types(posts).includes('refund.succeeded') && distinct(posts).length >= 5); // prettier-ignore
    for (const post of came) {
      expect(verified(secret, post)).toEqual(post.event);
      expect(post.headers['webhook-id']).toBe(post.event.id);
    }
    const of = (id: string) => sorted(came.filter(({ event }) => event.data.object.id === id));
    expect(of(payment.id).map(({ type, sequence, data }) => [type, sequence, data.object.status])).toEqual([
      ['payment.created', 1, 'processing'],
      ['payment.requires_action', 2, 'requires_action'],
      ['payment.succeeded', 3, 'succeeded'],
    ]); // prettier-ignore
    expect(of(refund.body.id).map(({ type, sequence }) => [type, sequence])).toEqual([
      ['refund.processing', 1],
      ['refund.succeeded', 2],
    ]);
    const log = await eventsOf(payment.id);
    expect(log.data.map(({ type }) => type)).toEqual(['payment.succeeded', 'payment.requires_action', 'payment.created']); // prettier-ignore
    const { deliveries: _, object: __, ...told } = log.data[0];
    expect(of(payment.id)[2]).toEqual(told);
    const line = await delivery(told.id, endpoints[0]!, (one) => one.status === 'delivered');
    expect(line).toMatchObject({ attempts: 1, last_status_code: 200, next_try_at: null });
    const { body } = await merchant.call('GET', `/v1/payments/${payment.id}/timeline`);
    expect(body.data).toContainEqual(expect.objectContaining({ kind: 'webhook', sequence: null, summary: `payment.succeeded to ${endpoints[0]}: delivered` })); // prettier-ignore
  });

  test('only what it asked for, and sees holes in the numbers', async () => {
    const { path } = await register('payment.created', 'payment.succeeded');
    const payment = await paid();
    const came = await inbox.until(path, (posts) => distinct(posts).length >= 2);
    expect(sorted(came).map(({ type, sequence }) => [type, sequence])).toEqual([
      ['payment.created', 1],
      ['payment.succeeded', 3],
    ]);
    const { data } = await eventsOf(payment.id);
    expect(data.find((one) => one.sequence === 2).deliveries).toEqual([]);
  });

  test('all of many payments at once, each numbered for itself', async () => {
    const { path, secret } = await register('payment.*');
    const payments = await Promise.all(Array.from({ length: 25 }, () => paid()));
    const came = await inbox.until(path, (posts) => distinct(posts).length >= 75, 60_000);
    for (const { id } of payments) {
      const mine = came.filter(({ event }) => event.data.object.id === id);
      expect(sorted(mine).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
      for (const post of mine) verified(secret, post);
    }
    expect(inbox.most.get(path)).toBeLessThanOrEqual(4);
  });
});

describe('F26: a receiver', () => {
  test.each<[string, Parameters<Inbox['behave']>[1]]>([
    ['answers 500', answer(500)],
    ['redirects', (response) => response.writeHead(302, { Location: inbox.url('/elsewhere') }).end()],
    ['closes the socket', closeSocket],
  ])('that %s gets the same event again until it takes it', async (_, behaviour) => {
    const { id, path, secret } = await register('payment.created');
    inbox.behave(path, behaviour, behaviour, answer(200));
    await merchant.create();
    const came = await inbox.until(path, (posts) => posts.length >= 3);
    for (const post of came) verified(secret, post);
    expect(new Set(came.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([came[0]!.event.id]));
    expect(await delivery(came[0]!.event.id, id, (one) => one.status === 'delivered')).toMatchObject({ attempts: 3 });
    expect(inbox.at('/elsewhere')).toEqual([]);
  }); // prettier-ignore

  test('that answers 410 is disabled', async () => {
    const { id, path } = await register('payment.created');
    inbox.behave(path, answer(410));
    await merchant.create();
    const [came] = await inbox.until(path, (posts) => posts.length >= 1);
    expect(await delivery(came!.event.id, id, (one) => one.status === 'failed')).toMatchObject({ last_status_code: 410, next_try_at: null }); // prettier-ignore
    expect((await merchant.call('GET', `/v1/webhook_endpoints/${id}`)).body).toMatchObject({ status: 'disabled' }); // prettier-ignore
    const { body } = await merchant.create();
    expect((await eventsOf(body.id)).data.at(-1).deliveries).toEqual([]);
    expect(inbox.at(path)).toHaveLength(1);
  });

  test('that hangs keeps nobody else waiting, neither receivers nor payments', async () => {
    const [slow, quick] = [await register('payment.created'), await register('payment.created')];
    inbox.behave(slow.path, hang);
    await Promise.all(Array.from({ length: 8 }, () => merchant.create()));
    await inbox.until(slow.path, (posts) => posts.length >= 4);
    const { body } = await merchant.create();
    expect(body.status).toBe('requires_action');
    await inbox.until(quick.path, (posts) => posts.some(({ event }) => event.data.object.id === body.id), 10_000); // prettier-ignore
    expect(inbox.most.get(slow.path)).toBe(4);
  });

  test('that is deleted gets nothing more', async () => {
    const { id, path } = await register('payment.created');
    inbox.behave(path, answer(500));
    await merchant.create();
    const [came] = await inbox.until(path, (posts) => posts.length >= 2);
    await merchant.call('DELETE', `/v1/webhook_endpoints/${id}`);
    await delivery(came!.event.id, id, (one) => one.status === 'canceled');
    const { length } = inbox.at(path);
    const other = await register('payment.created');
    await merchant.create();
    await inbox.until(other.path, (posts) => posts.length >= 1);
    expect(inbox.at(path).length - length).toBeLessThanOrEqual(1); // one may have been on its way
  });
});

describe('a redelivery', () => {
  test('sends an event again, also one that was delivered, with the same id', async () => {
    const { id, path, secret } = await register('payment.created');
    await merchant.create();
    const [came] = await inbox.until(path, (posts) => posts.length >= 1);
    await delivery(came!.event.id, id, (one) => one.status === 'delivered');
    const call = `/v1/events/${came!.event.id}/redeliver`;
    const ask = () => merchant.call('POST', call, undefined, { 'Idempotency-Key': 'again' });
    const begun = await ask();
    expect(begun).toMatchObject({ status: 202, body: { id: came!.event.id, object: 'event' } });
    const [, again] = await inbox.until(path, (posts) => posts.length >= 2);
    expect(again!.body).toBe(came!.body);
    expect(again!.headers['webhook-id']).toBe(came!.headers['webhook-id']);
    verified(secret, again!);
    await delivery(came!.event.id, id, (one) => one.status === 'delivered' && one.attempts === 2);
    expect((await ask()).headers.get('idempotent-replayed')).toBe('true'); // a repeat of the request is no third post
    expect(await delivery(came!.event.id, id, () => true)).toMatchObject({ status: 'delivered', attempts: 2 }); // prettier-ignore
  });

  test('reaches an endpoint that was not there when it happened', async () => {
    const { body } = await merchant.create();
    const [event] = (await eventsOf(body.id)).data.slice(-1);
    expect(event).toMatchObject({ type: 'payment.created', deliveries: [] });
    const { path } = await register('payment.created');
    expect((await merchant.call('POST', `/v1/events/${event.id}/redeliver`)).status).toBe(202);
    const [came] = await inbox.until(path, (posts) => posts.length >= 1);
    expect(came!.event).toMatchObject({ id: event.id, data: event.data });
  });
});

describe('a notify_url', () => {
  test('is told of its own payment alone, refunds included, signed with the secret of the app', async () => {
    const path = `/${(drawn += 1)}`;
    const payment = await paid({ notify_url: inbox.url(path) });
    await paid();
    const refund = await merchant.call('POST', '/v1/refunds', { payment_id: payment.id }, { 'Idempotency-Key': randomUUID() }); // prettier-ignore
    const came = await inbox.until(path, (posts) => types(posts).includes('refund.succeeded') && distinct(posts).length >= 5); // prettier-ignore
    const { webhook_secret } = operated(stack, 'secret', '--app', stack.ready.app!);
    for (const post of came) verified(webhook_secret, post);
    expect(new Set(came.map(({ event }) => event.data.object.id))).toEqual(new Set([payment.id, refund.body.id])); // prettier-ignore
    const { data } = await eventsOf(payment.id);
    for (const { deliveries } of data) expect(deliveries).toMatchObject([{ endpoint: 'notify_url' }]); // prettier-ignore
  });
});

test('another merchant sees neither endpoints nor events, and is told of nothing', async () => {
  const { id, path } = await register();
  const hook = inbox.url('/stranger');
  const theirs = await stranger.call('POST', '/v1/webhook_endpoints', { url: hook });
  const { body } = await merchant.create();
  await inbox.until(path, (posts) => posts.length >= 2);
  const [event] = (await eventsOf(body.id)).data;
  for (const [method, call] of [
    ['GET', `/v1/webhook_endpoints/${id}`],
    ['DELETE', `/v1/webhook_endpoints/${id}`],
    ['GET', `/v1/events/${event.id}`],
    ['POST', `/v1/events/${event.id}/redeliver`],
  ] as const)
    expect(await stranger.call(method, call)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  expect((await stranger.call('GET', '/v1/events')).body.data).toEqual([]);
  expect((await stranger.call('GET', `/v1/events?object_id=${body.id}`)).body.data).toEqual([]);
  const seen = (await stranger.call('GET', '/v1/webhook_endpoints')).body.data;
  expect(seen.map((one: any) => one.id)).toEqual([theirs.body.id]);
  await stranger.create();
  const told = await inbox.until('/stranger', (posts) => posts.length >= 1);
  expect(told.map((post) => post.event.data.object.id)).not.toContain(body.id);
  await stranger.call('DELETE', `/v1/webhook_endpoints/${theirs.body.id}`);
});

test('events are listed in pages, by object and by type', async () => {
  await paid();
  const all: any[] = [];
  for (let after = ''; ; after = `&starting_after=${all.at(-1).id}`) {
    const { body } = await merchant.call('GET', `/v1/events?type=payment.succeeded&limit=2${after}`); // prettier-ignore
    all.push(...body.data);
    if (!body.has_more || all.length > 6) break;
  }
  expect(all.length).toBeGreaterThanOrEqual(2);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  expect(new Set(all.map(({ type }) => type))).toEqual(new Set(['payment.succeeded']));
  expect((await merchant.call('GET', '/v1/events?starting_after=evt_none')).status).toBe(400);
  expect((await merchant.call('GET', '/v1/events?merchant=x')).status).toBe(400);
});

test('a worker that is killed while the receiver is at it sends the same event again', async () => {
  const { id, path, secret } = await register('payment.created');
  let isKilled = false;
  inbox.behave(path, (response) => {
    if (!isKilled) for (const pid of stack.ready.pids.worker) process.kill(pid, 'SIGKILL');
    isKilled = true;
    response.end(); // the receiver has it; nobody is there to write that down
  });
  const { body } = await merchant.create({ wait: 0 });
  const came = await inbox.until(path, (posts) => posts.length >= 2, 90_000);
  for (const post of came) verified(secret, post);
  expect(came[1]!.headers['webhook-id']).toBe(came[0]!.headers['webhook-id']);
  expect(came[1]!.body).toBe(came[0]!.body);
  expect(came[0]!.event.data.object.id).toBe(body.id);
  expect(await delivery(came[0]!.event.id, id, (one) => one.status === 'delivered')).toMatchObject({ attempts: 1 }); // prettier-ignore
  await merchant.until(body.id, is('requires_action'));
}, 120_000);
