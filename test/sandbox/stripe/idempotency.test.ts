import { freshNumber } from '../merchant.ts';
import { errorOf, openStripeShop, paidWith, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const intents = () => shop.stripe.paymentIntents;
const confirm = (id: string, key: string, token = 'tok_ok') =>
  intents().confirm(id, paidWith(token), { idempotencyKey: key });
const isReplayed = (answer: any) =>
  (answer.lastResponse?.headers ?? answer.headers)['idempotent-replayed'] === 'true';
const killAndStart = async () => {
  await shop.sandbox.stop('SIGKILL');
  shop.sandbox = await shop.sandbox.again();
};

describe('a key that is repeated', () => {
  test('gets the first answer again, and nothing happens twice', async () => {
    const key = freshNumber('key');
    const created = await shop.created();
    const first = await confirm(created.id, key);
    expect(isReplayed(first)).toBe(false);
    const again = await confirm(created.id, key);
    expect(isReplayed(again)).toBe(true);
    expect(again).toEqual(first);
    expect(again.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
    expect(await shop.transaction(referenceOf(created))).toMatchObject({ paid_count: 1 });
    expect(await shop.violations()).toEqual([]);
  });

  test('makes one PaymentIntent, one capture and one refund', async () => {
    const [create, capture, refund] = ['create', 'capture', 'refund'].map((name) =>
      freshNumber(name),
    );
    const asked = {
      amount: 1999,
      currency: 'usd',
      capture_method: 'manual',
      confirm: true,
      ...paidWith('tok_ok'),
      metadata: { reference: freshNumber() },
    } as const;
    const made = () => intents().create(asked, { idempotencyKey: create! });
    const { id } = await made();
    expect((await made()).id).toBe(id);
    const part = { amount_to_capture: 700 };
    const captured = () => intents().capture(id, part, { idempotencyKey: capture! });
    for (const answer of [await captured(), await captured()])
      expect(answer).toMatchObject({ status: 'succeeded', amount_received: 700 });
    const back = { payment_intent: id, amount: 300 };
    const refunded = () => shop.stripe.refunds.create(back, { idempotencyKey: refund! });
    expect((await refunded()).id).toBe((await refunded()).id);
    expect((await intents().list()).data).toHaveLength(1);
    expect(await shop.transaction(asked.metadata.reference)).toMatchObject({
      captured: 700,
      refunds: [{ amount: 300 }],
    });
  });

  test('gets a decline again, also after kill -9', async () => {
    const key = freshNumber('key');
    const created = await shop.created();
    const first = await errorOf(confirm(created.id, key, 'tok_declined'));
    await killAndStart();
    const again = await errorOf(confirm(created.id, key, 'tok_declined'));
    expect([first.statusCode, again.statusCode]).toEqual([402, 402]);
    expect(again.raw.payment_intent).toEqual(first.raw.payment_intent);
    expect([isReplayed(first), isReplayed(again)]).toEqual([false, true]);
  });

  test('is new again once it is forgotten: a refund is then made a second time', async () => {
    const forgetful = await openStripeShop({ SANDBOX_KEY_S: '0.2' });
    try {
      const { id } = await forgetful.confirmed();
      const refunded = () =>
        forgetful.stripe.refunds.create(
          { payment_intent: id, amount: 300 },
          { idempotencyKey: 'one' },
        );
      const first = await refunded();
      const again = async (): Promise<string> => {
        const { id: made } = await refunded();
        return made === first.id ? again() : made;
      };
      expect(await again()).not.toBe(first.id);
    } finally {
      await forgetful.close();
    }
  });

  test.each(['http_500_before_commit', 'http_500_after_commit', 'system_error_after_commit'])(
    'gets a 500 by %s for ever, also after kill -9; a new key finds what was done',
    async (fault) => {
      const key = freshNumber('key');
      const created = await shop.created();
      await shop.fault('create', fault, { count: 1 });
      expect(await errorOf(confirm(created.id, key))).toMatchObject({ statusCode: 500 });
      await killAndStart();
      for (let round = 0; round < 2; round += 1) {
        const again = await errorOf(confirm(created.id, key));
        expect(again.statusCode).toBe(500);
        expect(isReplayed(again)).toBe(true);
      }
      const { status } = await intents().retrieve(created.id);
      if (fault === 'http_500_before_commit') {
        expect(status).toBe('requires_payment_method');
        expect((await confirm(created.id, freshNumber('key'))).status).toBe('succeeded');
      } else expect(status).toBe('succeeded');
      expect(await shop.transaction(referenceOf(created))).toMatchObject({ paid_count: 1 });
      expect(await shop.violations()).toEqual([]);
    },
  );

  test('gets the answer that a broken connection had kept from it', async () => {
    for (const fault of ['timeout_after_commit', 'reset_mid_body']) {
      const key = freshNumber('key');
      const created = await shop.created();
      await shop.fault('create', fault, { count: 1 });
      const hurried = shop.client({ timeout: 1_000 });
      const call = hurried.paymentIntents.confirm(created.id, paidWith('tok_ok'), {
        idempotencyKey: key,
      });
      const first = await call.catch((error: unknown) => error);
      expect(first).toMatchObject({ type: 'StripeConnectionError' });
      const again = await confirm(created.id, key);
      expect(again.status).toBe('succeeded');
      expect(isReplayed(again)).toBe(true);
    }
  });

  test('with other parameters is refused, and a violation', async () => {
    const key = freshNumber('key');
    const created = await shop.created();
    await confirm(created.id, key);
    const error = await errorOf(confirm(created.id, key, 'tok_declined'));
    expect(error).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
    const other = intents().cancel((await shop.created()).id, {}, { idempotencyKey: key });
    expect(await errorOf(other)).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
    const violations = await shop.violations();
    expect(violations.map(({ rule }) => rule)).toEqual([
      'idempotency_key_reused',
      'idempotency_key_reused',
    ]);
    expect(violations[0]).toMatchObject({ channel: 'stripe', reference: referenceOf(created) });
  });

  test('while the first is under way is refused with 409, which is forgotten', async () => {
    const key = freshNumber('key');
    const created = await shop.created();
    await shop.fault('create', 'slow', { count: 1, delay_ms: 1_500 });
    const ends = await Promise.allSettled([confirm(created.id, key), confirm(created.id, key)]);
    const refused = ends.find((end) => end.status === 'rejected')!.reason;
    expect(refused).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    const paid = ends.find((end) => end.status === 'fulfilled')!.value;
    expect(paid.status).toBe('succeeded');
    expect(isReplayed(await confirm(created.id, key))).toBe(true);
    expect(await shop.transaction(referenceOf(created))).toMatchObject({ paid_count: 1 });
  });
});

describe('a key stays new after', () => {
  test('parameters that make no sense, and objects that are not there', async () => {
    const key = freshNumber('key');
    const created = await shop.created();
    const wrong = intents().confirm(created.id, paidWith('tok_of_nobody'), { idempotencyKey: key });
    expect(await errorOf(wrong)).toMatchObject({ statusCode: 400 });
    expect(await errorOf(confirm('pi_nobody', key))).toMatchObject({ statusCode: 404 });
    expect((await confirm(created.id, key)).status).toBe('succeeded');
  });

  test('a stranger’s request', async () => {
    const key = freshNumber('key');
    const created = await shop.created();
    const response = await fetch(
      `${shop.sandbox.stripe}/v1/payment_intents/${created.id}/confirm`,
      {
        method: 'POST',
        headers: { 'Idempotency-Key': key, Authorization: 'Bearer sk_test_of_nobody' },
        body: new URLSearchParams({ payment_method: 'pm_card_visa' }),
      },
    );
    expect(response.status).toBe(401);
    expect((await confirm(created.id, key)).status).toBe('succeeded');
  });

  test.each(['rate_limit', 'timeout_before_commit', 'refuse_connection'])(
    '%s: the request was never begun',
    async (fault) => {
      const key = freshNumber('key');
      const created = await shop.created();
      // twice: the SDK repeats a call whose connection broke
      await shop.fault('create', fault, { count: fault === 'refuse_connection' ? 2 : 1 });
      const hurried = shop.client({ timeout: 1_000 });
      const call = hurried.paymentIntents.confirm(created.id, paidWith('tok_ok'), {
        idempotencyKey: key,
      });
      await errorOf(call);
      expect(await shop.transaction(referenceOf(created))).toMatchObject({ state: 'created' });
      const paid = await confirm(created.id, key);
      expect(paid.status).toBe('succeeded');
      expect(isReplayed(paid)).toBe(false);
    },
  );
});

describe('a merchant who is careless', () => {
  test('confirms what has money already under another key: refused, and a violation', async () => {
    const paid = await shop.confirmed();
    expect(await errorOf(confirm(paid.id, freshNumber('key')))).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { status: 'succeeded' },
    });
    expect(await shop.violations()).toMatchObject([
      { reference: referenceOf(paid), rule: 'second_confirm' },
    ]);
  });

  test('charges one number twice by two PaymentIntents: it happens, and is a violation', async () => {
    const reference = freshNumber();
    const [first, second] = [await shop.created({}, reference), await shop.created({}, reference)];
    await confirm(first.id, freshNumber('key'));
    expect(await shop.violations()).toEqual([]);
    await confirm(second.id, freshNumber('key'));
    expect(await shop.violations()).toMatchObject([{ reference, rule: 'reference_charged_twice' }]);
    expect(await shop.transaction(reference)).toMatchObject({
      channel_reference: first.id,
      state: 'paid',
      paid_count: 2,
      captured: 3998,
    });
  });

  test('who was declined, or gave a PaymentIntent up, may use another one', async () => {
    const reference = freshNumber();
    const [first, second] = [await shop.created({}, reference), await shop.created({}, reference)];
    await errorOf(confirm(first.id, freshNumber('key'), 'tok_declined'));
    await intents().cancel(first.id);
    await confirm(second.id, freshNumber('key'));
    expect(await shop.violations()).toEqual([]);
    expect(await shop.transaction(reference)).toMatchObject({
      channel_reference: second.id,
      state: 'paid',
      paid_count: 1,
    });
  });
});
