import { freshNumber } from '../merchant.ts';
import { until } from '../shop.ts';
import { type AlipayShop, openAlipayShop } from './shop.ts';

let shop: AlipayShop;

beforeAll(async () => {
  shop = await openAlipayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

const notExist = { code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST' };

test('the keys have exactly the members that were promised', () => {
  expect(Object.keys(shop.keys).sort()).toEqual([
    'alipay_cert', 'alipay_private_key', 'alipay_public_key', 'alipay_root_cert', 'app_cert', 'app_id',
    'app_private_key', 'app_public_key', 'channel_account', 'next_alipay_cert', 'next_alipay_private_key',
    'next_alipay_public_key', 'seller_id',
  ]); // prettier-ignore
  expect(shop.keys.channel_account).toMatch(/^cha_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
});

describe('a code that nobody has scanned', () => {
  test('is an order in the books, and no trade on the wire', async () => {
    const order = shop.order();
    expect(await shop.precreate(order)).toEqual({
      code: '10000',
      msg: 'Success',
      out_trade_no: order.out_trade_no,
      qr_code: expect.stringMatching(/^https:\/\/qr\.alipay\.com\/\w+$/),
    });
    for (const ask of [shop.query, shop.close])
      expect(await ask(order.out_trade_no)).toMatchObject(notExist);
    expect(await shop.transaction(order.out_trade_no)).toMatchObject({
      channel: 'alipay',
      account: shop.keys.channel_account,
      amount: 1999,
      currency: 'CNY',
      state: 'created',
      channel_reference: null,
    });
  });

  test('can be paid still, although it was queried, closed and not there', async () => {
    const reference = await shop.ordered();
    await shop.query(reference);
    await shop.close(reference);
    expect((await shop.act(reference, { action: 'pay' })).status).toBe(200);
    expect(await shop.query(reference)).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
    expect(await shop.violations()).toEqual([]);
  });

  test('stays as it is when the payer walks away', async () => {
    const reference = await shop.ordered();
    expect((await shop.act(reference, { action: 'abandon' })).body.state).toBe('created');
    expect(await shop.query(reference)).toMatchObject(notExist);
  });
});

describe('a trade', () => {
  test('that was scanned waits for its buyer, with its number and no money', async () => {
    const reference = await shop.scanned();
    const asked = await shop.query(reference);
    expect(asked).toMatchObject({
      code: '10000',
      trade_no: expect.stringMatching(/^\d{28}$/),
      out_trade_no: reference,
      trade_status: 'WAIT_BUYER_PAY',
      total_amount: '19.99',
      receipt_amount: '0.00',
    });
    expect(asked).not.toHaveProperty('send_pay_date');
    const { state, paid_count, channel_reference } = await shop.transaction(reference);
    expect([state, paid_count, channel_reference]).toEqual(['created', 0, asked.trade_no]);
  });

  test('that was paid says so under both numbers; trade_no wins', async () => {
    const reference = await shop.paid();
    const asked = await shop.query(reference);
    expect(asked).toMatchObject({
      trade_status: 'TRADE_SUCCESS',
      total_amount: '19.99',
      receipt_amount: '19.99',
      buyer_pay_amount: '19.99',
      send_pay_date: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      buyer_logon_id: expect.stringContaining('***'),
      fund_bill_list: [{ fund_channel: 'ALIPAYACCOUNT', amount: '19.99' }],
    });
    const at = Date.parse(`${asked.send_pay_date.replace(' ', 'T')}+08:00`);
    expect(Math.abs(Date.now() - at)).toBeLessThan(30_000);
    const both = { trade_no: asked.trade_no, out_trade_no: 'att_of_nobody' };
    expect(await shop.call('alipay.trade.query', both)).toMatchObject({ out_trade_no: reference });
    expect(await shop.transaction(reference)).toMatchObject({
      state: 'paid',
      paid_count: 1,
      captured: 1999,
      channel_reference: asked.trade_no,
    });
  });

  test('closes once, only while it waits, and then takes no money', async () => {
    const reference = await shop.scanned();
    const { trade_no } = await shop.query(reference);
    expect(await shop.close(reference)).toMatchObject({
      code: '10000',
      trade_no,
      out_trade_no: reference,
    });
    expect(await shop.query(reference)).toMatchObject({ trade_status: 'TRADE_CLOSED' });
    expect(await shop.close(reference)).toMatchObject({ sub_code: 'ACQ.TRADE_STATUS_ERROR' });
    expect(await shop.act(reference, { action: 'pay' })).toEqual({
      status: 409,
      body: { error: 'the order is closed' },
    });
    expect(await shop.violations()).toEqual([]);
  });

  test('that was paid is not closed', async () => {
    const reference = await shop.paid();
    expect(await shop.close(reference)).toMatchObject({ sub_code: 'ACQ.TRADE_STATUS_ERROR' });
    expect((await shop.transaction(reference)).state).toBe('paid');
  });

  test('that is closed without a query before it is closed rudely', async () => {
    const reference = await shop.scanned();
    expect(await shop.close(reference)).toMatchObject({ code: '10000' });
    expect(await shop.violations()).toMatchObject([{ rule: 'close_without_query', reference }]);
  });

  test('is closed by Alipay when its time is over; a code that nobody scanned only lapses', async () => {
    const time_expire = beijing(Date.now() + 6_000);
    const [scanned, unscanned] = [
      await shop.scanned({ time_expire }),
      await shop.ordered({ time_expire }),
    ];
    expect(await shop.query(scanned)).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' });
    await until(
      () => shop.query(scanned),
      ({ trade_status }) => trade_status === 'TRADE_CLOSED',
    );
    expect(await shop.query(unscanned)).toMatchObject(notExist);
    for (const [reference, error] of [
      [scanned, 'the order is closed'],
      [unscanned, 'the order has expired'],
    ] as const)
      expect(await shop.act(reference, { action: 'pay' })).toEqual({
        status: 409,
        body: { error },
      });
  });

  const beijing = (at: number) =>
    new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
});

describe('the same number', () => {
  test('with the same fields gives the same code and one order', async () => {
    const order = shop.order();
    const first = await shop.precreate(order);
    expect((await shop.precreate(order)).qr_code).toBe(first.qr_code);
    await shop.act(order.out_trade_no, { action: 'decline' });
    expect((await shop.precreate(order)).qr_code).toBe(first.qr_code);
    expect(await shop.violations()).toEqual([]);
  });

  test.each([{ total_amount: '20.00' }, { subject: 'Three tickets' }, { body: 'more' }])(
    'with other fields %j is refused and held against the merchant',
    async (other) => {
      const reference = await shop.ordered();
      expect(await shop.precreate(shop.order(reference, other))).toMatchObject({
        code: '40004',
        sub_code: 'ACQ.CONTEXT_INCONSISTENT',
      });
      expect(await shop.violations()).toMatchObject([
        { rule: 'same_number_other_fields', reference },
      ]);
      expect((await shop.transaction(reference)).amount).toBe(1999);
    },
  );

  test('is refused once it was paid or closed', async () => {
    const paid = await shop.paid();
    expect(await shop.precreate(shop.order(paid))).toMatchObject({
      sub_code: 'ACQ.TRADE_HAS_SUCCESS',
    });
    const closed = await shop.scanned();
    await shop.query(closed);
    await shop.close(closed);
    expect(await shop.precreate(shop.order(closed))).toMatchObject({
      sub_code: 'ACQ.TRADE_HAS_CLOSE',
    });
  });
});

describe('an amount', () => {
  test.each([
    ['0.01', 1],
    ['1', 100],
    ['1.5', 150],
    [2.25, 225],
    ['100000000.00', 10_000_000_000],
  ])('of %s yuan is exact', async (total_amount, minor) => {
    const reference = await shop.paid({ total_amount });
    expect((await shop.transaction(reference)).captured).toBe(minor);
    expect(Number((await shop.query(reference)).total_amount)).toBe(Number(total_amount));
  });

  test.each(['0', '0.00', '0.001', '-1', '1e3', '100000000.01', '', 'ten', '1,5'])(
    'of %j yuan is refused',
    async (total_amount) => {
      const order = shop.order(freshNumber(), { total_amount });
      expect(await shop.precreate(order)).toMatchObject({
        code: '40004',
        sub_code: 'ACQ.INVALID_PARAMETER',
      });
      expect(await shop.transaction(order.out_trade_no)).toBeUndefined();
    },
  );
});

describe('a payer who is forced', () => {
  test('pays a closed order: another trade under the same number', async () => {
    const reference = await shop.scanned();
    const { trade_no } = await shop.query(reference);
    await shop.close(reference);
    expect((await shop.act(reference, { action: 'pay', force: true })).status).toBe(200);
    const asked = await shop.query(reference);
    expect(asked.trade_status).toBe('TRADE_SUCCESS');
    expect(asked.trade_no).not.toBe(trade_no);
    expect(await shop.transaction(reference)).toMatchObject({ state: 'paid', paid_count: 1 });
  });

  test('pays twice, and each trade has its own number, notice and refund', async () => {
    const reference = await shop.paid();
    expect((await shop.act(reference, { action: 'pay' })).status).toBe(409);
    await shop.act(reference, { action: 'pay', force: true });
    const [first, second] = (await shop.receiver.until(2)).map(({ notice }) => notice.trade_no);
    expect(first).not.toBe(second);
    const refund = {
      trade_no: second,
      refund_amount: '19.99',
      out_request_no: freshNumber('ref'),
    };
    expect(await shop.refund(refund)).toMatchObject({ trade_no: second, fund_change: 'Y' });
    const status = async (trade_no: string) =>
      (await shop.call('alipay.trade.query', { trade_no })).trade_status;
    expect([await status(first), await status(second)]).toEqual(['TRADE_SUCCESS', 'TRADE_CLOSED']);
    expect(await shop.transaction(reference)).toMatchObject({
      paid_count: 2,
      captured: 3998,
      refunded: 1999,
    });
  });

  test('to decline or to leave what is over changes nothing', async () => {
    const reference = await shop.paid();
    for (const action of ['decline', 'abandon']) {
      expect((await shop.act(reference, { action })).status).toBe(409);
      const forced = await shop.act(reference, { action, force: true });
      expect(forced).toMatchObject({ status: 200, body: { paid_count: 1 } });
    }
    for (const action of ['authenticate', 'bounce_refund'])
      expect(await shop.act(reference, { action })).toEqual({
        status: 400,
        body: { error: 'alipay takes pay, decline and abandon' },
      });
  });
});
