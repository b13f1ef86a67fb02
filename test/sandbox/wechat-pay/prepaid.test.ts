import { later } from '../later.ts';
import { freshNumber } from '../merchant.ts';
import { openShop, type Shop } from '../shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const scene_info = { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } };
const jsapi = { payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' } };
/** What each product asks for besides, and what it shows the payer. */
const products = [
  ['native', 'NATIVE', {}, { code_url: expect.stringMatching(/^weixin:\/\/wxpay\/bizpayurl\?pr=/) }],
  ['jsapi', 'JSAPI', jsapi, { prepay_id: expect.stringMatching(/^wx\w{34}$/) }],
  ['app', 'APP', {}, { prepay_id: expect.stringMatching(/^wx\w{34}$/) }],
  ['h5', 'MWEB', { scene_info }, { h5_url: expect.stringMatching(/^http:.*prepay_id=wx\w{34}$/) }],
] as const; // prettier-ignore

describe.each(products)('an order by %s', (product, trade_type, asks, given) => {
  const order = (reference = freshNumber()) => shop.merchant.order(reference, 1999, asks);

  test(`is a ${trade_type} from first to last`, async () => {
    const asked = order();
    const reference = asked.out_trade_no;
    const created = await shop.merchant.createBy(product, asked);
    expect(created).toMatchObject({ status: 200, body: given });
    expect((await shop.merchant.query(reference)).body).toMatchObject({
      trade_type,
      trade_state: 'NOTPAY',
    });
    expect((await shop.pay(reference)).status).toBe(200);
    const [heard] = await shop.receiver.until(1);
    expect(heard).toMatchObject({
      genuine: true,
      resource: { out_trade_no: reference, trade_type, trade_state: 'SUCCESS' },
    });
    const paid = (await shop.merchant.query(reference)).body;
    expect(paid).toMatchObject({ trade_type, trade_state: 'SUCCESS' });
    expect(paid.payer.openid).toBe('payer' in asks ? asks.payer.openid : 'oSandboxPayer0001');
    expect((await shop.merchant.refund(shop.merchant.refundOf(reference, 500))).status).toBe(200);
    expect(await shop.violations()).toEqual([]);
  });

  test('gives the same again for the same request, and is closed for good', async () => {
    const asked = order();
    const first = await shop.merchant.createBy(product, asked);
    expect((await shop.merchant.createBy(product, asked)).body).toEqual(first.body);
    await shop.merchant.query(asked.out_trade_no);
    expect((await shop.merchant.close(asked.out_trade_no)).status).toBe(204);
    expect((await shop.merchant.createBy(product, asked)).body.code).toBe('ORDER_CLOSED');
    expect((await shop.pay(asked.out_trade_no)).status).toBe(409);
  });

  test('gives a fresh one under the same number when that has lapsed, and only so can it be paid', async () => {
    const asked = order();
    const first = await shop.merchant.createBy(product, asked);
    await later(shop.sandbox, (product === 'h5' ? 5 : 120) * 60_000);
    expect(await shop.pay(asked.out_trade_no)).toMatchObject({ status: 409 });
    const second = await shop.merchant.createBy(product, asked);
    expect(second).toMatchObject({ status: 200, body: given });
    expect(second.body).not.toEqual(first.body);
    expect((await shop.pay(asked.out_trade_no)).status).toBe(200);
    expect(await shop.violations()).toEqual([]);
  });

  test('is not the order of that number by another product', async () => {
    const asked = shop.merchant.order(freshNumber(), 1999, { ...jsapi, scene_info });
    await shop.merchant.createBy(product, asked);
    const other = await shop.merchant.createBy(product === 'app' ? 'native' : 'app', asked);
    expect(other.body.code).toBe('OUT_TRADE_NO_USED');
    expect(await shop.violations()).toMatchObject([{ rule: 'same_number_other_fields' }]);
  });

  test('is struck by faults on create', async () => {
    await shop.fault('create', 'system_error_after_commit', { count: 1 });
    const asked = order();
    expect((await shop.merchant.createBy(product, asked)).body.code).toBe('SYSTEM_ERROR');
    expect((await shop.transaction(asked.out_trade_no)).state).toBe('created');
  });
});

test.each([
  ['h5', 'without scene_info', {}],
  ['h5', 'without the payer’s address', { scene_info: { h5_info: { type: 'Wap' } } }],
  ['h5', 'with an address that is none', { scene_info: { ...scene_info, payer_client_ip: 'x' } }],
  ['h5', 'without h5_info', { scene_info: { payer_client_ip: '203.0.113.7' } }],
  ['h5', 'of an unknown type', { scene_info: { ...scene_info, h5_info: { type: 'wap' } } }],
  ['jsapi', 'without a payer', {}],
  ['jsapi', 'without an openid', { payer: { openid: '' } }],
  ['native', 'of 129 bytes in 43 characters', { description: '票'.repeat(43) }],
])('an order by %s %s is a PARAM_ERROR', async (product, _what, more) => {
  const order = shop.merchant.order(freshNumber(), 1999, more);
  const answer = await shop.merchant.createBy(product, order);
  expect(answer).toMatchObject({ status: 400, body: { code: 'PARAM_ERROR' } });
  expect(await shop.transaction(order.out_trade_no)).toBeUndefined();
});
