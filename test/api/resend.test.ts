import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

/** The usual time of a channel's call, so that what is measured is what a payer would wait. */
let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch({ CHANNEL_TIMEOUT_MS: '10000' });
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const card = async (given: object = {}) =>
  (await merchant.create({ currency: 'USD', method: { type: 'card', token: 'tok_ok' }, ...given }))
    .body;
const refused = (channel: string, operation: string) =>
  merchant.fault(operation, 'refuse_connection', { channel, count: 1 });

/** How long it took, in milliseconds, until the payment looked like this. */
async function took(id: string, done: (payment: any) => boolean): Promise<number> {
  const began = performance.now();
  await merchant.until(id, done, 60_000);
  return performance.now() - began;
}

/** Far less than what a sender may still take: its window, the channel's timeout and 5 s are 28 s. */
const soon = 15_000;

describe('a call whose connection was reset is made again as soon as the channel knows of nothing', () => {
  test('a code for the payer', async () => {
    await refused('wechat-pay', 'create');
    const { body } = await merchant.create({ wait: 0 });
    const ms = await took(body.id, ({ status }) => status === 'requires_action');
    expect(ms).toBeLessThan(soon);
    await merchant.payer(body, 'pay');
    const ended = await merchant.until(body.id, ({ status }) => status === 'succeeded');
    expect(ended.attempts).toHaveLength(1);
    expect(await merchant.books(ended)).toMatchObject({ paid_count: 1, refunded: 0 });
  });

  test('the charge of a card', async () => {
    await refused('stripe', 'create'); // what takes the money, not what prepares it
    const payment = await card({ wait: 0 });
    const ms = await took(payment.id, ({ status }) => status === 'succeeded');
    expect(ms).toBeLessThan(soon);
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 0 });
  });

  test('a capture', async () => {
    const payment = await card({ capture: 'manual' });
    await refused('stripe', 'capture');
    await merchant.capture(payment.id, { amount: 500, wait: 0 });
    const ms = await took(payment.id, ({ amount_captured }) => amount_captured === 500);
    expect(ms).toBeLessThan(soon);
    expect(await merchant.books(payment)).toMatchObject({ captured: 500 });
  });

  test.each(['stripe', 'wechat-pay'])('a refund at %s', async (channel) => {
    const payment = channel === 'stripe' ? await card() : (await merchant.create()).body;
    if (channel === 'wechat-pay') await merchant.payer(payment, 'pay');
    await merchant.until(payment.id, ({ status }) => status === 'succeeded');
    await refused(channel, 'refund');
    await merchant.refund(payment.id, { amount: 500, wait: 0 });
    const ms = await took(payment.id, ({ amount_refunded }) => amount_refunded === 500);
    expect(ms).toBeLessThan(soon);
    expect(await merchant.books(payment)).toMatchObject({ refunded: 500 });
  });
});
