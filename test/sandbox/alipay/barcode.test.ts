import { freshNumber } from '../merchant.ts';
import { type AlipayShop, openAlipayShop } from './shop.ts';

let shop: AlipayShop;

beforeAll(async () => {
  shop = await openAlipayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

/** An order that is paid by the barcode of a payer of this kind. */
const barcodeOrder = (kind: string, reference = freshNumber()) => ({
  ...shop.order(reference),
  scene: 'bar_code',
  auth_code: `2834567890123456${kind}`,
});
const pay = (order: object) =>
  shop.call('alipay.trade.pay', order, { notifyUrl: shop.receiver.url });

describe('a barcode', () => {
  test('pays at once, and a repeat tells the same', async () => {
    const order = barcodeOrder('00');
    const first = await pay(order);
    expect(first).toMatchObject({
      code: '10000',
      out_trade_no: order.out_trade_no,
      total_amount: '19.99',
      receipt_amount: '19.99',
      gmt_payment: expect.any(String),
    });
    expect(await pay(order)).toEqual(first);
    expect(await shop.transaction(order.out_trade_no)).toMatchObject({
      paid_count: 1,
      channel_reference: first.trade_no,
    });
    expect((await shop.receiver.until(1))[0]).toMatchObject({ genuine: true });
  });

  test('…01 waits for its payer, who pays or whose order is canceled', async () => {
    const [one, other] = [barcodeOrder('01'), barcodeOrder('01')];
    for (const order of [one, other]) expect(await pay(order)).toMatchObject({ code: '10003' });
    expect(await shop.query(one.out_trade_no)).toMatchObject({ trade_status: 'WAIT_BUYER_PAY' });
    await shop.act(one.out_trade_no, { action: 'pay' });
    expect(await pay(one)).toMatchObject({ code: '10000', receipt_amount: '19.99' });
    await shop.call('alipay.trade.cancel', { out_trade_no: other.out_trade_no });
    expect(await pay(other)).toMatchObject({ sub_code: 'ACQ.TRADE_HAS_CLOSE' });
  });

  test('…02 has no money, and the books say declined', async () => {
    const order = barcodeOrder('02');
    for (let times = 0; times < 2; times += 1)
      expect(await pay(order)).toMatchObject({
        code: '40004',
        sub_code: 'ACQ.BUYER_BALANCE_NOT_ENOUGH',
      });
    expect((await shop.transaction(order.out_trade_no)).state).toBe('declined');
    expect(await shop.query(order.out_trade_no)).toMatchObject({ trade_status: 'TRADE_CLOSED' });
  });

  test('…03 and …04 leave the merchant without an answer: one has paid, one is no order', async () => {
    const [paid, lost] = [barcodeOrder('03'), barcodeOrder('04')];
    for (const order of [paid, lost]) expect(await pay(order)).toMatchObject({ code: '20000' });
    expect(await shop.query(paid.out_trade_no)).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
    expect(await pay(paid)).toMatchObject({ code: '10000' });
    expect(await shop.query(lost.out_trade_no)).toMatchObject({
      sub_code: 'ACQ.TRADE_NOT_EXIST',
    });
    expect(await shop.transaction(lost.out_trade_no)).toBeUndefined();
  });

  test('that is none is refused', async () => {
    const order = { ...barcodeOrder('00'), auth_code: '1234567890123456' };
    expect(await pay(order)).toMatchObject({ sub_code: 'ACQ.PAYMENT_AUTH_CODE_INVALID' });
  });

  test.each([
    { scene: undefined },
    { scene: 'wave_code' },
    { product_code: 'FAST_INSTANT_TRADE_PAY' },
  ])('is taken for its own scene and product, not for %j', async (more) => {
    const order = { ...barcodeOrder('00'), ...more };
    expect(await pay(order)).toMatchObject({ sub_code: 'ACQ.INVALID_PARAMETER' });
    expect(await shop.transaction(order.out_trade_no)).toBeUndefined();
  });

  test('is struck by faults on create', async () => {
    await shop.fault('create', 'system_error_after_commit', { count: 1 });
    const order = barcodeOrder('00');
    expect(await pay(order)).toMatchObject({ code: '20000', sub_code: 'isp.unknow-error' });
    expect((await shop.transaction(order.out_trade_no)).paid_count).toBe(1);
  });
});
