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

const get = async (id: string) => (await shop.call('GET', `/v2/payments/refunds/${id}`)).body;
const settled = (id: string, status = 'COMPLETED') =>
  until(
    () => get(id),
    (refund) => refund.status === status,
  );
const statusOf = async ({ id }: any) =>
  (await shop.call('GET', `/v2/payments/captures/${id}`)).body.status;

describe('a refund', () => {
  test('waits for money when the merchant has not enough, and then goes through under its request id', async () => {
    const order = await shop.captured();
    await shop.fault('refund', 'insufficient_merchant_balance', { count: 1 });
    const key = { 'PayPal-Request-Id': 'ref_waits' };
    const refused = await shop.refund(captureOf(order), {}, key);
    expect(refused.status).toBe(422);
    expect(issueOf(refused)).toBe('REFUND_FAILED_INSUFFICIENT_FUNDS');
    expect((await shop.transaction(order)).refunds).toEqual([]);
    expect((await shop.refund(captureOf(order), {}, key)).status).toBe(201);
  });

  test('of all is pending, then completed, and told', async () => {
    const order = await shop.captured();
    const { status, body } = await shop.refund(captureOf(order), {
      custom_id: 'ref_all',
      invoice_id: 'ref_all',
      note_to_payer: 'sorry',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^[0-9A-Z]{17}$/),
      status: 'PENDING',
      status_details: { reason: 'ECHECK' },
      amount: usd('19.99'),
      custom_id: 'ref_all',
      invoice_id: 'ref_all',
      note_to_payer: 'sorry',
      seller_payable_breakdown: { total_refunded_amount: usd('19.99') },
    });
    expect(body.links.at(-1)).toMatchObject({
      rel: 'up',
      href: expect.stringContaining(`/captures/${captureOf(order).id}`),
    });
    const done = await settled(body.id);
    const event = await shop.receiver.event('PAYMENT.CAPTURE.REFUNDED', 'ref_all');
    expect(event).toMatchObject({ resource_type: 'refund', resource: done });
    expect(await statusOf(captureOf(order))).toBe('REFUNDED');
    const { body: told } = await shop.call('GET', `/v2/checkout/orders/${order.id}`);
    expect(told.purchase_units[0].payments.refunds).toEqual([done]);
    expect(await shop.transaction(order)).toMatchObject({
      state: 'paid',
      refunded: 1_999,
      refunds: [{ reference: 'ref_all', amount: 1_999, state: 'succeeded' }],
    });
  });

  test('may be of parts, together never more than was captured', async () => {
    const order = await shop.captured();
    const capture = captureOf(order);
    const [first, second] = [
      (await shop.refund(capture, { amount: usd('5.00') })).body,
      (await shop.refund(capture, { amount: usd('4.99') })).body,
    ];
    expect(second.seller_payable_breakdown.total_refunded_amount).toEqual(usd('9.99'));
    const more = await shop.refund(capture, { amount: usd('10.01') });
    expect([more.status, issueOf(more)]).toEqual([422, 'REFUND_AMOUNT_EXCEEDED']);
    await settled(first.id);
    await settled(second.id);
    expect(await statusOf(capture)).toBe('PARTIALLY_REFUNDED');
    expect((await shop.refund(capture)).body.amount).toEqual(usd('10.00'));
    expect(issueOf(await shop.refund(capture))).toBe('CAPTURE_FULLY_REFUNDED');
    const rules = (await shop.violations()).map(({ rule }) => rule);
    expect(rules).toEqual(['refund_beyond_captured', 'refund_beyond_captured']);
    expect((await shop.transaction(order)).refunds).toHaveLength(3);
  });

  test('without numbers of the merchant is known by PayPal’s, and bears those of the order', async () => {
    const order = await shop.captured();
    const { body } = await shop.refund(captureOf(order));
    expect(body.custom_id).toBe(referenceOf(order));
    expect((await shop.transaction(order)).refunds).toMatchObject([{ reference: body.id }]);
  });

  test('of a part of a hold comes back from that capture', async () => {
    const order = await shop.held();
    const path = `/v2/payments/authorizations/${holdOf(order).id}/capture`;
    const part = (await shop.call('POST', path, { amount: usd('5.00') })).body;
    await shop.call('POST', path, { amount: usd('3.00') });
    expect(issueOf(await shop.refund(part, { amount: usd('6.00') }))).toBe(
      'REFUND_AMOUNT_EXCEEDED',
    );
    const { id } = (await shop.refund(part, { amount: usd('5.00') })).body;
    await settled(id);
    expect(await shop.transaction(order)).toMatchObject({ captured: 800, refunded: 500 });
  });

  test('is in the capture’s currency, of a capture that is there, and told briefly if preferred', async () => {
    const capture = captureOf(await shop.captured());
    const amount = { currency_code: 'EUR', value: '1.00' };
    expect(issueOf(await shop.refund(capture, { amount }))).toBe(
      'REFUND_CAPTURE_CURRENCY_MISMATCH',
    );
    expect(issueOf(await shop.refund(capture, { amount: usd('0.00') }))).toBe(
      'CANNOT_BE_ZERO_OR_NEGATIVE',
    );
    expect((await shop.refund({ id: '0NB0DY000000000AX' })).status).toBe(404);
    const { body } = await shop.refund(capture, {}, { Prefer: '' });
    expect(Object.keys(body)).toEqual(['id', 'status', 'links']);
  });

  test('of a capture that was denied is refused', async () => {
    const order = await shop.approved({}, { action: 'pay', reason: 'PENDING_REVIEW' });
    const capture = captureOf((await shop.capture(order)).body);
    await shop.act(order, { action: 'decline' });
    expect(issueOf(await shop.refund(capture))).toBe('REFUND_NOT_ALLOWED');
  });

  test('that bounces is failed for who asks, is not told, and can be made again', async () => {
    const order = await shop.captured();
    await shop.receiver.event('PAYMENT.CAPTURE.COMPLETED');
    await shop.fault('refund', 'refund_bounce', { count: 1 });
    const { id } = (await shop.refund(captureOf(order))).body;
    await settled(id, 'FAILED');
    expect(await shop.transaction(order)).toMatchObject({
      state: 'paid',
      refunded: 0,
      refunds: [{ state: 'failed' }],
    });
    const again = (await shop.refund(captureOf(order))).body;
    expect(again.seller_payable_breakdown.total_refunded_amount).toEqual(usd('19.99'));
    await shop.receiver.event('PAYMENT.CAPTURE.REFUNDED', again.id);
    expect(shop.receiver.heard.some(({ event }) => event.resource.id === id)).toBe(false);
  });

  test('that kill -9 interrupts is settled after it', async () => {
    const slow = await openPaypalShop({ SANDBOX_REFUND_MS: '1000' });
    const order = await slow.captured();
    await slow.refund(captureOf(order));
    await slow.sandbox.stop('SIGKILL');
    slow.sandbox = await slow.sandbox.again();
    await until(
      () => slow.transaction(order),
      ({ refunded }) => refunded === 1_999,
    );
    await slow.receiver.event('PAYMENT.CAPTURE.REFUNDED');
    await slow.close();
  });
});
