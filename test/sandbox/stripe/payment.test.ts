import { freshNumber } from '../merchant.ts';
import { until } from '../shop.ts';
import { errorOf, openStripeShop, paidWith, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop({ SANDBOX_PROCESSING_MS: '500' });
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const intents = () => shop.stripe.paymentIntents;
const refunds = () => shop.stripe.refunds;

describe('a PaymentIntent', () => {
  test('is created without money, confirmed with it, and told to the merchant', async () => {
    const created = await shop.created({ description: 'Two tickets' });
    const reference = referenceOf(created);
    expect(created).toMatchObject({
      id: expect.stringMatching(/^pi_\w+$/),
      object: 'payment_intent',
      amount: 1999,
      amount_received: 0,
      currency: 'usd',
      status: 'requires_payment_method',
      description: 'Two tickets',
      latest_charge: null,
      livemode: false,
      next_action: null,
      last_payment_error: null,
      payment_method_types: ['card'],
    });
    expect(await shop.transaction(reference)).toEqual({
      channel: 'stripe',
      account: shop.keys.channel_account,
      reference,
      channel_reference: created.id,
      amount: 1999,
      currency: 'USD',
      state: 'created',
      paid_count: 0,
      captured: 0,
      refunded: 0,
      refunds: [],
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      paid_at: null,
    });

    const paid = await intents().confirm(created.id, {
      ...paidWith('tok_ok'),
      expand: ['latest_charge'],
    });
    expect(paid).toMatchObject({
      status: 'succeeded',
      amount_received: 1999,
      amount_capturable: 0,
      latest_charge: { object: 'charge', status: 'succeeded', captured: true, amount: 1999 },
    });
    const charge = paid.latest_charge as { id: string };
    expect(paid.lastResponse.headers['request-id']).toMatch(/^req_/);
    const asked = await intents().retrieve(created.id);
    expect(asked).toMatchObject({ status: 'succeeded', latest_charge: charge.id });
    const event = await shop.receiver.event('payment_intent.succeeded', reference);
    expect(event).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      object: 'event',
      data: { object: { id: created.id, status: 'succeeded', amount_received: 1999 } },
    });
    expect(await shop.transaction(reference)).toMatchObject({
      state: 'paid',
      paid_count: 1,
      captured: 1999,
      channel_reference: created.id,
      paid_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await shop.violations()).toEqual([]);
  });

  test('can be created and confirmed at once', async () => {
    const paid = await shop.created({ confirm: true, payment_method: 'pm_card_visa' });
    expect(paid.status).toBe('succeeded');
    expect(await shop.transaction(referenceOf(paid))).toMatchObject({ state: 'paid' });
  });

  test('in yen has no cents, in the books neither', async () => {
    const paid = await shop.confirmed('tok_ok', { amount: 500, currency: 'jpy' });
    expect(paid).toMatchObject({ amount: 500, currency: 'jpy' });
    expect(await shop.transaction(referenceOf(paid))).toMatchObject({
      amount: 500,
      currency: 'JPY',
      captured: 500,
    });
  });

  test.each([
    ['isk', 50_000, 500],
    ['mga', 500, 50_000],
    ['kwd', 12_340, 12_340],
  ])('in %s has other units on the wire than in the books', async (currency, wire, iso) => {
    const paid = await shop.confirmed('tok_ok', { amount: wire, currency });
    const books = { amount: iso, captured: iso };
    expect(await shop.transaction(referenceOf(paid))).toMatchObject(books);
  });

  test('that is unpaid can be canceled, and is then closed for cards', async () => {
    const created = await shop.created();
    const closed = await intents().cancel(created.id, { cancellation_reason: 'abandoned' });
    expect(closed).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' });
    expect(closed.canceled_at).toBeGreaterThan(1_700_000_000);
    await shop.receiver.event('payment_intent.canceled', referenceOf(created));
    const error = await errorOf(intents().confirm(created.id, paidWith('tok_ok')));
    expect(error).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { status: 'canceled' },
    });
    expect(await shop.transaction(referenceOf(created))).toMatchObject({
      state: 'closed',
      paid_count: 0,
    });
  });

  test('that is paid, or canceled already, cannot be canceled', async () => {
    const paid = await shop.confirmed();
    const created = await shop.created();
    await intents().cancel(created.id);
    for (const [id, status] of [
      [paid.id, 'succeeded'],
      [created.id, 'canceled'],
    ] as const)
      expect(await errorOf(intents().cancel(id))).toMatchObject({
        statusCode: 400,
        code: 'payment_intent_unexpected_state',
        payment_intent: { id, status },
      });
  });

  test('that nobody made is a missing resource', async () => {
    for (const call of [
      intents().retrieve('pi_nobody'),
      intents().confirm('pi_nobody', paidWith('tok_ok')),
      intents().capture('pi_nobody'),
      intents().cancel('pi_nobody'),
      refunds().create({ payment_intent: 'pi_nobody' }),
      refunds().retrieve('re_nobody'),
    ])
      expect(await errorOf(call)).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  });

  test('is found in a list, newest first, by page and by time', async () => {
    const begun = Math.floor(Date.now() / 1_000);
    const made: string[] = [];
    for (let count = 0; count < 5; count += 1) made.unshift((await shop.created()).id);
    const listed: string[] = [];
    for await (const { id } of intents().list({ limit: 2, created: { gte: begun } }))
      listed.push(id);
    expect(listed).toEqual(made);
    const page = await intents().list({ limit: 2, starting_after: made[1]! });
    expect(page).toMatchObject({ object: 'list', has_more: true });
    expect(page.data.map(({ id }) => id)).toEqual(made.slice(2, 4));
    const before = await intents().list({ limit: 1, ending_before: made[2]! });
    expect(before.data.map(({ id }) => id)).toEqual([made[1]]);
    expect((await intents().list({ created: { gt: begun + 3_600 } })).data).toEqual([]);
    expect((await intents().list({ created: { lte: begun - 3_600 } })).data).toEqual([]);
  });
});

describe('a card', () => {
  test.each([
    ['tok_insufficient_funds', 'card_declined', 'insufficient_funds'],
    ['tok_declined', 'card_declined', 'generic_decline'],
    ['tok_expired', 'expired_card', undefined],
    ['tok_fraud', 'card_declined', 'fraudulent'],
  ])('%s is refused, and another one may be tried', async (token, code, decline_code) => {
    const created = await shop.created();
    const confirm = (card: string) => intents().confirm(created.id, paidWith(card));
    const error = await errorOf(confirm(token));
    expect(error).toMatchObject({
      type: 'StripeCardError',
      statusCode: 402,
      code,
      payment_intent: {
        id: created.id,
        status: 'requires_payment_method',
        last_payment_error: { type: 'card_error', code },
      },
    });
    expect(error.raw.decline_code).toBe(decline_code);
    const failed = await shop.receiver.event('payment_intent.payment_failed');
    expect(failed.data.object.last_payment_error.code).toBe(code);
    expect(await shop.transaction(referenceOf(created))).toMatchObject({
      state: 'declined',
      captured: 0,
    });
    expect((await confirm('tok_ok')).status).toBe('succeeded');
    expect(await shop.transaction(referenceOf(created))).toMatchObject({ state: 'paid' });
    expect(await shop.violations()).toEqual([]);
  });

  test('that nobody issued is a missing resource, and no card at all is the wrong state', async () => {
    const created = await shop.created();
    const strange = intents().confirm(created.id, paidWith('tok_of_nobody'));
    expect(await errorOf(strange)).toMatchObject({ statusCode: 400, code: 'resource_missing' });
    expect(await errorOf(intents().confirm(created.id))).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
    });
  });

  test('tok_processing takes its time and then pays', async () => {
    const begun = Date.now();
    const intent = await shop.confirmed('tok_processing');
    expect(intent.status).toBe('processing');
    expect(await errorOf(intents().cancel(intent.id))).toMatchObject({ statusCode: 400 });
    const reference = referenceOf(intent);
    expect(await shop.transaction(reference)).toMatchObject({ state: 'created', paid_count: 0 });
    await shop.receiver.event('payment_intent.processing', reference);
    await shop.receiver.event('payment_intent.succeeded', reference);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(490);
    expect(await shop.transaction(reference)).toMatchObject({ state: 'paid', captured: 1999 });
  });

  test('tok_processing of a manual capture is held after its time', async () => {
    const intent = await shop.confirmed('tok_processing', { capture_method: 'manual' });
    await shop.receiver.event('payment_intent.amount_capturable_updated', referenceOf(intent));
    expect((await intents().retrieve(intent.id)).status).toBe('requires_capture');
  });

  describe.each([
    ['tok_unknown', 'paid', 1],
    ['tok_lost', 'created', 0],
  ])('%s', (token, state, paid_count) => {
    test(`is never answered, however often, and leaves the order ${state}`, async () => {
      const hurried = shop.client({ timeout: 1_000 });
      const created = await shop.created();
      for (let round = 0; round < 2; round += 1) {
        const call = hurried.paymentIntents.confirm(created.id, paidWith(token), {
          idempotencyKey: created.id,
        });
        expect(await errorOf(call)).toMatchObject({ type: 'StripeConnectionError' });
      }
      const other = hurried.paymentIntents.confirm(created.id, paidWith(token));
      expect(await errorOf(other)).toMatchObject({ type: 'StripeConnectionError' });
      const status = paid_count ? 'succeeded' : 'requires_payment_method';
      await until(
        () => intents().retrieve(created.id),
        (intent) => intent.status === status,
      );
      const reference = referenceOf(created);
      expect(await shop.transaction(reference)).toMatchObject({ state, paid_count });
      if (paid_count) await shop.receiver.event('payment_intent.succeeded', reference);
      else expect((await intents().cancel(created.id)).status).toBe('canceled');
    });
  });

  test('tok_unknown that is confirmed when it is created is found in the list', async () => {
    const reference = freshNumber();
    const hurried = shop.client({ timeout: 1_000 });
    const call = hurried.paymentIntents.create({
      amount: 700,
      currency: 'eur',
      confirm: true,
      ...paidWith('tok_unknown'),
      metadata: { reference },
    });
    expect(await errorOf(call)).toMatchObject({ type: 'StripeConnectionError' });
    const { data } = await until(
      () => intents().list(),
      (list) => list.data.length > 0,
    );
    expect(data).toMatchObject([{ metadata: { reference }, status: 'succeeded' }]);
  });
});
