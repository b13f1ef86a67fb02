import { hmacValidator } from '@adyen/api-library';

import { type AdyenShop, openAdyenShop } from './shop.ts';

let shop: AdyenShop;
beforeAll(async () => {
  shop = await openAdyenShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

test('the webhook’s new HMAC key signs once it was changed, and the one before it no more', async () => {
  const believedBy = async () => {
    const { merchantReference } = await shop.paid();
    const item = await shop.receiver.event('AUTHORISATION', merchantReference);
    const { hmac_key, next_hmac_key } = shop.keys;
    return [hmac_key, next_hmac_key].map((key) => new hmacValidator().validateHMAC(item, key));
  };
  expect(await believedBy()).toEqual([true, false]);
  await shop.sandbox.call('POST', '/control/keys/rotate', { channel: 'adyen' });
  expect(await believedBy()).toEqual([false, true]);
});
