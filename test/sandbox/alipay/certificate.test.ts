import { awaited } from '../hearing.ts';
import { type AlipayShop, openAlipayShop } from './shop.ts';

let shop: AlipayShop;

beforeAll(async () => {
  shop = await openAlipayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

/** A merchant in certificate mode. */
const certified = (more: object = {}) =>
  shop.client({
    alipayPublicKey: undefined,
    appCertContent: shop.keys.app_cert,
    alipayPublicCertContent: shop.keys.alipay_cert,
    alipayRootCertContent: shop.keys.alipay_root_cert,
    ...more,
  });

describe('in certificate mode', () => {
  test('the SDK verifies answers and notices with the certificate', async () => {
    const sdk = certified();
    const order = shop.order();
    expect(await shop.precreate(order, sdk)).toMatchObject({ code: '10000' });
    await shop.act(order.out_trade_no, { action: 'pay' });
    const asked = { out_trade_no: order.out_trade_no };
    expect(await shop.call('alipay.trade.query', asked, {}, sdk)).toMatchObject({
      trade_status: 'TRADE_SUCCESS',
    });
    const [heard] = await shop.receiver.until(1);
    expect(sdk.checkNotifySignV2(heard!.notice)).toBe(true);
    expect(heard!.notice.alipay_cert_sn).toBe((sdk.config as any).alipayCertSn);
    expect(await shop.violations()).toEqual([]);
  });

  test('an answer names the certificate between what is signed and the signature', async () => {
    const sdk = certified();
    const url = sdk.pageExecute('alipay.trade.query', 'GET', { bizContent: { out_trade_no: 'x' } });
    const text = await (await fetch(url)).text();
    expect(Object.keys(JSON.parse(text))).toEqual([
      'alipay_trade_query_response',
      'alipay_cert_sn',
      'sign',
    ]);
    expect(JSON.parse(text).alipay_cert_sn).toBe((sdk.config as any).alipayCertSn);
    const { sign } = JSON.parse(text);
    sdk.checkResponseSign(text, 'alipay_trade_query_response', sign, '');
    const changed = text.replace('"40004"', '"10000"');
    expect(() => sdk.checkResponseSign(changed, 'alipay_trade_query_response', sign, '')).toThrow(
      '验签失败',
    );
  });

  test('another certificate is refused', async () => {
    const sdk = certified({ appCertContent: shop.keys.alipay_cert });
    expect(await shop.call('alipay.trade.query', { out_trade_no: 'x' }, {}, sdk)).toMatchObject({
      code: '40002',
      sub_msg: 'app_cert_sn',
    });
  });

  test('without one no answer names any, and no notice', async () => {
    const url = shop.sdk.pageExecute('alipay.trade.query', 'GET', { bizContent: { a: 1 } });
    expect(await (await fetch(url)).text()).not.toContain('alipay_cert_sn');
    const reference = await shop.paid();
    const of = () => shop.receiver.heard.find((one) => one.notice.out_trade_no === reference);
    const { notice } = await awaited(of, `the notice of ${reference}`, () => shop.receiver.heard.map(({ body }) => body)); // prettier-ignore
    expect(notice).not.toHaveProperty('alipay_cert_sn');
  });
});
