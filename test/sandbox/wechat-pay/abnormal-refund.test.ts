import wechatpay from 'wechatpay-axios-plugin';

import { openShop, type Shop } from '../shop.ts';

const { Rsa } = wechatpay as any;
let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

/** A refund that could not be delivered. */
async function abnormal() {
  const reference = await shop.paidOrder();
  const refund = shop.merchant.refundOf(reference, 500);
  await shop.fault('refund', 'refund_bounce', { count: 1 });
  const { refund_id } = (await shop.merchant.refund(refund)).body;
  await shop.receiver.until(2);
  const { status } = (await shop.merchant.queryRefund(refund.out_refund_no)).body;
  expect(status).toBe('ABNORMAL');
  return { reference, number: refund.out_refund_no, id: refund_id as string };
}

const apply = (id: string, body: object, headers: object = {}) =>
  shop.merchant.post(`/v3/refund/domestic/refunds/${id}/apply-abnormal-refund`, body, { headers });

const encrypted = (text: string, key: string) =>
  Rsa.encrypt(text, Rsa.from(key, Rsa.KEY_TYPE_PUBLIC));
const toCard = (out_refund_no: string, key: string = shop.keys.platform_public_key) => ({
  out_refund_no,
  type: 'USER_BANK_CARD',
  bank_type: 'CMB_DEBIT',
  bank_account: encrypted('6225880137706868', key),
  real_name: encrypted('张三', key),
});
const toMerchant = (out_refund_no: string) => ({ out_refund_no, type: 'MERCHANT_BANK_CARD' });

describe('an abnormal refund', () => {
  test('goes to another card of the payer', async () => {
    const { reference, number, id } = await abnormal();
    const answer = await apply(id, toCard(number));
    expect(answer).toMatchObject({
      status: 200,
      body: { refund_id: id, status: 'PROCESSING', channel: 'OTHER_BANKCARD' },
    });
    const last = (await shop.receiver.until(3))[2];
    expect(last).toMatchObject({
      genuine: true,
      envelope: { event_type: 'REFUND.SUCCESS' },
      resource: { out_refund_no: number, refund_status: 'SUCCESS' },
    });
    expect(await shop.transaction(reference)).toMatchObject({
      refunded: 500,
      refunds: [{ reference: number, state: 'succeeded' }],
    });
    expect((await apply(id, toCard(number))).body.code).toBe('INVALID_REQUEST');
  });

  test('that the merchant takes to his own account is closed, and the payer has nothing', async () => {
    const { reference, number, id } = await abnormal();
    expect((await apply(id, toMerchant(number))).body.status).toBe('PROCESSING');
    const last = (await shop.receiver.until(3))[2];
    expect(last).toMatchObject({
      envelope: { event_type: 'REFUND.CLOSED' },
      resource: { refund_status: 'CLOSED' },
    });
    expect((await shop.merchant.queryRefund(number)).body.status).toBe('CLOSED');
    expect(await shop.transaction(reference)).toMatchObject({
      refunded: 0,
      refunds: [{ state: 'failed' }],
    });
    expect((await apply(id, toMerchant(number))).body.code).toBe('INVALID_REQUEST');
  });

  test('names the payer only in a cipher of the key that it says', async () => {
    const { number, id } = await abnormal();
    const { wechatpay_public_key, wechatpay_public_key_id } = shop.keys;
    const plain = { ...toCard(number), real_name: '张三' };
    const other = toCard(number, wechatpay_public_key as string);
    for (const body of [plain, other])
      expect((await apply(id, body)).body.code).toBe('PARAM_ERROR');
    expect((await shop.merchant.queryRefund(number)).body.status).toBe('ABNORMAL');
    // the library believes no answer under a key that it does not have, but the deed is done
    await apply(id, other, { 'Wechatpay-Serial': wechatpay_public_key_id }).catch(() => undefined);
    const last = (await shop.receiver.until(3))[2];
    expect(last!.envelope.event_type).toBe('REFUND.SUCCESS');
  });

  test('can be undeliverable once more', async () => {
    const { number, id } = await abnormal();
    await shop.fault('refund', 'refund_bounce', { count: 1, reference: number });
    await apply(id, toCard(number));
    const last = (await shop.receiver.until(3))[2];
    expect(last!.envelope.event_type).toBe('REFUND.ABNORMAL');
    expect((await apply(id, toCard(number))).status).toBe(200);
  });

  test('is not paid twice: what was refunded otherwise meanwhile is gone', async () => {
    const { reference, number, id } = await abnormal();
    await shop.merchant.refund(shop.merchant.refundOf(reference, 1999));
    expect((await apply(id, toCard(number))).body.code).toBe('NOT_ENOUGH');
  });
});

describe('what is no abnormal refund', () => {
  test('is refused', async () => {
    const reference = await shop.paidOrder();
    const refund = shop.merchant.refundOf(reference, 500);
    const { refund_id } = (await shop.merchant.refund(refund)).body;
    const { out_refund_no: number } = refund;
    expect((await apply(refund_id as string, toCard(number))).body.code).toBe('INVALID_REQUEST');
    expect((await apply('50', toCard(number))).body.code).toBe('RESOURCE_NOT_EXISTS');
    const other = await apply(refund_id as string, toCard('ref_another'));
    expect(other.body.code).toBe('RESOURCE_NOT_EXISTS');
    const nowhere = await apply(refund_id as string, { out_refund_no: number, type: 'CASH' });
    expect(nowhere.body.code).toBe('PARAM_ERROR');
  });
});
