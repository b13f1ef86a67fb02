import { pause } from './callback-receiver.ts';
import { openMerchant } from './merchant.ts';
import { openShop, type Shop, until } from './shop.ts';

let shop: Shop;
/** Leaves after a second. */
let hurried: Shop['merchant'];

beforeAll(async () => {
  shop = await openShop();
  hurried = openMerchant(shop.sandbox, shop.keys, shop.receiver.url, 1_000);
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

interface Scene {
  readonly reference: string;
  readonly call: (merchant: Shop['merchant']) => Promise<{ status: number; body: any }>;
  /** What the call leaves in the books, or null when it only reads. */
  readonly done: ((transaction: any) => boolean) | null;
}

const scenes: Record<string, () => Promise<Scene>> = {
  create: () => {
    const order = shop.merchant.order(`att_${Date.now()}_create`);
    return Promise.resolve({
      reference: order.out_trade_no,
      call: (merchant) => merchant.create(order),
      done: (transaction) => transaction?.state === 'created',
    });
  },
  query: async () => {
    const reference = await shop.ordered();
    return { reference, call: (merchant) => merchant.query(reference), done: null };
  },
  close: async () => {
    const reference = await shop.ordered();
    await shop.merchant.query(reference);
    return {
      reference,
      call: (merchant) => merchant.close(reference),
      done: ({ state }) => state === 'closed',
    };
  },
  refund: async () => {
    const reference = await shop.paidOrder();
    const refund = shop.merchant.refundOf(reference, 500);
    return {
      reference,
      call: (merchant) => merchant.refund(refund),
      done: ({ refunds }) => refunds.length === 1,
    };
  },
  query_refund: async () => {
    const reference = await shop.paidOrder();
    const refund = shop.merchant.refundOf(reference, 500);
    await shop.merchant.refund(refund);
    return {
      reference,
      call: (merchant) => merchant.queryRefund(refund.out_refund_no),
      done: null,
    };
  },
};

const operations = Object.keys(scenes);
const scene = (operation: string) => scenes[operation]!();
/** How a call ended for who made it: its status, or the error of the connection. */
const ending = (call: Promise<{ status: number }>) =>
  call.then(
    ({ status }) => status,
    (error: unknown) => String((error as { code?: string }).code) + String(error),
  );

describe.each(operations)('on %s', (operation) => {
  test.each([
    ['timeout_before_commit', /timeout of 1000ms/],
    ['http_500_before_commit', 500],
    ['rate_limit', 429],
    ['refuse_connection', /ECONNRESET|socket hang up/],
  ])('%s leaves the books as they were, and the next call goes through', async (fault, ends) => {
    const { reference, call, done } = await scene(operation);
    await shop.fault(operation, fault, { count: 1 });
    expect(await ending(call(fault.startsWith('timeout') ? hurried : shop.merchant))).toEqual(
      typeof ends === 'number' ? ends : expect.stringMatching(ends),
    );
    if (done) expect(done(await shop.transaction(reference))).toBe(false);
    expect((await call(shop.merchant)).status).toBeLessThan(300);
    if (done) expect(done(await shop.transaction(reference))).toBe(true);
    expect(await shop.violations()).toEqual([]);
  });

  test.each([
    ['timeout_after_commit', /timeout of 1000ms/],
    ['reset_mid_body', /ECONNRESET|aborted|socket hang up|Parse Error/],
    ['http_500_after_commit', 500],
    ['system_error_after_commit', 500],
  ])('%s is in the books, and the next call finds it so', async (fault, ends) => {
    const { reference, call, done } = await scene(operation);
    await shop.fault(operation, fault, { count: 1 });
    expect(await ending(call(fault.startsWith('timeout') ? hurried : shop.merchant))).toEqual(
      typeof ends === 'number' ? ends : expect.stringMatching(ends),
    );
    if (done) await until(() => shop.transaction(reference), done);
    expect((await call(shop.merchant)).status).toBeLessThan(300);
    if (done) expect(done(await shop.transaction(reference))).toBe(true);
    expect(await shop.violations()).toEqual([]);
  });

  test('slow keeps the caller waiting for delay_ms', async () => {
    const { call } = await scene(operation);
    await shop.fault(operation, 'slow', { count: 1, delay_ms: 400 });
    const begun = Date.now();
    expect((await call(shop.merchant)).status).toBeLessThan(300);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(390);
  });

  test('any strikes it too, and DELETE disarms', async () => {
    const { call } = await scene(operation);
    await shop.fault('any', 'rate_limit');
    expect([(await call(shop.merchant)).status, (await call(shop.merchant)).status]).toEqual([
      429, 429,
    ]);
    await shop.sandbox.call('DELETE', '/control/faults');
    expect((await call(shop.merchant)).status).toBeLessThan(300);
  });

  test('a reference spares the others; the order’s number names its refunds too', async () => {
    const { reference, call } = await scene(operation);
    await shop.fault(operation, 'rate_limit', { reference: 'att_somebody_else' });
    expect((await call(shop.merchant)).status).toBeLessThan(300);
    await shop.fault(operation, 'rate_limit', { reference });
    expect((await call(shop.merchant)).status).toBe(429);
  });
});

describe('double_spelling_errors', () => {
  test('says what went wrong without underscores, a mishap or not, and lets the rest alone', async () => {
    const reference = await shop.paidOrder();
    await shop.fault('any', 'double_spelling_errors');
    expect((await shop.merchant.query('att_of_nobody')).body.code).toBe('ORDERNOTEXIST');
    await shop.fault('query', 'system_error_after_commit', { count: 1 });
    expect((await shop.merchant.query(reference)).body.code).toBe('SYSTEMERROR');
    expect((await shop.merchant.query(reference)).body.trade_state).toBe('SUCCESS');
    await shop.sandbox.call('DELETE', '/control/faults');
    expect((await shop.merchant.query('att_of_nobody')).body.code).toBe('ORDER_NOT_EXIST');
  });
});

test('system_error_after_commit says SYSTEM_ERROR', async () => {
  await shop.fault('refund', 'system_error_after_commit');
  const refund = shop.merchant.refundOf(await shop.paidOrder(), 1);
  expect((await shop.merchant.refund(refund)).body.code).toBe('SYSTEM_ERROR');
});

describe('several faults', () => {
  test('apply in the order armed: each call ends at the first that ends it', async () => {
    const reference = await shop.ordered();
    await shop.fault('query', 'slow', { count: 1, delay_ms: 300 });
    await shop.fault('query', 'rate_limit', { count: 2 });
    await shop.fault('query', 'http_500_before_commit', { count: 1 });
    const begun = Date.now();
    const statuses = [];
    for (let call = 0; call < 4; call += 1)
      statuses.push((await shop.merchant.query(reference)).status);
    expect(statuses).toEqual([429, 429, 500, 200]);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(290);
  });

  test('with probability 0 none ever strikes', async () => {
    const reference = await shop.ordered();
    await shop.fault('query', 'rate_limit', { probability: 0 });
    for (let call = 0; call < 5; call += 1)
      expect((await shop.merchant.query(reference)).status).toBe(200);
  });

  test('a request that is not the merchant’s uses none up', async () => {
    const reference = await shop.ordered();
    await shop.fault('query', 'rate_limit', { count: 1 });
    const path = `/v3/pay/transactions/out-trade-no/${reference}?mchid=${shop.keys.mchid}`;
    expect((await shop.merchant.raw(path, { without: ['Authorization'] })).status).toBe(401);
    expect((await shop.merchant.query(reference)).status).toBe(429);
  });
});

describe('not_found_for', () => {
  test('denies a real order for delay_ms, then it is there', async () => {
    const reference = await shop.ordered();
    const armed = Date.now();
    await shop.fault('query', 'not_found_for', { delay_ms: 2_000 });
    expect(await shop.merchant.query(reference)).toMatchObject({
      status: 404,
      body: { code: 'ORDER_NOT_EXIST' },
    });
    await until(
      () => shop.merchant.query(reference),
      ({ status }) => status === 200,
    );
    expect(Date.now() - armed).toBeGreaterThanOrEqual(1_950);
  });

  test('denies an order that is made after it was armed, and is not used up by what nobody made', async () => {
    await shop.fault('query', 'not_found_for', { count: 1 });
    expect((await shop.merchant.query('att_of_nobody')).status).toBe(404);
    const reference = await shop.ordered();
    expect((await shop.merchant.query(reference)).status).toBe(404);
    expect((await shop.merchant.query(reference)).status).toBe(200);
  });

  test('denies a refund in the words of refunds', async () => {
    const refund = shop.merchant.refundOf(await shop.paidOrder(), 500);
    await shop.merchant.refund(refund);
    await shop.fault('query_refund', 'not_found_for', { count: 1 });
    expect(await shop.merchant.queryRefund(refund.out_refund_no)).toMatchObject({
      status: 404,
      body: { code: 'RESOURCE_NOT_EXISTS' },
    });
    expect((await shop.merchant.queryRefund(refund.out_refund_no)).status).toBe(200);
  });
});

test('wrong_amount says one unit less in the answer only', async () => {
  const reference = await shop.paidOrder();
  const refund = shop.merchant.refundOf(reference, 500);
  await shop.fault('query', 'wrong_amount', { count: 1 });
  await shop.fault('refund', 'wrong_amount', { count: 1 });
  await shop.fault('query_refund', 'wrong_amount', { count: 1 });
  expect((await shop.merchant.query(reference)).body.amount.total).toBe(1998);
  expect((await shop.merchant.refund(refund)).body.amount).toMatchObject({
    refund: 499,
    total: 1999,
  });
  expect((await shop.merchant.queryRefund(refund.out_refund_no)).body.amount.refund).toBe(499);
  expect((await shop.merchant.query(reference)).body.amount.total).toBe(1999);
  expect(await shop.transaction(reference)).toMatchObject({
    captured: 1999,
    refunds: [{ amount: 500 }],
  });
});

test('pay_during_close: the payer is faster, the close is refused, the money is taken once', async () => {
  const reference = await shop.ordered();
  await shop.merchant.query(reference);
  await shop.fault('close', 'pay_during_close', { count: 1 });
  expect(await shop.merchant.close(reference)).toMatchObject({
    status: 400,
    body: { code: 'ORDERPAID' },
  });
  expect(await shop.transaction(reference)).toMatchObject({ state: 'paid', paid_count: 1 });
  const [heard] = await shop.receiver.until(1);
  expect(heard!.resource.out_trade_no).toBe(reference);
});

test('refund_bounce: the refund is accepted and turns out to be undeliverable', async () => {
  const reference = await shop.paidOrder();
  await shop.fault('refund', 'refund_bounce', { count: 1 });
  const refund = shop.merchant.refundOf(reference, 1999);
  expect((await shop.merchant.refund(refund)).body.status).toBe('PROCESSING');
  const heard = (await shop.receiver.until(2))[1];
  expect(heard).toMatchObject({
    envelope: { event_type: 'REFUND.ABNORMAL' },
    resource: { refund_status: 'ABNORMAL' },
  });
  expect(await shop.transaction(reference)).toMatchObject({
    state: 'paid',
    refunded: 0,
    refunds: [{ state: 'failed' }],
  });
  const again = shop.merchant.refundOf(reference, 1999);
  expect((await shop.merchant.refund(again)).status).toBe(200);
});

test('refuse_connection on any closes the port until it is cleared, also over kill -9', async () => {
  const reference = await shop.ordered();
  await shop.fault('any', 'refuse_connection', { count: 1 });
  const refused = expect.stringContaining('ECONNREFUSED');
  await ending(shop.merchant.query(reference)); // may still use a connection from before, which is reset
  expect(await ending(shop.merchant.query(reference))).toEqual(refused);
  await shop.sandbox.stop('SIGKILL');
  shop.sandbox = await shop.sandbox.again();
  expect(await ending(shop.merchant.query(reference))).toEqual(refused);
  await shop.sandbox.call('DELETE', '/control/faults');
  expect((await shop.merchant.query(reference)).status).toBe(200);
});

test('a reset while a slow call is under way: nothing of before is written after', async () => {
  const reference = await shop.ordered();
  await shop.fault('close', 'slow', { delay_ms: 3_000 });
  const call = ending(shop.merchant.close(reference));
  await pause(1_000);
  await shop.sandbox.call('POST', '/control/reset');
  // 404: on a machine so busy that the call came after the reset
  expect(String(await call)).toMatch(/ECONNRESET|socket hang up|404/);
  expect(await shop.sandbox.call('GET', '/control/books')).toMatchObject({
    body: { transactions: [], violations: [] },
  });
});
