import type { Stripe } from 'stripe';

import { errorOf, openStripeShop, paidWith, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const intents = () => shop.stripe.paymentIntents;
const act = (intent: Stripe.PaymentIntent, action: string, more: object = {}) =>
  shop.act(referenceOf(intent), { action, ...more });

describe('a payer who is asked for 3-D Secure', () => {
  test('authenticates, and has paid', async () => {
    const waiting = await shop.confirmed('tok_3ds');
    expect(waiting).toMatchObject({
      status: 'requires_action',
      next_action: {
        type: 'redirect_to_url',
        redirect_to_url: {
          url: expect.stringContaining(`${shop.sandbox.stripe}/`),
          return_url: 'https://shop.example/back',
        },
      },
    });
    await shop.receiver.event('payment_intent.requires_action', referenceOf(waiting));
    expect(await shop.transaction(referenceOf(waiting))).toMatchObject({ state: 'created' });
    expect((await act(waiting, 'authenticate')).body).toMatchObject({
      state: 'paid',
      paid_count: 1,
    });
    await shop.receiver.event('payment_intent.succeeded', referenceOf(waiting));
    expect(await intents().retrieve(waiting.id)).toMatchObject({
      status: 'succeeded',
      next_action: null,
    });
  });

  test('authenticates a manual capture, which is held', async () => {
    const waiting = await shop.confirmed('tok_3ds', { capture_method: 'manual' });
    expect((await act(waiting, 'authenticate')).body).toMatchObject({
      state: 'held',
      captured: 0,
    });
    expect((await intents().retrieve(waiting.id)).status).toBe('requires_capture');
  });

  test('declines: the authentication failed, and another card may be tried', async () => {
    const waiting = await shop.confirmed('tok_3ds');
    expect((await act(waiting, 'decline')).body).toMatchObject({ state: 'declined' });
    const code = 'payment_intent_authentication_failure';
    const failed = await shop.receiver.event('payment_intent.payment_failed');
    expect(failed.data.object).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code },
    });
    expect(await intents().retrieve(waiting.id)).toMatchObject({ last_payment_error: { code } });
    expect((await act(waiting, 'authenticate')).status).toBe(409);
    const paid = await intents().confirm(waiting.id, paidWith('tok_ok'));
    expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null });
  });

  test('walks away, and the PaymentIntent is canceled', async () => {
    const waiting = await shop.confirmed('tok_3ds');
    expect((await intents().cancel(waiting.id)).status).toBe('canceled');
    expect(await act(waiting, 'authenticate')).toEqual({
      status: 409,
      body: { error: 'the order is closed' },
    });
  });

  describe('in his browser', () => {
    const browse = (url: string, init: RequestInit = {}) =>
      fetch(url, { redirect: 'manual', ...init });
    const pageOf = (waiting: Stripe.PaymentIntent) => waiting.next_action!.redirect_to_url!.url!;
    const buttons = async (waiting: Stripe.PaymentIntent) => {
      const page = await browse(pageOf(waiting));
      expect([page.status, page.headers.get('content-type')]).toEqual([
        200,
        'text/html; charset=utf-8',
      ]);
      const html = await page.text();
      expect(html).toContain(waiting.id);
      const found = [...html.matchAll(/<form method="post" action="([^"]+)"><button>(\w+)</g)];
      return Object.fromEntries(found.map(([, path, label]) => [label!, path!])) as Record<
        string,
        string
      >;
    };

    test.each([
      ['authenticate', 'paid', 'succeeded'],
      ['decline', 'declined', 'failed'],
    ])('presses %s, and is led back to the shop', async (button, state, redirect_status) => {
      const waiting = await shop.confirmed('tok_3ds');
      const paths = await buttons(waiting);
      expect(Object.keys(paths)).toEqual(['authenticate', 'decline']);
      const pressed = await browse(shop.sandbox.stripe + paths[button]!, { method: 'POST' });
      expect(pressed.status).toBe(303);
      const back = new URL(pressed.headers.get('location')!);
      expect(back.origin + back.pathname).toBe('https://shop.example/back');
      expect(Object.fromEntries(back.searchParams)).toEqual({
        payment_intent: waiting.id,
        payment_intent_client_secret: waiting.client_secret,
        redirect_status,
      });
      expect(await shop.transaction(referenceOf(waiting))).toMatchObject({ state });
      expect(await buttons(waiting)).toEqual({});
      await browse(shop.sandbox.stripe + paths['authenticate']!, { method: 'POST' });
      expect(await shop.transaction(referenceOf(waiting))).toMatchObject({ state });
    });

    test('stays on the page when the shop named no return_url', async () => {
      const created = await shop.created();
      const waiting = await intents().confirm(created.id, paidWith('tok_3ds'));
      const { authenticate } = await buttons(waiting);
      const pressed = await browse(shop.sandbox.stripe + authenticate!, { method: 'POST' });
      expect([pressed.status, await pressed.text()]).toEqual([
        200,
        expect.stringContaining('nothing left to do'),
      ]);
    });

    test('sees nothing without the secret of the link', async () => {
      const waiting = await shop.confirmed('tok_3ds');
      const url = pageOf(waiting).split('?')[0]!;
      for (const wrong of [url, `${url}?client_secret=guess`, `${url}x?client_secret=`])
        expect((await browse(wrong)).status).toBe(404);
      const posted = await browse(`${url}/authenticate?client_secret=guess`, { method: 'POST' });
      expect(posted.status).toBe(404);
      expect(await shop.transaction(referenceOf(waiting))).toMatchObject({ state: 'created' });
    });
  });
});

describe('a payer', () => {
  test('pays what waits for him, once', async () => {
    const created = await shop.created();
    expect((await act(created, 'pay')).body).toMatchObject({ state: 'paid', paid_count: 1 });
    for (const action of ['pay', 'authenticate', 'decline'])
      expect(await act(created, action)).toEqual({
        status: 409,
        body: { error: 'the order is paid' },
      });
  });

  test('is charged a second time by force: another PaymentIntent under the same number', async () => {
    const paid = await shop.confirmed();
    const reference = referenceOf(paid);
    expect((await act(paid, 'pay', { force: true })).body).toMatchObject({
      channel_reference: paid.id,
      state: 'paid',
      paid_count: 2,
      captured: 3998,
    });
    const { data } = await intents().list();
    expect(data.map((one) => [one.status, referenceOf(one)])).toEqual([
      ['succeeded', reference],
      ['succeeded', reference],
    ]);
    const second = data.find(({ id }) => id !== paid.id)!;
    const heard = await shop.receiver.until(2);
    expect(heard.map(({ event }) => event.data.object.id as string).sort()).toEqual(
      [paid.id, second.id].sort(),
    );
    await shop.stripe.refunds.create({ payment_intent: second.id });
    await shop.receiver.event('refund.updated');
    expect(await shop.transaction(reference)).toMatchObject({ refunded: 1999, captured: 3998 });
    const more = shop.stripe.refunds.create({ payment_intent: second.id, amount: 1 });
    expect(await errorOf(more)).toMatchObject({ statusCode: 400 });
    expect((await intents().retrieve(paid.id)).amount_received).toBe(1999);
  });

  test.each(['canceled', 'declined', 'released'])(
    'of what was %s is refused, and by force the money is late',
    async (end) => {
      const intent = end === 'released' ? await shop.held() : await shop.created();
      if (end === 'declined') await errorOf(intents().confirm(intent.id, paidWith('tok_declined')));
      else await intents().cancel(intent.id);
      expect((await act(intent, 'pay')).status).toBe(409);
      expect((await act(intent, 'pay', { force: true })).body).toMatchObject({
        channel_reference: intent.id,
        state: 'paid',
        paid_count: 1,
        captured: 1999,
      });
      expect(await intents().retrieve(intent.id)).toMatchObject({
        status: 'succeeded',
        amount_received: 1999,
        canceled_at: null,
      });
      await shop.receiver.event('payment_intent.succeeded', referenceOf(intent));
      expect(await shop.violations()).toEqual([]);
    },
  );

  test('takes a delivered refund back: it turns failed and the refunded sum falls', async () => {
    const paid = await shop.confirmed();
    const metadata = { reference: 'ref_back' };
    const refund = await shop.stripe.refunds.create({ payment_intent: paid.id, metadata });
    const bounce = (name?: string) => act(paid, 'bounce_refund', { refund: name });
    expect((await bounce('ref_back')).status).toBe(409); // not delivered yet
    await shop.receiver.event('refund.updated');
    expect((await bounce()).status).toBe(400);
    expect((await bounce('ref_of_nobody')).status).toBe(404);
    expect((await bounce('ref_back')).body).toMatchObject({
      refunded: 0,
      refunds: [{ reference: 'ref_back', state: 'failed' }],
    });
    const failed = await shop.receiver.event('refund.failed');
    expect(failed.data.object).toMatchObject({
      status: 'failed',
      failure_reason: expect.any(String),
    });
    expect((await shop.stripe.refunds.retrieve(refund.id)).status).toBe('failed');
  });

  test('is told what he cannot do', async () => {
    const created = await shop.created();
    expect((await act(created, 'abandon')).status).toBe(400);
    expect((await act(created, 'authenticate')).status).toBe(409);
    expect((await act(created, 'decline')).body).toMatchObject({ state: 'created' });
    expect((await shop.act('att_of_nobody', { action: 'pay' })).status).toBe(404);
  });
});

describe('after kill -9', () => {
  test('books, holds, refunds and what the bank takes its time for go on', async () => {
    const slow = await openStripeShop({
      SANDBOX_PROCESSING_MS: '1500',
      SANDBOX_REFUND_MS: '1500',
    });
    const [held, paid] = [await slow.held(), await slow.confirmed()];
    const processing = await slow.confirmed('tok_processing');
    const metadata = { reference: 'ref_survives' };
    await slow.stripe.refunds.create({ payment_intent: paid.id, metadata });
    const before = (await slow.sandbox.call('GET', '/control/books')).body.transactions;
    await slow.sandbox.stop('SIGKILL');
    slow.sandbox = await slow.sandbox.again();
    const after = (await slow.sandbox.call('GET', '/control/books')).body.transactions;
    const numbers = (all: any[]) => all.map((one) => [one.reference, one.channel_reference]);
    expect(numbers(after)).toEqual(numbers(before));
    await slow.receiver.event('payment_intent.succeeded', referenceOf(processing));
    await slow.receiver.event('refund.updated', 'ref_survives');
    const captured = await slow.stripe.paymentIntents.capture(held.id);
    expect(captured.status).toBe('succeeded');
    expect(await slow.violations()).toEqual([]);
    await slow.close();
  });
});
