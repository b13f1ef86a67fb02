import type { Stripe } from 'stripe';

import { freshNumber } from '../merchant.ts';
import { until } from '../shop.ts';
import { errorOf, openStripeShop, paidWith, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const intents = () => shop.stripe.paymentIntents;
const card = { request_incremental_authorization: 'if_available', request_multicapture: 'if_available' }; // prettier-ignore
const growing = { capture_method: 'manual', payment_method_options: { card } };
const held = (token?: string) => shop.confirmed(token, growing);
const increment = ({ id }: { id: string }, amount: number, key = freshNumber('key')) =>
  intents().incrementAuthorization(id, { amount }, { idempotencyKey: key });
const statusOf = async ({ id }: { id: string }) => {
  const { latest_charge } = await intents().retrieve(id, { expand: ['latest_charge'] });
  const details = (latest_charge as Stripe.Charge).payment_method_details!.card!;
  return details.incremental_authorization!.status;
};

describe('a hold that may grow', () => {
  test('holds more, in all what is asked, and all of it can be captured', async () => {
    const first = await held();
    expect(await statusOf(first)).toBe('available');
    expect(await increment(first, 2_500)).toMatchObject({
      status: 'requires_capture',
      amount: 2_500,
      amount_capturable: 2_500,
      amount_received: 0,
      latest_charge: first.latest_charge,
    });
    expect(await shop.transaction(referenceOf(first))).toMatchObject({
      state: 'held',
      amount: 2_500,
      paid_count: 0,
    });
    expect(await increment(first, 3_000)).toMatchObject({ amount_capturable: 3_000 });
    expect(await intents().capture(first.id)).toMatchObject({ amount_received: 3_000 });
    expect(await shop.transaction(referenceOf(first))).toMatchObject({
      state: 'paid',
      captured: 3_000,
      paid_count: 1,
    });
    expect(await shop.violations()).toEqual([]);
  });

  test('tells the merchant what it holds now', async () => {
    const first = await held();
    await increment(first, 2_500);
    const told = () =>
      shop.receiver.heard.find(
        ({ event: { type, data } }) =>
          type === 'payment_intent.amount_capturable_updated' &&
          data.object.id === first.id &&
          data.object.amount_capturable === 2_500,
      );
    await until(
      () => Promise.resolve(told()),
      (heard) => heard?.refused === null,
    );
  });

  test('asked twice under one key grows once', async () => {
    const first = await held();
    const key = freshNumber('key');
    const [one, two] = [await increment(first, 2_500, key), await increment(first, 2_500, key)];
    expect(two).toEqual(one);
    expect(two.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(await increment(first, 2_600)).toMatchObject({ amount: 2_600 });
  });

  test('stays as it is when the card declines, and can be captured', async () => {
    const first = await held('tok_increment_declined');
    expect(await errorOf(increment(first, 2_500))).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      payment_intent: { id: first.id, amount: 1_999, amount_capturable: 1_999 },
    });
    expect(await intents().retrieve(first.id)).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 1_999,
      last_payment_error: null,
    });
    expect(await intents().capture(first.id)).toMatchObject({ amount_received: 1_999 });
  });

  test('grows ten times, declines included, and no more', async () => {
    const first = await held();
    for (let time = 1; time <= 10; time += 1) await increment(first, 1_999 + time);
    expect(await errorOf(increment(first, 5_000))).toMatchObject({ statusCode: 400 });
    expect(await shop.violations()).toMatchObject([{ rule: 'increment_too_often' }]);
  });

  test('does not shrink, nor stay as it is', async () => {
    const first = await held();
    for (const amount of [1_999, 1_000])
      expect(await errorOf(increment(first, amount))).toMatchObject({
        statusCode: 400,
        param: 'amount',
      });
  });

  test('whose answer is lost has grown', async () => {
    const first = await held();
    await shop.fault('increment', 'http_500_after_commit', { count: 1 });
    expect(await errorOf(increment(first, 2_500))).toMatchObject({ statusCode: 500 });
    expect(await intents().retrieve(first.id)).toMatchObject({ amount_capturable: 2_500 });
  });
});

describe('a hold that may not grow', () => {
  test('was not asked to: that is bad manners', async () => {
    const plain = await shop.held();
    expect(await statusOf(plain)).toBe('unavailable');
    expect(await errorOf(increment(plain, 2_500))).toMatchObject({ statusCode: 400 });
    expect(await shop.violations()).toMatchObject([
      { reference: referenceOf(plain), rule: 'increment_unavailable' },
    ]);
  });

  test('was captured in part', async () => {
    const first = await held();
    await intents().capture(first.id, { amount_to_capture: 500, final_capture: false });
    expect(await statusOf(first)).toBe('unavailable');
    expect(await errorOf(increment(first, 2_500))).toMatchObject({ statusCode: 400 });
  });

  test('is over, or never was', async () => {
    const captured = await held();
    await intents().capture(captured.id);
    for (const intent of [captured, await shop.created()])
      expect(await errorOf(increment(intent, 2_500))).toMatchObject({
        statusCode: 400,
        code: 'payment_intent_unexpected_state',
      });
  });

  test('says so when it is asked at the confirmation instead', async () => {
    const { id } = await shop.created({ capture_method: 'manual' });
    const asked = { ...paidWith('tok_ok'), payment_method_options: { card } };
    await intents().confirm(id, asked);
    expect(await statusOf({ id })).toBe('available');
  });
});
