import { freshNumber } from './merchant.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
let merchant: Shop['merchant'];

beforeAll(async () => {
  shop = await openShop();
  ({ merchant } = shop);
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

describe('a refund', () => {
  test('waits for money when the merchant has not enough, and then goes through under its number', async () => {
    const reference = await shop.paidOrder();
    await shop.fault('refund', 'insufficient_merchant_balance', { count: 1 });
    const refund = merchant.refundOf(reference, 700);
    const refused = await merchant.refund(refund);
    expect(refused).toMatchObject({ status: 403, body: { code: 'NOT_ENOUGH' } });
    expect((await shop.transaction(reference)).refunds).toEqual([]);
    expect((await merchant.refund(refund)).body.status).toBe('PROCESSING');
    expect(await shop.violations()).toEqual([]);
  });

  test.each([
    [{ funds_account: 'AVAILABLE' }, 'AVAILABLE'],
    [{}, 'UNSETTLED'],
  ])('asked for with %j is paid from %s', async (more, account) => {
    const refund = merchant.refundOf(await shop.paidOrder(), 700, 1999, more);
    expect((await merchant.refund(refund)).body.funds_account).toBe(account);
  });

  test('with the same number and fields happens once', async () => {
    const reference = await shop.paidOrder();
    const refund = merchant.refundOf(reference, 700);
    const first = await merchant.refund(refund);
    expect((await merchant.refund(refund)).body.refund_id).toBe(first.body.refund_id);
    expect((await shop.transaction(reference)).refunds).toHaveLength(1);
    expect(await shop.violations()).toEqual([]);
  });

  test('with the same number and another amount is refused', async () => {
    const refund = merchant.refundOf(await shop.paidOrder(), 700);
    await merchant.refund(refund);
    const other = await merchant.refund({ ...refund, amount: { ...refund.amount, refund: 701 } });
    expect(other.status).toBe(400);
    expect(await shop.violations()).toHaveLength(1);
  });

  test('cannot pass what was paid', async () => {
    const reference = await shop.paidOrder();
    expect((await merchant.refund(merchant.refundOf(reference, 1500))).status).toBe(200);
    const beyond = await merchant.refund(merchant.refundOf(reference, 500));
    expect(beyond).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    expect(await shop.violations()).toMatchObject([{ rule: 'refund_beyond_paid' }]);
  });

  test('with the same number for another order is refused', async () => {
    const refund = merchant.refundOf(await shop.paidOrder(), 700);
    await merchant.refund(refund);
    const other = await merchant.refund({ ...refund, out_trade_no: await shop.paidOrder() });
    expect(other).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    expect(await shop.violations()).toMatchObject([{ rule: 'same_number_other_fields' }]);
  });

  test('that is violated is filed under the order’s number', async () => {
    const reference = await shop.paidOrder();
    const refund = merchant.refundOf(reference, 2000);
    await merchant.refund(refund);
    const { body } = await shop.sandbox.call('GET', `/control/books?reference=${reference}`);
    expect(body.violations).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        channel: 'wechat-pay',
        reference,
        rule: 'refund_beyond_paid',
        detail: expect.stringContaining(refund.out_refund_no),
      },
    ]);
  });

  test('names its order by at least one number, and by both only if they agree', async () => {
    const reference = await shop.paidOrder();
    const { out_trade_no: _none, ...nameless } = merchant.refundOf(reference, 1);
    expect((await merchant.refund(nameless)).body.code).toBe('PARAM_ERROR');
    const { transaction_id } = (await merchant.query(reference)).body;
    const torn = merchant.refundOf(await shop.paidOrder(), 1, 1999, { transaction_id });
    expect((await merchant.refund(torn)).body.code).toBe('INVALID_REQUEST');
  });

  test('turns the trade state of its payment only', async () => {
    const reference = await shop.paidOrder();
    const first = (await merchant.query(reference)).body.transaction_id;
    await shop.pay(reference, { force: true });
    const { out_trade_no: _by, ...refund } = merchant.refundOf(reference, 1999);
    await merchant.refund({ ...refund, transaction_id: first });
    expect((await merchant.query(reference)).body.trade_state).toBe('REFUND');
    const notices = (await shop.receiver.until(3)).filter(
      (one) => one.envelope.event_type === 'TRANSACTION.SUCCESS',
    );
    const second = notices.find((one) => one.resource.transaction_id !== first)!;
    const { body } = await merchant.queryById(second.resource.transaction_id as string);
    expect(body.trade_state).toBe('SUCCESS');
    expect((await merchant.refund(merchant.refundOf(reference, 1999))).status).toBe(200);
  });

  test('is refused beyond fifty of one payment', async () => {
    const reference = await shop.paidOrder();
    for (let number = 0; number < 50; number += 1)
      expect((await merchant.refund(merchant.refundOf(reference, 1))).status).toBe(200);
    expect((await merchant.refund(merchant.refundOf(reference, 1))).body.code).toBe('RULE_LIMIT');
  });

  test('must name the true total', async () => {
    const answer = await merchant.refund(merchant.refundOf(await shop.paidOrder(), 100, 1998));
    expect(answer.status).toBe(400);
  });

  test('of an order that was not paid, or not even known, is refused', async () => {
    const reference = freshNumber();
    await merchant.create(merchant.order(reference));
    expect((await merchant.refund(merchant.refundOf(reference, 1))).status).toBeGreaterThanOrEqual(
      400,
    );
    expect((await merchant.refund(merchant.refundOf(freshNumber(), 1))).status).toBe(404);
  });
});
