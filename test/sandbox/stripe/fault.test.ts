import { freshNumber } from '../merchant.ts';
import { until } from '../shop.ts';
import { errorOf, openStripeShop, paidWith, referenceOf, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

type Client = StripeShop['stripe'];
interface Scene {
  readonly reference: string;
  /** Under a new idempotency key each time. */
  readonly call: (client: Client) => Promise<unknown>;
  /** What the call leaves in the books, or null when it only reads. */
  readonly done: ((transaction: any) => boolean) | null;
}
const newKey = () => ({ idempotencyKey: freshNumber('key') });

const scenes: Record<string, () => Promise<Scene>> = {
  create: async () => {
    const { id, metadata } = await shop.created();
    return {
      reference: metadata['reference']!,
      call: (client) => client.paymentIntents.confirm(id, paidWith('tok_ok'), newKey()),
      done: ({ state }) => state === 'paid',
    };
  },
  query: async () => {
    const { id, metadata } = await shop.created();
    const call = (client: Client) => client.paymentIntents.retrieve(id);
    return { reference: metadata['reference']!, call, done: null };
  },
  close: async () => {
    const { id, metadata } = await shop.created();
    return {
      reference: metadata['reference']!,
      call: (client) => client.paymentIntents.cancel(id, {}, newKey()),
      done: ({ state }) => state === 'closed',
    };
  },
  void: async () => {
    const { id, metadata } = await shop.held();
    return {
      reference: metadata['reference']!,
      call: (client) => client.paymentIntents.cancel(id, {}, newKey()),
      done: ({ state }) => state === 'closed',
    };
  },
  capture: async () => {
    const { id, metadata } = await shop.held();
    return {
      reference: metadata['reference']!,
      call: (client) => client.paymentIntents.capture(id, {}, newKey()),
      done: ({ state }) => state === 'paid',
    };
  },
  refund: async () => {
    const { id, metadata } = await shop.confirmed();
    return {
      reference: metadata['reference']!,
      call: (client) => client.refunds.create({ payment_intent: id }, newKey()),
      done: ({ refunds }) => refunds.length === 1,
    };
  },
  query_refund: async () => {
    const { id, metadata } = await shop.confirmed();
    const refund = await shop.stripe.refunds.create({ payment_intent: id, amount: 500 });
    const call = (client: Client) => client.refunds.retrieve(refund.id);
    return { reference: metadata['reference']!, call, done: null };
  },
  'query_refund by a list': async () => {
    const { id, metadata } = await shop.confirmed();
    await shop.stripe.refunds.create({ payment_intent: id, amount: 500 });
    const call = (client: Client) => client.refunds.list({ payment_intent: id });
    return { reference: metadata['reference']!, call, done: null };
  },
};

describe.each(Object.keys(scenes))('on %s', (name) => {
  const [operation] = name.split(' ') as [string];
  const scene = () => scenes[name]!();
  const hurried = () => shop.client({ timeout: 1_000 });
  /** How a call ended for who made it. */
  const ending = async (call: Promise<unknown>) => {
    const { statusCode, type } = await errorOf(call);
    return statusCode ?? type;
  };

  test.each([
    ['timeout_before_commit', 'StripeConnectionError'],
    ['http_500_before_commit', 500],
    ['rate_limit', 429],
    ['refuse_connection', 'StripeConnectionError'],
  ])('%s leaves the books as they were, and a new key goes through', async (fault, ends) => {
    const { reference, call, done } = await scene();
    // the SDK repeats by itself what was reset
    await shop.fault(operation, fault, { count: fault === 'refuse_connection' ? 2 : 1 });
    expect(await ending(call(fault.startsWith('timeout') ? hurried() : shop.stripe))).toBe(ends);
    if (done) expect(done(await shop.transaction(reference))).toBe(false);
    await call(shop.stripe);
    if (done) expect(done(await shop.transaction(reference))).toBe(true);
    expect(await shop.violations()).toEqual([]);
  });

  test.each([
    ['timeout_after_commit', 'StripeConnectionError'],
    ['reset_mid_body', 'StripeConnectionError'],
    ['http_500_after_commit', 500],
    ['system_error_after_commit', 500],
  ])('%s is in the books', async (fault, ends) => {
    const { reference, call, done } = await scene();
    await shop.fault(operation, fault, { count: 1 });
    expect(await ending(call(fault.startsWith('timeout') ? hurried() : shop.stripe))).toBe(ends);
    if (done) await until(() => shop.transaction(reference), done);
    else await call(shop.stripe);
    expect(await shop.violations()).toEqual([]);
  });

  test('slow keeps the caller waiting for delay_ms', async () => {
    const { call } = await scene();
    await shop.fault(operation, 'slow', { count: 1, delay_ms: 400 });
    const begun = Date.now();
    await call(shop.stripe);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(390);
  });

  test('a reference spares the others, any strikes it too, and DELETE disarms', async () => {
    const { reference, call } = await scene();
    await shop.fault(operation, 'rate_limit', { reference: 'att_somebody_else' });
    await shop.fault('any', 'http_500_before_commit', { reference });
    expect(await ending(call(shop.stripe))).toBe(500);
    await shop.fault(operation, 'rate_limit', { reference });
    await shop.sandbox.call('DELETE', '/control/faults');
    await call(shop.stripe);
  });
});

describe('a PaymentIntent that moves no money yet', () => {
  test('is spared by faults on create, which strike what confirms it', async () => {
    await shop.fault('create', 'rate_limit', { count: 1 });
    const created = await shop.created();
    const confirm = () =>
      shop.stripe.paymentIntents.confirm(created.id, paidWith('tok_ok'), newKey());
    expect(await errorOf(confirm())).toMatchObject({ statusCode: 429 });
    expect((await confirm()).status).toBe('succeeded');
  });

  test('is struck by faults on any', async () => {
    await shop.fault('any', 'rate_limit', { count: 1 });
    expect(await errorOf(shop.created())).toMatchObject({ statusCode: 429 });
    expect((await shop.created()).status).toBe('requires_payment_method');
  });

  test('that is confirmed at once is struck by faults on create', async () => {
    await shop.fault('create', 'http_500_after_commit', { count: 1 });
    const call = shop.created({ confirm: true, ...paidWith('tok_ok') }, 'att_at_once');
    expect(await errorOf(call)).toMatchObject({ statusCode: 500 });
    expect(await shop.transaction('att_at_once')).toMatchObject({ state: 'paid' });
  });
});

describe('not_found_for', () => {
  test('denies a real PaymentIntent for delay_ms, then it is there', async () => {
    const { id } = await shop.created();
    const armed = Date.now();
    await shop.fault('query', 'not_found_for', { delay_ms: 1_500 });
    const query = () => shop.stripe.paymentIntents.retrieve(id);
    expect(await errorOf(query())).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    await until(() => query().catch(() => null), Boolean);
    expect(Date.now() - armed).toBeGreaterThanOrEqual(1_450);
  });

  test('denies a refund, and leaves a list of refunds empty', async () => {
    const { id } = await shop.confirmed();
    const refund = await shop.stripe.refunds.create({ payment_intent: id, amount: 500 });
    await shop.fault('query_refund', 'not_found_for', { count: 2 });
    const list = () => shop.stripe.refunds.list({ payment_intent: id });
    expect(await errorOf(shop.stripe.refunds.retrieve(refund.id))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    expect((await list()).data).toEqual([]);
    expect((await list()).data).toHaveLength(1);
  });

  test('leaves the idempotency key of a capture new', async () => {
    const { id } = await shop.held();
    await shop.fault('capture', 'not_found_for', { count: 1 });
    const capture = () => shop.stripe.paymentIntents.capture(id, {}, { idempotencyKey: 'one' });
    expect(await errorOf(capture())).toMatchObject({ statusCode: 404 });
    expect((await capture()).status).toBe('succeeded');
  });
});

test('wrong_amount says one unit less in the answer only', async () => {
  const created = await shop.created();
  for (const operation of ['create', 'query', 'refund', 'query_refund'])
    await shop.fault(operation, 'wrong_amount', { count: 1 });
  const intents = shop.stripe.paymentIntents;
  const less = { amount: 1998, amount_received: 1998 };
  expect(await intents.confirm(created.id, paidWith('tok_ok'))).toMatchObject(less);
  expect(await intents.retrieve(created.id)).toMatchObject(less);
  expect(await intents.retrieve(created.id)).toMatchObject({
    amount: 1999,
    amount_received: 1999,
  });
  const refund = await shop.stripe.refunds.create({ payment_intent: created.id, amount: 500 });
  expect(refund.amount).toBe(499);
  const list = () => shop.stripe.refunds.list({ payment_intent: created.id });
  expect((await list()).data).toMatchObject([{ amount: 499 }]);
  expect((await list()).data).toMatchObject([{ amount: 500 }]);
  expect(await shop.transaction(referenceOf(created))).toMatchObject({
    captured: 1999,
    refunds: [{ amount: 500 }],
  });
});

test('pay_during_close: the payer is faster, the cancel is refused, the money is taken once', async () => {
  const waiting = await shop.confirmed('tok_3ds');
  await shop.fault('close', 'pay_during_close', { count: 1 });
  expect(await errorOf(shop.stripe.paymentIntents.cancel(waiting.id))).toMatchObject({
    statusCode: 400,
    code: 'payment_intent_unexpected_state',
    payment_intent: { status: 'succeeded', amount_received: 1999 },
  });
  expect(await shop.transaction(referenceOf(waiting))).toMatchObject({
    state: 'paid',
    paid_count: 1,
  });
  await shop.receiver.event('payment_intent.succeeded', referenceOf(waiting));
});

test('refund_bounce: the refund is accepted and turns out to be undeliverable', async () => {
  const paid = await shop.confirmed();
  await shop.fault('refund', 'refund_bounce', { count: 1 });
  const all = { payment_intent: paid.id, amount: 1999, metadata: { reference: 'ref_bounces' } };
  const refund = await shop.stripe.refunds.create(all);
  expect(refund.status).toBe('pending');
  const failed = await shop.receiver.event('refund.failed', 'ref_bounces');
  expect(failed.data.object).toMatchObject({
    id: refund.id,
    status: 'failed',
    failure_reason: 'expired_or_canceled_card',
  });
  expect(await shop.transaction(referenceOf(paid))).toMatchObject({
    state: 'paid',
    refunded: 0,
    refunds: [{ reference: 'ref_bounces', state: 'failed' }],
  });
  expect((await shop.stripe.refunds.create(all, newKey())).status).toBe('pending');
});

test('refuse_connection on any closes the port of Stripe alone', async () => {
  const { id } = await shop.created();
  const query = () => shop.stripe.paymentIntents.retrieve(id);
  await shop.fault('any', 'refuse_connection');
  expect(await errorOf(query())).toMatchObject({ detail: { code: 'ECONNREFUSED' } });
  expect((await fetch(shop.sandbox.channel)).status).toBe(404);
  await shop.sandbox.call('DELETE', '/control/faults');
  expect((await query()).id).toBe(id);
});
