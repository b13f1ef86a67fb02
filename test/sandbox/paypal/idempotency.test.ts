import { pause } from '../callback-receiver.ts';
import { freshNumber } from '../merchant.ts';
import { until } from '../shop.ts';
import { captureOf, holdOf, issueOf, openPaypalShop, type PaypalShop, usd } from './shop.ts';

let shop: PaypalShop;
beforeAll(async () => {
  shop = await openPaypalShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const orders = '/v2/checkout/orders';
const under = (key: string) => ({ 'PayPal-Request-Id': key });

interface Write {
  readonly operation: string;
  readonly path: string;
  readonly body: object;
  /** What it is answered with, and what its repeat is. */
  readonly statuses: readonly [number, number];
}
const payments = '/v2/payments';
const part = { amount: usd('5.00') };
const ofOrder = (id: string, deed: string): Write => ({
  operation: 'capture',
  path: `${orders}/${id}/${deed}`,
  body: {},
  statuses: [201, 200],
});
const ofPayment = (operation: string, path: string): Write => ({
  operation,
  path: payments + path,
  body: part,
  statuses: [201, 201],
});
const writes: Record<string, () => Promise<Write>> = {
  create: () =>
    Promise.resolve({
      operation: 'create',
      path: orders,
      body: shop.order(),
      statuses: [200, 200],
    }),
  capture: async () => ofOrder((await shop.approved()).id, 'capture'),
  authorize: async () => ofOrder((await shop.approved({ intent: 'AUTHORIZE' })).id, 'authorize'),
  'capture of a hold': async () =>
    ofPayment('capture', `/authorizations/${holdOf(await shop.held()).id}/capture`),
  refund: async () =>
    ofPayment('refund', `/captures/${captureOf(await shop.captured()).id}/refund`),
};

describe.each(Object.keys(writes))('a %s', (name) => {
  const key = () => freshNumber('key');
  const send = ({ path, body }: Write, id: string, more: object = {}) =>
    shop.call('POST', path, { ...body, ...more }, under(id));
  const books = async () => (await shop.sandbox.call('GET', '/control/books')).body;
  const isSettled = ({ transactions }: any) =>
    transactions.every(({ refunds }: any) =>
      refunds.every(({ state }: any) => state === 'succeeded'),
    );

  test('under an id that is known is told again and done once, also after kill -9', async () => {
    const write = await writes[name]!();
    const id = key();
    const first = await send(write, id);
    const before = await until(books, isSettled);
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    const again = await send(write, id);
    expect([first.status, again.status]).toEqual(write.statuses);
    expect(again.body.id).toBe(first.body.id);
    expect(await books()).toEqual(before);
    expect(before.violations).toEqual([]);
  });

  test('that was lost after it was done is told to who repeats it', async () => {
    const write = await writes[name]!();
    const id = key();
    await shop.fault(write.operation, 'http_500_after_commit', { count: 1 });
    expect((await send(write, id)).status).toBe(500);
    const before = await until(books, isSettled);
    expect((await send(write, id)).status).toBe(write.statuses[1]);
    expect(await books()).toEqual(before);
  });

  test('that failed before it was begun is done by a repeat', async () => {
    const write = await writes[name]!();
    const id = key();
    await shop.fault(write.operation, 'http_500_before_commit', { count: 1 });
    expect((await send(write, id)).status).toBe(500);
    expect((await send(write, id)).status).toBe(write.statuses[0]);
  });

  test('under an id of another request is refused: a violation', async () => {
    const write = await writes[name]!();
    const id = key();
    await send(write, id);
    const answer = await send(write, id, { note: 'other' });
    expect(answer).toMatchObject({ status: 400, body: { name: 'DUPLICATE_REQUEST_ID' } });
    expect(await shop.violations()).toMatchObject([{ rule: 'request_id_reused' }]);
  });

  test('that comes again while the first is under way waits its turn', async () => {
    const write = await writes[name]!();
    const id = key();
    await shop.fault(write.operation, 'slow', { count: 1, delay_ms: 2_000 }); // a busy machine lets the second wait, too
    const first = send(write, id);
    await pause(200);
    const second = await send(write, id);
    expect([second.status, issueOf(second)]).toEqual([409, 'PREVIOUS_REQUEST_IN_PROGRESS']);
    expect([(await first).status, (await send(write, id)).status]).toEqual(write.statuses);
  });
});

describe('a PayPal-Request-Id', () => {
  test('tells how it stands by now, not how it stood', async () => {
    const key = freshNumber('key');
    const asked = shop.order();
    const first = (await shop.call('POST', orders, asked, under(key))).body;
    await shop.act(first, { action: 'pay' });
    const { body } = await shop.capture(first);
    expect(await shop.call('POST', orders, asked, under(key))).toMatchObject({ status: 200, body });
  });

  test('does not keep what was refused', async () => {
    const order = await shop.created();
    const key = freshNumber('key');
    expect(issueOf(await shop.capture(order, under(key)))).toBe('ORDER_NOT_APPROVED');
    await shop.act(order, { action: 'pay' });
    expect((await shop.capture(order, under(key))).status).toBe(201);
    expect(await shop.violations()).toEqual([]);
  });

  test('voids once, without a word both times', async () => {
    const path = `${payments}/authorizations/${holdOf(await shop.held()).id}/void`;
    const headers = { ...under(freshNumber('key')), Prefer: '' };
    for (let times = 0; times < 2; times += 1)
      expect(await shop.call('POST', path, undefined, headers)).toMatchObject({ status: 204 });
  });

  test('is not demanded, but to go without is a violation', async () => {
    const order = await shop.approved();
    expect((await shop.capture(order, under(''))).status).toBe(201);
    expect(await shop.violations()).toMatchObject([
      { rule: 'missing_request_id', reference: order.purchase_units[0].custom_id },
    ]);
  });

  test('is demanded by an order that names what pays it', async () => {
    const [plain, paying] = [shop.order(undefined, { payment_source: undefined }), shop.order()];
    expect((await shop.call('POST', orders, plain, under(''))).status).toBe(201);
    const keyless = await shop.call('POST', orders, paying, under(''));
    expect([keyless.status, issueOf(keyless)]).toEqual([400, 'PAYPAL_REQUEST_ID_REQUIRED']);
    expect((await shop.call('POST', orders, paying, under(freshNumber('key')))).status).toBe(200);
  });

  test('of an order is forgotten in time, one of a payment is not so soon', async () => {
    const brief = await openPaypalShop({ SANDBOX_PAYPAL_KEY_S: '1' });
    const [key, other] = [freshNumber('key'), freshNumber('key')];
    const asked = brief.order();
    const first = (await brief.call('POST', orders, asked, under(key))).body;
    const capture = captureOf(await brief.captured());
    const refund = (await brief.refund(capture, { amount: usd('1.00') }, under(other))).body;
    await pause(1_100);
    const again = await brief.call('POST', orders, asked, under(key));
    expect(again.body.id).not.toBe(first.id);
    const same = await brief.refund(capture, { amount: usd('1.00') }, under(other));
    expect(same.body.id).toBe(refund.id);
    await brief.close();
  });
});
