import { until } from '../shop.ts';
import { errorOf, openStripeShop, paidWith, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

test.each([
  ['tok_lost_or_stolen', { code: 'card_declined', decline_code: 'lost_card' }],
  ['tok_incorrect_cvc', { code: 'incorrect_cvc' }],
])('%s is refused', async (token, error) => {
  expect(await errorOf(shop.confirmed(token))).toMatchObject({ statusCode: 402, ...error });
});

test('tok_dispute pays, and its holder disputes that', async () => {
  const paid = await shop.confirmed('tok_dispute');
  expect(paid.status).toBe('succeeded');
  expect(await shop.transaction(referenceOf(paid))).toMatchObject({
    state: 'paid',
    captured: 1_999,
    disputes: [{ amount: 1_999, state: 'opened' }],
  });
});

test('tok_refund_fails takes nothing back', async () => {
  const paid = await shop.confirmed('tok_refund_fails');
  const refund = await shop.stripe.refunds.create({ payment_intent: paid.id });
  expect(refund.status).toBe('pending');
  await until(
    () => shop.stripe.refunds.retrieve(refund.id),
    ({ status }) => status === 'failed',
  );
  expect(await shop.transaction(referenceOf(paid))).toMatchObject({ captured: 1_999, refunded: 0 });
});

test('tok_mastercard shows the face of its own card', async () => {
  const { id } = await shop.confirmed('tok_mastercard');
  const expand = ['latest_charge'];
  const { latest_charge } = await shop.stripe.paymentIntents.retrieve(id, { expand });
  expect((latest_charge as any).payment_method_details.card).toMatchObject({
    brand: 'mastercard',
    last4: '4444',
    network: 'mastercard',
  });
});

describe('tok_processing_error', () => {
  const card = paidWith('tok_processing_error');
  const refused = { statusCode: 402, code: 'processing_error' };

  test('is refused, and paid when the same PaymentIntent is confirmed again', async () => {
    const { id } = await shop.created();
    expect(await errorOf(shop.stripe.paymentIntents.confirm(id, card))).toMatchObject(refused);
    expect((await shop.stripe.paymentIntents.confirm(id, card)).status).toBe('succeeded');
  });

  test('is paid by another PaymentIntent for the same, and refused for anything else', async () => {
    const tried = async (more: object) => {
      const { id } = await shop.created({ description: 'order 7', ...more });
      return shop.stripe.paymentIntents.confirm(id, card);
    };
    expect(await errorOf(tried({}))).toMatchObject(refused);
    for (const other of [{ description: 'order 8' }, { amount: 2_000 }, { currency: 'eur' }])
      expect(await errorOf(tried(other))).toMatchObject(refused);
    expect((await tried({})).status).toBe('succeeded');
  });
});
