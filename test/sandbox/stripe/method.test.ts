import { browse } from '../payer-browser.ts';
import { errorOf, openStripeShop, paidWith, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
const intents = () => shop.stripe.paymentIntents;

beforeAll(async () => {
  shop = await openStripeShop();
});
afterEach(() => shop.reset());
afterAll(() => shop.close());

const pages = [
  ['ideal', 'eur'],
  ['grabpay', 'sgd'],
] as const;

describe.each(pages)('%s', (type, currency) => {
  const created = (more: object = {}) =>
    shop.created({ currency, payment_method_types: [type], ...more });
  const redirected = async () =>
    intents().confirm((await created()).id, {
      payment_method_data: { type },
      return_url: 'https://shop.example/back?order=1',
    });
  const url = (intent: any): string => intent.next_action.redirect_to_url.url;

  test('sends the payer to a page, where he pays and comes back', async () => {
    const intent = await redirected();
    expect(intent).toMatchObject({ status: 'requires_action', payment_method: expect.stringMatching(/^pm_/) }); // prettier-ignore
    const page = await browse(url(intent));
    expect(Object.keys(page.buttons)).toEqual(['pay', 'decline']);
    const back = await browse(`${shop.sandbox.stripe}${page.buttons['pay']!}`, { method: 'POST' });
    expect(back.location).toContain('https://shop.example/back?order=1&payment_intent=');
    expect(back.location).toContain('redirect_status=succeeded');
    const paid = await intents().retrieve(intent.id, { expand: ['latest_charge'] });
    expect(paid).toMatchObject({
      status: 'succeeded',
      latest_charge: { payment_method_details: { type, [type]: expect.any(Object) } },
    });
    await shop.receiver.event('payment_intent.succeeded', referenceOf(intent));
  });

  test('lets him go without paying, and another try is another one', async () => {
    const intent = await redirected();
    await shop.act(referenceOf(intent), { action: 'decline' });
    expect(await intents().retrieve(intent.id)).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    });
  });

  test('has its own currencies, holds nothing, and must know where the payer goes back to', async () => {
    for (const more of [{ currency: 'usd' }, { capture_method: 'manual' }])
      expect(await errorOf(created(more))).toMatchObject({
        statusCode: 400,
        param: Object.keys(more)[0],
      });
    const { id } = await created();
    const nowhere = intents().confirm(id, { payment_method_data: { type } });
    expect(await errorOf(nowhere)).toMatchObject({ statusCode: 400, param: 'return_url' });
  });

  test('is not what a PaymentIntent for cards is paid with, nor a card what its is', async () => {
    const ofCards = await shop.created({ currency });
    const other = { payment_method_data: { type }, return_url: 'https://shop.example' };
    for (const call of [
      intents().confirm(ofCards.id, other),
      intents().confirm((await created()).id, paidWith('tok_ok')),
    ])
      expect(await errorOf(call)).toMatchObject({
        code: 'payment_intent_incompatible_payment_method',
      });
  });
});

test('a card’s token is no payment method, and refused in its place', async () => {
  const { id } = await shop.created();
  for (const payment_method of ['tok_ok', 'pm_of_nobody'])
    expect(await errorOf(intents().confirm(id, { payment_method }))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'payment_method',
    });
  expect((await intents().confirm(id, paidWith('tok_ok'))).payment_method).toMatch(/^pm_/);
});

test('a page is shown to him alone who knows the client secret', async () => {
  const { next_action } = await shop.confirmed('tok_3ds');
  const { url } = next_action!.redirect_to_url!;
  expect((await browse(url!)).status).toBe(200);
  expect((await browse(url!.replace('secret=', 'secret=x'))).status).toBe(404);
});
