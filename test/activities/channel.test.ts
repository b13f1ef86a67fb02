import { randomBytes } from 'node:crypto';

import { MockActivityEnvironment } from '@temporalio/testing';

import { type ChannelActivities, channelActivities } from '../../src/activities/channel.ts';
import type { Call, Channel } from '../../src/channels/channel.ts';
import type { Order } from '../../src/channels/order.ts';
import { wechatPay } from '../../src/channels/wechat-pay/channel.ts';
import type { ProbeEnd } from '../../src/domain/circuit.ts';
import { failureBy, failureOf } from '../../src/domain/failure.ts';
import type { CreateAnswer, QueryAnswer } from '../../src/domain/outcome.ts';
import type { Beginning } from '../../src/store/health-board.ts';
import { takeFence } from '../../src/store/operation.ts';
import { insertPayment } from '../../src/store/payment.ts';
import { record } from '../../src/store/record.ts';
import { sealToken } from '../../src/store/sealed-token.ts';
import { Shop, until } from '../store/shop.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { type ChannelServer, openServer } from './channel-server.ts';

let database: Database;
let shop: Shop;
let server: ChannelServer;
let activities: ChannelActivities;
const orders: Order[] = [];
let said: QueryAnswer = { kind: 'open' };
let made: CreateAnswer | 'as replied' = { kind: 'pending' };
let replied = '';
/** What the create asks before it orders something. */
let questions = 0;
/** May a new attempt begin? And what was counted. */
let beginning: Beginning = { kind: 'free' };
const counted: unknown[][] = [];
/** The channels that refused by a code that we do not map. */
const unmapped: string[] = [];
/** Where its requests bear a token. */
let grant: Channel['grant'];

/** Sends for real, and reads its answer from the test. */
const scripted: Channel = {
  ...(wechatPay as Channel),
  parseAccount: (settings) => settings,
  create: (call, order) => spoken(call, order, made).then((answer) => answer as CreateAnswer),
  query: (call, order) => spoken(call, order, said).then((answer) => answer as QueryAnswer),
};

async function spoken<Said>({ send }: Call<unknown>, order: Order, answer: Said) {
  orders.push(order);
  for (let asked = 0; asked < questions; asked += 1)
    await send({ method: 'GET', url: `${server.url}/question`, headers: {}, body: '' });
  const request = {
    method: 'POST',
    url: server.url,
    headers: {},
    body: '{"openid":"o_1"}',
  } as const;
  const reply = await send(request);
  if (reply.kind === 'reply') return answer === 'as replied' ? (JSON.parse(reply.body) as CreateAnswer) : answer; // prettier-ignore
  return reply.kind === 'never_sent' ? reply : ({ kind: 'unknown', detail: reply.detail } as const);
}

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(database.open());
  server = await openServer((response) => response.end(replied));
  activities = channelActivities({
    store: shop.store,
    channelFor: (slug) => {
      if (slug !== 'wechat-pay') return undefined;
      return grant ? { ...scripted, grant } : scripted;
    },
    publicUrl: 'https://pay.example',
    pollSchedule: [5, 7, 60],
    health: {
      begin: () => Promise.resolve(beginning),
      count: (...call) => void counted.push(call),
    },
    countUnmapped: (channel) => void unmapped.push(channel),
  });
});
afterAll(async () => {
  await server.close();
  await database.close();
});
beforeEach(() => {
  orders.length = 0;
  made = { kind: 'pending' };
  replied = '{"openid":"o_2"}';
  questions = 0;
  grant = undefined;
  server.requests.length = 0;
  beginning = { kind: 'free' };
  counted.length = 0;
});

const exchangesOf = async (payment: string) => {
  const text =
    'select verb, request, response, result from channel_exchanges where payment_id = $1';
  return (await shop.store.pool.query(text, [payment])).rows;
};

describe('a call', () => {
  test('asks for what is stored, leaves once, and is kept without the payer', async () => {
    const payment = await shop.create();
    const operation = await shop.open(payment.id, 'create');
    expect(await activities.call(operation)).toMatchObject({ sequence: 2, status: 'processing' });
    const [attempt] = (await shop.load(payment.id)).attempts;
    expect(orders).toEqual([
      {
        method: 'wechat_pay_qr',
        reference: attempt!.id,
        amount: 1_999,
        currency: 'CNY',
        description: 'Two tickets',
        expires_at: expect.stringMatching(/T\d\d:\d\d:\d\d\.000Z$/),
        notify_url: `https://pay.example/v1/callbacks/wechat-pay/${shop.account}`,
        return_url: 'https://pay.example/return',
        capture: 'automatic',
        token: null,
        usage: 'once',
        returned: null,
        calls: [{ run_at: attempt!.operations[0]!.run_at, ended: null }],
        reports: { names: [], before: [], late_ms: null },
        channel_key: attempt!.id,
        handle: null,
      },
    ]);
    const late = Date.parse(orders[0]!.expires_at) - payment.expires_at;
    expect(late).toBeGreaterThanOrEqual(0); // whole seconds, and never before the payer's time is over
    expect(late).toBeLessThan(1_000);
    expect(await exchangesOf(payment.id)).toEqual([
      {
        verb: 'create',
        request: `POST ${server.url}\n{"openid":"[redacted]"}`,
        response: '200\n{"openid":"[redacted]"}',
        result: '200',
      },
    ]);
  });

  test('that is refused by a code that we do not map is counted, and one that we do is not', async () => {
    const words = { code: 'OF_TOMORROW', message: null };
    for (const meaning of ['card_declined', undefined] as const) {
      made = { kind: 'declined', failure: failureBy(meaning, words) };
      const payment = await shop.create();
      await activities.call(await shop.open(payment.id, 'create'));
    }
    expect(unmapped).toEqual(['wechat-pay']);
  });

  test('knows what its channel has reported since, and the last that it had reported before', async () => {
    const publish = (name: string, hours: number) =>
      shop.store.pool.query(
        "insert into reports (channel_account, name, published_at) values ($1, $2, now() + $3 * interval '1 hour')",
        [shop.account, name, hours],
      );
    for (let file = 1; file <= 12; file += 1) await publish(`of_before_${file}`, file - 13);
    const { id } = await shop.create();
    await publish('second', 2);
    await publish('first', 1);
    await activities.call(await shop.open(id, 'create'));
    const { names, before, late_ms } = orders[0]!.reports!;
    expect([names, before.length, before[0], late_ms]).toEqual([['first', 'second'], 10, 'of_before_12', null]);
    await shop.store.pool.query('delete from reports');
  }); // prettier-ignore

  test('opens what the payer’s method came with; what was kept before it was sealed goes as it is', async () => {
    const order = shop.order();
    const owner = { app_id: order.terms.app_id, livemode: false };
    for (const token of [sealToken(shop.store.keyring, 'o_payer', owner), 'o_payer']) {
      const made = await insertPayment(shop.store, {
        ...shop.order(),
        choice: { ...order.choice!, token },
      });
      if (made.kind !== 'created') throw new Error(made.kind);
      await activities.call(await shop.open(made.payment.id, 'create'));
      expect(orders.at(-1)).toMatchObject({ token: 'o_payer' });
    }
  });

  test('that is made twice leaves once: the second is told to ask', async () => {
    const { id } = await shop.create();
    const operation = await shop.open(id, 'create');
    const answers = await Promise.all([activities.call(operation), activities.call(operation)]);
    expect(answers.every((answer) => 'sequence' in answer)).toBe(true);
    expect([server.requests.length, (await exchangesOf(id)).length]).toEqual([1, 1]);
    expect(orders[1]).toEqual(orders[0]);
  });

  test('of a payment that was given up never leaves', async () => {
    const { id } = await shop.create();
    const operation = await shop.open(id, 'create');
    await shop.cancel(id);
    expect(await activities.call(operation)).toMatchObject({ status: 'canceled' });
    expect(server.requests).toEqual([]);
  });

  test('may ask as often as it needs before it leaves, which it does once', async () => {
    questions = 2;
    const { id } = await shop.create();
    const operation = await shop.open(id, 'create');
    for (let times = 0; times < 2; times += 1) await activities.call(operation);
    const sent = server.requests.map(({ method }) => method);
    expect(sent).toEqual(['GET', 'GET', 'POST', 'GET', 'GET']);
    const kept = (await exchangesOf(id)).map(({ request }) => request.split(' ')[0]);
    expect(kept.sort()).toEqual(sent.sort());
  });

  test('that got no token is counted', async () => {
    const asked = { method: 'POST', url: `${server.url}/token`, headers: {}, body: '' } as const;
    const refused = { kind: 'never_sent', detail: 'ECONNREFUSED' } as const;
    grant = { request: () => asked, read: () => refused };
    const { id } = await shop.create();
    await activities.call(await shop.open(id, 'create'));
    expect(counted).toEqual([[shop.account, 'create', 'refused', 0]]);
  });

  test('bears the channel’s token, which is asked for once and kept nowhere', async () => {
    const token = 't0ken';
    const asked = { method: 'POST', url: `${server.url}/token`, headers: {}, body: '' } as const;
    const read = () => ({ kind: 'granted', token, lives_ms: 3_600_000 }) as const;
    grant = { request: () => asked, read };
    const ids = [(await shop.create()).id, (await shop.create()).id];
    for (const id of ids) await activities.call(await shop.open(id, 'create'));
    expect(server.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/token', undefined],
      ['/', `Bearer ${token}`],
      ['/', `Bearer ${token}`],
    ]);
    for (const id of ids) {
      const kept = await exchangesOf(id);
      expect(kept).toHaveLength(1);
      expect(JSON.stringify(kept)).not.toContain(token);
    }
  });

  test.each([
    [null, 'https://pay.example/return'],
    ['https://shop.example/back', 'https://shop.example/back'],
  ])('for a merchant who names %s as the way back leads to %s', async (named, way) => {
    const { id } = await shop.create();
    await shop.store.pool.query('update payments set return_url = $2 where id = $1', [id, named]);
    await activities.call(await shop.open(id, 'create'));
    expect(orders[0]?.return_url).toBe(way);
  });

  test('with nothing to say about the order says its number', async () => {
    const { id, order_no } = await shop.create();
    await shop.store.pool.query(`update payments set description = '  ' where id = $1`, [id]);
    await activities.call(await shop.open(id, 'create'));
    expect(orders[0]?.description).toBe(order_no);
  });

  test('is recorded with what was said in it, once', async () => {
    const { id } = await shop.create();
    const operation = await shop.open(id, 'create');
    const view = await activities.call(operation);
    const fact = { kind: 'outcome', operation, answer: 'silent' } as const; // of the actor, whom nobody told
    const { due: _, ...known } = await record(shop.store, id, { cause: operation, fact });
    expect(view).toMatchObject(known);
    expect((await shop.timeline(id)).map(({ cause }) => cause)).toEqual([
      expect.any(String),
      operation,
    ]);
    expect(await exchangesOf(id)).toHaveLength(1);
  });

  test('that the store does not record in time goes back as the answer, and what was said is kept', async () => {
    const { id } = await shop.create();
    const operation = await shop.open(id, 'create');
    const [holder, calling] = [await shop.store.pool.connect(), activities.call(operation)];
    try {
      await holder.query('begin');
      await holder.query('select 1 from payments where id = $1 for update', [id]);
      expect(await calling).toEqual({ kind: 'pending' });
      await until(async () => ((await exchangesOf(id)).length === 1 ? true : null));
    } finally {
      await holder.query('rollback');
      holder.release();
    }
    const recorded = async () => ((await shop.timeline(id)).length === 2 ? true : null);
    await until(recorded); // late, by the same cause
    expect(await exchangesOf(id)).toHaveLength(1);
  });

  test('is recorded and kept although its reply holds what PostgreSQL does not', async () => {
    const { id } = await shop.create();
    made = 'as replied';
    const failure = failureOf('card_declined', { code: null, message: 'no\0 \ud800' });
    replied = JSON.stringify({ kind: 'declined', failure }); // escaped, so that the raw body looks clean
    expect(await activities.call(await shop.open(id, 'create'))).toMatchObject({ sequence: 2 });
    expect((await shop.load(id)).failure?.channel_message).toBe('no\uFFFD \uFFFD');
  });

  test('is recorded with the exchange although the raw reply holds a NUL', async () => {
    const { id } = await shop.create();
    replied = 'garbage\0';
    expect(await activities.call(await shop.open(id, 'create'))).toMatchObject({ sequence: 2 });
    expect(await exchangesOf(id)).toMatchObject([{ response: '200\ngarbage\uFFFD' }]);
  });

  test('whose reply tells a number that no index could hold is unknown: the channel is asked', async () => {
    const { id } = await shop.create();
    const channel_reference = randomBytes(5_000).toString('hex');
    const receipt = { channel_reference, amount: 1_999, currency: 'CNY', paid_at: '2026-11-30T00:00:00.000Z' };
    made = { kind: 'approved', receipt } as CreateAnswer;
    expect(await activities.call(await shop.open(id, 'create'))).toMatchObject({ sequence: 2 });
    expect(await shop.load(id)).toMatchObject({ status: 'processing', attempts: [{ status: 'unknown', receipts: [] }] });
  }); // prettier-ignore

  test('is counted by how it ended, with the time that the channel took', async () => {
    const { id } = await shop.create();
    made = { kind: 'unknown', detail: 'garbage' };
    await activities.call(await shop.open(id, 'create'));
    expect(counted).toEqual([[shop.account, 'create', 'unknown', expect.any(Number)]]);
  });

  test('is not made while the circuit is open, and the payment comes again when it may leave', async () => {
    beginning = { kind: 'held_back', why: 'the circuit is open', again_in_ms: 700 };
    const { id } = await shop.create();
    await activities.call(await shop.open(id, 'create'));
    expect([server.requests, counted]).toEqual([[], []]);
    const { updated_at, attempts } = await shop.load(id);
    const due = attempts[0]!.operations;
    expect(due[1]!.run_at - updated_at).toBe(700);
    expect(due.map(({ verb, ended }) => [verb, ended])).toEqual([
      ['create', 'never_sent'],
      ['create', null],
    ]);
  });

  test.each(['an open circuit', 'a missing token'])('that %s stops is unknown where another sender has it', async (what) => {
    const asked = { method: 'POST', url: `${server.url}/token`, headers: {}, body: '' } as const;
    if (what === 'an open circuit') beginning = { kind: 'held_back', why: 'the circuit is open', again_in_ms: null };
    else grant = { request: () => asked, read: () => ({ kind: 'never_sent', detail: 'ECONNREFUSED' }) };
    const { id } = await shop.create();
    const operation = await shop.open(id, 'create');
    expect(await takeFence(shop.store.pool, operation)).toBe('taken'); // by one who has not answered yet
    await activities.call(operation);
    const [create] = (await shop.load(id)).attempts[0]!.operations;
    expect(create).toMatchObject({ verb: 'create', ended: 'unknown' });
  }); // prettier-ignore

  test.each<[CreateAnswer, ProbeEnd]>([
    [{ kind: 'pending' }, 'good'],
    [{ kind: 'unknown', detail: 'garbage' }, 'failed'],
    [{ kind: 'never_sent', detail: 'too often' }, 'refused'],
  ])('as a probe that ends as %j says %s', async (answer, as) => {
    const ends: ProbeEnd[] = [];
    beginning = { kind: 'probe', end: (end) => Promise.resolve(void ends.push(end)) };
    made = answer;
    const { id } = await shop.create();
    await activities.call(await shop.open(id, 'create'));
    expect(ends).toEqual([as]);
  });

  test('that does not come to the channel is not counted, and a probe for nothing', async () => {
    const ends: ProbeEnd[] = [];
    beginning = { kind: 'probe', end: (end) => Promise.resolve(void ends.push(end)) };
    const { id } = await shop.create();
    const operation = await shop.open(id, 'create');
    await shop.cancel(id);
    await activities.call(operation);
    expect([counted, ends]).toEqual([[], ['untold']]);
  });

  test('of an operation that does not exist is a bug', async () => {
    await expect(activities.call('op_none')).rejects.toThrow('no operation op_none');
  });
});

describe('a poll', () => {
  const poll = (operation: string, attempt: number) =>
    new MockActivityEnvironment({ attempt }).run(activities.poll, operation);

  test.each([
    [1, '7s'],
    [2, '60s'],
    [9, '60s'],
  ])('that learns nothing at try %d comes back after %s, benign', async (attempt, delay) => {
    said = { kind: 'open' };
    const { id } = await shop.withCode();
    await expect(poll(await shop.open(id, 'query'), attempt)).rejects.toMatchObject({
      type: 'StillPending',
      category: 'BENIGN',
      nextRetryDelay: Number.parseInt(delay) * 1_000,
      message: 'wechat-pay says open',
    });
  });

  test.each(['closed', 'pending'] as const)(
    'that learns of a change (%s) says so',
    async (kind) => {
      said = { kind };
      const { id } = await shop.withCode();
      expect(await poll(await shop.open(id, 'query'), 1)).toEqual({ kind });
    },
  );

  test.each(['not_found', 'unknown'] as const)('does not take "%s" for an answer', async (kind) => {
    said = kind === 'unknown' ? { kind, detail: 'a timeout' } : { kind };
    const { id } = await shop.withCode();
    await expect(poll(await shop.open(id, 'query'), 1)).rejects.toMatchObject({
      type: 'StillPending',
    });
  });

  test('after a lost call takes "not found" for the word that it is', async () => {
    said = { kind: 'not_found' };
    const { id } = await shop.create();
    const create = await shop.open(id, 'create');
    made = { kind: 'unknown', detail: 'a timeout' };
    await activities.call(create);
    expect(await poll(await shop.open(id, 'query'), 1)).toEqual({ kind: 'not_found' });
  });

  test('may ask any number of times: a query has no fence', async () => {
    said = { kind: 'open' };
    const { id } = await shop.withCode();
    const operation = await shop.open(id, 'query');
    for (const attempt of [1, 2, 3])
      await expect(poll(operation, attempt)).rejects.toThrow('wechat-pay says open');
    expect(server.requests).toHaveLength(3);
  });
});
