import { until } from '../shop.ts';
import {
  captureOf,
  holdOf,
  issueOf,
  openPaypalShop,
  type PaypalShop,
  referenceOf,
  usd,
} from './shop.ts';

let shop: PaypalShop;
beforeAll(async () => {
  shop = await openPaypalShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const holds = '/v2/payments/authorizations';
const get = async (hold: any) => (await shop.call('GET', `${holds}/${hold.id}`)).body;
const take = (hold: any, body: object = {}) =>
  shop.call('POST', `${holds}/${hold.id}/capture`, body);
const release = (hold: any, headers: Record<string, string> = { Prefer: '' }) =>
  shop.call('POST', `${holds}/${hold.id}/void`, undefined, headers);

describe('a hold', () => {
  test('has the whole amount and its end, and takes no money', async () => {
    const order = await shop.held();
    const hold = holdOf(order);
    expect(order.status).toBe('COMPLETED');
    expect(hold).toMatchObject({
      id: expect.stringMatching(/^[0-9A-Z]{17}$/),
      status: 'CREATED',
      amount: usd('19.99'),
      custom_id: referenceOf(order),
      supplementary_data: { related_ids: { order_id: order.id } },
    });
    const lasts = Date.parse(hold.expiration_time) - Date.parse(hold.create_time);
    expect(lasts).toBe(7 * 86_400_000);
    expect(await get(hold)).toEqual(hold);
    expect(await shop.transaction(order)).toMatchObject({
      state: 'held',
      channel_reference: hold.id,
      captured: 0,
      paid_count: 0,
    });
    const event = await shop.receiver.event('PAYMENT.AUTHORIZATION.CREATED', referenceOf(order));
    expect(event.resource).toEqual(hold);
    const again = await shop.call('POST', `/v2/checkout/orders/${order.id}/authorize`, {});
    expect(issueOf(again)).toBe('ORDER_ALREADY_AUTHORIZED');
  });

  test('is captured in parts, which are one taking, and a final one gives the rest back', async () => {
    const order = await shop.held();
    const hold = holdOf(order);
    const first = await take(hold, { amount: usd('5.00'), invoice_id: 'inv_first' });
    expect([first.status, first.body.status]).toEqual([201, 'COMPLETED']);
    expect(first.body).toMatchObject({
      amount: usd('5.00'),
      final_capture: false,
      invoice_id: 'inv_first',
      supplementary_data: { related_ids: { order_id: order.id, authorization_id: hold.id } },
    });
    expect((await get(hold)).status).toBe('PARTIALLY_CAPTURED');
    expect(await shop.transaction(order)).toMatchObject({ state: 'held', captured: 500 });
    await take(hold, { amount: usd('3.00'), final_capture: true });
    expect((await get(hold)).status).toBe('CAPTURED');
    expect(await shop.transaction(order)).toMatchObject({
      state: 'paid',
      captured: 800,
      paid_count: 1,
      channel_reference: hold.id,
    });
    const { body } = await shop.call('GET', `/v2/checkout/orders/${order.id}`);
    expect(body.purchase_units[0].payments.captures).toHaveLength(2);
    expect(issueOf(await take(hold, { amount: usd('1.00') }))).toBe(
      'AUTHORIZATION_ALREADY_CAPTURED',
    );
    expect(issueOf(await release(hold))).toBe('PREVIOUSLY_CAPTURED');
  });

  test('is over when the last of it is captured, and without an amount that is all', async () => {
    const order = await shop.held();
    expect((await take(holdOf(order), { amount: usd('10.00') })).status).toBe(201);
    expect((await take(holdOf(order))).body.amount).toEqual(usd('9.99'));
    expect((await get(holdOf(order))).status).toBe('CAPTURED');
  });

  test('tells a capture briefly to who prefers that', async () => {
    const { id } = holdOf(await shop.held());
    const { body } = await shop.call('POST', `${holds}/${id}/capture`, {}, { Prefer: '' });
    expect(Object.keys(body)).toEqual(['id', 'status', 'links']);
  });

  test('gives no more than it holds: a violation', async () => {
    const order = await shop.held();
    const answer = await take(holdOf(order), { amount: usd('20.00') });
    expect([answer.status, issueOf(answer)]).toEqual([422, 'MAX_CAPTURE_AMOUNT_EXCEEDED']);
    expect(await shop.violations()).toMatchObject([
      { rule: 'capture_beyond_held', reference: referenceOf(order) },
    ]);
    expect(await shop.transaction(order)).toMatchObject({ state: 'held', captured: 0 });
  });

  test('is captured in its own currency only', async () => {
    const amount = { currency_code: 'EUR', value: '1.00' };
    const answer = await take(holdOf(await shop.held()), { amount });
    expect(issueOf(answer)).toBe('AUTH_CAPTURE_CURRENCY_MISMATCH');
  });

  test('is voided without a word, and then neither captured nor voided', async () => {
    const order = await shop.held();
    const hold = holdOf(order);
    expect(await release(hold)).toMatchObject({ status: 204, body: null });
    expect((await get(hold)).status).toBe('VOIDED');
    expect(await shop.transaction(order)).toMatchObject({ state: 'closed', captured: 0 });
    const event = await shop.receiver.event('PAYMENT.AUTHORIZATION.VOIDED', referenceOf(order));
    expect(event.resource).toMatchObject({ id: hold.id, status: 'VOIDED' });
    expect(issueOf(await take(hold))).toBe('AUTHORIZATION_VOIDED');
    expect(issueOf(await release(hold))).toBe('PREVIOUSLY_VOIDED');
  });

  test('is voided also when no type is named, for there is no body', async () => {
    const { id } = holdOf(await shop.held());
    const headers = { Prefer: '', 'Content-Type': '' };
    expect(await shop.call('POST', `${holds}/${id}/void`, undefined, headers)).toMatchObject({
      status: 204,
    });
  });

  test('is shown as it was voided to who prefers to see it', async () => {
    const hold = holdOf(await shop.held());
    const { status, body } = await release(hold, {});
    expect([status, body.id, body.status]).toEqual([200, hold.id, 'VOIDED']);
  });

  test('that is voided keeps what was captured', async () => {
    const order = await shop.held();
    await take(holdOf(order), { amount: usd('5.00') });
    await release(holdOf(order));
    expect(await shop.transaction(order)).toMatchObject({ state: 'paid', captured: 500 });
  });

  test('ends by itself, also after kill -9', async () => {
    const brief = await openPaypalShop({ SANDBOX_HOLD_S: '2' });
    const order = await brief.held();
    await brief.sandbox.stop('SIGKILL');
    brief.sandbox = await brief.sandbox.again();
    const event = await brief.receiver.event('PAYMENT.AUTHORIZATION.VOIDED', referenceOf(order));
    expect(event.resource.id).toBe(holdOf(order).id);
    expect(await brief.transaction(order)).toMatchObject({ state: 'closed' });
    const late = await brief.call('POST', `${holds}/${holdOf(order).id}/capture`, {});
    expect(issueOf(late)).toBe('AUTHORIZATION_EXPIRED');
    await brief.close();
  });

  test('of pending funds is held until they come, and free again when they do not', async () => {
    const { id } = await shop.approved(
      { intent: 'AUTHORIZE' },
      { action: 'pay', reason: 'ECHECK' },
    );
    const order = (await shop.call('POST', `/v2/checkout/orders/${id}/authorize`, {})).body;
    const part = await take(holdOf(order), { amount: usd('15.00') });
    expect(part.body.status).toBe('PENDING');
    expect(issueOf(await take(holdOf(order), { amount: usd('10.00') }))).toBe(
      'MAX_CAPTURE_AMOUNT_EXCEEDED',
    );
    await shop.act(order, { action: 'decline' });
    expect((await take(holdOf(order), { amount: usd('10.00') })).status).toBe(201);
    await until(
      () => shop.transaction(order),
      ({ captured }) => captured === 1_000,
    );
  });

  test.each(['authorizations', 'captures', 'refunds'])(
    'of nobody is not found: %s',
    async (kind) => {
      expect((await shop.call('GET', `/v2/payments/${kind}/0NB0DY000000000AX`)).status).toBe(404);
      const { id } = captureOf(await shop.captured());
      if (kind !== 'captures')
        expect((await shop.call('GET', `/v2/payments/${kind}/${id}`)).status).toBe(404);
    },
  );
});
