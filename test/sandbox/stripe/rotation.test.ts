import { Stripe } from 'stripe';

import { later } from '../later.ts';
import { openStripeShop, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const roll = (more: object = {}) =>
  shop.sandbox.call('POST', '/control/keys/rotate', { channel: 'stripe', ...more });

/** Which of the two secrets the SDK believes a new event by. */
async function believedBy(): Promise<boolean[]> {
  const reference = referenceOf(await shop.confirmed());
  const { id } = await shop.receiver.event('payment_intent.succeeded', reference);
  const { body, signature } = shop.receiver.heard.find(({ event }) => event.id === id)!;
  return [shop.keys.webhook_secret, shop.keys.next_webhook_secret].map((secret) => {
    try {
      return Stripe.webhooks.constructEvent(body, signature, secret).id === id;
    } catch {
      return false;
    }
  });
}

test('an endpoint’s secret that is rolled signs beside the new one for a day, then no more', async () => {
  expect(await believedBy()).toEqual([true, false]);
  expect((await roll()).status).toBe(200);
  expect(await believedBy()).toEqual([true, true]);
  await later(shop.sandbox, 86_400_000);
  expect(await believedBy()).toEqual([false, true]);
});

test('one that is to end at once does', async () => {
  await roll({ overlap_s: 0 });
  expect(await believedBy()).toEqual([false, true]);
  await roll({ overlap_s: 0, key: 'first' });
  expect(await believedBy()).toEqual([true, false]);
});

test('both sign after kill -9 too', async () => {
  await roll();
  await shop.sandbox.stop('SIGKILL');
  shop.sandbox = await shop.sandbox.again();
  expect(await believedBy()).toEqual([true, true]);
});
