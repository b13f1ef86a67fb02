import { pause } from '../callback-receiver.ts';
import { until } from '../shop.ts';
import { type AlipayShop, openAlipayShop } from './shop.ts';

let shop: AlipayShop;

beforeAll(async () => {
  shop = await openAlipayShop({ SANDBOX_CALLBACK_SCALE: '0.002' }); // a first redelivery after 0.5 s
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

describe('a notice', () => {
  test('of a payment is a form that the SDK believes, and says what the query says', async () => {
    const reference = await shop.paid({ body: 'a=b&c', passback_params: 'row%3D7' });
    const [heard] = await shop.receiver.until(1);
    const { trade_no } = await shop.query(reference);
    expect(heard).toMatchObject({
      path: '/v1/callbacks/alipay/cha_own',
      type: expect.stringMatching(/^application\/x-www-form-urlencoded/),
      genuine: true,
      notice: {
        notify_type: 'trade_status_sync',
        app_id: shop.keys.app_id,
        seller_id: shop.keys.seller_id,
        trade_no,
        out_trade_no: reference,
        trade_status: 'TRADE_SUCCESS',
        total_amount: '19.99',
        receipt_amount: '19.99',
        subject: 'Two tickets, 两张票',
        body: 'a=b&c',
        passback_params: 'row%3D7',
        sign_type: 'RSA2',
        fund_bill_list: '[{"amount":"19.99","fundChannel":"ALIPAYACCOUNT"}]',
      },
    });
    expect(heard!.notice).not.toHaveProperty('refund_fee');
    expect(heard!.notice).not.toHaveProperty('trans_currency');
    expect(age(heard!.notice)).toBeLessThan(30);
  });

  test('of refunds is the trade once more: part leaves it paid, the rest closes it', async () => {
    const reference = await shop.paid();
    await shop.receiver.until(1);
    const parts = [shop.refundOf(reference, '5.00'), shop.refundOf(reference, '14.99')];
    for (const [index, part] of parts.entries()) {
      await shop.refund(part);
      await shop.receiver.until(index + 2);
    }
    expect(shop.receiver.heard.slice(1)).toMatchObject([
      {
        genuine: true,
        notice: {
          trade_status: 'TRADE_SUCCESS',
          refund_fee: '5.00',
          out_biz_no: parts[0].out_request_no,
          gmt_refund: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/),
          total_amount: '19.99',
        },
      },
      {
        genuine: true,
        notice: {
          trade_status: 'TRADE_CLOSED',
          refund_fee: '19.99',
          out_biz_no: parts[1].out_request_no,
          gmt_payment: expect.any(String),
        },
      },
    ]);
  });

  test('of a code’s trade that was closed unpaid says TRADE_CLOSED as well, and not a word of money', async () => {
    const reference = await shop.scanned();
    const { trade_no } = await shop.query(reference);
    await shop.close(reference);
    const [heard] = await shop.receiver.until(1);
    expect(heard).toMatchObject({
      genuine: true,
      notice: {
        trade_status: 'TRADE_CLOSED',
        trade_no,
        out_trade_no: reference,
        total_amount: '19.99',
        gmt_close: expect.any(String),
      },
    });
    for (const name of ['gmt_payment', 'refund_fee', 'gmt_refund', 'receipt_amount'])
      expect(heard!.notice).not.toHaveProperty(name);
  });

  test('of a trade whose time is over comes by itself, also after kill -9 in between', async () => {
    const inTime = await shop.scanned({ time_expire: beijing(Date.now() + 4_000) });
    const inVain = await shop.ordered({ time_expire: beijing(Date.now() + 4_000) });
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    const [heard] = await shop.receiver.until(1);
    expect(heard!.notice).toMatchObject({ trade_status: 'TRADE_CLOSED', out_trade_no: inTime });
    expect((await shop.transaction(inTime)).state).toBe('closed');
    expect((await shop.transaction(inVain)).state).toBe('created');
    await pause(300);
    expect(shop.receiver.heard).toHaveLength(1);
  });

  test('is not sent of a trade that waits, of a page that closes unpaid, or without a notify_url', async () => {
    await shop.scanned();
    const page = shop.order();
    const url = shop.sdk.pageExecute('alipay.trade.page.pay', 'GET', {
      bizContent: { product_code: 'FAST_INSTANT_TRADE_PAY', ...page },
      notifyUrl: shop.receiver.url,
    });
    await fetch(url);
    await shop.act(page.out_trade_no, { action: 'decline' });
    await shop.query(page.out_trade_no);
    expect(await shop.close(page.out_trade_no)).toMatchObject({ code: '10000' });
    const order = shop.order();
    await shop.call('alipay.trade.precreate', order);
    await shop.act(order.out_trade_no, { action: 'pay' });
    await pause(300);
    expect(shop.receiver.heard).toEqual([]);
  });

  test.each([
    ['status 500', { status: 500, body: 'success' }],
    ['an empty 200', { status: 200, body: '' }],
    ['204', { status: 204, body: '' }],
    ['SUCCESS', { status: 200, body: 'SUCCESS' }],
    ['a page', { status: 200, body: '<p>success</p>' }],
    ['a line', { status: 200, body: 'success\n' }],
  ])('that was answered with %s comes again, the same and dated anew', async (_what, answer) => {
    shop.receiver.answer = answer;
    await shop.paid();
    const [first] = await shop.receiver.until(1);
    shop.receiver.answer = { status: 200, body: 'success' };
    const again = (await shop.receiver.until(2))[1];
    expect(again!.genuine).toBe(true);
    expect(again!.notice.notify_id).toBe(first!.notice.notify_id);
    await pause(700);
    expect(shop.receiver.heard).toHaveLength(2);
  });

  test('can be resent, freshly signed', async () => {
    const reference = await shop.paid();
    const [first] = await shop.receiver.until(1);
    const path = `/control/callbacks/alipay/${reference}/resend`;
    const { body } = await shop.sandbox.call('POST', path, { copies: 2, account: 'cha_other' });
    expect(body).toEqual({ sent: 2, statuses: [200, 200] });
    for (const { genuine, notice, path } of shop.receiver.heard.slice(1))
      expect([genuine, notice.notify_id, path]).toEqual([
        true,
        first!.notice.notify_id,
        '/v1/callbacks/alipay/cha_other',
      ]);
  });

  test('that was not acknowledged is sent again after kill -9', async () => {
    shop.receiver.answer = { status: 500, body: '' };
    const reference = await shop.paid();
    await shop.receiver.until(1);
    await shop.sandbox.stop('SIGKILL');
    shop.receiver.answer = { status: 200, body: 'success' };
    shop.sandbox = await shop.sandbox.again();
    expect((await shop.receiver.until(2))[1]!.notice.out_trade_no).toBe(reference);
    expect(await shop.query(reference)).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
    expect(await shop.precreate(shop.order(reference))).toMatchObject({
      sub_code: 'ACQ.TRADE_HAS_SUCCESS',
    });
  });
});

const beijing = (at: number) =>
  new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');

const age = ({ notify_time }: any) =>
  (Date.now() - Date.parse(`${notify_time.replace(' ', 'T')}+08:00`)) / 1_000;

describe('a notice that is spoilt', () => {
  const once = { status: 200, body: 'failure' };

  test.each([
    ['forge_signature', { genuine: false, notice: { total_amount: '19.99' } }],
    ['wrong_key', { genuine: false, notice: { total_amount: '19.99' } }],
    ['tamper_ciphertext', { genuine: false, notice: { total_amount: '919.99' } }],
    ['malformed', { genuine: true, notice: { notify_type: 'trade_status_sync' } }],
    ['wrong_amount', { genuine: true, notice: { total_amount: '19.98' } }],
    ['wrong_currency', { genuine: true, notice: { total_amount: '19.99', trans_currency: 'USD' } }],
    ['other_order', { genuine: true, notice: { out_trade_no: 'att_of_nobody_0000' } }],
    ['stale_timestamp', { genuine: true, notice: { trade_status: 'TRADE_SUCCESS' } }],
  ])('by %s is itself again on the next try, and the books stay true', async (fault, spoilt) => {
    shop.receiver.answer = once;
    await shop.fault('callback', fault, { count: 1 });
    const reference = await shop.paid();
    const [first] = await shop.receiver.until(1);
    shop.receiver.answer = { status: 200, body: 'success' };
    expect(first).toMatchObject(spoilt);
    if (fault === 'stale_timestamp') expect(age(first!.notice)).toBeGreaterThan(590);
    if (fault === 'malformed')
      for (const name of ['trade_status', 'trade_no', 'out_trade_no', 'total_amount'])
        expect(first!.notice).not.toHaveProperty(name);
    const again = (await shop.receiver.until(2)).at(-1);
    expect(again).toMatchObject({
      genuine: true,
      notice: { out_trade_no: reference, total_amount: '19.99' },
    });
    expect(age(again!.notice)).toBeLessThan(60);
    expect(await shop.transaction(reference)).toMatchObject({ paid_count: 1, captured: 1999 });
  });

  test('says what was true of another order where there is one', async () => {
    const other = await shop.paid();
    await shop.receiver.until(1);
    await shop.fault('callback', 'other_order', { count: 1 });
    await shop.paid();
    const second = (await shop.receiver.until(2))[1];
    expect(second).toMatchObject({ genuine: true, notice: { out_trade_no: other } });
  });

  test('says one fen less of the refund when it is about one', async () => {
    const reference = await shop.paid();
    await shop.receiver.until(1);
    await shop.fault('callback', 'wrong_amount', { count: 1 });
    await shop.refund(shop.refundOf(reference, '5.00'));
    const { notice } = (await shop.receiver.until(2))[1]!;
    expect([notice.refund_fee, notice.total_amount]).toEqual(['4.99', '19.99']);
  });

  test('by drop never comes, by duplicate twice, by reorder after the next', async () => {
    await shop.fault('callback', 'drop', { count: 1 });
    const dropped = await shop.paid();
    await until(
      async () => (await shop.sandbox.call('GET', '/control/books')).body,
      () => shop.receiver.heard.length > 0, // the ladder's next try
    );
    expect(shop.receiver.heard[0]!.notice.out_trade_no).toBe(dropped);
    await shop.fault('callback', 'duplicate', { count: 1 });
    await shop.paid();
    const [, one, two] = await shop.receiver.until(3);
    expect(one!.notice.notify_id).toBe(two!.notice.notify_id);
    await shop.fault('callback', 'reorder', { count: 1, delay_ms: 10_000 });
    const reference = await shop.paid();
    await shop.refund(shop.refundOf(reference, '5.00'));
    const [, , , first, last] = await shop.receiver.until(5);
    expect(first!.notice.refund_fee).toBe('5.00');
    expect(last!.notice).not.toHaveProperty('refund_fee');
  });
});

test('a ladder that is climbed to its end is a missing acknowledgement', async () => {
  const quick = await openAlipayShop({ SANDBOX_CALLBACK_SCALE: '0' });
  try {
    quick.receiver.answer = { status: 200, body: 'fail' };
    const reference = await quick.paid();
    const violations = await until(quick.violations, (all) => all.length > 0);
    expect(violations).toMatchObject([{ channel: 'alipay', reference, rule: 'missing_ack' }]);
    expect(quick.receiver.heard).toHaveLength(8); // the first try and seven steps
  } finally {
    await quick.finish();
  }
});
