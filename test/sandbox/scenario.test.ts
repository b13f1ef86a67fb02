import { pause } from './callback-receiver.ts';
import { later } from './later.ts';
import { freshNumber } from './merchant.ts';
import { openShop, type Shop, until } from './shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const magic = (magic_amounts: unknown, channel = 'wechat-pay') =>
  shop.sandbox.call('POST', `/control/accounts/${channel}`, { magic_amounts });
const create = (reference: string, amount: number) =>
  shop.merchant.create(shop.merchant.order(reference, amount));
const ordered = async (amount: number): Promise<string> => {
  const reference = freshNumber();
  expect((await create(reference, amount)).status).toBe(200);
  return reference;
};
const is = (state: string) => (transaction: any) => transaction?.state === state;
const untilIs = (reference: string, state: string) =>
  until(() => shop.transaction(reference), is(state));

describe('an account with magic amounts', () => {
  beforeEach(() => magic(true));

  test('has payers who pay by themselves', async () => {
    const reference = await ordered(1_999);
    const [heard] = await shop.receiver.until(1);
    expect(heard).toMatchObject({
      genuine: true,
      resource: { out_trade_no: reference, trade_state: 'SUCCESS' },
    });
    expect(await shop.transaction(reference)).toMatchObject({ state: 'paid', paid_count: 1 });
  });

  test('has them also after kill -9', async () => {
    const reference = await ordered(1_999);
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    await untilIs(reference, 'paid');
    await untilIs(await ordered(2_999), 'paid');
  });

  test('is down for two calls about an order of …191', async () => {
    const reference = freshNumber();
    await expect(create(reference, 1_191)).rejects.toThrow();
    await expect(create(reference, 1_191)).rejects.toThrow();
    expect((await create(reference, 1_191)).status).toBe(200);
    await untilIs(reference, 'paid');
  });

  test('calls back half a minute late about an order of …160', async () => {
    await untilIs(await ordered(1_160), 'paid');
    await pause(500);
    expect(shop.receiver.received).toEqual([]);
    await later(shop.sandbox, 30_000);
    expect((await shop.receiver.until(1))[0]).toMatchObject({ genuine: true });
  });

  test('never calls back about an order of …161', async () => {
    const reference = await ordered(1_161);
    await untilIs(reference, 'paid');
    await pause(1_000); // three steps of the ladder
    expect(shop.receiver.received).toEqual([]);
    expect((await shop.merchant.query(reference)).body.trade_state).toBe('SUCCESS');
  });

  test('calls back three times about an order of …162', async () => {
    const reference = await ordered(1_162);
    const heard = await shop.receiver.until(3);
    expect(new Set(heard.map(({ resource }) => resource.out_trade_no))).toEqual(
      new Set([reference]),
    );
  });

  test('calls back about an order of …163 before it answers', async () => {
    const answered = create(freshNumber(), 1_163).then(() => 'answered');
    const heard = shop.receiver.until(1).then(() => 'called back');
    expect(await Promise.race([answered, heard])).toBe('called back');
    await answered;
  });

  test.each([
    ['another amount', 1_164, { genuine: true, resource: { amount: { total: 1_163 } } }],
    ['what it did not sign', 1_165, { genuine: false, resource: { amount: { total: 1_165 } } }],
  ])('says %s of an order of %s', async (_what, amount, said) => {
    shop.receiver.answer = 401;
    const reference = await ordered(amount);
    const [heard] = await shop.receiver.until(1);
    expect(heard).toMatchObject(said);
    expect(await shop.transaction(reference)).toMatchObject({ amount, captured: amount });
  });

  test('says of an order of …166 that it was paid, and then that it failed', async () => {
    const reference = await ordered(1_166);
    const heard = await shop.receiver.until(2);
    expect(heard.map(({ resource }) => resource.trade_state)).toEqual(['SUCCESS', 'PAYERROR']);
    expect(await shop.transaction(reference)).toMatchObject({ state: 'paid', paid_count: 1 });
  });

  test('takes the money of an order of …167 once it was closed', async () => {
    const reference = await ordered(1_167);
    await pause(1_500); // in which nobody pays
    expect((await shop.transaction(reference)).state).toBe('created');
    await shop.merchant.query(reference);
    expect((await shop.merchant.close(reference)).status).toBe(204);
    await later(shop.sandbox, 10_000);
    await untilIs(reference, 'paid');
  });

  test('says which orders it wants the worker to be killed for', async () => {
    const reference = await ordered(1_170);
    await ordered(1_999);
    const books = await shop.sandbox.call('GET', '/control/books?scenario=worker_restarted');
    expect(books.body.transactions).toEqual([expect.objectContaining({ reference })]);
    await untilIs(reference, 'paid');
  });

  test.each([1_105, 1_151])('has payers who fail to pay %s, and may try again', async (amount) => {
    const reference = await ordered(amount);
    await pause(1_500); // in which he fails
    expect((await shop.transaction(reference)).state).toBe('created');
    expect((await shop.pay(reference)).status).toBe(200);
  });

  test('brings about what its amounts say, and no fault that anybody armed besides is lost', async () => {
    await shop.fault('callback', 'wrong_currency', { count: 1 });
    shop.receiver.answer = 401;
    await ordered(1_165);
    expect((await shop.receiver.until(1))[0]).toMatchObject({
      genuine: false,
      resource: { amount: { currency: 'USD' } },
    });
  });
});

test('without them an amount is an amount', async () => {
  const reference = await ordered(1_161);
  await pause(1_500); // in which nobody pays
  expect((await shop.transaction(reference)).state).toBe('created');
  await shop.pay(reference);
  await shop.receiver.until(1);
});

test('an account has them until it is told otherwise, or the books are emptied', async () => {
  expect(await magic(true)).toEqual({
    status: 200,
    body: { channel: 'wechat-pay', magic_amounts: true },
  });
  expect((await magic(false)).body).toEqual({ channel: 'wechat-pay', magic_amounts: false });
  await magic(true);
  await shop.reset();
  const reference = await ordered(1_999);
  await pause(1_500); // in which nobody pays
  expect((await shop.transaction(reference)).state).toBe('created');
});

test.each([
  ['a channel that nobody plays', 404, 'visa', true],
  ['what is neither yes nor no', 400, 'wechat-pay', 'yes'],
])('%s is refused', async (_what, status, channel, on) => {
  expect(await magic(on, channel)).toEqual({ status, body: { error: expect.any(String) } });
});
