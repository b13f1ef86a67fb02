import { awaited } from '../hearing.ts';
import { freshNumber } from '../merchant.ts';
import { type AlipayShop, openAlipayShop } from './shop.ts';

let shop: AlipayShop;
beforeAll(async () => {
  shop = await openAlipayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

const rotate = () => shop.sandbox.call('POST', '/control/keys/rotate', { channel: 'alipay' });

/** The SDK as it is set up after the change. */
const keyed = () => shop.client({ alipayPublicKey: shop.keys.next_alipay_public_key });
const certified = (alipayPublicCertContent = shop.keys.next_alipay_cert) =>
  shop.client({
    alipayPublicKey: undefined,
    appCertContent: shop.keys.app_cert,
    alipayPublicCertContent,
    alipayRootCertContent: shop.keys.alipay_root_cert,
  });

const noticeOf = (reference: string) =>
  awaited(
    () => shop.receiver.heard.find(({ notice }) => notice.out_trade_no === reference)?.notice,
    `the notice of ${reference}`,
    () => shop.receiver.heard.map(({ body }) => body),
  );

test('Alipay’s next key signs answers and notices once it was changed, of older orders too', async () => {
  const reference = await shop.ordered();
  await rotate();
  const asked = { out_trade_no: reference };
  await expect(shop.call('alipay.trade.query', asked)).rejects.toThrow('验签失败');
  await shop.act(reference, { action: 'pay' });
  const paid = { trade_status: 'TRADE_SUCCESS' };
  expect(await shop.call('alipay.trade.query', asked, {}, keyed())).toMatchObject(paid);
  const notice = await noticeOf(reference);
  expect([shop.sdk, keyed()].map((sdk) => sdk.checkNotifySignV2(notice))).toEqual([false, true]);
});

test('in certificate mode answers and notices name the next certificate, which is of the same root', async () => {
  const order = shop.order(freshNumber());
  await shop.precreate(order, certified(shop.keys.alipay_cert));
  await rotate();
  const asked = { out_trade_no: order.out_trade_no };
  await shop.act(order.out_trade_no, { action: 'pay' });
  await expect(shop.call('alipay.trade.query', asked, {}, certified(shop.keys.alipay_cert))).rejects.toThrow('验签失败'); // prettier-ignore
  expect(await shop.call('alipay.trade.query', asked, {}, certified())).toMatchObject({ trade_status: 'TRADE_SUCCESS' }); // prettier-ignore
  const notice = await noticeOf(order.out_trade_no);
  expect(notice.alipay_cert_sn).toBe((certified().config as any).alipayCertSn);
  expect(certified().checkNotifySignV2(notice)).toBe(true);
});
