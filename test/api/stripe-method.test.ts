import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());

const is = (status: string) => (payment: any) => payment.status === status;
const pages = [
  ['ideal', 'EUR'],
  ['grabpay', 'SGD'],
  ['grabpay', 'MYR'],
] as const;

describe.each(pages)('a payment by %s in %s', (type, currency) => {
  const shown = async (given: object = {}) =>
    (await merchant.create({ method: { type }, currency, ...given })).body;

  test('is made on a page, and given back in parts', async () => {
    const payment = await shown();
    expect(payment).toMatchObject({
      status: 'requires_action',
      channel: 'stripe',
      method: { type },
      next_action: { type: 'redirect', url: expect.stringContaining(`/${type}/`) },
    });
    const { url } = payment.next_action;
    expect(await (await fetch(url)).text()).toContain('<button>pay</button>');
    await fetch(url.replace('?', '/pay?'), { method: 'POST', redirect: 'manual' });
    await merchant.until(payment.id, is('succeeded'));
    for (const amount of [500, 499]) await merchant.refund(payment.id, { amount });
    await merchant.until(payment.id, (one) => one.amount_refunded === 999);
    expect(await merchant.books(payment)).toMatchObject({ state: 'paid', paid_count: 1, currency, refunded: 999 }); // prettier-ignore
  });

  test('that he does not make leaves him to try another method', async () => {
    const payment = await shown();
    await merchant.payer(payment, 'decline');
    const left = await merchant.until(payment.id, is('requires_payment_method'));
    expect(left.failure).toMatchObject({ code: 'authentication_failed' });
    const card = { type: 'card', token: 'tok_ok' };
    expect((await merchant.confirm(payment.id, card)).body.status).toBe('succeeded');
  });

  test('that is canceled takes nothing more', async () => {
    const payment = await shown();
    expect((await merchant.cancel(payment.id)).body.status).toBe('canceled');
    expect((await merchant.payer(payment, 'pay')).status).toBe(409);
  });
});

test.each(pages)('%s in %s is never held', async (type, currency) => {
  const asked = { method: { type }, currency, capture: 'manual' };
  expect(await merchant.create(asked)).toMatchObject({
    status: 422,
    body: { code: 'capture_mode_not_supported' },
  });
  const held = await merchant.create({ method: undefined, currency, capture: 'manual' });
  expect(await merchant.confirm(held.body.id, { type })).toMatchObject({
    status: 422,
    body: { code: 'capture_mode_not_supported' },
  });
});

test.each([
  ['ideal', 'USD'],
  ['grabpay', 'EUR'],
])('%s takes no %s', async (type, currency) => {
  expect(await merchant.create({ method: { type }, currency })).toMatchObject({
    status: 422,
    body: { code: 'currency_not_supported' },
  });
});

test.each(['apple_pay', 'google_pay'])('%s goes as a card does, and can be held', async (type) => {
  const method = { type, token: 'tok_ok' };
  const { body } = await merchant.create({ method, currency: 'USD', capture: 'manual' });
  expect(body).toMatchObject({ status: 'requires_capture', channel: 'stripe', method: { type } });
  expect(JSON.stringify(body)).not.toContain('tok_ok');
  expect((await merchant.capture(body.id)).body.status).toBe('succeeded');
  const without = await merchant.create({ method: { type }, currency: 'USD' });
  expect(without.body.errors).toMatchObject([{ pointer: '/method/token', code: 'invalid_field' }]);
});
