import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

const ways = [
  { type: 'wechat_pay_qr', channel: 'wechat-pay', currency: 'CNY' },
  { type: 'alipay_qr', channel: 'alipay', currency: 'CNY' },
  { type: 'grabpay', channel: 'stripe', currency: 'SGD' },
  { type: 'paypal', channel: 'paypal', currency: 'USD' },
] as const;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
  for (const { channel } of ways)
    await merchant.control('POST', `/control/accounts/${channel}`, { magic_amounts: true });
});
afterAll(() => stack.remove());

const is = (status: string) => (payment: any) => payment.status === status;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test.each(ways)(
  'a payment by $type of …166 stays paid when a callback says that it has failed',
  async ({ type, currency }) => {
    const { body } = await merchant.create({ amount: 1_166, currency, method: { type } });
    await merchant.until(body.id, is('succeeded'), 60_000);
    await pause(3_000); // for the second callback, and whatever it might do
    const payment = await merchant.get(body.id);
    expect(payment).toMatchObject({
      status: 'succeeded',
      amount_captured: 1_166,
      amount_refunded: 0,
    });
    expect(await merchant.books(payment)).toMatchObject({
      state: 'paid',
      paid_count: 1,
      refunded: 0,
    });
  },
);

test.each(ways)(
  'a payment by $type of …161 is found paid without a callback',
  async ({ type, currency }) => {
    const { body } = await merchant.create({ amount: 1_161, currency, method: { type } });
    await merchant.until(body.id, is('succeeded'), 60_000);
    const { data } = (await merchant.call('GET', `/v1/payments/${body.id}/timeline`)).body;
    expect(data.filter(({ kind }: any) => kind === 'callback')).toEqual([]);
  },
);

test.each([
  ['grabpay', 'SGD', 1_105, 'card_declined'],
  ['grabpay', 'SGD', 1_151, 'insufficient_funds'],
  ['paypal', 'USD', 1_105, 'card_declined'],
  ['paypal', 'USD', 1_151, 'card_declined'], // PayPal does not say why
])('a payment by %s in %s of %s is declined: %s', async (type, currency, amount, code) => {
  const { body } = await merchant.create({ amount, currency, method: { type } });
  const declined = await merchant.until(body.id, is('requires_payment_method'));
  expect(declined).toMatchObject({ failure: { code }, amount_captured: 0 });
});

test.each(['wechat_pay_qr', 'alipay_qr'])(
  'by %s a payer who cannot pay may try again until its end',
  async (type) => {
    const { body } = await merchant.create({ amount: 1_151, method: { type }, expires_in: 5 });
    const ended = await merchant.until(body.id, is('canceled'));
    expect(ended).toMatchObject({
      late: false,
      amount_captured: 0,
      attempts: [{ amount_captured: 0 }],
    });
  },
);

test('a card does as its token says, whatever the amount', async () => {
  const paid = await merchant.create({
    amount: 1_105,
    currency: 'USD',
    method: { type: 'card', token: 'tok_ok' },
  });
  expect(paid.body.status).toBe('succeeded');
  const asked = await merchant.create({
    amount: 1_999,
    currency: 'USD',
    method: { type: 'card', token: 'tok_3ds' },
  });
  await pause(2_000); // in which nobody identifies himself
  expect((await merchant.get(asked.body.id)).status).toBe('requires_action');
});

test('an account that has them no more waits for its payers again', async () => {
  await merchant.control('POST', '/control/accounts/wechat-pay', { magic_amounts: false });
  const { body } = await merchant.create({ amount: 1_105 });
  await merchant.payer(body, 'pay');
  await merchant.until(body.id, is('succeeded'));
});
