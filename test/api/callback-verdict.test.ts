import { randomUUID } from 'node:crypto';

import { judge } from '../../src/api/callback-verdict.ts';
import type { Dependencies } from '../../src/api/dependencies.ts';
import { wechatPay } from '../../src/channels/wechat-pay/channel.ts';
import type { Message } from '../../src/domain/message.ts';
import type { QueryAnswer } from '../../src/domain/outcome.ts';
import { receiveAtRest } from '../../src/store/callback-reception.ts';
import { record } from '../../src/store/record.ts';
import { openPatient, Shop, times, until } from '../store/shop.ts';
import { type Database, openDatabase } from '../support/database.ts';
import { unwatched } from '../support/health.ts';
import { paid } from '../support/payment.ts';

/** Whom a callback wakes. */
let database: Database;
let shop: Shop;
let dependencies: Dependencies;
const told: Message[] = [];

beforeAll(async () => {
  database = await openDatabase();
  shop = await Shop.open(openPatient(database, { connectionsMax: 30 }));
  const post = (_: unknown, message: Message) => Promise.resolve(void told.push(message));
  dependencies = {
    store: shop.store,
    actor: { post },
    health: unwatched,
  } as unknown as Dependencies;
});
afterAll(() => database.close());
beforeEach(() => (told.length = 0));

/** The channel calls back about the payment's attempt. */
async function say(id: string, answer: QueryAnswer, event: string = randomUUID()) {
  const { attempts } = await shop.load(id);
  const reading = { kind: 'attempt', event, reference: attempts[0]!.id, answer } as const;
  const body = Buffer.from('{}');
  return judge(dependencies, { channel: wechatPay as never, account: shop.account, reading, body });
}

const callbacksOf = async (id: string) => (await shop.everything(id))['callbacks'] as any[];
const settled = async () => {
  const { id } = await shop.withCode();
  await shop.pay(id);
  return id;
};

describe('a payment at rest', () => {
  test('that is told what it knows is not woken: the callback is kept and done with', async () => {
    const id = await settled();
    const before = await shop.everything(id);
    expect(await say(id, paid())).toBe('accepted');
    const { callbacks, ...after } = await shop.everything(id);
    expect(after).toEqual({ ...before, callbacks: undefined });
    expect(callbacks).toHaveLength(2);
    expect(callbacks!.every((one: any) => one.consumed_at && one.relay_at === null)).toBe(true);
    expect(told).toEqual([]);
  });

  test('that is told of second money is woken, and its run folds it', async () => {
    const id = await settled();
    expect(await say(id, paid({ channel_reference: 'second' }))).toBe('accepted');
    const [message] = await until(() => (told.length > 0 ? told : null));
    const callback = (await callbacksOf(id)).find((one) => one.id === message!.cause);
    expect(callback).toMatchObject({ consumed_at: null, relay_at: expect.any(Date) });
    await record(shop.store, id, message!);
    expect((await shop.load(id)).refunds).toMatchObject([{ origin: 'duplicate' }]);
  });

  test('that is told something that disagrees is woken to ask', async () => {
    const id = await settled();
    expect(await say(id, paid({ amount: 1 as never }))).toBe('refused');
    await until(() => (told.length > 0 ? told : null));
  });

  test('that is told the same thing many times at once keeps it once', async () => {
    const id = await settled();
    const event = randomUUID();
    const verdicts = await Promise.all(times(10, () => say(id, paid(), event)));
    expect(new Set(verdicts)).toEqual(new Set(['accepted']));
    expect(await callbacksOf(id)).toHaveLength(2);
    expect(told).toEqual([]);
  });

  test('that is told what cannot be folded keeps it, for its run to set aside', async () => {
    const id = await settled();
    const reference = (await shop.load(id)).attempts[0]!.id;
    const answer = { kind: 'approved', receipt: null } as never;
    const came = await receiveAtRest(shop.store, {
      channel: 'wechat-pay', channel_account: shop.account, event: randomUUID(), verdict: 'accepted', detail: null,
      payment_id: id, reference, evidence: { about: 'attempt', reference, answer }, body: '{}',
    }); // prettier-ignore
    expect(came).toMatchObject({ news: true });
    expect((await callbacksOf(id)).find((one) => one.id === came!.id)).toMatchObject({ consumed_at: null }); // prettier-ignore
  });
});

test.each([{ amount: 1_998 }, { currency: 'USD' }])('a payer who has agreed to something else is refused: %j', async (change) => {
  const { id } = await shop.withCode();
  const { amount, currency } = await shop.load(id);
  const money = { amount, currency };
  expect(await say(id, { kind: 'agreed', money })).toBe('accepted');
  expect(await say(id, { kind: 'agreed', money: { ...money, ...change } as never })).toBe('refused');
  await until(() => (told.length === 2 ? told : null));
}); // prettier-ignore

test('money that bounced, named by the channel’s number alone, is told of whose it was; of nobody’s it is kept and accepted', async () => {
  const payment = await shop.withCode();
  await shop.pay(payment.id, { channel_reference: '4200bounced' });
  const hear = (order: string) => {
    const reading = { kind: 'bounced', event: randomUUID(), order, answer: { kind: 'bounced', detail: 'taken back' } } as const;
    return judge(dependencies, { channel: wechatPay as never, account: shop.account, reading, body: Buffer.from('{}') });
  };
  expect([await hear('4200bounced'), await hear('4200ofNobody')]).toEqual(['accepted', 'accepted']);
  const message = await until(() => told[0] ?? null);
  await record(shop.store, payment.id, message);
  expect((await shop.load(payment.id)).cases).toMatchObject([{ kind: 'conflict', detail: 'taken back' }]);
  expect(told).toHaveLength(1);
}); // prettier-ignore

test('an open payment is always woken: its run is there and must know', async () => {
  const { id } = await shop.withCode();
  await say(id, { kind: 'pending' });
  await until(() => (told.length > 0 ? told : null));
  expect(await callbacksOf(id)).toMatchObject([{ consumed_at: null }]);
});

test('so is one that is final and still owes a refund', async () => {
  const id = await settled();
  await shop.pay(id, { channel_reference: 'second' });
  expect(await say(id, paid())).toBe('accepted');
  await until(() => (told.length > 0 ? told : null));
});
