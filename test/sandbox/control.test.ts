import { later } from './later.ts';
import { freshNumber } from './merchant.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const call = (method: string, path: string, body?: unknown) =>
  shop.sandbox.call(method, `/control/${path}`, body);
const books = async (query = '') => (await call('GET', `books${query}`)).body;
const raw = (path: string, init: RequestInit) => fetch(shop.sandbox.control + path, init);

describe('the control API', () => {
  test('answers JSON on unknown paths', async () => {
    expect(await call('GET', 'nothing')).toEqual({
      status: 404,
      body: { error: 'nothing at GET /control/nothing' },
    });
  });

  test.each([
    ['PUT', '/control/books', 'GET'],
    ['DELETE', '/control/keys', 'GET'],
    ['GET', '/control/faults', 'POST, DELETE'],
    ['GET', '/control/reset', 'POST'],
    ['GET', '/control/payers/wechat-pay/att_1', 'POST'],
    ['PATCH', '/control/callbacks/wechat-pay/att_1/resend', 'POST'],
  ])('answers 405 to %s %s and says what is allowed', async (method, path, allow) => {
    const answer = await raw(path, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
    expect(await answer.json()).toEqual({ error: expect.stringContaining(allow) });
  });

  test.each(['{', '[1,', '"text"', '{"a":1}x'])(
    'answers 400 in JSON to the body %s',
    async (body) => {
      const answer = await raw('/control/faults', { method: 'POST', body });
      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual({ error: expect.any(String) });
    },
  );

  test('reads JSON that is not called so', async () => {
    const fault = { channel: 'wechat-pay', operation: 'query', fault: 'slow' };
    const body = JSON.stringify(fault);
    const headers = { 'Content-Type': 'text/plain' };
    expect((await raw('/control/faults', { method: 'POST', body, headers })).status).toBe(200);
    expect((await raw('/livez', {})).status).toBe(200);
  });

  test('publishes the keys of the channels that it plays, and nothing else', async () => {
    expect(Object.keys((await call('GET', 'keys')).body)).toEqual([
      'wechat-pay',
      'stripe',
      'alipay',
      'paypal',
      'bank-transfer',
      'adyen',
      'unionpay',
    ]);
  });
});

describe('the books', () => {
  test('show a transaction with exactly the members of the contract', async () => {
    const reference = await shop.ordered();
    expect(await books()).toEqual({
      transactions: [
        {
          channel: 'wechat-pay',
          account: shop.keys.channel_account,
          reference,
          channel_reference: null,
          amount: 1999,
          currency: 'CNY',
          state: 'created',
          paid_count: 0,
          captured: 0,
          refunded: 0,
          refunds: [],
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
          paid_at: null,
        },
      ],
      violations: [],
    });
    const { body: paid } = await shop.pay(reference);
    expect(paid).toMatchObject({
      channel_reference: expect.stringMatching(/^42\d{26}$/),
      state: 'paid',
      paid_count: 1,
      captured: 1999,
      paid_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
    const refund = shop.merchant.refundOf(reference, 500);
    await shop.merchant.refund(refund);
    expect(await shop.transaction(reference)).toMatchObject({
      state: 'paid',
      refunds: [{ reference: refund.out_refund_no, amount: 500 }],
    });
  });

  test('are filtered by channel and reference, and oldest first', async () => {
    const references = [await shop.ordered(), await shop.ordered(), await shop.ordered()];
    await shop.pay(references[0]!); // to change is not to be younger
    await shop.merchant.close(references[1]!); // a violation
    const of = (all: any) => all.transactions.map((one: any) => one.reference);
    expect(of(await books())).toEqual(references);
    expect(of(await books('?channel=wechat-pay'))).toEqual(references);
    expect(await books('?channel=stripe')).toEqual({ transactions: [], violations: [] });
    const second = await books(`?channel=wechat-pay&reference=${references[1]}`);
    expect(of(second)).toEqual([references[1]]);
    expect(second.violations).toMatchObject([{ rule: 'close_without_query' }]);
    expect((await books(`?reference=${references[0]}`)).violations).toEqual([]);
    expect((await books(`?channel=stripe&reference=${references[0]}`)).transactions).toEqual([]);
    expect((await books('?reference=att_nobody')).transactions).toEqual([]);
  });
});

test.each(['?chanel=stripe', '?channel=nopay', '?reference=a&reference=b', '?state=paid'])(
  'books asked for as %s are refused, not empty',
  async (query) => {
    const answer = await call('GET', `books${query}`);
    expect(answer).toEqual({ status: 400, body: { error: expect.any(String) } });
  },
);

test('a channel of the contract that is not played yet has empty books', async () => {
  await shop.ordered();
  expect(await books('?channel=balance')).toEqual({ transactions: [], violations: [] });
});

describe('a payer', () => {
  const expired = async () => {
    const soon = new Date(Date.now() + 8 * 3_600_000 + 60_000).toISOString().slice(0, 19);
    const reference = await shop.ordered({ time_expire: `${soon}+08:00` });
    await later(shop.sandbox, 60_000);
    return reference;
  };

  test('of an expired order is refused, and by force the money is late', async () => {
    const reference = await expired();
    for (const action of ['pay', 'decline', 'abandon'])
      expect((await shop.act(reference, { action })).status).toBe(409);
    expect((await shop.pay(reference, { force: true })).body).toMatchObject({
      state: 'paid',
      paid_count: 1,
    });
  });

  test('who is forced to decline or walk away on a closed order changes nothing', async () => {
    const reference = await shop.ordered();
    await shop.merchant.query(reference);
    await shop.merchant.close(reference);
    for (const action of ['decline', 'abandon']) {
      expect(await shop.act(reference, { action })).toEqual({
        status: 409,
        body: { error: 'the order is closed' },
      });
      expect(await shop.act(reference, { action, force: true })).toMatchObject({
        status: 200,
        body: { state: 'closed', paid_count: 0 },
      });
    }
  });

  test('takes no refund back that is not known, not delivered or already back', async () => {
    const reference = await shop.paidOrder();
    const bounce = (refund?: string) => shop.act(reference, { action: 'bounce_refund', refund });
    expect((await bounce()).status).toBe(400);
    expect((await bounce('ref_of_nobody')).status).toBe(404);
    const refund = shop.merchant.refundOf(reference, 500);
    await shop.merchant.refund(refund);
    await shop.receiver.until(2);
    expect((await bounce(refund.out_refund_no)).status).toBe(200);
    expect(await bounce(refund.out_refund_no)).toEqual({
      status: 409,
      body: { error: 'the refund is failed' },
    });
  });

  test('is told what is wrong with the request', async () => {
    const reference = await shop.ordered();
    const channel = await call('POST', `payers/nopay/${reference}`, { action: 'pay' });
    expect(channel).toEqual({
      status: 404,
      body: {
        error:
          "unknown channel 'nopay'; known: wechat-pay, stripe, alipay, paypal, bank-transfer, adyen, unionpay",
      },
    });
    const nobody = freshNumber();
    expect(await shop.pay(nobody)).toEqual({
      status: 404,
      body: { error: `unknown reference '${nobody}'` },
    });
    for (const body of [
      {},
      { action: 'dance' },
      { action: 'authenticate' },
      { action: 'pay', x: 1 },
      { action: 'pay', amount: 1 },
    ])
      expect((await shop.act(reference, body)).status).toBe(400);
    expect((await shop.transaction(reference)).state).toBe('created');
  });
});

describe('resend', () => {
  const resend = (reference: string, body?: object, channel = 'wechat-pay') =>
    call('POST', `callbacks/${channel}/${reference}/resend`, body);

  test('sends the youngest callback, one copy after the other unless parallel', async () => {
    const reference = await shop.paidOrder();
    await shop.receiver.until(1);
    await shop.merchant.refund(shop.merchant.refundOf(reference, 500));
    const [, refunded] = await shop.receiver.until(2);
    expect((await resend(reference)).body).toEqual({ sent: 1, statuses: [204] });
    expect((await resend(reference, { copies: 3 })).body.statuses).toEqual([204, 204, 204]);
    expect((await resend(reference, { copies: 40, parallel: true })).body.sent).toBe(40);
    const again = (await shop.receiver.until(46)).slice(2);
    expect(again).toHaveLength(44);
    expect(new Set(again.map((one) => one.envelope.id))).toEqual(new Set([refunded!.envelope.id]));
    expect(new Set(again.map((one) => one.headers['wechatpay-signature'])).size).toBe(44);
    expect(again.every((one) => one.genuine)).toBe(true);
  });

  test('is not struck by armed faults, and tells what the merchant answered', async () => {
    await shop.fault('callback', 'drop');
    const reference = await shop.paidOrder();
    shop.receiver.answer = 503;
    expect((await resend(reference)).body).toEqual({ sent: 1, statuses: [503] });
    expect(shop.receiver.received[0]).toMatchObject({ genuine: true });
  });

  test('refuses what it does not know', async () => {
    const reference = await shop.paidOrder();
    expect((await resend(reference, {}, 'nopay')).status).toBe(404);
    expect((await resend('att_of_nobody', {})).status).toBe(404);
    expect((await resend(reference, { copies: 0 })).status).toBe(400);
    expect((await resend(reference, { twice: true })).status).toBe(400);
  });
});
