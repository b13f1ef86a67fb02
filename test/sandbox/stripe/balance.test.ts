import type { Stripe } from 'stripe';

import { clockWasReset, later } from '../later.ts';
import { freshNumber } from '../merchant.ts';
import { until } from '../shop.ts';
import { errorOf, openStripeShop, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(async () => {
  await shop.reset();
  clockWasReset();
});

const dayMs = 86_400_000;
const moved = () => shop.stripe.balanceTransactions;
/** Oldest first. */
const all = async (asked: Stripe.BalanceTransactionListParams = {}) =>
  (await moved().list({ limit: 100, ...asked })).data.toReversed();
const chargeOf = async ({ id }: { id: string }) =>
  (await shop.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] }))
    .latest_charge as Stripe.Charge;
const refundOf = (payment_intent: string, amount: number, more: object = {}) =>
  shop.stripe.refunds.create({ payment_intent, amount, metadata: { reference: freshNumber('ref') }, ...more }); // prettier-ignore

describe('the balance', () => {
  test('is moved by a charge, whose fee Stripe keeps, and is available after two days', async () => {
    const paid = await shop.confirmed();
    const charge = await chargeOf(paid);
    const [only] = await all();
    expect(only).toMatchObject({
      id: charge.balance_transaction,
      object: 'balance_transaction',
      type: 'charge',
      reporting_category: 'charge',
      source: charge.id,
      amount: 1_999,
      fee: 88,
      net: 1_911,
      fee_details: [{ amount: 88, currency: 'usd', type: 'stripe_fee' }],
      currency: 'usd',
      status: 'pending',
    });
    expect(only!.available_on % 86_400).toBe(0);
    expect(await moved().retrieve(only!.id)).toMatchObject({ id: only!.id, net: 1_911 });
    const usd = (amount: number) => [{ amount, currency: 'usd', source_types: { card: amount } }];
    expect(await shop.stripe.balance.retrieve()).toMatchObject({
      available: [],
      pending: usd(1_911),
    });
  });

  test('is moved by each capture of a hold, by a refund and by the return of one', async () => {
    const held = await shop.held();
    expect(await all()).toEqual([]);
    const take = (amount_to_capture: number, final_capture: boolean) =>
      shop.stripe.paymentIntents.capture(held.id, { amount_to_capture, final_capture });
    await take(500, false);
    await take(700, true);
    const refund = await refundOf(held.id, 300);
    const bounce = { action: 'bounce_refund', refund: refund.id };
    await until(
      () => shop.act(referenceOf(held), bounce),
      ({ status }) => status === 200,
    );
    const { latest_charge: charge } = held;
    expect(await all()).toMatchObject([
      { type: 'charge', source: charge, amount: 500 },
      { type: 'charge', source: charge, amount: 700 },
      { type: 'refund', source: refund.id, amount: -300, fee: 0, net: -300, status: 'available' },
      { type: 'refund_failure', source: refund.id, amount: 300, reporting_category: 'refund_failure' },
    ]); // prettier-ignore
    const [, , out, back] = await all();
    expect(await shop.stripe.refunds.retrieve(refund.id)).toMatchObject({
      balance_transaction: out!.id,
      failure_balance_transaction: back!.id,
    });
  });

  test('is moved by what payers pay on pages, under names of its own', async () => {
    const paid = await shop.created({
      amount: 1_000,
      currency: 'eur',
      payment_method_types: ['ideal'],
      payment_method_data: { type: 'ideal' },
      return_url: 'https://shop.example/back',
      confirm: true,
    });
    await shop.act(referenceOf(paid), { action: 'pay' });
    await refundOf(paid.id, 400);
    expect(await all({ currency: 'eur' })).toMatchObject([
      { type: 'payment', reporting_category: 'charge', amount: 1_000, fee: 54 },
      { type: 'payment_refund', reporting_category: 'refund', amount: -400 },
    ]);
  });

  test('shows what a movement came of', async () => {
    const paid = await shop.confirmed();
    const refund = await refundOf(paid.id, 300);
    await shop.act(referenceOf(paid), { action: 'dispute', amount: 200 });
    const shown = (await moved().list({ expand: ['data.source'] })).data.toReversed();
    expect(shown.map(({ source }) => source)).toMatchObject([
      { object: 'charge', payment_intent: paid.id, metadata: { reference: referenceOf(paid) } },
      { object: 'refund', id: refund.id, metadata: refund.metadata },
      { object: 'dispute', payment_intent: paid.id },
    ]);
  });

  test('is listed page by page, newest first, and by what is asked for', async () => {
    for (let time = 0; time < 3; time += 1) await shop.confirmed();
    const [first, second, third] = await all();
    const page = await moved().list({ limit: 2 });
    expect(page).toMatchObject({ has_more: true, data: [{ id: third!.id }, { id: second!.id }] });
    const rest = await moved().list({ limit: 2, starting_after: second!.id });
    expect(rest).toMatchObject({ has_more: false, data: [{ id: first!.id }] });
    expect(await all({ source: second!.source as string })).toMatchObject([{ id: second!.id }]);
    for (const none of [{ type: 'refund' }, { currency: 'eur' }, { payout: 'po_1' }])
      expect(await all(none)).toEqual([]);
    const tomorrow = Math.floor(Date.now() / 1_000) + 86_400;
    expect(await all({ created: { gte: tomorrow } })).toEqual([]);
    expect(await errorOf(moved().retrieve('txn_of_nobody'))).toMatchObject({ statusCode: 404 });
  });
});

describe('a payout', () => {
  const payouts = () => shop.stripe.payouts;

  test('takes along what is available at midnight, and says what that was', async () => {
    const paid = await shop.confirmed();
    await refundOf(paid.id, 500);
    await later(shop.sandbox, 2 * dayMs);
    const { data } = await shop.receiver.event('payout.paid');
    const payout = data.object as Stripe.Payout;
    expect(payout).toMatchObject({
      id: expect.stringMatching(/^po_\w+$/),
      amount: 1_411,
      currency: 'usd',
      status: 'paid',
      automatic: true,
      reconciliation_status: 'completed',
    });
    expect(payout.arrival_date % 86_400).toBe(0);
    expect(await all({ payout: payout.id })).toMatchObject([
      { type: 'charge', net: 1_911 },
      { type: 'refund', net: -500 },
      { type: 'payout', net: -1_411, source: payout.id, id: payout.balance_transaction },
    ]);
    expect((await payouts().list()).data.map(({ id }) => id)).toEqual([payout.id]);
    expect(await payouts().retrieve(payout.id)).toEqual(expect.objectContaining({ amount: 1_411 }));
    expect(await errorOf(payouts().retrieve('po_of_nobody'))).toMatchObject({ statusCode: 404 });
    const { available } = await shop.stripe.balance.retrieve();
    expect(available).toMatchObject([{ amount: 0, currency: 'usd' }]);
  });

  test('waits while more went back than has come, also after kill -9', async () => {
    const paid = await shop.confirmed();
    await shop.act(referenceOf(paid), { action: 'dispute' });
    await later(shop.sandbox, 3 * dayMs);
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    expect((await payouts().list()).data).toEqual([]);
    await shop.act(referenceOf(paid), { action: 'resolve_dispute', reason: 'won' });
    await later(shop.sandbox, dayMs);
    const { data } = await shop.receiver.event('payout.paid');
    expect(data.object).toMatchObject({ amount: 1_911 - 1_500 });
  });
});

describe('a discrepancy that is planted in the list', () => {
  const planted = async (fault: string, more: object = {}) => {
    const [one, other] = [await shop.confirmed(), await shop.confirmed()];
    await shop.fault('bill', fault, { count: 1, ...more });
    return { spoilt: await all(), true_: await all(), one, other };
  };

  test.each([
    ['missing_row', [{ amount: 1_999 }]],
    ['amount_drift', [{ amount: 1_998, fee: 88 }, { amount: 1_999 }]],
    ['fee_drift', [{ amount: 1_999, fee: 89, net: 1_910 }, { fee: 88 }]],
    ['extra_row', [{}, {}, { source: 'ch_of_nobody', amount: 1_999 }]],
  ])('%s', async (fault, rows) => {
    const { spoilt, true_ } = await planted(fault);
    expect(spoilt).toHaveLength(rows.length);
    const inOrder = spoilt.toSorted((a, b) => rank(true_, a) - rank(true_, b));
    expect(inOrder).toMatchObject(rows);
    expect(true_).toMatchObject([{ amount: 1_999 }, { amount: 1_999 }]);
  });

  const rank = (true_: readonly { id: string }[], { id }: { id: string }) =>
    [...true_.map((one) => one.id), id].indexOf(id);

  test('next_day_row, of the order that is named', async () => {
    const paid = await shop.confirmed();
    await shop.confirmed();
    await shop.fault('bill', 'next_day_row', { count: 1, reference: referenceOf(paid) });
    const spoilt = await all();
    const [first] = await all();
    const late = spoilt.find(({ id }) => id === first!.id);
    expect(late!.created - first!.created).toBe(86_400);
  });
});
