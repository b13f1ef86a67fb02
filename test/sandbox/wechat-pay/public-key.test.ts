import { freshNumber, openMerchant } from '../merchant.ts';
import { openShop, type Shop } from '../shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

/** A merchant who believes that key alone. */
function merchantOf(key: 'certificate' | 'public key', asks = true) {
  const { platform_serial, platform_public_key, wechatpay_public_key_id, wechatpay_public_key } =
    shop.keys;
  const [id, pem] =
    key === 'certificate'
      ? [platform_serial, platform_public_key]
      : [wechatpay_public_key_id, wechatpay_public_key];
  return openMerchant(shop.sandbox, shop.keys, shop.receiver.url, 10_000, {
    certs: { [id]: pem },
    ...(asks ? { headers: { 'Wechatpay-Serial': id } } : {}),
  });
}

const serials = () => shop.receiver.received.map((one) => one.headers['wechatpay-serial']);

describe('a merchant in public-key mode', () => {
  test('gets answers and callbacks that are signed with that key', async () => {
    const merchant = merchantOf('public key');
    const id = shop.keys.wechatpay_public_key_id;
    expect(id).toMatch(/^PUB_KEY_ID_\d{34}$/);
    const reference = freshNumber();
    expect((await merchant.create(merchant.order(reference))).status).toBe(200);
    const queried = await merchant.query(reference);
    expect([queried.status, queried.headers['wechatpay-serial']]).toEqual([200, id]);
    expect((await merchant.close(freshNumber())).headers['wechatpay-serial']).toBe(id);
    await shop.pay(reference);
    await shop.receiver.until(1);
    await merchant.refund(merchant.refundOf(reference, 500));
    const heard = await shop.receiver.until(2);
    expect(serials()).toEqual([id, id]);
    expect(heard.map(({ genuine }) => genuine)).toEqual([true, true]);
  });

  test('who does not ask for it is answered with the certificate’s', async () => {
    const merchant = merchantOf('public key', false);
    const answer = merchant.create(merchant.order(freshNumber()));
    await expect(answer).resolves.toMatchObject({
      headers: { 'wechatpay-serial': shop.keys.platform_serial },
    });
  });

  test('is told of each order with the key that made it, and of each refund with its own', async () => {
    const [before, after] = [merchantOf('certificate'), merchantOf('public key')];
    const reference = freshNumber();
    await before.create(before.order(reference));
    expect((await after.query(reference)).status).toBe(200);
    await shop.pay(reference);
    await shop.receiver.until(1);
    await after.refund(after.refundOf(reference, 500));
    const heard = await shop.receiver.until(2);
    expect(serials()).toEqual([shop.keys.platform_serial, shop.keys.wechatpay_public_key_id]);
    expect(heard.every(({ genuine }) => genuine)).toBe(true);
  });

  test('sees a callback under a wrong key for what it is', async () => {
    const merchant = merchantOf('public key');
    const reference = freshNumber();
    await merchant.create(merchant.order(reference));
    await shop.fault('callback', 'wrong_key', { count: 1 });
    await shop.pay(reference);
    expect((await shop.receiver.until(1))[0]!.genuine).toBe(false);
    expect(serials()).toEqual([shop.keys.wechatpay_public_key_id]);
  });
});
