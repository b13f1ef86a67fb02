import { pause } from '../callback-receiver.ts';
import { freshNumber } from '../merchant.ts';
import { openShop, type Shop } from '../shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

/** An order that is paid by the code of a payer of this kind. */
function codeOrder(kind: string, more: object = {}) {
  const { notify_url: _none, ...order } = shop.merchant.order(freshNumber());
  const payer = { auth_code: `1300615680384566${kind}` };
  return { ...order, payer, scene_info: { store_info: { out_id: 'till 7' } }, ...more };
}
const scan = (order: object) => shop.merchant.createBy('codepay', order);
const reverse = (reference: string, more: object = {}) => {
  const { appid, mchid } = shop.keys;
  const path = `/v3/pay/transactions/out-trade-no/${reference}/reverse`;
  return shop.merchant.post(path, { appid, mchid, ...more });
};
const stateOf = async (reference: string) =>
  (await shop.merchant.query(reference)).body.trade_state;

describe('a payer’s code', () => {
  test('pays at once, and nobody is called back', async () => {
    const order = codeOrder('00', { attach: 'till 7' });
    const reference = order.out_trade_no;
    const answer = await scan(order);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        out_trade_no: reference,
        transaction_id: expect.stringMatching(/^42\d{26}$/),
        trade_type: 'MICROPAY',
        trade_state: 'SUCCESS',
        attach: 'till 7',
        amount: { total: 1999, payer_total: 1999, currency: 'CNY' },
      },
    });
    expect((await shop.merchant.query(reference)).body).toEqual(answer.body);
    expect((await scan(order)).body.code).toBe('ORDERPAID');
    expect((await shop.transaction(reference)).paid_count).toBe(1);
    await pause(200);
    expect(shop.receiver.received).toEqual([]);
  });

  test('…01 waits for the payer’s password: he pays', async () => {
    const order = codeOrder('01');
    for (let times = 0; times < 2; times += 1)
      expect(await scan(order)).toMatchObject({ status: 202, body: { code: 'USERPAYING' } });
    expect(await stateOf(order.out_trade_no)).toBe('USERPAYING');
    expect((await shop.pay(order.out_trade_no)).status).toBe(200);
    expect(await stateOf(order.out_trade_no)).toBe('SUCCESS');
    expect((await shop.transaction(order.out_trade_no)).paid_count).toBe(1);
  });

  test('…01 waits for the payer’s password: he does not like to', async () => {
    const order = codeOrder('01');
    await scan(order);
    const declined = await shop.act(order.out_trade_no, { action: 'decline' });
    expect(declined).toMatchObject({ status: 200, body: { state: 'declined' } });
    expect(await stateOf(order.out_trade_no)).toBe('PAYERROR');
    expect((await shop.pay(order.out_trade_no)).status).toBe(409);
  });

  test('…02 is declined, and stays so', async () => {
    const order = codeOrder('02');
    for (let times = 0; times < 2; times += 1)
      expect(await scan(order)).toMatchObject({ status: 403, body: { code: 'TRADE_ERROR' } });
    expect(await stateOf(order.out_trade_no)).toBe('PAYERROR');
    expect((await shop.transaction(order.out_trade_no)).state).toBe('declined');
  });

  test('…03 and …04 leave the merchant without an answer: one has paid, one is no order', async () => {
    const [paid, lost] = [codeOrder('03'), codeOrder('04')];
    for (const order of [paid, lost])
      expect(await scan(order)).toMatchObject({ status: 500, body: { code: 'SYSTEM_ERROR' } });
    expect(await stateOf(paid.out_trade_no)).toBe('SUCCESS');
    expect((await shop.merchant.query(lost.out_trade_no)).body.code).toBe('ORDER_NOT_EXIST');
    expect(await shop.transaction(lost.out_trade_no)).toBeUndefined();
  });

  test.each([
    ['none', { payer: undefined }],
    ['too short', { payer: { auth_code: '13006156803845' } }],
    ['Alipay’s', { payer: { auth_code: '283456789012345600' } }],
    ['for no scene', { scene_info: undefined }],
    ['for no shop', { scene_info: { store_info: { name: 'till 7' } } }],
    ['for a shop elsewhere', { scene_info: { stor_info: { out_id: 'till 7' } } }],
  ])('that is %s is a PARAM_ERROR', async (_what, more) => {
    const answer = await scan(codeOrder('00', more));
    expect(answer).toMatchObject({ status: 400, body: { code: 'PARAM_ERROR' } });
  });

  test('is struck by faults on create', async () => {
    const order = codeOrder('00');
    await shop.fault('create', 'wrong_amount', { count: 1 });
    expect((await scan(order)).body.amount.total).toBe(1998);
    expect((await shop.transaction(order.out_trade_no)).captured).toBe(1999);
  });
});

describe('a reverse', () => {
  test('gives back nothing of what is taken after it', async () => {
    const { out_trade_no: reference, ...order } = codeOrder('01');
    await scan({ ...order, out_trade_no: reference });
    await reverse(reference);
    expect((await shop.pay(reference, { force: true })).status).toBe(200);
    expect(await stateOf(reference)).toBe('SUCCESS');
    expect(await shop.transaction(reference)).toMatchObject({ captured: 1_999, refunds: [] });
  });

  test('ends what waits, so that no money comes any more', async () => {
    const { out_trade_no: reference, ...order } = codeOrder('01');
    await scan({ ...order, out_trade_no: reference });
    const { appid, mchid } = shop.keys;
    for (let times = 0; times < 2; times += 1)
      expect(await reverse(reference)).toMatchObject({
        status: 200,
        body: { appid, mchid, out_trade_no: reference },
      });
    expect(await stateOf(reference)).toBe('REVOKED');
    expect(await shop.transaction(reference)).toMatchObject({ state: 'closed', refunds: [] });
    expect((await shop.pay(reference)).status).toBe(409);
    expect(await shop.violations()).toEqual([]);
  });

  test('gives back what was paid and not yet refunded, once', async () => {
    const order = codeOrder('03');
    const reference = order.out_trade_no;
    await scan(order);
    await shop.merchant.refund(shop.merchant.refundOf(reference, 500));
    for (let times = 0; times < 2; times += 1) expect((await reverse(reference)).status).toBe(200);
    expect(await stateOf(reference)).toBe('REVOKED');
    expect(await shop.transaction(reference)).toMatchObject({
      state: 'paid',
      refunds: [{ amount: 500 }, { amount: 1499, state: 'succeeded' }],
    });
    expect((await shop.merchant.refund(shop.merchant.refundOf(reference, 1))).status).toBe(400);
  });

  test('that the payer beats by a hair gives his money back', async () => {
    const order = codeOrder('01');
    await scan(order);
    await shop.fault('close', 'pay_during_close', { count: 1 });
    expect((await reverse(order.out_trade_no)).status).toBe(200);
    expect(await shop.transaction(order.out_trade_no)).toMatchObject({
      paid_count: 1,
      captured: 1999,
      refunded: 1999,
    });
  });

  test('names the merchant’s app', async () => {
    const order = codeOrder('01');
    await scan(order);
    const reference = order.out_trade_no;
    const nameless = await reverse(reference, { appid: undefined });
    expect(nameless).toMatchObject({ status: 500, body: { code: 'SYSTEM_ERROR' } });
    const stranger = await reverse(reference, { appid: 'wx0000000000000000' });
    expect(stranger).toMatchObject({ status: 400, body: { code: 'APPID_MCHID_NOT_MATCH' } });
    expect(await stateOf(reference)).toBe('USERPAYING');
  });

  test('is for payers’ codes that exist', async () => {
    expect((await reverse(await shop.ordered())).body.code).toBe('INVALID_REQUEST');
    expect((await reverse(freshNumber())).body.code).toBe('ORDER_NOT_EXIST');
  });
});
