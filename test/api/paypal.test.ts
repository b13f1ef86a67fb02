import { until } from '../store/shop.ts';
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
const shown = async (given: object = {}) =>
  (await merchant.create({ method: { type: 'paypal' }, currency: 'USD', ...given })).body;

test('a payment by PayPal is agreed to, confirmed by us and given back in parts, and both books agree', async () => {
  const payment = await shown();
  expect(payment).toMatchObject({
    status: 'requires_action',
    channel: 'paypal',
    next_action: { type: 'redirect', url: expect.stringMatching(/^http/) },
  });
  await merchant.payer(payment, 'pay');
  await merchant.until(payment.id, is('succeeded'));
  for (const amount of [500, 499]) await merchant.refund(payment.id, { amount });
  await merchant.until(payment.id, (one) => one.amount_refunded === 999);
  expect(await merchant.books(payment)).toMatchObject({
    state: 'paid',
    paid_count: 1,
    refunded: 999,
  });
});

test('a hold by PayPal is captured in a part that can be given back', async () => {
  const payment = await shown({ capture: 'manual' });
  await merchant.payer(payment, 'pay');
  await merchant.until(payment.id, is('requires_capture'));
  await merchant.capture(payment.id, { amount: 500, final: true });
  await merchant.until(payment.id, is('succeeded'));
  await merchant.refund(payment.id, { amount: 500 });
  await merchant.until(payment.id, (one) => one.amount_refunded === 500);
  expect(await merchant.books(payment)).toMatchObject({ captured: 500, refunded: 500 });
});

test('a hold by PayPal that is captured in parts is given back out of each, for PayPal refunds captures', async () => {
  const payment = await shown({ capture: 'manual' });
  await merchant.payer(payment, 'pay');
  await merchant.until(payment.id, is('requires_capture'));
  await merchant.capture(payment.id, { amount: 300 });
  await merchant.until(payment.id, is('partially_captured'));
  await merchant.capture(payment.id, { amount: 1_699, final: true });
  await merchant.until(payment.id, is('succeeded'));
  expect(await merchant.refund(payment.id)).toMatchObject({
    status: 422,
    body: {
      code: 'refund_spans_captures',
      detail: expect.stringContaining('16.99 USD and 3.00 USD'),
    },
  });
  for (const amount of [1_699, 300]) await merchant.refund(payment.id, { amount });
  await merchant.until(payment.id, (one) => one.amount_refunded === 1_999);
  expect(await merchant.books(payment)).toMatchObject({ captured: 1_999, refunded: 1_999 });
  expect(await merchant.violations()).toEqual([]);
});

test('money that PayPal takes back by itself never un-pays, and a person must look', async () => {
  const payment = await shown();
  const { reference } = payment.attempts[0];
  await merchant.fault('capture', 'capture_bounce', { channel: 'paypal', reference });
  await merchant.payer(payment, 'pay');
  await merchant.until(payment.id, is('succeeded'));
  const cases = () => merchant.call('GET', `/v1/cases?payment_id=${payment.id}`);
  const one = await until(async () => (await cases()).body.data[0] ?? null);
  expect(one).toMatchObject({ kind: 'conflict', status: 'open' });
  expect(await merchant.get(payment.id)).toMatchObject({ status: 'succeeded', amount_refunded: 0 });
  expect(await merchant.books(payment)).toMatchObject({ captured: 1_999, refunded: 1_999 });
});

test('one that nobody has agreed to is canceled at once, and who agrees later pays nothing', async () => {
  const payment = await shown();
  expect((await merchant.cancel(payment.id)).body.status).toBe('canceled');
  await merchant.payer(payment, 'pay');
  expect(await merchant.books(payment)).toMatchObject({ paid_count: 0 });
});

test.each(['automatic', 'manual'])('money that PayPal takes of one that was given up, of %s capture, is late and goes back', async (capture) => {
  const payment = await shown({ capture });
  await merchant.cancel(payment.id);
  await merchant.payer(payment, 'pay', { force: true });
  const back = await merchant.until(payment.id, ({ attempts: [one] }: any) => one.amount_refunded === 1_999);
  expect(back).toMatchObject({ status: 'canceled', late: true });
  expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, captured: 1_999, refunded: 1_999 });
}); // prettier-ignore
