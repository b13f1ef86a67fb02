import { crc32 } from 'node:zlib';

import { pause } from '../callback-receiver.ts';
import { comesAllTheSame } from '../on-its-way.ts';
import { until } from '../shop.ts';
import { captureOf, holdOf, openPaypalShop, type PaypalShop, referenceOf, usd } from './shop.ts';

let shop: PaypalShop;
beforeAll(async () => {
  shop = await openPaypalShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const types = () => shop.receiver.heard.map(({ event }) => event.event_type as string);
const resend = (order: any, body: object = {}) =>
  shop.sandbox.call('POST', `/control/callbacks/paypal/${referenceOf(order)}/resend`, body);

test('the checksum of the published vector', () => {
  expect(crc32('{"id":"WH-1","event_type":"PAYMENT.CAPTURE.COMPLETED"}')).toBe(2_325_436_976);
});

describe('an event', () => {
  test('is signed with the key of the certificate that it names, which is here', async () => {
    await shop.captured();
    const [{ headers, event, isGenuine, age_ms }] = (await shop.receiver.until(1)) as [any];
    expect(isGenuine).toBe(true);
    expect(age_ms).toBeLessThan(5_000);
    expect(headers['paypal-auth-algo']).toBe('SHA256withRSA');
    expect(new URL(headers['paypal-cert-url']).origin).toBe(shop.sandbox.paypal);
    const pem = await (await fetch(headers['paypal-cert-url'])).text();
    expect(pem).toBe(shop.keys.webhook_certificate);
    expect(event).toMatchObject({
      id: expect.stringMatching(/^WH-\w{17}-\w{17}$/),
      event_version: '1.0',
      resource_version: '2.0',
      resource_type: 'checkout-order',
      summary: expect.any(String),
      create_time: expect.stringMatching(/Z$/),
    });
  });

  test('is repeated under its ids until it is acknowledged, also after kill -9', async () => {
    shop.receiver.answer = 500;
    const order = await shop.approved();
    await shop.receiver.until(2);
    await shop.sandbox.stop('SIGKILL');
    await pause(300); // what it had on the wire has come
    shop.receiver.answer = 299;
    const before = shop.receiver.heard.length;
    shop.sandbox = await shop.sandbox.again();
    const all = await shop.receiver.until(before + 1);
    expect(new Set(all.map(({ event }) => event.id)).size).toBe(1);
    expect(new Set(all.map(({ headers }) => headers['paypal-transmission-id'])).size).toBe(1);
    expect(all.every(({ isGenuine }) => isGenuine)).toBe(true);
    expect(all.at(-1)!.event.resource.id).toBe(order.id);
    const count = shop.receiver.heard.length;
    await pause(2_000);
    expect(shop.receiver.heard).toHaveLength(count);
  });

  test('is tried 26 times, and never acknowledged is a violation', async () => {
    const quick = await openPaypalShop({ SANDBOX_CALLBACK_SCALE: '0' });
    quick.receiver.answer = 404;
    const reference = referenceOf(await quick.approved());
    const violations = await until(quick.violations, (all) => all.length > 0);
    expect(violations).toMatchObject([{ channel: 'paypal', reference, rule: 'missing_ack' }]);
    expect(quick.receiver.heard).toHaveLength(26);
    await quick.close();
  });

  test('comes as often as something decides, and no more often', async () => {
    const order = await shop.held();
    const path = `/v2/payments/authorizations/${holdOf(order).id}`;
    const part = (await shop.call('POST', `${path}/capture`, { amount: usd('5.00') })).body;
    await shop.call('POST', `${path}/void`);
    await shop.refund(part);
    await shop.receiver.event('PAYMENT.CAPTURE.REFUNDED');
    await pause(300);
    expect(types().sort()).toEqual([
      'CHECKOUT.ORDER.APPROVED',
      'PAYMENT.AUTHORIZATION.CREATED',
      'PAYMENT.AUTHORIZATION.VOIDED',
      'PAYMENT.CAPTURE.COMPLETED',
      'PAYMENT.CAPTURE.REFUNDED',
    ]);
  });

  test('is sent again when asked, to another account too', async () => {
    const order = await shop.captured();
    await shop.receiver.until(2);
    expect((await resend(order, { copies: 3, parallel: true })).body.statuses).toEqual([
      200, 200, 200,
    ]);
    await resend(order, { account: 'cha_other' });
    expect(shop.receiver.heard.at(-1)!.path).toBe('/v1/callbacks/paypal/cha_other');
    expect(shop.receiver.heard.every(({ isGenuine }) => isGenuine)).toBe(true);
    expect(types().slice(-4)).toEqual(Array.from({ length: 4 }, () => 'PAYMENT.CAPTURE.COMPLETED'));
  });
});

describe('PayPal itself', () => {
  const asked = async () => {
    await shop.captured();
    const [{ headers, body }] = (await shop.receiver.until(1)) as [any];
    const fields = {
      auth_algo: headers['paypal-auth-algo'],
      cert_url: headers['paypal-cert-url'],
      transmission_id: headers['paypal-transmission-id'],
      transmission_sig: headers['paypal-transmission-sig'],
      transmission_time: headers['paypal-transmission-time'],
      webhook_id: shop.keys.webhook_id,
    };
    return { fields, body: body as string };
  };
  const says = async (fields: object, event: string) => {
    const text = `${JSON.stringify(fields).slice(0, -1)},"webhook_event":${event}}`;
    const path = '/v1/notifications/verify-webhook-signature';
    return (await shop.call('POST', path, text)).body;
  };

  test('says which event is its own', async () => {
    const { fields, body } = await asked();
    expect(await says(fields, body)).toEqual({ verification_status: 'SUCCESS' });
  });

  test.each([
    ['other bytes that mean the same', {}, (body: string) => body.replace('{', '{ ')],
    ['another text', {}, (body: string) => body.replace('19.99', '19.98')],
    ['another webhook', { webhook_id: '0NB0DY000000000AX' }, undefined],
    ['another time', { transmission_time: '2020-01-01T00:00:00Z' }, undefined],
    ['another certificate', { cert_url: 'https://api.paypal.com/v1/notifications/certs/CERT-1' }, undefined],
  ])('does not own %s', async (_what, more, alter) => {
    const { fields, body } = await asked();
    const answer = await says({ ...fields, ...more }, alter?.(body) ?? body);
    expect(answer).toEqual({ verification_status: 'FAILURE' });
  }); // prettier-ignore

  test('wants to be told all of it', async () => {
    expect(await says({ webhook_id: 'x' }, '{}')).toMatchObject({ name: 'INVALID_REQUEST' });
  });
});

describe('an event that is spoilt', () => {
  const related = (order_id: string) => ({ related_ids: { order_id } });
  const eur = { currency_code: 'EUR', value: '19.99' };

  test.each([
    ['forge_signature', false, { amount: usd('19.99') }],
    ['wrong_key', false, { amount: usd('19.99') }],
    ['tamper_ciphertext', false, { amount: usd('919.99') }],
    ['stale_timestamp', true, { amount: usd('19.99') }],
    ['malformed', true, { status: null, amount: null }],
    ['wrong_amount', true, { amount: usd('19.98') }],
    ['wrong_currency', true, { amount: eur }],
    ['other_order', true, { custom_id: 'att_of_nobody_0000', supplementary_data: related('0NB0DY000000000AX') }],
  ])('by %s is itself again on the next try, and the books stay true', async (fault, isGenuine, said) => {
    const own = await shop.approved();
    await shop.receiver.until(1);
    shop.receiver.answer = 400;
    await shop.fault('callback', fault, { count: 1 });
    const capture = captureOf((await shop.capture(own)).body);
    const [, first, again] = await shop.receiver.until(3);
    shop.receiver.answer = 200;
    expect(first!.isGenuine).toBe(isGenuine);
    expect(first!.event.resource).toMatchObject(said);
    expect(first!.age_ms > 500_000).toBe(fault === 'stale_timestamp');
    expect(again!.isGenuine).toBe(true);
    expect(again!.event.resource).toEqual(capture);
    expect(await shop.transaction(own)).toMatchObject({ paid_count: 1, captured: 1_999 });
  }); // prettier-ignore

  test('says what was true of another order', async () => {
    const other = await shop.captured();
    await shop.receiver.until(2);
    const order = await shop.approved();
    await shop.receiver.until(3);
    await shop.fault('callback', 'other_order', { count: 1 });
    await shop.capture(order);
    const heard = (await shop.receiver.until(4))[3]!;
    expect(heard.isGenuine).toBe(true);
    expect(heard.event.resource).toEqual(captureOf(other));
  });

  test.each([
    ['an approval', 'CHECKOUT.ORDER.APPROVED', ({ purchase_units }: any) => purchase_units[0].amount, usd('19.98')],
    ['a refund', 'PAYMENT.CAPTURE.REFUNDED', ({ amount }: any) => amount, usd('4.99')],
  ])('says one unit less of %s, too', async (_what, type, amountOf, amount) => {
    await shop.fault('callback', 'wrong_amount');
    const order = await shop.captured();
    await shop.refund(captureOf(order), { amount: usd('5.00') });
    const { resource } = await shop.receiver.event(type);
    expect(amountOf(resource)).toEqual(amount);
  }); // prettier-ignore
});

describe('an event on its way', () => {
  comesAllTheSame({
    shop: () => shop,
    happens: () => shop.approved(),
    idOf: ({ event }) => event.id,
    nextTryMs: 190, // ten seconds of the ladder
  });

  test('is overtaken and comes after the next one of its order', async () => {
    await shop.fault('callback', 'reorder', { count: 1, delay_ms: 15_000 });
    await shop.captured();
    await shop.receiver.until(2);
    expect(types()).toEqual(['PAYMENT.CAPTURE.COMPLETED', 'CHECKOUT.ORDER.APPROVED']);
  });
});
