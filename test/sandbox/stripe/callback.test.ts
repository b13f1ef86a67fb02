import { Stripe } from 'stripe';

import { signatureOf } from '../../../src/sandbox/stripe/signature.ts';
import { pause } from '../callback-receiver.ts';
import { comesAllTheSame } from '../on-its-way.ts';
import { until } from '../shop.ts';
import { openStripeReceiver } from './receiver.ts';
import { openStripeShop, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const types = () => shop.receiver.heard.map(({ event }) => event.type as string);
const resend = (reference: string, body: object = {}) =>
  shop.sandbox.call('POST', `/control/callbacks/stripe/${reference}/resend`, body);

test('the signature of the published vector', () => {
  const body = '{"id":"evt_1","object":"event","type":"payment_intent.succeeded"}';
  const signature = signatureOf(body, { at: 1_700_000_000_000, secret: 'whsec_test' });
  const v1 = 'b5d16909735dfcdc338e1f1e170cbb5d2ea57494fe5f638399aebcce132ec538';
  expect(signature).toBe(`t=1700000000,v1=${v1}`);
});

describe('an event', () => {
  test('is repeated under its id, freshly signed, until it is acknowledged, also after kill -9', async () => {
    shop.receiver.answer = 500;
    const paid = await shop.confirmed();
    await shop.receiver.until(2);
    await shop.sandbox.stop('SIGKILL');
    await pause(300); // what it had on the wire has come
    shop.receiver.answer = 299;
    const before = shop.receiver.heard.length;
    shop.sandbox = await shop.sandbox.again();
    const all = await shop.receiver.until(before + 1);
    const ids = new Set(all.map(({ event }) => event.id as string));
    expect(ids.size).toBe(1);
    expect(all.every(({ refused }) => refused === null)).toBe(true);
    expect(all.at(-1)!.event.data.object.id).toBe(paid.id);
    const count = shop.receiver.heard.length;
    await pause(2_000);
    expect(shop.receiver.heard).toHaveLength(count);
  });

  test('says what was true when it happened, however late it comes', async () => {
    shop.receiver.answer = 500;
    const held = await shop.held();
    await shop.receiver.until(1);
    await shop.stripe.paymentIntents.capture(held.id, { amount_to_capture: 700 });
    shop.receiver.answer = 200;
    await shop.receiver.event('payment_intent.succeeded');
    const [first, again] = (
      await until(
        () => Promise.resolve(shop.receiver.heard),
        (heard) => heard.filter(({ event }) => event.type.endsWith('updated')).length >= 2,
      )
    ).filter(({ event }) => event.type.endsWith('updated'));
    expect(again!.body).toBe(first!.body);
    expect(again!.event.data.object).toMatchObject({ amount_capturable: 1999, amount_received: 0 });
  });

  test('that is acknowledged after more than ten seconds is a violation', async () => {
    const slow = await openStripeReceiver(10_600);
    const other = await openStripeShop({ SANDBOX_STRIPE_WEBHOOK_URL: slow.url });
    const reference = referenceOf(await other.confirmed());
    const violations = await until(other.violations, (all) => all.length > 0, 30_000);
    expect(violations).toMatchObject([{ channel: 'stripe', reference, rule: 'slow_ack' }]);
    await other.close();
    await slow.close();
  });

  test('that is never acknowledged is a violation in the end', async () => {
    const quick = await openStripeShop({ SANDBOX_CALLBACK_SCALE: '0' });
    quick.receiver.answer = 500;
    const reference = referenceOf(await quick.confirmed());
    const violations = await until(quick.violations, (all) => all.length > 0);
    expect(violations).toMatchObject([{ channel: 'stripe', reference, rule: 'missing_ack' }]);
    await quick.close();
  });

  test('is sent again when asked, to another account too; the last is what decided', async () => {
    const paid = await shop.confirmed();
    const reference = referenceOf(paid);
    await shop.receiver.until(1);
    expect(await resend(reference, { copies: 3, parallel: true })).toEqual({
      status: 200,
      body: { sent: 3, statuses: [200, 200, 200] },
    });
    expect(new Set(shop.receiver.heard.map(({ event }) => event.id as string)).size).toBe(1);
    await resend(reference, { account: 'cha_other' });
    expect(shop.receiver.heard.at(-1)!.path).toBe('/v1/callbacks/stripe/cha_other');
    expect(shop.receiver.heard.every(({ refused }) => refused === null)).toBe(true);
    expect(types()).toEqual(Array.from({ length: 5 }, () => 'payment_intent.succeeded'));
  });

  test('comes as often as something decides, and no more often', async () => {
    const held = await shop.held();
    const part = { amount_to_capture: 500, final_capture: false };
    await shop.stripe.paymentIntents.capture(held.id, part);
    await shop.stripe.paymentIntents.cancel(held.id);
    await shop.stripe.refunds.create({ payment_intent: held.id });
    await shop.receiver.event('refund.updated');
    await pause(300);
    expect(types().sort()).toEqual([
      'charge.refunded',
      'payment_intent.amount_capturable_updated',
      'payment_intent.amount_capturable_updated',
      'payment_intent.succeeded',
      'refund.updated',
    ]);
  });
});

describe('an event that is spoilt', () => {
  test.each([
    ['forge_signature', /No signatures found/, { amount: 1999 }],
    ['wrong_key', /No signatures found/, { amount: 1999 }],
    ['tamper_ciphertext', /No signatures found/, { amount: 91_999 }],
    ['stale_timestamp', /Timestamp outside/, { amount: 1999 }],
    ['malformed', null, { metadata: null, amount: null }],
    ['wrong_amount', null, { amount: 1998, amount_received: 1998, currency: 'usd' }],
    ['wrong_currency', null, { amount: 1999, currency: 'eur' }],
    ['other_order', null, { metadata: { reference: 'att_of_nobody_0000' } }],
  ])('by %s is itself again on the next try, and the books stay true', async (fault, why, said) => {
    shop.receiver.answer = 400;
    await shop.fault('callback', fault, { count: 1 });
    const paid = await shop.confirmed();
    const [first] = await shop.receiver.until(1);
    shop.receiver.answer = 200;
    expect(first!.refused).toEqual(why && expect.stringMatching(why));
    expect(first!.event.data.object).toMatchObject(said);
    const again = (await shop.receiver.until(2)).at(-1)!;
    expect(again.refused).toBeNull();
    expect(again.event.data.object).toMatchObject({
      id: paid.id,
      amount: 1999,
      currency: 'usd',
      metadata: paid.metadata,
      status: 'succeeded',
    });
    expect(await shop.transaction(referenceOf(paid))).toMatchObject({
      paid_count: 1,
      captured: 1999,
    });
  });

  test('lacks members when it is malformed', async () => {
    await shop.fault('callback', 'malformed', { count: 1 });
    await shop.confirmed();
    const [heard] = await shop.receiver.until(1);
    for (const name of ['status', 'currency', 'amount_received'])
      expect(heard!.event.data.object).not.toHaveProperty(name);
  });

  test('says what was true of another order', async () => {
    const other = await shop.confirmed();
    await shop.receiver.until(1);
    await shop.fault('callback', 'other_order', { count: 1 });
    await shop.confirmed();
    const heard = (await shop.receiver.until(2))[1]!;
    expect(heard.refused).toBeNull();
    expect(heard.event.data.object).toMatchObject({ id: other.id, status: 'succeeded' });
  });

  test('says one unit less of a refund, too', async () => {
    const paid = await shop.confirmed();
    await shop.receiver.until(1);
    await shop.fault('callback', 'wrong_amount', { reference: 'ref_less' });
    await shop.stripe.refunds.create({
      payment_intent: paid.id,
      amount: 500,
      metadata: { reference: 'ref_less' },
    });
    const { data } = await shop.receiver.event('refund.updated');
    expect(data.object.amount).toBe(499);
    expect((await shop.transaction(referenceOf(paid))).refunded).toBe(500);
  });
});

describe('an event on its way', () => {
  comesAllTheSame({
    shop: () => shop,
    happens: () => shop.confirmed(),
    idOf: ({ event }) => event.id as string,
    nextTryMs: 190, // ten seconds of the ladder
  });

  test('is overtaken and comes after the next one of its order', async () => {
    await shop.fault('callback', 'reorder', { count: 1, delay_ms: 15_000 });
    const held = await shop.held();
    await shop.stripe.paymentIntents.capture(held.id);
    await shop.receiver.until(2);
    expect(types()).toEqual([
      'payment_intent.succeeded',
      'payment_intent.amount_capturable_updated',
    ]);
  });

  test('can be signed by anyone with the published secret', () => {
    const payload = JSON.stringify({ id: 'evt_own', object: 'event' });
    const secret: string = shop.keys.webhook_secret;
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret });
    expect(Stripe.webhooks.constructEvent(payload, header, secret).id).toBe('evt_own');
    const own = signatureOf(payload);
    expect(Stripe.webhooks.constructEvent(payload, own, secret).id).toBe('evt_own');
  });
});
