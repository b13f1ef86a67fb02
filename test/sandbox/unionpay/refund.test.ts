import { later } from '../later.ts';
import { until } from '../shop.ts';
import { openUnionpayShop, type UnionpayShop } from './shop.ts';
import { beijing } from './wire.ts';

let shop: UnionpayShop;

beforeAll(async () => {
  shop = await openUnionpayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

const settled = (refund: Record<string, string>) =>
  until(
    () => shop.query(refund),
    ({ origRespCode }) => origRespCode !== '05',
  );

describe('a refund', () => {
  test('is taken, then done, and told by query and notice', async () => {
    const { order, queryId } = await shop.paid();
    const refund = shop.refundOf(order, queryId, '500');
    expect(await shop.refund(refund)).toMatchObject({
      respCode: '00',
      orderId: refund['orderId'],
      origQryId: queryId,
      queryId: expect.stringMatching(/^\d{21}$/),
      txnAmt: '500',
    });
    expect(await settled(refund)).toMatchObject({
      respCode: '00',
      origRespCode: '00',
      txnType: '04',
      txnAmt: '500',
      origQryId: queryId,
    });
    const [, notice] = await shop.receiver.until(2);
    expect(notice).toMatchObject({
      genuine: true,
      notice: { txnType: '04', respCode: '00', orderId: refund['orderId'], origQryId: queryId, txnAmt: '500' },
    }); // prettier-ignore
    expect(await shop.query(order)).toMatchObject({ origRespCode: '00', txnAmt: '1999' });
    expect(await shop.transaction(order)).toMatchObject({ state: 'paid', refunded: 500 });
  });

  test('is made once under its number: again it is 12', async () => {
    const { order, queryId } = await shop.paid();
    const refund = shop.refundOf(order, queryId, '500');
    await shop.refund(refund);
    expect(await shop.refund(refund)).toMatchObject({ respCode: '12' });
    expect(await shop.violations()).toEqual([]);
    expect(await shop.refund({ ...refund, txnAmt: '600' })).toMatchObject({ respCode: '12' });
    expect(await shop.violations()).toMatchObject([{ rule: 'same_number_other_fields' }]);
    expect((await shop.transaction(order)).refunds).toHaveLength(1);
  });

  test('that was dated 16 minutes ago is 10, and is taken with the time of its sending', async () => {
    const { order, queryId } = await shop.paid();
    const txnTime = beijing(Date.now() - 16 * 60_000);
    const refund = shop.refundOf(order, queryId, '500', { txnTime });
    const refused = { respCode: '10', respMsg: expect.stringContaining('txnTime无效') };
    expect(await shop.refund(refund)).toMatchObject(refused);
    expect(await shop.query(refund)).toMatchObject({ respCode: '34' });
    const anew = { ...refund, txnTime: beijing(Date.now()) };
    expect(await shop.refund(anew)).toMatchObject({ respCode: '00' });
    expect(await settled(anew)).toMatchObject({ origRespCode: '00' });
    expect(await shop.violations()).toEqual([]);
  });

  test('beyond what is left is 36, also while others are under way', async () => {
    const { order, queryId } = await shop.paid();
    for (const amount of ['500', '1499'])
      expect(await shop.refund(shop.refundOf(order, queryId, amount))).toMatchObject({
        respCode: '00',
      });
    expect(await shop.refund(shop.refundOf(order, queryId, '1'))).toMatchObject({ respCode: '36' });
    expect(await shop.violations()).toMatchObject([{ rule: 'refund_beyond_paid' }]);
  });

  test('of an unknown original is 35, of another kind of order 36, of one too long ago 39', async () => {
    const { order, queryId } = await shop.paid();
    const unknown = shop.refundOf(order, '9'.repeat(21), '1');
    expect(await shop.refund(unknown)).toMatchObject({ respCode: '35' });
    const other = shop.refundOf(order, queryId, '1', { bizType: '000201' });
    expect(await shop.refund(other)).toMatchObject({ respCode: '36' });
    await later(shop.sandbox, 31 * 86_400_000);
    const late = shop.refundOf(order, queryId, '1');
    expect(await shop.refund(late)).toMatchObject({ respCode: '39' });
    expect(await shop.query(late)).toMatchObject({ respCode: '34' });
  });

  test('finds the merchant without money, and goes through later under its number', async () => {
    const { order, queryId } = await shop.paid();
    await shop.fault('refund', 'insufficient_merchant_balance', { count: 1 });
    const refund = shop.refundOf(order, queryId, '500');
    expect(await shop.refund(refund)).toMatchObject({ respCode: '33' });
    expect((await shop.transaction(order)).refunds).toEqual([]);
    expect(await shop.refund(refund)).toMatchObject({ respCode: '00' });
  });

  test('that does not reach the payer fails, is not told, and leaves the money to be given back', async () => {
    const { order, queryId } = await shop.paid();
    await shop.receiver.until(1);
    await shop.fault('refund', 'refund_bounce', { count: 1 });
    const refund = shop.refundOf(order, queryId, '1999');
    await shop.refund(refund);
    expect(await settled(refund)).toMatchObject({ respCode: '00', origRespCode: '63' });
    const again = shop.refundOf(order, queryId, '1999');
    expect(await shop.refund(again)).toMatchObject({ respCode: '00' });
    await settled(again);
    const heard = await shop.receiver.until(2);
    expect(heard[1]!.notice['orderId']).toBe(again['orderId']);
  });

  test('that has succeeded stays so: nothing is known of one that the bank sends back', async () => {
    const { order, queryId } = await shop.paid();
    const refund = shop.refundOf(order, queryId, '500');
    await shop.refund(refund);
    await settled(refund);
    const bounce = { action: 'bounce_refund', refund: refund['orderId'] };
    expect((await shop.act(order, bounce)).status).toBe(400);
    expect(await shop.query(refund)).toMatchObject({ origRespCode: '00' });
  });

  test('is done after kill -9 in between', async () => {
    const slow = await openUnionpayShop({ SANDBOX_REFUND_MS: '3000' });
    try {
      const { order, queryId } = await slow.paid();
      const refund = slow.refundOf(order, queryId, '500');
      await slow.refund(refund);
      expect(await slow.query(refund)).toMatchObject({ origRespCode: '05' });
      await slow.sandbox.stop('SIGKILL');
      slow.sandbox = await slow.sandbox.again();
      await until(
        () => slow.transaction(order),
        ({ refunded }) => refunded === 500,
      );
    } finally {
      await slow.finish();
    }
  });

  test.each([{ txnAmt: '0' }, { origQryId: '1' }, { currencyCode: '840' }, { txnSubType: '01' }])(
    'with %j is 10',
    async (more: Record<string, string>) => {
      const { order, queryId } = await shop.paid();
      const refund = { ...shop.refundOf(order, queryId, '1'), ...more };
      expect(await shop.call('backTransReq', refund)).toMatchObject({ respCode: '10' });
    },
  );
});
