import { pause } from '../callback-receiver.ts';
import { comesAllTheSame } from '../on-its-way.ts';
import { until } from '../shop.ts';
import { openUnionpayShop, type UnionpayShop } from './shop.ts';

let shop: UnionpayShop;

beforeAll(async () => {
  shop = await openUnionpayShop({ SANDBOX_CALLBACK_SCALE: '0.01' }); // a first redelivery after 0.6 s
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

describe('a notice', () => {
  test('of a payment says what the query says, signed and with UnionPay’s certificate', async () => {
    const { order, queryId } = await shop.paid();
    const { orderId, txnTime } = order;
    expect((await shop.receiver.until(1))[0]).toMatchObject({
      path: '/v1/callbacks/unionpay/cha_own',
      type: expect.stringMatching(/^application\/x-www-form-urlencoded/),
      genuine: true,
      notice: {
        orderId,
        txnTime,
        queryId,
        merId: shop.keys.mer_id,
        txnType: '01',
        txnSubType: '07',
        bizType: '000000',
        txnAmt: '1999',
        currencyCode: '156',
        respCode: '00',
        signMethod: '01',
      },
    });
  });

  test('is not sent of what failed, and comes until 200 is said', async () => {
    const order = await shop.made('decline');
    shop.receiver.status = 500;
    await shop.act(order, { action: 'pay' });
    await shop.receiver.until(1);
    shop.receiver.status = 200;
    const heard = await shop.receiver.until(2);
    expect(heard.map(({ notice, genuine }) => [notice['respCode'], genuine])).toEqual([
      ['00', true],
      ['00', true],
    ]);
    await pause(1_500);
    expect(shop.receiver.heard).toHaveLength(2);
  });

  test('can be resent, also to another account’s address', async () => {
    const { order } = await shop.paid();
    await shop.receiver.until(1);
    const path = `/control/callbacks/unionpay/${order['orderId']}/resend`;
    const { body } = await shop.sandbox.call('POST', path, { copies: 2, account: 'cha_other' });
    expect(body).toEqual({ sent: 2, statuses: [200, 200] });
    for (const { genuine, path: at } of shop.receiver.heard.slice(1))
      expect([genuine, at]).toEqual([true, '/v1/callbacks/unionpay/cha_other']);
  });

  test('that was not taken is sent again after kill -9', async () => {
    shop.receiver.status = 500;
    const { order } = await shop.paid();
    await shop.receiver.until(1);
    await shop.sandbox.stop('SIGKILL');
    shop.receiver.status = 200;
    shop.sandbox = await shop.sandbox.again();
    expect((await shop.receiver.until(2))[1]!.notice['orderId']).toBe(order['orderId']);
  });
});

describe('a notice on its way', () => {
  comesAllTheSame({
    shop: () => shop,
    happens: () => shop.made('pay'),
    idOf: ({ notice }) => notice['queryId']!,
    nextTryMs: 600,
  });
});

describe('a notice that is spoilt', () => {
  test.each([
    ['forge_signature', { genuine: false, notice: { txnAmt: '1999' } }],
    ['wrong_key', { genuine: false, notice: { txnAmt: '1999' } }],
    ['tamper_ciphertext', { genuine: false, notice: { txnAmt: '91999' } }],
    ['malformed', { genuine: true, notice: { txnType: '01' } }],
    ['wrong_amount', { genuine: true, notice: { txnAmt: '1998' } }],
    ['wrong_currency', { genuine: true, notice: { currencyCode: '840' } }],
    ['says_failed', { genuine: true, notice: { respCode: '64' } }],
    ['other_order', { genuine: true, notice: { orderId: 'attofnobody0000' } }],
  ])('by %s is itself again on the next try, and the books stay true', async (fault, spoilt) => {
    shop.receiver.status = 400;
    await shop.fault('callback', fault, { count: 1 });
    const { order, queryId } = await shop.paid();
    const [first] = await shop.receiver.until(1);
    shop.receiver.status = 200;
    expect(first).toMatchObject(spoilt);
    const again = (await shop.receiver.until(2)).at(-1);
    expect(again).toMatchObject({
      genuine: true,
      notice: {
        orderId: order['orderId'],
        queryId,
        respCode: '00',
        txnAmt: '1999',
        currencyCode: '156',
      },
    });
    expect(await shop.transaction(order)).toMatchObject({ paid_count: 1, captured: 1999 });
  });

  test('says what was true of another order where there is one', async () => {
    const { order } = await shop.paid();
    await shop.receiver.until(1);
    await shop.fault('callback', 'other_order', { count: 1 });
    await shop.paid();
    const second = (await shop.receiver.until(2))[1];
    expect(second).toMatchObject({ genuine: true, notice: { orderId: order['orderId'] } });
  });
});

test('five tries that nobody takes are a missing acknowledgement', async () => {
  const quick = await openUnionpayShop({ SANDBOX_CALLBACK_SCALE: '0' });
  try {
    quick.receiver.status = 500;
    const { order } = await quick.paid();
    const violations = await until(quick.violations, (all) => all.length > 0);
    expect(violations).toMatchObject([{ rule: 'missing_ack', reference: order['orderId'] }]);
    expect(quick.receiver.heard).toHaveLength(5);
  } finally {
    await quick.finish();
  }
});
