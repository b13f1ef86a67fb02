import { until } from '../shop.ts';
import { errorOf, openStripeShop, referenceOf, type StripeShop } from './shop.ts';

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
