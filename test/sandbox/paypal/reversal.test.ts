import { later } from '../later.ts';
import { captureOf, holdOf, issueOf, openPaypalShop, type PaypalShop, referenceOf, usd } from './shop.ts'; // prettier-ignore

let shop: PaypalShop;
beforeAll(async () => {
  shop = await openPaypalShop({ SANDBOX_PROCESSING_MS: '300' });
});
afterAll(() => shop.close());
beforeEach(async () => {
  await shop.reset();
  await shop.fault('capture', 'capture_bounce');
});

const reversal = async (order: any) =>
  (await shop.receiver.event('PAYMENT.CAPTURE.REVERSED', referenceOf(order))).resource;

describe('money that PayPal takes back by itself', () => {
  test('is told as a refund that bears the numbers of the order, and stands in the books', async () => {
    const order = await shop.captured();
    const told = await reversal(order);
    expect(told).toMatchObject({
      status: 'COMPLETED',
      amount: usd('19.99'),
      note_to_payer: 'Payment reversed',
      custom_id: referenceOf(order),
      links: [
        { rel: 'self', href: expect.stringContaining(`/v2/payments/refunds/${told.id}`) },
        { rel: 'up', href: expect.stringContaining(`/captures/${captureOf(order).id}`) },
      ],
    });
    expect(await shop.transaction(order)).toMatchObject({
      captured: 1_999,
      refunded: 1_999,
      refunds: [{ reference: told.id, amount: 1_999, state: 'succeeded' }],
    });
    const capture = await shop.call('GET', `/v2/payments/captures/${captureOf(order).id}`);
    expect(capture.body.status).toBe('REFUNDED');
    expect(shop.receiver.heard.map(({ event }) => event.event_type)).not.toContain('PAYMENT.CAPTURE.REFUNDED'); // prettier-ignore
  });

  test('is not there to be refunded or disputed any more', async () => {
    const order = await shop.captured();
    await reversal(order);
    const refused = await shop.refund(captureOf(order));
    expect([refused.status, issueOf(refused)]).toEqual([422, 'CAPTURE_FULLY_REFUNDED']);
    expect((await shop.act(order, { action: 'dispute' })).status).toBe(409);
  });

  test('is what was not refunded of one part of a hold', async () => {
    const held = await shop.held();
    const path = `/v2/payments/authorizations/${holdOf(held).id}/capture`;
    const taken = (await shop.call('POST', path, { amount: usd('5.00') })).body;
    await shop.refund(taken, { amount: usd('2.00') });
    expect(await reversal(held)).toMatchObject({ amount: usd('3.00') });
    expect((await shop.transaction(held)).captured).toBe(500);
  });

  test('is a reversal in the list of transactions', async () => {
    const order = await shop.captured();
    const { id } = await reversal(order);
    const day = new Date().toISOString().slice(0, 10);
    await later(shop.sandbox, 2 * 86_400_000);
    const query = new URLSearchParams({ start_date: `${day}T00:00:00Z`, end_date: `${day}T23:59:59Z`, fields: 'all' }); // prettier-ignore
    const { body } = await shop.call('GET', `/v1/reporting/transactions?${query.toString()}`);
    const rows = body.transaction_details.map((one: any) => one.transaction_info);
    expect(rows).toContainEqual(
      expect.objectContaining({
        transaction_id: id,
        transaction_event_code: 'T1106',
        transaction_amount: usd('-19.99'),
        transaction_status: 'S',
        custom_field: referenceOf(order),
      }),
    );
  });
});

test('an authorization is no capture: nothing of it bounces', async () => {
  const held = await shop.held();
  await later(shop.sandbox, 60_000);
  expect(await shop.transaction(held)).toMatchObject({ state: 'held', refunds: [] });
});
