import { afterCommit, beforeCommit, ending } from '../http-fault.ts';
import { until } from '../shop.ts';
import { captureOf, holdOf, openPaypalShop, type PaypalShop, referenceOf, usd } from './shop.ts';

let shop: PaypalShop;
beforeAll(async () => {
  shop = await openPaypalShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

interface Scene {
  readonly reference: string;
  /** Under a new request id each time. */
  readonly call: () => Promise<number>;
  /** What the call leaves in the books, or null when it only reads. */
  readonly done: ((transaction: any) => boolean) | null;
}
const orders = '/v2/checkout/orders';
const payments = '/v2/payments';
const call = async (...asked: Parameters<PaypalShop['call']>) => (await shop.call(...asked)).status;

const scenes: Record<string, () => Promise<Scene>> = {
  create: () => {
    const order = shop.order();
    const reference = referenceOf(order);
    return Promise.resolve({
      reference,
      call: () => call('POST', orders, order),
      done: (transaction) => transaction !== undefined,
    });
  },
  query: async () => {
    const order = await shop.created();
    const ask = () => call('GET', `${orders}/${order.id}`);
    return { reference: referenceOf(order), call: ask, done: null };
  },
  'query of a hold': async () => {
    const order = await shop.held();
    const ask = () => call('GET', `${payments}/authorizations/${holdOf(order).id}`);
    return { reference: referenceOf(order), call: ask, done: null };
  },
  'query of a capture': async () => {
    const order = await shop.captured();
    const ask = () => call('GET', `${payments}/captures/${captureOf(order).id}`);
    return { reference: referenceOf(order), call: ask, done: null };
  },
  capture: async () => {
    const order = await shop.approved();
    return {
      reference: referenceOf(order),
      call: () => call('POST', `${orders}/${order.id}/capture`, {}),
      done: ({ state }) => state === 'paid',
    };
  },
  'capture of all by a hold': async () => {
    const order = await shop.approved({ intent: 'AUTHORIZE' });
    return {
      reference: referenceOf(order),
      call: () => call('POST', `${orders}/${order.id}/authorize`, {}),
      done: ({ state }) => state === 'held',
    };
  },
  'capture of a hold': async () => {
    const order = await shop.held();
    return {
      reference: referenceOf(order),
      call: () => call('POST', `${payments}/authorizations/${holdOf(order).id}/capture`, {}),
      done: ({ state }) => state === 'paid',
    };
  },
  void: async () => {
    const order = await shop.held();
    return {
      reference: referenceOf(order),
      call: () => call('POST', `${payments}/authorizations/${holdOf(order).id}/void`),
      done: ({ state }) => state === 'closed',
    };
  },
  refund: async () => {
    const order = await shop.captured();
    return {
      reference: referenceOf(order),
      call: () => call('POST', `${payments}/captures/${captureOf(order).id}/refund`, {}),
      done: ({ refunds }) => refunds.length === 1,
    };
  },
  query_refund: async () => {
    const order = await shop.captured();
    const { id } = (await shop.refund(captureOf(order), { amount: usd('5.00') })).body;
    const ask = () => call('GET', `${payments}/refunds/${id}`);
    return { reference: referenceOf(order), call: ask, done: null };
  },
};

describe.each(Object.keys(scenes))('on %s', (name) => {
  const [operation] = name.split(' ') as [string];
  const scene = () => scenes[name]!();
  const booked = (reference: string) =>
    shop.transaction({ purchase_units: [{ custom_id: reference }] });
  const isDone = async ({ reference, done }: Scene) => done?.(await booked(reference)) ?? null;

  test.each(beforeCommit)(
    '%s leaves the books as they were, and a repeat goes through',
    async (fault, ends) => {
      const made = await scene();
      await shop.fault(operation, fault, { count: 1 });
      expect(await ending(fault, made.call())).toBe(ends);
      expect(await isDone(made)).toBe(made.done && false);
      expect(await made.call()).toBeLessThan(300);
      expect(await isDone(made)).toBe(made.done && true);
      expect(await shop.violations()).toEqual([]);
    },
  );

  test.each(afterCommit)('%s is in the books', async (fault, ends) => {
    const made = await scene();
    await shop.fault(operation, fault, { count: 1 });
    expect(await ending(fault, made.call())).toBe(ends);
    if (made.done) await until(() => isDone(made), (done) => done === true);
    else expect(await made.call()).toBe(200);
    expect(await shop.violations()).toEqual([]);
  }); // prettier-ignore

  test('slow keeps the caller waiting for delay_ms', async () => {
    const made = await scene();
    await shop.fault(operation, 'slow', { count: 1, delay_ms: 400 });
    const begun = Date.now();
    expect(await made.call()).toBeLessThan(300);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(390);
  });

  test('a reference spares the others, any strikes it too, and DELETE disarms', async () => {
    const made = await scene();
    const { reference } = made;
    await shop.fault(operation, 'rate_limit', { reference: 'att_somebody_else' });
    await shop.fault('any', 'http_500_before_commit', { reference });
    expect(await made.call()).toBe(500);
    await shop.fault(operation, 'rate_limit', { reference });
    await shop.sandbox.call('DELETE', '/control/faults');
    expect(await made.call()).toBeLessThan(300);
  });
});

test('not_found_for denies a real order for delay_ms, then it is there', async () => {
  const order = await shop.created();
  const armed = Date.now();
  await shop.fault('query', 'not_found_for', { delay_ms: 1_500 });
  const query = () => shop.call('GET', `${orders}/${order.id}`);
  expect(await query()).toMatchObject({ status: 404, body: { name: 'RESOURCE_NOT_FOUND' } });
  await until(query, ({ status }) => status === 200);
  expect(Date.now() - armed).toBeGreaterThanOrEqual(1_450);
});

test('not_found_for leaves the request id of a capture new', async () => {
  const order = await shop.approved();
  await shop.fault('capture', 'not_found_for', { count: 1 });
  const headers = { 'PayPal-Request-Id': 'one' };
  expect((await shop.capture(order, headers)).status).toBe(404);
  expect((await shop.capture(order, headers)).status).toBe(201);
});

test('wrong_amount says one unit less in the answer only', async () => {
  const less = usd('19.98');
  for (const operation of ['create', 'query', 'capture', 'refund', 'query_refund'])
    await shop.fault(operation, 'wrong_amount', { count: 1 });
  const order = await shop.created();
  expect(order.purchase_units[0].amount).toEqual(less);
  const get = async () => (await shop.call('GET', `${orders}/${order.id}`)).body;
  expect((await get()).purchase_units[0].amount).toEqual(less);
  await shop.act(order, { action: 'pay' });
  const captured = (await shop.capture(order)).body;
  expect(captureOf(captured)).toMatchObject({
    amount: less,
    seller_receivable_breakdown: { gross_amount: less, paypal_fee: usd('0.69') },
  });
  expect(captureOf(await get()).amount).toEqual(usd('19.99'));
  const refund = (await shop.refund(captureOf(captured), { amount: usd('5.00') })).body;
  expect(refund.amount).toEqual(usd('4.99'));
  const asked = () => shop.call('GET', `${payments}/refunds/${refund.id}`);
  expect((await asked()).body.amount).toEqual(usd('4.99'));
  expect((await asked()).body.amount).toEqual(usd('5.00'));
  expect(await shop.transaction(order)).toMatchObject({
    captured: 1_999,
    refunds: [{ amount: 500 }],
  });
});

test('wrong_amount waits for an answer that names one', async () => {
  await shop.fault('create', 'wrong_amount', { count: 1 });
  await shop.call('POST', orders, shop.order(), { Prefer: '' });
  expect((await shop.created()).purchase_units[0].amount).toEqual(usd('19.98'));
});

test('no fault strikes who asks for a token, or the payer’s browser', async () => {
  const order = await shop.created();
  await shop.fault('any', 'http_500_before_commit');
  const credentials = btoa(`${shop.keys.client_id}:${shop.keys.client_secret}`);
  const granted = await shop.call('POST', '/v1/oauth2/token', 'grant_type=client_credentials', {
    Authorization: `Basic ${credentials}`,
  });
  expect(granted.status).toBe(200);
  expect((await fetch(order.links.at(-1).href)).status).toBe(200);
});

test('refuse_connection on any closes the port of PayPal alone', async () => {
  const order = await shop.created();
  const query = () => shop.call('GET', `${orders}/${order.id}`);
  await shop.fault('any', 'refuse_connection');
  await expect(query()).rejects.toThrow('fetch failed');
  expect((await fetch(shop.sandbox.stripe)).status).toBe(401);
  await shop.sandbox.call('DELETE', '/control/faults');
  expect((await query()).body.id).toBe(order.id);
});
