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

describe.each(ways)(
  'a payment by $type, for which no payer does anything,',
  ({ type, currency }) => {
    const create = async (amount: number, given: object = {}) =>
      (await merchant.create({ amount, currency, method: { type }, ...given })).body;
    const callbacks = async ({ id }: any) =>
      (await merchant.call('GET', `/v1/payments/${id}/timeline`)).body.data.filter(
        ({ kind }: any) => kind === 'callback',
      );
    const takenOnce = async (payment: any) =>
    expect(await merchant.books(payment)).toMatchObject({
      state: 'paid', paid_count: 1, captured: payment.amount, refunded: 0,
    }); // prettier-ignore

    test.each([
      ['of any other amount', 1_999],
      ['of …191, while the channel is down twice,', 1_191],
      ['of …160, whose callback is late,', 1_160],
      ['of …161, of which no callback comes,', 1_161],
      ['of …162, whose callback comes three times,', 1_162],
      ['of …163, whose callback comes before the answer,', 1_163],
      ['of …164, whose callback names another amount,', 1_164],
      ['of …165, whose callback is not as signed,', 1_165],
    ])('%s is paid once', async (_what, amount) => {
      const payment = await merchant.until((await create(amount)).id, is('succeeded'), 60_000);
      expect(payment).toMatchObject({
        amount_captured: amount,
        amount_refunded: 0,
        outcome: 'known',
      });
      await takenOnce(payment);
      if (amount === 1_161) expect(await callbacks(payment)).toEqual([]);
    });

    test('of …166 stays paid when a callback says that it has failed', async () => {
      const payment = await merchant.until((await create(1_166)).id, is('succeeded'), 60_000);
      await pause(3_000); // for the second callback, and whatever it might do
      expect(await merchant.get(payment.id)).toMatchObject({
        status: 'succeeded',
        amount_captured: 1_166,
      });
      await takenOnce(payment);
    });
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
    const { body } = await merchant.create({ amount: 1_151, method: { type }, expires_in: 4 });
    expect(body.status).toBe('requires_action');
    const ended = await merchant.until(body.id, is('canceled'));
    expect(ended).toMatchObject({
      late: false,
      amount_captured: 0,
      attempts: [{ amount_captured: 0 }],
    });
  },
);

test.each([
  ['wechat_pay_qr', 'CNY'],
  ['alipay_qr', 'CNY'],
  ['grabpay', 'SGD'],
])(
  'a payment by %s in %s of …167 is paid after its end, and the money goes back',
  async (type, currency) => {
    const { body } = await merchant.create({
      amount: 1_167,
      currency,
      method: { type },
      expires_in: 4,
    });
    const late = await merchant.until(
      body.id,
      ({ attempts: [one] }) => one.amount_refunded === 1_167,
      60_000,
    );
    expect(late).toMatchObject({ status: 'canceled', late: true, amount_captured: 0 });
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
