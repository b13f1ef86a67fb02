import { X509Certificate } from 'node:crypto';

import wechatpay from 'wechatpay-axios-plugin';

import { freshNumber, openMerchant } from '../merchant.ts';
import { openShop, type Shop } from '../shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const rotate = (channel = 'wechat-pay') =>
  shop.sandbox.call('POST', '/control/keys/rotate', { channel });

/** A merchant who believes both certificates. */
const merchantOfBoth = () => {
  const { platform_serial, platform_public_key, next_platform_serial, next_platform_public_key } =
    shop.keys;
  return openMerchant(shop.sandbox, shop.keys, shop.receiver.url, 10_000, {
    certs: {
      [platform_serial]: platform_public_key,
      [next_platform_serial]: next_platform_public_key,
    },
  });
};
const serials = () => shop.receiver.received.map((one) => one.headers['wechatpay-serial']);

describe('WeChat’s next certificate', () => {
  test('signs answers and callbacks once it was changed, of older orders too', async () => {
    const merchant = merchantOfBoth();
    const reference = await shop.paidOrder();
    await shop.receiver.until(1);
    expect(await rotate()).toEqual({ status: 200, body: { rotated: 'wechat-pay' } });
    const { status, headers } = await merchant.query(reference);
    expect([status, headers['wechatpay-serial']]).toEqual([200, shop.keys.next_platform_serial]);
    await merchant.refund(merchant.refundOf(reference, 500));
    const heard = await shop.receiver.until(2);
    expect(serials()).toEqual([shop.keys.platform_serial, shop.keys.next_platform_serial]);
    expect(heard.every(({ genuine }) => genuine)).toBe(true);
  });

  test('is handed out beside the one before it', async () => {
    await rotate();
    const { body } = await merchantOfBoth().certificates();
    const opened = body.data.map(({ serial_no, encrypt_certificate: sealed }: any) => {
      const pem = (wechatpay as any).Aes.AesGcm.decrypt(
        sealed.ciphertext, shop.keys.api_v3_key, sealed.nonce, sealed.associated_data,
      ); // prettier-ignore
      const { serialNumber, publicKey } = new X509Certificate(pem);
      expect(serialNumber).toBe(serial_no);
      return publicKey.export({ type: 'spki', format: 'pem' });
    });
    expect(opened).toEqual([shop.keys.platform_public_key, shop.keys.next_platform_public_key]);
  });

  test('leaves who is in public-key mode in it', async () => {
    await rotate();
    const { wechatpay_public_key_id: id, wechatpay_public_key } = shop.keys;
    const merchant = openMerchant(shop.sandbox, shop.keys, shop.receiver.url, 10_000, {
      certs: { [id]: wechatpay_public_key },
      headers: { 'Wechatpay-Serial': id },
    });
    expect((await merchant.create(merchant.order(freshNumber()))).status).toBe(200);
  });

  test('signs after kill -9 too, and no more after a reset', async () => {
    await rotate();
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    expect((await rotate()).status).toBe(409);
    await shop.reset();
    expect((await shop.merchant.query(await shop.ordered())).status).toBe(200);
  });

  test('gives way to the first one where it is told so', async () => {
    const back = { channel: 'wechat-pay', key: 'first' };
    expect((await shop.sandbox.call('POST', '/control/keys/rotate', back)).status).toBe(409);
    await rotate();
    expect((await shop.sandbox.call('POST', '/control/keys/rotate', back)).status).toBe(200);
    expect((await shop.merchant.query(await shop.ordered())).status).toBe(200);
  });

  test('signs alone: an overlap is refused, and so is an unknown channel', async () => {
    const overlapping = { channel: 'wechat-pay', overlap_s: 60 };
    expect(await shop.sandbox.call('POST', '/control/keys/rotate', overlapping)).toEqual({
      status: 400,
      body: { error: 'overlap_s: wechat-pay signs with one key at a time' },
    });
    expect((await rotate('nopay')).status).toBe(400);
  });
});
