import { errorOf, openStripeShop, paidWith, type StripeShop } from './shop.ts';

let shop: StripeShop;
const intents = () => shop.stripe.paymentIntents;
const methods = () => shop.stripe.paymentMethods;

beforeAll(async () => {
  shop = await openStripeShop();
});
afterEach(() => shop.reset());
afterAll(() => shop.close());

/** A card that has paid, and may be used again where that was agreed to. */
async function used(token = 'tok_ok', more: object = { setup_future_usage: 'off_session' }) {
  const { id } = await shop.created();
  const back = { return_url: 'https://shop.example/back' };
  const { payment_method } = await intents().confirm(id, { ...paidWith(token), ...back, ...more });
  return payment_method as string;
}

const payAgain = async (payment_method: string, customer?: string, more: object = {}) => {
  const { id } = await shop.created(customer === undefined ? {} : { customer });
  return intents().confirm(id, { payment_method, ...more });
};

test('a customer who has a card pays with it again, and with nobody else’s', async () => {
  const card = await used();
  const { id } = await shop.stripe.customers.create({ payment_method: card });
  expect((await shop.stripe.customers.retrieve(id)).id).toBe(id);
  expect((await shop.stripe.customers.listPaymentMethods(id)).data).toMatchObject([{ id: card, customer: id, card: { last4: '4242' } }]); // prettier-ignore
  expect((await payAgain(card, id, { off_session: true })).status).toBe('succeeded');
  const other = await shop.stripe.customers.create({});
  for (const customer of [undefined, other.id])
    expect(await errorOf(payAgain(card, customer))).toMatchObject({ param: 'payment_method' });
});

test('a card that nobody agreed to keep is used up by its payment', async () => {
  const card = await used('tok_ok', {});
  const code = 'payment_method_unexpected_state';
  expect(await errorOf(payAgain(card))).toMatchObject({ code });
  const call = shop.stripe.customers.create({ payment_method: card });
  expect(await errorOf(call)).toMatchObject({ code });
});

test('a card that is taken from its customer pays nothing any more', async () => {
  const card = await used();
  const { id } = await shop.stripe.customers.create({});
  expect((await methods().attach(card, { customer: id })).customer).toBe(id);
  expect((await methods().detach(card)).customer).toBeNull();
  const code = 'payment_method_unexpected_state';
  expect(await errorOf(payAgain(card, id))).toMatchObject({ code });
  expect(await errorOf(methods().detach(card))).toMatchObject({ code });
  expect(await errorOf(methods().attach(card, { customer: id }))).toMatchObject({ code });
});

test('a card that wants its holder is declined without him', async () => {
  const made = await shop.created({ setup_future_usage: 'off_session' });
  const back = { return_url: 'https://shop.example/back' };
  await intents().confirm(made.id, { ...paidWith('tok_3ds'), ...back });
  await shop.act(made.metadata['reference']!, { action: 'authenticate' });
  const { payment_method } = await intents().retrieve(made.id, { expand: ['payment_method'] });
  const card = (payment_method as { id: string }).id;
  const { id } = await shop.stripe.customers.create({ payment_method: card });
  const error = await errorOf(payAgain(card, id, { off_session: true }));
  expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' });
  const there = await payAgain(card, id, back);
  expect(there.status).toBe('requires_action');
});

test('cards and customers survive kill -9', async () => {
  const card = await used();
  const { id } = await shop.stripe.customers.create({ payment_method: card });
  await shop.sandbox.stop('SIGKILL');
  shop.sandbox = await shop.sandbox.again();
  expect((await methods().retrieve(card)).customer).toBe(id);
});

test('what nobody made is missing', async () => {
  const missing = { statusCode: 404, code: 'resource_missing' };
  expect(await errorOf(methods().retrieve('pm_of_nobody'))).toMatchObject(missing);
  expect(await errorOf(shop.stripe.customers.retrieve('cus_of_nobody'))).toMatchObject(missing);
});
