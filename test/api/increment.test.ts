import { payment as paymentShape } from '../../src/api/payment-answer.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch({ HOLD_MARGIN_S: '0', POLL_SCHEDULE: '1', CHANNEL_TIMEOUT_MS: '2000' });
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const held = async (given: object = {}) =>
  (
    await merchant.create({
      currency: 'USD',
      method: { type: 'card', token: 'tok_ok' },
      capture: 'manual',
      ...given,
    })
  ).body;
const fault = (fault: string) =>
  merchant.control('POST', '/control/faults', {
    channel: 'stripe',
    operation: 'increment',
    fault,
    count: 1,
  });

describe('a hold', () => {
  test('is raised, captured at its new total, and given back', async () => {
    const { id } = await held();
    const { status, body } = await merchant.increment(id, 2_999);
    expect(status).toBe(200);
    expect(paymentShape.parse(body)).toMatchObject({
      status: 'requires_capture',
      amount: 2_999,
      amount_authorized: 2_999,
      amount_capturable: 2_999,
      attempts: [{ amount: 2_999 }],
      increments: [{ amount: 2_999, previous_amount: 1_999, status: 'succeeded' }],
    });
    expect((await merchant.capture(id)).body).toMatchObject({
      status: 'succeeded',
      amount_captured: 2_999,
    });
    expect(await merchant.books(body)).toMatchObject({ captured: 2_999, paid_count: 1 });
    await merchant.refund(id);
    await merchant.until(id, (payment) => payment.amount_refunded === 2_999);
  });

  test('is raised once by one key, also when it is said by many at once', async () => {
    const { id } = await held();
    const key = `raise-${id}`;
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => merchant.increment(id, 2_500, key)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { increments } = await merchant.get(id);
    expect(increments).toMatchObject([{ amount: 2_500, status: 'succeeded' }]);
    expect(await merchant.increment(id, 2_600, key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } }); // prettier-ignore
  });

  test.each(['timeout_after_commit', 'timeout_before_commit', 'http_500_after_commit', 'reset_mid_body'])(
    'is raised once though its answer was lost: %s',
    async (lost) => {
      const payment = await held();
      await fault(lost);
      await merchant.increment(payment.id, 2_999);
      const raised = await merchant.until(payment.id, ({ amount, outcome }) => amount === 2_999 && outcome === 'known', 90_000);
      expect(raised.increments).toMatchObject([{ status: 'succeeded' }]);
      expect((await merchant.capture(payment.id)).body).toMatchObject({ amount_captured: 2_999 });
      expect(await merchant.books(payment)).toMatchObject({ captured: 2_999, paid_count: 1 });
    },
    120_000,
  ); // prettier-ignore

  test('stays as it was when the payer’s bank declines more, and can be captured', async () => {
    const token = 'tok_increment_declined';
    const { id } = await held({ method: { type: 'card', token } });
    const { status, body } = await merchant.increment(id, 2_999);
    expect(status).toBe(200);
    expect(paymentShape.parse(body)).toMatchObject({
      status: 'requires_capture',
      amount: 1_999,
      failure: null,
      increments: [{ status: 'failed', failure: { code: expect.any(String) } }],
    });
    expect((await merchant.capture(id)).body).toMatchObject({ amount_captured: 1_999 });
  });

  test.each([
    [1_999, 422, 'amount_too_small'],
    [0, 422, 'amount_too_small'],
    [1_000_000_000_000, 422, 'amount_too_large'],
  ])('is not raised to %d', async (amount, status, code) => {
    const { id } = await held();
    expect(await merchant.increment(id, amount)).toMatchObject({ status, body: { code } });
  });

  test('that is captured or gone is not raised, nor one of a channel that raises none', async () => {
    const captured = await held();
    await merchant.capture(captured.id, { amount: 500 });
    const gone = await held();
    await merchant.cancel(gone.id);
    for (const { id } of [captured, gone])
      expect(await merchant.increment(id, 2_999)).toMatchObject({ status: 409, body: { code: 'payment_not_incrementable' } }); // prettier-ignore
    const elsewhere = await held({ currency: 'KWD' });
    expect(elsewhere).toMatchObject({ status: 'requires_capture', channel: 'adyen' });
    expect(await merchant.increment(elsewhere.id, 2_999)).toMatchObject({ status: 422, body: { code: 'increment_not_supported' } }); // prettier-ignore
  });
});
