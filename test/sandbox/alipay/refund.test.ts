import { freshNumber } from '../merchant.ts';
import { type AlipayShop, openAlipayShop } from './shop.ts';

let shop: AlipayShop;

beforeAll(async () => {
  shop = await openAlipayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

describe('a refund', () => {
  test('moves the money at once, and adds up', async () => {
    const reference = await shop.paid();
    const [first, second] = [shop.refundOf(reference, '5.00'), shop.refundOf(reference, '0.50')];
    expect(await shop.refund(first)).toMatchObject({
      code: '10000',
      out_trade_no: reference,
      fund_change: 'Y',
      refund_fee: '5.00',
      send_back_fee: '5.00',
      gmt_refund_pay: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
    expect(await shop.refund(second)).toMatchObject({ refund_fee: '5.50', send_back_fee: '0.50' });
    expect(await shop.queryRefund(first)).toMatchObject({
      out_request_no: first.out_request_no,
      refund_status: 'REFUND_SUCCESS',
      refund_amount: '5.00',
      total_amount: '19.99',
    });
    expect(await shop.query(reference)).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
    expect(await shop.transaction(reference)).toMatchObject({
      state: 'paid',
      captured: 1999,
      refunded: 550,
      refunds: [
        { reference: first.out_request_no, amount: 500, state: 'succeeded' },
        { reference: second.out_request_no, amount: 50, state: 'succeeded' },
      ],
    });
  });

  test('waits for money when the merchant has not enough, and then goes through under its number', async () => {
    const reference = await shop.paid();
    const refund = shop.refundOf(reference, '5.00');
    await shop.fault('refund', 'insufficient_merchant_balance', { count: 1 });
    expect(await shop.refund(refund)).toMatchObject({
      code: '40004',
      sub_code: 'ACQ.SELLER_BALANCE_NOT_ENOUGH',
    });
    expect((await shop.transaction(reference)).refunds).toEqual([]);
    expect(await shop.refund(refund)).toMatchObject({ code: '10000', fund_change: 'Y' });
  });

  test('of all closes the trade, which still says when it was paid', async () => {
    const reference = await shop.paid();
    await shop.refund(shop.refundOf(reference, '19.99'));
    expect(await shop.query(reference)).toMatchObject({
      trade_status: 'TRADE_CLOSED',
      total_amount: '19.99',
      send_pay_date: expect.any(String),
    });
  });

  test('repeated changes nothing and says so: N is no failure', async () => {
    const refund = shop.refundOf(await shop.paid(), '5.00');
    await shop.refund(refund);
    for (let times = 0; times < 2; times += 1)
      expect(await shop.refund(refund)).toMatchObject({
        code: '10000',
        fund_change: 'N',
        refund_fee: '5.00',
      });
    expect((await shop.transaction(refund.out_trade_no)).refunds).toHaveLength(1);
    expect(await shop.violations()).toEqual([]);
  });

  test('repeated with another amount is refused and held against the merchant', async () => {
    const refund = shop.refundOf(await shop.paid(), '5.00');
    await shop.refund(refund);
    expect(await shop.refund({ ...refund, refund_amount: '6.00' })).toMatchObject({
      code: '40004',
      sub_code: 'ACQ.DISCORDANT_REPEAT_REQUEST',
    });
    expect(await shop.violations()).toMatchObject([{ rule: 'same_number_other_fields' }]);
  });

  test('has its number within its trade: another trade may use it again', async () => {
    const one = shop.refundOf(await shop.paid(), '1.00');
    const other = { ...one, out_trade_no: await shop.paid(), refund_amount: '2.00' };
    for (const refund of [one, other])
      expect(await shop.refund(refund)).toMatchObject({ fund_change: 'Y' });
    expect(await shop.queryRefund(one)).toMatchObject({ refund_amount: '1.00' });
    expect(await shop.queryRefund(other)).toMatchObject({ refund_amount: '2.00' });
  });

  test('without a number gives all back or nothing', async () => {
    const reference = await shop.paid();
    const { out_request_no: _, ...part } = shop.refundOf(reference, '5.00');
    expect(await shop.refund(part)).toMatchObject({ sub_code: 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL' });
    expect(await shop.refund({ ...part, refund_amount: '19.99' })).toMatchObject({
      fund_change: 'Y',
    });
    const asked = await shop.queryRefund({ out_trade_no: reference, out_request_no: reference });
    expect(asked).toMatchObject({ refund_status: 'REFUND_SUCCESS' });
  });

  test.each([
    ['5.00', '15.00', 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL'],
    ['19.99', '0.01', 'ACQ.TRADE_STATUS_ERROR'],
  ])('after %s, one of %s is too much', async (before, more, sub_code) => {
    const reference = await shop.paid();
    await shop.refund(shop.refundOf(reference, before));
    const beyond = shop.refundOf(reference, more);
    expect(await shop.refund(beyond)).toMatchObject({ code: '40004', sub_code });
    expect(await shop.violations()).toMatchObject([{ rule: 'refund_beyond_paid', reference }]);
    expect((await shop.transaction(reference)).refunds).toHaveLength(1);
  });

  test.each([
    ['scanned', 'ACQ.TRADE_STATUS_ERROR'],
    ['ordered', 'ACQ.TRADE_NOT_EXIST'],
  ] as const)('of what is only %s is refused', async (state, sub_code) => {
    const refund = shop.refundOf(await shop[state](), '1.00');
    expect(await shop.refund(refund)).toMatchObject({ code: '40004', sub_code });
  });

  test('that nobody made is asked for in vain: 10000, and no status', async () => {
    const refund = shop.refundOf(await shop.paid(), '5.00');
    expect(await shop.queryRefund(refund)).toEqual({ code: '10000', msg: 'Success' });
    expect(await shop.queryRefund(shop.refundOf(freshNumber(), '1.00'))).toMatchObject({
      sub_code: 'ACQ.TRADE_NOT_EXIST',
    });
  });

  test.each(['0', '-1', '1.001', 'all'])('of %j yuan is refused', async (refund_amount) => {
    const refund = shop.refundOf(await shop.paid(), refund_amount);
    expect(await shop.refund(refund)).toMatchObject({ sub_code: 'ACQ.INVALID_PARAMETER' });
  });
});
