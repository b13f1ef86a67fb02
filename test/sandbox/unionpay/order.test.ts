import { X509Certificate } from 'node:crypto';

import { later } from '../later.ts';
import { openUnionpayShop, type UnionpayShop } from './shop.ts';
import { beijing, signedBy } from './wire.ts';

let shop: UnionpayShop;

beforeAll(async () => {
  shop = await openUnionpayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

test('the keys have exactly the members that were promised, and name UnionPay and the merchant', () => {
  expect(Object.keys(shop.keys).sort()).toEqual([
    'cert_id', 'channel_account', 'mer_id', 'merchant_certificate', 'merchant_private_key',
    'next_unionpay_certificate', 'next_unionpay_private_key', 'unionpay_certificate', 'unionpay_private_key',
  ]); // prettier-ignore
  expect(shop.keys.channel_account).toMatch(/^cha_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
  const merchant = new X509Certificate(shop.keys.merchant_certificate);
  expect(shop.keys.cert_id).toBe(BigInt(`0x${merchant.serialNumber}`).toString());
  const { subject } = new X509Certificate(shop.keys.unionpay_certificate);
  expect(subject).toContain('CN=041@Z12@中国银联股份有限公司@00000001');
});

describe('an order', () => {
  test.each([
    ['qrCode', /^https:\/\/qr\.95516\.com\/00010000\/\d{32}$/],
    ['tn', /^\d{21}$/],
  ] as const)(
    'by %s is taken, and nobody finds it before its payer opens it',
    async (product, form) => {
      const order = shop.order({}, product);
      const { orderId, txnTime } = order;
      expect(await shop.create(order)).toMatchObject({
        respCode: '00',
        orderId,
        txnTime,
        [product]: expect.stringMatching(form),
      });
      expect(await shop.query(order)).toMatchObject({ respCode: '34', orderId });
      expect(await shop.transaction(order)).toMatchObject({
        channel: 'unionpay',
        account: shop.keys.channel_account,
        amount: 1999,
        currency: 'CNY',
        state: 'created',
        channel_reference: null,
      });
    },
  );

  test('that was made already is 12, and its code is told once only', async () => {
    const order = await shop.made(null);
    const again = await shop.create(order);
    expect(again).toMatchObject({ respCode: '12' });
    expect(again).not.toHaveProperty('qrCode');
    expect(await shop.violations()).toEqual([]);
  });

  test.each([{ txnAmt: '2000' }, { txnTime: '20200101000000' }])(
    'with %j under a number that was used is 12, and held against the merchant',
    async (other) => {
      const order = await shop.made(null);
      expect(await shop.create({ ...order, ...other })).toMatchObject({ respCode: '12' });
      expect(await shop.violations()).toMatchObject([{ rule: 'same_number_other_fields' }]);
      expect(await shop.transaction(order)).toMatchObject({ amount: 1999 });
    },
  );

  test.each([-16, 16])('that was dated %i minutes from now is 10', async (minutes) => {
    const txnTime = beijing(Date.now() + minutes * 60_000);
    const order = shop.order({ txnTime });
    const refused = { respCode: '10', respMsg: expect.stringContaining('txnTime无效') };
    expect(await shop.create(order)).toMatchObject(refused);
    expect(await shop.transaction(order)).toBeUndefined();
  });

  test('that is known is 12, also when it is sent again after its time', async () => {
    const order = await shop.made(null, { txnTime: beijing(Date.now() - 14 * 60_000) });
    await later(shop.sandbox, 86_400_000);
    expect(await shop.create(order)).toMatchObject({ respCode: '12' });
    expect(await shop.violations()).toEqual([]);
  });

  test('that is paid is found by number and time together', async () => {
    const { order, queryId } = await shop.paid();
    expect(queryId).toMatch(/^\d{21}$/);
    expect(await shop.query(order)).toMatchObject({
      respCode: '00',
      origRespCode: '00',
      txnAmt: '1999',
      currencyCode: '156',
      settleAmt: '1999',
      settleDate: expect.stringMatching(/^\d{4}$/),
      traceTime: expect.stringMatching(/^\d{10}$/),
      accNo: expect.stringContaining('***'),
    });
    expect(await shop.violations()).toEqual([]);
    expect(await shop.query({ ...order, txnTime: '20200101000000' })).toMatchObject({
      respCode: '34',
    });
    expect(await shop.violations()).toMatchObject([{ rule: 'other_txn_time' }]);
    expect(await shop.transaction(order)).toMatchObject({
      state: 'paid',
      paid_count: 1,
      captured: 1999,
      channel_reference: queryId,
    });
  });

  test('whose payer’s bank refuses says why, and can be paid still', async () => {
    const order = await shop.made(null);
    await shop.act(order, { action: 'decline', reason: '67' });
    expect(await shop.query(order)).toMatchObject({ respCode: '00', origRespCode: '67' });
    await shop.act(order, { action: 'decline' });
    expect(await shop.query(order)).toMatchObject({ origRespCode: '64' });
    expect(await shop.transaction(order)).toMatchObject({ state: 'created', paid_count: 0 });
    expect((await shop.act(order, { action: 'pay' })).status).toBe(200);
    expect(await shop.query(order)).toMatchObject({ origRespCode: '00' });
  });

  test('whose number lacks the line of ours is named with it in the books', async () => {
    const order = await shop.made(null, { orderId: 'att01m8kab9xrfmbbsv8bh6ngp4hh' });
    const named = { orderId: 'att_01m8kab9xrfmbbsv8bh6ngp4hh' };
    expect(await shop.act(named, { action: 'pay' })).toMatchObject({ status: 200 });
    expect(await shop.transaction(named)).toMatchObject({ reference: named.orderId });
    const { queryId } = await shop.query(order);
    const number = { orderId: 'ref01m8kab9xrfmbbsv8bh6ngp4hh' };
    await shop.refund(shop.refundOf(order, queryId!, '1', number));
    expect(await shop.transaction(named)).toMatchObject({
      refunds: [{ reference: 'ref_01m8kab9xrfmbbsv8bh6ngp4hh' }],
    });
  });

  test('stays as it is when the payer walks away', async () => {
    const order = await shop.made('abandon');
    expect(await shop.query(order)).toMatchObject({ respCode: '34' });
  });

  test('can be done with a flaw, which is paid', async () => {
    const order = await shop.made(null);
    await shop.act(order, { action: 'pay', reason: 'A6' });
    expect(await shop.query(order)).toMatchObject({ origRespCode: 'A6', txnAmt: '1999' });
    expect((await shop.receiver.until(1))[0]!.notice).toMatchObject({ respCode: 'A6' });
  });

  test('lapses after payTimeout, and takes money then only by force', async () => {
    const [unopened, opened] = [await shop.made(null), shop.order()];
    const { qrCode } = await shop.create(opened);
    await fetch(shop.pageOf(qrCode!));
    expect(await shop.query(opened)).toMatchObject({ respCode: '00', origRespCode: '05' });
    await later(shop.sandbox, 700_000);
    expect(await shop.query(unopened)).toMatchObject({ respCode: '34' });
    expect(await shop.query(opened)).toMatchObject({ origRespCode: '69' });
    for (const order of [unopened, opened])
      expect(await shop.act(order, { action: 'pay' })).toEqual({
        status: 409,
        body: { error: 'the order has expired' },
      });
    await shop.act(unopened, { action: 'pay', force: true });
    expect(await shop.query(unopened)).toMatchObject({ origRespCode: '00' });
    expect(await shop.transaction(unopened)).toMatchObject({ state: 'paid', paid_count: 1 });
  });

  test('is paid twice only by force, and each payment has its number', async () => {
    const { order } = await shop.paid();
    expect(await shop.act(order, { action: 'pay' })).toMatchObject({ status: 409 });
    await shop.act(order, { action: 'pay', force: true });
    expect(await shop.transaction(order)).toMatchObject({ paid_count: 2, captured: 3998 });
    const heard = await shop.receiver.until(2);
    expect(new Set(heard.map(({ notice }) => notice['queryId'])).size).toBe(2);
  });

  test.each([
    [{ action: 'pay', reason: '64' }, 400],
    [{ action: 'abandon', reason: '64' }, 400],
    [{ action: 'decline', reason: '99' }, 400],
    [{ action: 'authenticate' }, 400],
    [{ action: 'bounce_refund' }, 400],
  ])('does not take %j from its payer', async (body, status) => {
    expect((await shop.act(await shop.made(null), body)).status).toBe(status);
  });
});

describe('a request', () => {
  test.each([
    ['without a signature', { signature: '' }],
    ['by another certificate', { certId: '1' }],
    ['with a member that was changed', { txnAmt: '1' }],
  ])('%s is 11, and held against the merchant', async (_what, spoilt) => {
    const order = shop.order();
    const body = new URLSearchParams({
      ...signedBy(shop.keys.merchant_private_key, order),
      ...spoilt,
    });
    const url = `${shop.sandbox.unionpay}/gateway/api/backTransReq.do`;
    expect(await (await fetch(url, { method: 'POST', body })).text()).toContain('respCode=11&');
    expect(await shop.violations()).toMatchObject([{ rule: 'unsigned_request' }]);
    expect(await shop.transaction(order)).toBeUndefined();
  });

  test.each([
    [{ version: '5.0.0' }, '10'],
    [{ orderId: 'att_with_lines' }, '10'],
    [{ orderId: 'short' }, '10'],
    [{ orderId: '' }, '13'],
    [{ merId: '777290058110097' }, '31'],
    [{ txnAmt: '0' }, '10'],
    [{ txnAmt: '19.99' }, '10'],
    [{ currencyCode: '840' }, '10'],
    [{ bizType: '000201' }, '10'],
    [{ txnSubType: '01', bizType: '000201' }, '00'],
    [{ payTimeout: beijing(Date.now() - 60_000) }, '10'],
    [{ payTimeout: 'soon' }, '10'],
  ])('with %j is answered by %s', async (more: Record<string, string>, respCode) => {
    expect(await shop.create(shop.order(more))).toMatchObject({ respCode });
  });

  test('at a path that takes no such thing is refused, and at no path nothing is there', async () => {
    const order = shop.order();
    expect(await shop.call('queryTrans', order)).toMatchObject({ respCode: '10' });
    const { status } = await fetch(`${shop.sandbox.unionpay}/gateway/api/frontTransReq.do`);
    expect(status).toBe(404);
  });
});

test('orders and their money are there again after kill -9', async () => {
  const { order, queryId } = await shop.paid();
  await shop.sandbox.stop('SIGKILL');
  shop.sandbox = await shop.sandbox.again();
  expect(await shop.query(order)).toMatchObject({ queryId, origRespCode: '00' });
  expect(await shop.create(order)).toMatchObject({ respCode: '12' });
});
