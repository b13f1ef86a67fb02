import { freshNumber } from '../merchant.ts';
import { type AlipayShop, openAlipayShop } from './shop.ts';

let shop: AlipayShop;

beforeAll(async () => {
  shop = await openAlipayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

const cancel = (out_trade_no: string) => shop.call('alipay.trade.cancel', { out_trade_no });

describe('a cancel', () => {
  test('of a trade that waits closes it', async () => {
    const reference = await shop.scanned();
    const done = { code: '10000', retry_flag: 'N', action: 'close', out_trade_no: reference };
    expect(await cancel(reference)).toMatchObject(done);
    expect(await cancel(reference)).toMatchObject(done);
    expect(await shop.query(reference)).toMatchObject({ trade_status: 'TRADE_CLOSED' });
    expect((await shop.transaction(reference)).state).toBe('closed');
    expect(await shop.violations()).toEqual([]);
  });

  test('of a paid order gives all of its money back, which is held against the merchant', async () => {
    const reference = await shop.paid();
    await shop.refund(shop.refundOf(reference, '5.00'));
    const done = { code: '10000', retry_flag: 'N', action: 'refund' };
    expect(await cancel(reference)).toMatchObject(done);
    expect(await cancel(reference)).toMatchObject(done);
    expect(await shop.transaction(reference)).toMatchObject({ captured: 1999, refunded: 1999 });
    const told = (await shop.receiver.until(3)).map(({ notice }) => [notice.trade_status, notice.refund_fee]); // prettier-ignore
    expect(told).toContainEqual(['TRADE_CLOSED', '19.99']); // in whatever order they come
    expect(await shop.violations()).toMatchObject([{ rule: 'cancel_of_paid_order', reference }]);
  });

  test('of a code that nobody scanned finds no trade, and the code can be paid still', async () => {
    const reference = await shop.ordered();
    expect(await cancel(reference)).toMatchObject({ sub_code: 'ACQ.TRADE_NOT_EXIST' });
    expect((await shop.act(reference, { action: 'pay' })).status).toBe(200);
  });

  test('of a number that nobody used is content', async () => {
    const answer = await cancel(freshNumber());
    expect(answer).toMatchObject({ code: '10000', retry_flag: 'N' });
    expect(answer).not.toHaveProperty('action');
  });

  test('is struck by faults on close', async () => {
    const reference = await shop.scanned();
    await shop.fault('close', 'pay_during_close', { count: 1 });
    expect(await cancel(reference)).toMatchObject({ action: 'refund' });
    expect(await shop.transaction(reference)).toMatchObject({ paid_count: 1, refunded: 1999 });
  });
});
