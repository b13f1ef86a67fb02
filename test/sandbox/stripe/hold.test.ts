import type { Stripe } from 'stripe';

import { until } from '../shop.ts';
import { errorOf, openStripeShop, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const intents = () => shop.stripe.paymentIntents;
const books = (intent: Stripe.PaymentIntent) => shop.transaction(referenceOf(intent));
const captureBefore = async ({ id }: { id: string }) => {
  const { latest_charge } = await intents().retrieve(id, { expand: ['latest_charge'] });
  return (latest_charge as Stripe.Charge).payment_method_details!.card!.capture_before!;
};

describe('a hold', () => {
  test('takes nothing, says when it ends, and is told to the merchant', async () => {
    const held = await shop.held();
    expect(held).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 1999,
      amount_received: 0,
    });
    expect(await books(held)).toMatchObject({
      state: 'held',
      paid_count: 0,
      captured: 0,
      paid_at: null,
    });
    const week = Date.now() / 1_000 + 7 * 86_400;
    expect(Math.abs((await captureBefore(held)) - week)).toBeLessThan(60);
    await shop.receiver.event('payment_intent.amount_capturable_updated', referenceOf(held));
  });

  test('is captured whole', async () => {
    const held = await shop.held();
    const captured = await intents().capture(held.id, { expand: ['latest_charge'] });
    expect(captured).toMatchObject({
      status: 'succeeded',
      amount_received: 1999,
      amount_capturable: 0,
      latest_charge: { captured: true, amount_captured: 1999 },
    });
    await shop.receiver.event('payment_intent.succeeded', referenceOf(held));
    expect(await books(held)).toMatchObject({ state: 'paid', paid_count: 1, captured: 1999 });
  });

  test('is captured in part, and the rest is released', async () => {
    const held = await shop.held();
    const captured = await intents().capture(held.id, { amount_to_capture: 700 });
    expect(captured).toMatchObject({
      status: 'succeeded',
      amount_received: 700,
      amount_capturable: 0,
    });
    expect(await books(held)).toMatchObject({ state: 'paid', paid_count: 1, captured: 700 });
    const refund = shop.stripe.refunds.create({ payment_intent: held.id, amount: 701 });
    expect(await errorOf(refund)).toMatchObject({ statusCode: 400 });
  });

  test('is captured several times, and that is one payment', async () => {
    const held = await shop.held();
    const take = (amount_to_capture: number, final_capture = false) =>
      intents().capture(held.id, { amount_to_capture, final_capture });
    expect(await take(500)).toMatchObject({
      status: 'requires_capture',
      amount_received: 500,
      amount_capturable: 1499,
    });
    expect(await books(held)).toMatchObject({ state: 'held', paid_count: 1, captured: 500 });
    expect(await take(499)).toMatchObject({ amount_received: 999, amount_capturable: 1000 });
    expect(await take(600, true)).toMatchObject({
      status: 'succeeded',
      amount_received: 1599,
      amount_capturable: 0,
    });
    expect(await books(held)).toMatchObject({ state: 'paid', paid_count: 1, captured: 1599 });
  });

  test('is over when all of it was captured, final or not', async () => {
    const held = await shop.held();
    await intents().capture(held.id, { amount_to_capture: 1000, final_capture: false });
    const last = { amount_to_capture: 999, final_capture: false };
    expect((await intents().capture(held.id, last)).status).toBe('succeeded');
    expect(await errorOf(intents().capture(held.id))).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { status: 'succeeded' },
    });
  });

  test('is not captured beyond what it holds: refused, and a violation', async () => {
    const held = await shop.held();
    await intents().capture(held.id, { amount_to_capture: 1000, final_capture: false });
    const more = intents().capture(held.id, { amount_to_capture: 1000 });
    expect(await errorOf(more)).toMatchObject({ statusCode: 400, code: 'amount_too_large' });
    expect(await shop.violations()).toMatchObject([
      { reference: referenceOf(held), rule: 'capture_beyond_held' },
    ]);
    expect(await books(held)).toMatchObject({ state: 'held', captured: 1000 });
  });

  test('is not captured more than once unless that was asked for', async () => {
    const held = await shop.held({ payment_method_options: {} });
    const part = { amount_to_capture: 500, final_capture: false };
    expect(await errorOf(intents().capture(held.id, part))).toMatchObject({
      statusCode: 400,
      param: 'final_capture',
    });
    expect(await books(held)).toMatchObject({ state: 'held', captured: 0 });
  });

  test('is released', async () => {
    const held = await shop.held();
    expect(await intents().cancel(held.id)).toMatchObject({
      status: 'canceled',
      amount_capturable: 0,
    });
    await shop.receiver.event('payment_intent.canceled', referenceOf(held));
    expect(await books(held)).toMatchObject({ state: 'closed', paid_count: 0, captured: 0 });
    expect(await errorOf(intents().capture(held.id))).toMatchObject({ statusCode: 400 });
  });

  test('that was captured in part is released: what was taken is the payment', async () => {
    const held = await shop.held();
    await intents().capture(held.id, { amount_to_capture: 500, final_capture: false });
    expect(await intents().cancel(held.id)).toMatchObject({
      status: 'succeeded',
      amount_received: 500,
      amount_capturable: 0,
    });
    expect(await books(held)).toMatchObject({ state: 'paid', paid_count: 1, captured: 500 });
  });
});

describe('a hold that ends by itself', () => {
  let brief: StripeShop;
  beforeAll(async () => {
    brief = await openStripeShop({ SANDBOX_HOLD_S: '2' });
  });
  afterAll(() => brief.close());

  test('is canceled, automatically, and its charge has expired', async () => {
    const held = await brief.held();
    const { latest_charge } = await brief.stripe.paymentIntents.retrieve(held.id, {
      expand: ['latest_charge'],
    });
    const end = (latest_charge as Stripe.Charge).payment_method_details!.card!.capture_before!;
    await brief.receiver.event('charge.expired', referenceOf(held));
    const canceled = await brief.receiver.event('payment_intent.canceled', referenceOf(held));
    expect(Date.now() / 1_000).toBeGreaterThanOrEqual(end);
    expect(canceled.data.object).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    });
    expect(await brief.transaction(referenceOf(held))).toMatchObject({
      state: 'closed',
      captured: 0,
    });
  });

  test('keeps what was captured, also when the sandbox was killed meanwhile', async () => {
    const held = await brief.held();
    const part = { amount_to_capture: 500, final_capture: false };
    await brief.stripe.paymentIntents.capture(held.id, part);
    await brief.sandbox.stop('SIGKILL');
    brief.sandbox = await brief.sandbox.again();
    const after = await until(
      () => brief.transaction(referenceOf(held)),
      ({ state }) => state === 'paid',
    );
    expect(after).toMatchObject({ paid_count: 1, captured: 500 });
  });
});
