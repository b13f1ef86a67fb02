import type { Stripe } from 'stripe';

import { freshNumber } from '../merchant.ts';
import { errorOf, openStripeShop, paidWith, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const setups = () => shop.stripe.setupIntents;
const return_url = 'https://shop.example/back';
const types = { payment_method_types: ['card'] }; // which the SDK's types do not know
const made = (more: object = {}) =>
  setups().create(
    { metadata: { reference: freshNumber() }, ...types, ...more },
    { idempotencyKey: freshNumber('key') },
  );
/** With a card, at once. */
const keeping = (token: string, more: object = {}) =>
  made({ ...paidWith(token), confirm: true, return_url, ...more });
const told = async (what: string, { id }: { id: string }) =>
  (await shop.receiver.about(`setup_intent.${what}`, id)).data.object;

describe('a card that is to be kept', () => {
  test('is its customer’s from then on, and pays when he is away', async () => {
    const customer = (await shop.stripe.customers.create({})).id;
    const kept = await keeping('tok_ok', { customer, usage: 'off_session' });
    expect(kept).toMatchObject({
      id: expect.stringMatching(/^seti_\w+$/),
      object: 'setup_intent',
      status: 'succeeded',
      customer,
      usage: 'off_session',
      payment_method: expect.stringMatching(/^pm_/),
      payment_method_types: ['card'],
      next_action: null,
      last_setup_error: null,
    });
    expect(await told('succeeded', kept)).toMatchObject({ payment_method: kept.payment_method });
    const payment_method = kept.payment_method as string;
    const { data } = await shop.stripe.customers.listPaymentMethods(customer);
    expect(data.map(({ id }) => id)).toEqual([payment_method]);
    const away = { customer, payment_method, confirm: true, off_session: true };
    expect(await shop.created(away)).toMatchObject({ status: 'succeeded' });
    const expanded = await setups().retrieve(kept.id, { expand: ['payment_method'] });
    expect(expanded.payment_method).toMatchObject({ id: payment_method, customer });
    expect(await shop.violations()).toEqual([]);
  });

  test('is named before or when it is confirmed', async () => {
    const empty = await made();
    expect(empty.status).toBe('requires_payment_method');
    expect(await errorOf(setups().confirm(empty.id))).toMatchObject({
      statusCode: 400,
      code: 'setup_intent_unexpected_state',
    });
    expect(await setups().confirm(empty.id, paidWith('tok_ok'))).toMatchObject({
      status: 'succeeded',
    });
    const named = await made(paidWith('tok_ok'));
    expect(named.status).toBe('requires_confirmation');
    expect((await setups().confirm(named.id)).status).toBe('succeeded');
  });

  test('is refused: another one may be tried', async () => {
    const error = await errorOf(keeping('tok_declined'));
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'generic_decline',
      setup_intent: { status: 'requires_payment_method', payment_method: null },
    });
    const failed = error.setup_intent as Stripe.SetupIntent;
    expect(await told('setup_failed', failed)).toMatchObject({
      last_setup_error: { code: 'card_declined' },
    });
    expect((await setups().confirm(failed.id, paidWith('tok_ok'))).status).toBe('succeeded');
  });

  test('is not kept any more once that was canceled, and not canceled once it is kept', async () => {
    const [open, kept] = [await made(), await keeping('tok_ok')];
    const canceled = await setups().cancel(open.id, { cancellation_reason: 'abandoned' });
    expect(canceled).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    await told('canceled', open);
    const { id } = open;
    for (const late of [
      () => setups().confirm(id, paidWith('tok_ok')),
      () => setups().cancel(kept.id),
    ])
      // prettier-ignore
      expect(await errorOf(late())).toMatchObject({ code: 'setup_intent_unexpected_state' });
  });

  test('of another customer is refused', async () => {
    const [his, hers] = [
      await shop.stripe.customers.create(),
      await shop.stripe.customers.create(),
    ];
    const { payment_method } = await keeping('tok_ok', { customer: his.id });
    const more = { customer: hers.id, payment_method, confirm: true };
    expect(await errorOf(made(more))).toMatchObject({ statusCode: 400, param: 'payment_method' });
  });

  test('is found among all, and by its customer', async () => {
    const customer = (await shop.stripe.customers.create({})).id;
    const [one, other] = [await keeping('tok_ok', { customer }), await made()];
    const ids = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id);
    expect(ids(await setups().list())).toEqual([other.id, one.id]);
    expect(ids(await setups().list({ customer }))).toEqual([one.id]);
    expect(await errorOf(setups().retrieve('seti_of_nobody'))).toMatchObject({ statusCode: 404 });
  });
});

describe('a card that wants its holder', () => {
  const waiting = () => keeping('tok_3ds');
  const pageOf = (setup: Stripe.SetupIntent) => setup.next_action!.redirect_to_url!.url!;
  const press = (setup: Stripe.SetupIntent, action: string) => {
    const url = pageOf(setup).replace('?', `/${action}?`);
    return fetch(url, { method: 'POST', redirect: 'manual' });
  };

  test('shows him a page, which leads back when he has proved it', async () => {
    const setup = await waiting();
    expect(setup).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'redirect_to_url', redirect_to_url: { return_url } },
    });
    await told('requires_action', setup);
    const page = await fetch(pageOf(setup));
    expect(await page.text()).toContain(`<button>authenticate</button>`);
    const back = await press(setup, 'authenticate');
    expect(back.status).toBe(303);
    const { searchParams } = new URL(back.headers.get('location')!);
    expect(Object.fromEntries(searchParams)).toEqual({
      setup_intent: setup.id,
      setup_intent_client_secret: setup.client_secret,
      redirect_status: 'succeeded',
    });
    await told('succeeded', setup);
    expect((await setups().retrieve(setup.id)).status).toBe('succeeded');
  });

  test('is not kept when he does not prove it', async () => {
    const setup = await waiting();
    const back = await press(setup, 'decline');
    expect(back.headers.get('location')).toContain('redirect_status=failed');
    expect(await told('setup_failed', setup)).toMatchObject({
      last_setup_error: { code: 'setup_intent_authentication_failure' },
    });
    const stranger = await fetch(pageOf(setup).replace(/secret=.*/, 'secret=guessed'));
    expect(stranger.status).toBe(404);
  });
});
