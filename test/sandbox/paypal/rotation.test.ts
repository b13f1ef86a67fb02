import { openPaypalShop, type PaypalShop, referenceOf } from './shop.ts';

let shop: PaypalShop;
beforeAll(async () => {
  shop = await openPaypalShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const rotate = () => shop.sandbox.call('POST', '/control/keys/rotate', { channel: 'paypal' });

/** What was heard of an order that its payer has just approved. */
async function heardOfOne() {
  const reference = referenceOf(await shop.approved());
  await shop.receiver.event('CHECKOUT.ORDER.APPROVED', reference);
  return shop.receiver.heard.find(({ body }) => body.includes(reference))!;
}

const fileOf = async ({ headers }: Awaited<ReturnType<typeof heardOfOne>>) =>
  (await fetch(headers['paypal-cert-url']!)).text();

test('webhooks name another certificate once it was changed; the one before it stays where it was', async () => {
  const before = await heardOfOne();
  await rotate();
  const after = await heardOfOne();
  expect([before.isGenuine, after.isGenuine]).toEqual([true, true]);
  expect(await fileOf(before)).toBe(shop.keys.webhook_certificate);
  expect(await fileOf(after)).toBe(shop.keys.next_webhook_certificate);
});

test('PayPal says of webhooks by both that they are its own, each by its own certificate', async () => {
  const before = await heardOfOne();
  await rotate();
  const after = await heardOfOne();
  const verified = async ({ headers, body }: typeof before, by: typeof before) => {
    const members = {
      auth_algo: headers['paypal-auth-algo'],
      cert_url: by.headers['paypal-cert-url'],
      transmission_id: headers['paypal-transmission-id'],
      transmission_time: headers['paypal-transmission-time'],
      transmission_sig: headers['paypal-transmission-sig'],
      webhook_id: shop.keys.webhook_id,
    };
    const asked = `${JSON.stringify(members).slice(0, -1)},"webhook_event":${body}}`;
    const said = await shop.call('POST', '/v1/notifications/verify-webhook-signature', asked);
    return said.body.verification_status;
  };
  expect(await verified(before, before)).toBe('SUCCESS');
  expect(await verified(after, after)).toBe('SUCCESS');
  expect(await verified(after, before)).toBe('FAILURE');
});
