import { freshNumber } from '../merchant.ts';
import { until } from '../shop.ts';
import { errorOf, openStripeShop, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const refunds = () => shop.stripe.refunds;

describe('a refund', () => {
  const refundOf = (payment_intent: string, amount: number, reference = freshNumber('ref')) =>
    refunds().create({ payment_intent, amount, metadata: { reference } });

  test('is pending, then succeeded, and told to the merchant', async () => {
    const paid = await shop.confirmed();
    const refund = await refundOf(paid.id, 500, 'ref_first');
    expect(refund).toMatchObject({
      id: expect.stringMatching(/^re_\w+$/),
      object: 'refund',
      amount: 500,
      currency: 'usd',
      status: 'pending',
      payment_intent: paid.id,
      charge: paid.latest_charge,
      metadata: { reference: 'ref_first' },
    });
    const updated = await shop.receiver.event('refund.updated', 'ref_first');
    expect(updated.data.object).toMatchObject({ id: refund.id, status: 'succeeded', amount: 500 });
    const refunded = await shop.receiver.event('charge.refunded', referenceOf(paid));
    expect(refunded.data.object).toMatchObject({ amount_refunded: 500, refunded: false });
    expect((await refunds().retrieve(refund.id)).status).toBe('succeeded');
    expect(await shop.transaction(referenceOf(paid))).toMatchObject({
      state: 'paid',
      captured: 1999,
      refunded: 500,
      refunds: [{ reference: 'ref_first', amount: 500, state: 'succeeded' }],
    });
  });

  test('of one payment is listed with its others, newest first', async () => {
    const [paid, other] = [await shop.confirmed(), await shop.confirmed()];
    const mine = [await refundOf(paid.id, 1), await refundOf(paid.id, 2)];
    await refundOf(other.id, 3);
    const { data } = await refunds().list({ payment_intent: paid.id });
    expect(data.map(({ id }) => id)).toEqual([mine[1]!.id, mine[0]!.id]);
    expect((await refunds().list()).data).toHaveLength(3);
    const first = await refunds().list({ payment_intent: paid.id, limit: 1 });
    expect(first).toMatchObject({ has_more: true, data: [{ id: mine[1]!.id }] });
  });

  test('without an amount gives back all that is left, and then nothing is', async () => {
    const paid = await shop.confirmed();
    await refundOf(paid.id, 500);
    const rest = await refunds().create({ payment_intent: paid.id });
    expect(rest.amount).toBe(1499);
    const again = await errorOf(refunds().create({ payment_intent: paid.id }));
    expect(again).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
    await until(
      () => shop.transaction(referenceOf(paid)),
      ({ refunded }) => refunded === 1999,
    );
  });

  test('beyond what was captured is refused, and a violation', async () => {
    const paid = await shop.confirmed();
    await refundOf(paid.id, 1000);
    expect(await errorOf(refundOf(paid.id, 1000))).toMatchObject({ statusCode: 400 });
    expect(await shop.violations()).toMatchObject([
      { channel: 'stripe', reference: referenceOf(paid), rule: 'refund_beyond_captured' },
    ]);
    expect((await refundOf(paid.id, 999)).status).toBe('pending');
  });

  test('of what was never paid, or is only held, is refused', async () => {
    for (const { id } of [await shop.created(), await shop.held()])
      expect(await errorOf(refundOf(id, 1))).toMatchObject({
        statusCode: 400,
        code: 'payment_intent_unexpected_state',
      });
  });
});
