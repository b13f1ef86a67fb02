import { beforeCommit, ending } from '../http-fault.ts';
import { until } from '../shop.ts';
import { type AdyenShop, type Answer, openAdyenShop } from './shop.ts';

let shop: AdyenShop;
beforeAll(async () => {
  shop = await openAdyenShop({ SANDBOX_PROCESSING_MS: '60000' });
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

interface Scene {
  readonly payment: any;
  /** Under one idempotency key. */
  readonly call: () => Promise<Answer>;
  /** What the call leaves in the books. */
  readonly done: (transaction: any) => boolean;
}
const once = { 'Idempotency-Key': 'scene' };
const whole = { amount: { currency: 'EUR', value: 1999 }, reference: 'mod_scene' };
const scene = (payment: any, what: string, more: object, done: Scene['done']): Scene => ({
  payment,
  call: () => shop.modify(payment, what, more, once),
  done,
});

const scenes: Record<string, () => Promise<Scene>> = {
  create: () => {
    const asked = shop.payment();
    return Promise.resolve({
      payment: { merchantReference: asked.reference },
      call: () => shop.call('/payments', asked, once),
      done: (transaction) => transaction?.state === 'paid',
    });
  },
  'create by details': async () => {
    const payment = await shop.paid('tok_3ds');
    const result = await shop.authenticated(payment);
    return {
      payment,
      call: () => shop.details(result, once),
      done: ({ state }) => state === 'paid',
    };
  },
  capture: async () =>
    scene(await shop.held(), 'captures', whole, ({ captured }) => captured === 1999),
  void: async () => scene(await shop.held(), 'cancels', {}, ({ state }) => state === 'closed'),
  'void by a reversal': async () =>
    scene(await shop.held(), 'reversals', {}, ({ state }) => state === 'closed'),
  close: async () =>
    scene(await shop.paid('tok_processing'), 'cancels', {}, ({ state }) => state === 'closed'),
  refund: async () =>
    scene(await shop.paid(), 'refunds', whole, ({ refunded }) => refunded === 1999),
  'refund by a reversal': async () =>
    scene(await shop.paid(), 'reversals', {}, ({ refunded }) => refunded === 1999),
};

describe.each(Object.keys(scenes))('on %s', (name) => {
  const [operation] = name.split(' ') as [string];
  const endingOf = (fault: string, staged: Scene) =>
    ending(
      fault,
      staged.call().then(({ status }) => status),
    );
  const done = ({ payment, done: so }: Scene) => until(() => shop.transaction(payment), so);

  test.each(beforeCommit)(
    '%s leaves the books as they were, and the same key goes through',
    async (fault, ends) => {
      const staged = await scenes[name]!();
      await shop.fault(operation, fault, { count: 1 });
      expect(await endingOf(fault, staged)).toBe(ends);
      expect(staged.done(await shop.transaction(staged.payment))).toBe(false);
      expect((await staged.call()).status).toBeLessThan(300);
      await done(staged);
      expect(await shop.violations()).toEqual([]);
    },
  );

  test.each([
    ['timeout_after_commit', 'no answer'],
    ['reset_mid_body', 'no answer'],
    ['http_500_after_commit', 500],
    ['system_error_after_commit', 500],
  ])('%s is in the books, and done once whoever repeats it', async (fault, ends) => {
    const staged = await scenes[name]!();
    await shop.fault(operation, fault, { count: 1 });
    expect(await endingOf(fault, staged)).toBe(ends);
    expect((await staged.call()).status).toBeLessThan(300);
    const { paid_count, refunds } = await done(staged);
    expect([paid_count, refunds.length]).toEqual([
      Number(operation !== 'void' && operation !== 'close'),
      Number(operation === 'refund'),
    ]);
    expect(await shop.violations()).toEqual([]);
  });

  test('slow keeps the caller waiting for delay_ms', async () => {
    const { call } = await scenes[name]!();
    await shop.fault(operation, 'slow', { count: 1, delay_ms: 400 });
    const begun = Date.now();
    await call();
    expect(Date.now() - begun).toBeGreaterThanOrEqual(390);
  });

  test('a reference spares the others, any strikes it too, and DELETE disarms', async () => {
    const { payment, call } = await scenes[name]!();
    await shop.fault(operation, 'rate_limit', { reference: 'att_somebody_else' });
    await shop.fault('any', 'http_500_before_commit', { reference: payment.merchantReference });
    expect((await call()).status).toBe(500);
    await shop.fault(operation, 'rate_limit', { reference: payment.merchantReference });
    await shop.sandbox.call('DELETE', '/control/faults');
    expect((await call()).status).toBeLessThan(300);
  });
});

test.each(['capture', 'refund'])('not_found_for denies a payment to a %s', async (operation) => {
  const { call } = await scenes[operation]!();
  await shop.fault(operation, 'not_found_for', { count: 1 });
  expect(await call()).toMatchObject({ status: 422, body: { errorCode: '167' } });
  expect((await call()).status).toBe(201);
});

test.each(['create', 'create by details', 'capture', 'refund'])(
  'wrong_amount says one unit less in the answer to %s only',
  async (name) => {
    const staged = await scenes[name]!();
    await shop.fault(name.split(' ')[0]!, 'wrong_amount', { count: 1 });
    expect((await staged.call()).body.amount).toEqual({ currency: 'EUR', value: 1998 });
    expect((await staged.call()).body.amount).toEqual({ currency: 'EUR', value: 1999 });
    await until(() => shop.transaction(staged.payment), staged.done);
  },
);

test.each([
  ['tok_processing', 'cancels'],
  ['tok_3ds', 'reversals'],
])('pay_during_close: the payer of %s is faster', async (token, what) => {
  const payment = await shop.paid(token);
  await shop.fault('close', 'pay_during_close', { count: 1 });
  await shop.modify(payment, what);
  expect(await shop.receiver.event('AUTHORISATION')).toMatchObject({ success: 'true' });
  if (what === 'cancels') {
    expect(await shop.receiver.event('CANCELLATION')).toMatchObject({ success: 'false' });
    expect(await shop.transaction(payment)).toMatchObject({ state: 'paid', paid_count: 1 });
  } else {
    expect(await shop.receiver.event('CANCEL_OR_REFUND')).toMatchObject({
      success: 'true',
      additionalData: { 'modification.action': 'refund' },
    });
    expect(await shop.transaction(payment)).toMatchObject({ state: 'paid', refunded: 1999 });
  }
});

test('refuse_connection on any closes the port of Adyen alone', async () => {
  await shop.fault('any', 'refuse_connection');
  await expect(shop.paid()).rejects.toThrow('fetch failed');
  expect((await fetch(shop.sandbox.stripe)).status).toBe(401);
  await shop.sandbox.call('DELETE', '/control/faults');
  expect((await shop.paid()).resultCode).toBe('Authorised');
});
