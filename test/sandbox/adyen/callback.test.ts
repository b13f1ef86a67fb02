import { hmacValidator } from '@adyen/api-library';

import { pause } from '../callback-receiver.ts';
import { comesAllTheSame } from '../on-its-way.ts';
import { until } from '../shop.ts';
import { type AdyenShop, openAdyenShop } from './shop.ts';

let shop: AdyenShop;
beforeAll(async () => {
  shop = await openAdyenShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const resend = ({ merchantReference }: any, body: object = {}) =>
  shop.sandbox.call('POST', `/control/callbacks/adyen/${merchantReference}/resend`, body);
const eur = (value: number) => ({ currency: 'EUR', value });

test('the signature of the published vector', () => {
  const key = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056';
  const text = '7914073381342284::TestMerchant:TestPayment-1407325143704:1130:EUR:AUTHORISATION:true';
  expect(new hmacValidator().calculateHmac(text, key)).toBe('coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=');
}); // prettier-ignore

describe('a notification', () => {
  test('is a standard webhook of one item, signed with the key of the webhook', async () => {
    const payment = await shop.paid();
    const [{ body, item, isGenuine }] = (await shop.receiver.until(1)) as [any];
    expect(isGenuine).toBe(true);
    expect(body).toEqual({ live: 'false', notificationItems: [{ NotificationRequestItem: item }] });
    expect(item).toEqual({
      additionalData: {
        authCode: payment.additionalData.authCode,
        cardSummary: '1111',
        expiryDate: '03/2030',
        hmacSignature: expect.stringMatching(/^[\w+/]{43}=$/),
      },
      amount: eur(1999),
      eventCode: 'AUTHORISATION',
      eventDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      merchantAccountCode: shop.keys.merchant_account,
      merchantReference: payment.merchantReference,
      operations: ['CANCEL', 'CAPTURE', 'REFUND'],
      paymentMethod: 'visa',
      pspReference: payment.pspReference,
      reason: `${payment.additionalData.authCode}:1111:03/2030`,
      success: 'true',
    });
  });

  test('is repeated until it is acknowledged, also after kill -9', async () => {
    shop.receiver.answer = 500;
    const payment = await shop.paid();
    await shop.receiver.until(2);
    await shop.sandbox.stop('SIGKILL');
    await pause(300); // what it had on the wire has come
    shop.receiver.answer = 200;
    const before = shop.receiver.heard.length;
    shop.sandbox = await shop.sandbox.again();
    const all = await shop.receiver.until(before + 1);
    expect(new Set(all.map(({ item }) => item.pspReference))).toEqual(new Set([payment.pspReference]));
    expect(all.every(({ isGenuine }) => isGenuine)).toBe(true);
    const count = shop.receiver.heard.length;
    await pause(1_500);
    expect(shop.receiver.heard).toHaveLength(count);
  }); // prettier-ignore

  test('is tried for thirty days, and never acknowledged is a violation', async () => {
    const quick = await openAdyenShop({ SANDBOX_CALLBACK_SCALE: '0' });
    try {
      quick.receiver.answer = 404;
      const { merchantReference: reference } = await quick.paid();
      const violations = await until(quick.violations, (all) => all.length > 0, 30_000);
      expect(violations).toMatchObject([{ channel: 'adyen', reference, rule: 'missing_ack' }]);
      expect(quick.receiver.heard).toHaveLength(1 + 12 + 87);
    } finally {
      await quick.close();
    }
  });

  test('is sent again when asked, to another account too', async () => {
    const payment = await shop.paid();
    await shop.receiver.until(1);
    expect((await resend(payment, { copies: 3, parallel: true })).body.statuses).toEqual([
      202, 202, 202,
    ]);
    await resend(payment, { account: 'cha_other' });
    expect(shop.receiver.heard.at(-1)!.path).toBe('/v1/callbacks/adyen/cha_other');
    expect(shop.receiver.heard.every(({ isGenuine }) => isGenuine)).toBe(true);
  });
});

describe('a notification that is spoilt', () => {
  const said = (more: object) => ({ amount: eur(500), success: 'true', ...more });

  test.each([
    ['forge_signature', false, said({})],
    ['wrong_key', false, said({})],
    ['tamper_ciphertext', false, said({ amount: eur(9500) })],
    ['malformed', true, said({ success: null, amount: null, merchantReference: null })],
    ['wrong_amount', true, said({ amount: eur(499) })],
    ['wrong_currency', true, said({ amount: { currency: 'USD', value: 500 } })],
    ['other_order', true, said({ merchantReference: 'att_of_nobody_0000', pspReference: 'N0B0DYSPAYMENT00', originalReference: 'N0B0DYSPAYMENT01' })],
  ])('by %s is itself again on the next try, and the books stay true', async (fault, isGenuine, so) => {
    const payment = await shop.held();
    await shop.receiver.until(1);
    shop.receiver.answer = 400;
    await shop.fault('callback', fault, { count: 1 });
    await shop.part(payment, 'captures', 500, { reference: 'cap_one' });
    const [, first, again] = await shop.receiver.until(3);
    shop.receiver.answer = 200;
    expect(first!.isGenuine).toBe(isGenuine);
    expect(first!.item).toMatchObject(so);
    expect(again!.isGenuine).toBe(true);
    expect(again!.item).toMatchObject(said({ eventCode: 'CAPTURE', merchantReference: 'cap_one', originalReference: payment.pspReference }));
    expect(await shop.transaction(payment)).toMatchObject({ paid_count: 1, captured: 500 });
  }); // prettier-ignore

  test('says what was true of another order', async () => {
    const other = await shop.paid();
    await shop.receiver.until(1);
    await shop.fault('callback', 'other_order', { count: 1 });
    await shop.paid();
    const heard = (await shop.receiver.until(2))[1]!;
    expect(heard.isGenuine).toBe(true);
    expect(heard.item).toMatchObject({
      pspReference: other.pspReference,
      merchantReference: other.merchantReference,
    });
  });
});

describe('a notification on its way', () => {
  comesAllTheSame({
    shop: () => shop,
    happens: () => shop.paid(),
    idOf: ({ item }) => item.pspReference as string,
    nextTryMs: 180, // nine seconds of the ladder
  });

  test('is overtaken and comes after the next one of its order', async () => {
    await shop.fault('callback', 'reorder', { count: 1, delay_ms: 15_000 });
    const payment = await shop.held();
    await pause(200); // until it is held back
    await shop.part(payment, 'captures', 1999);
    const heard = await shop.receiver.until(2);
    expect(heard.map(({ item }) => item.eventCode)).toEqual(['CAPTURE', 'AUTHORISATION']);
  });
});
