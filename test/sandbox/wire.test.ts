import { X509Certificate } from 'node:crypto';

import wechatpay from 'wechatpay-axios-plugin';

import { freshNumber } from './merchant.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

test('the library that opens our callbacks knows the AES-GCM vector of the documents', () => {
  const text = 'Eu69zaqBCIwQaJNlb7tiHQ9k+Fz80zx5YzOYHKwl/geBbi9ljwuu9FA=';
  const key = '0123456789abcdef0123456789abcdef';
  const opened = (wechatpay as any).Aes.AesGcm.decrypt(text, key, 'abcdefghijkl', 'transaction');
  expect(opened).toBe('{"trade_state":"SUCCESS"}');
});

test('the keys have exactly the members of the contract, and those of public-key mode and of the next certificate', () => {
  expect(Object.keys(shop.keys).sort()).toEqual([
    'api_v3_key', 'appid', 'channel_account', 'mchid', 'merchant_private_key', 'merchant_public_key',
    'merchant_serial', 'next_platform_private_key', 'next_platform_public_key', 'next_platform_serial', 'platform_private_key', 'platform_public_key', 'platform_serial',
    'wechatpay_private_key', 'wechatpay_public_key', 'wechatpay_public_key_id',
  ]); // prettier-ignore
  expect(shop.keys.channel_account).toMatch(/^cha_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
});

test('a payment and a refund go through with a third-party client, and the books agree', async () => {
  const reference = freshNumber();
  const created = await shop.merchant.create(shop.merchant.order(reference));
  expect(created.body.code_url).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=/);
  expect((await shop.merchant.query(reference)).body.trade_state).toBe('NOTPAY');

  expect((await shop.pay(reference)).status).toBe(200);
  const [paid] = await shop.receiver.until(1);
  expect(paid).toMatchObject({
    genuine: true,
    path: `/v1/callbacks/wechat-pay/${shop.keys.channel_account}`,
    envelope: { event_type: 'TRANSACTION.SUCCESS', resource_type: 'encrypt-resource' },
    resource: { out_trade_no: reference, trade_state: 'SUCCESS', amount: { total: 1999 } },
  });
  const queried = await shop.merchant.query(reference);
  expect(queried.body).toMatchObject({ trade_state: 'SUCCESS', amount: { total: 1999 } });
  expect((await shop.merchant.queryById(queried.body.transaction_id)).body.out_trade_no).toBe(
    reference,
  );

  const refund = shop.merchant.refundOf(reference, 500);
  expect((await shop.merchant.refund(refund)).body.status).toBe('PROCESSING');
  const refunded = (await shop.receiver.until(2))[1];
  expect(refunded).toMatchObject({
    genuine: true,
    envelope: { event_type: 'REFUND.SUCCESS' },
    resource: { out_refund_no: refund.out_refund_no, refund_status: 'SUCCESS' },
  });
  expect((await shop.merchant.queryRefund(refund.out_refund_no)).body.status).toBe('SUCCESS');
  expect(await shop.transaction(reference)).toMatchObject({
    channel: 'wechat-pay',
    account: shop.keys.channel_account,
    channel_reference: queried.body.transaction_id,
    state: 'paid',
    paid_count: 1,
    captured: 1999,
    refunded: 500,
    refunds: [{ reference: refund.out_refund_no, amount: 500, state: 'succeeded' }],
  });
  expect(await shop.violations()).toEqual([]);
});

test('attach comes back as it was given', async () => {
  const reference = freshNumber();
  await shop.merchant.create(shop.merchant.order(reference, 1999, { attach: 'table 7' }));
  expect((await shop.merchant.query(reference)).body.attach).toBe('table 7');
  await shop.pay(reference);
  expect((await shop.receiver.until(1))[0]!.resource.attach).toBe('table 7');
});

test('a close is answered 204 with a signature, and the order is closed for good', async () => {
  const reference = freshNumber();
  await shop.merchant.create(shop.merchant.order(reference));
  await shop.merchant.query(reference);
  const closed = await shop.merchant.close(reference);
  expect(closed.status).toBe(204);
  expect(closed.headers['wechatpay-signature']).toBeTruthy();
  expect((await shop.merchant.query(reference)).body.trade_state).toBe('CLOSED');
  expect((await shop.merchant.create(shop.merchant.order(reference))).status).toBe(400);
  expect(await shop.violations()).toEqual([]);
});

describe('a number', () => {
  test('gives the same code again for identical fields', async () => {
    const order = shop.merchant.order(freshNumber());
    const first = await shop.merchant.create(order);
    expect((await shop.merchant.create(order)).body).toEqual(first.body);
    expect(await shop.violations()).toEqual([]);
  });

  test.each([
    ['amount', { amount: { total: 2000, currency: 'CNY' } }],
    ['description', { description: 'Three tickets' }],
    ['attach', { attach: 'x' }],
    ['an optional member', { goods_tag: 'VIP' }],
  ])('is refused with another %s', async (_what, change) => {
    const order = shop.merchant.order(freshNumber());
    await shop.merchant.create(order);
    const again = await shop.merchant.create({ ...order, ...change });
    expect(again).toMatchObject({ status: 403, body: { code: 'OUT_TRADE_NO_USED' } });
    expect(await shop.violations()).toHaveLength(1);
  });

  test.each(['short', 'a'.repeat(33), 'has blank', 'has/slash'])('cannot be %j', async (bad) => {
    const answer = await shop.merchant.create(shop.merchant.order(bad));
    expect(answer).toMatchObject({ status: 400, body: { code: 'PARAM_ERROR' } });
  });
});

test.each([
  ['a notify_url with a query', { notify_url: 'https://shop.example/hook?a=1' }],
  ['an amount of nothing', { amount: { total: 0, currency: 'CNY' } }],
  ['another currency', { amount: { total: 1, currency: 'USD' } }],
  ['a description of 128', { description: 'x'.repeat(128) }],
  ['a time that is none', { time_expire: 'tomorrow' }],
])('%s is a PARAM_ERROR', async (_what, change) => {
  const answer = await shop.merchant.create(shop.merchant.order(freshNumber(), 1999, change));
  expect(answer).toMatchObject({ status: 400, body: { code: 'PARAM_ERROR' } });
});

describe('a request', () => {
  const path = () => `/v3/pay/transactions/out-trade-no/att_unknown_1?mchid=${shop.keys.mchid}`;

  test('that is signed well is answered', async () => {
    expect(await shop.merchant.raw(path())).toMatchObject({
      status: 404,
      body: { code: 'ORDER_NOT_EXIST' },
    });
    expect(await shop.violations()).toEqual([]);
  });

  test.each([
    ['unsigned', { without: ['Authorization'] }],
    ['signed by a stranger', { signature: Buffer.alloc(256, 1).toString('base64') }],
    ['six minutes old', { at: Math.floor(Date.now() / 1000) - 360 }],
    ['six minutes ahead', { at: Math.floor(Date.now() / 1000) + 360 }],
  ])('that is %s is a SIGN_ERROR and a violation', async (_what, wrong) => {
    expect(await shop.merchant.raw(path(), wrong)).toMatchObject({
      status: 401,
      body: { code: 'SIGN_ERROR' },
    });
    expect(await shop.violations()).toHaveLength(1);
  });

  test.each(['User-Agent', 'Accept'])('without %s is refused', async (name) => {
    const answer = await shop.merchant.raw(path(), { without: [name] });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });

  test.each(['?mchid=1', '?mchid=', ''])(
    'that asks with the mchid of %j is refused',
    async (asked) => {
      const answer = await shop.merchant.raw(
        `/v3/pay/transactions/out-trade-no/att_unknown_1${asked}`,
      );
      expect(answer).toMatchObject({ status: 400, body: { code: 'PARAM_ERROR' } });
    },
  );

  test('for another app than the merchant’s is refused in WeChat’s words', async () => {
    const order = shop.merchant.order(freshNumber(), 1999, { appid: 'wx_of_somebody_else' });
    expect(await shop.merchant.create(order)).toMatchObject({
      status: 400,
      body: { code: 'APPID_MCHID_NOT_MATCH' },
    });
  });

  test('to a path that WeChat does not have is answered 404, signed', async () => {
    expect(await shop.merchant.raw('/v3/pay/nothing')).toMatchObject({ status: 404 });
  });
});

test('the platform certificate is handed out encrypted, and its serial is the one that signs', async () => {
  const answer = await shop.merchant.certificates();
  const [{ serial_no, encrypt_certificate: sealed }] = answer.body.data;
  const pem = (wechatpay as any).Aes.AesGcm.decrypt(
    sealed.ciphertext,
    shop.keys.api_v3_key,
    sealed.nonce,
    sealed.associated_data,
  );
  expect(serial_no).toBe(shop.keys.platform_serial);
  const certificate = new X509Certificate(pem);
  expect(certificate.serialNumber).toBe(shop.keys.platform_serial);
  expect(certificate.publicKey.export({ type: 'spki', format: 'pem' })).toBe(
    shop.keys.platform_public_key,
  );
});
