import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const final = (payment: any) => ['succeeded', 'canceled', 'failed'].includes(payment.status);
const callFaults = [
  'timeout_before_commit',
  'timeout_after_commit',
  'reset_mid_body',
  'http_500_before_commit',
  'http_500_after_commit',
  'system_error_after_commit',
  'slow',
  'rate_limit',
  'refuse_connection',
];

/** The channel took the money once and gave none back; ours says the same. */
async function paidOnce(payment: any): Promise<void> {
  expect(payment).toMatchObject({
    status: 'succeeded',
    outcome: 'known',
    amount_captured: 1_999,
    late: false,
  });
  expect(await merchant.books(payment)).toMatchObject({
    paid_count: 1,
    captured: 1_999,
    refunded: 0,
  });
}

describe('a fault of the channel', () => {
  test.each(callFaults)(
    'F1, F2: %s on create ends in one order that can be paid',
    async (fault) => {
      await merchant.fault('create', fault, { count: 1, delay_ms: 500 });
      const created = await merchant.create({ wait: 0 });
      const open = await merchant.until(
        created.body.id,
        (payment) => payment.status === 'requires_action',
      );
      await merchant.payer(open, 'pay');
      await paidOnce(await merchant.until(open.id, final));
    },
  );

  test.each([...callFaults, 'wrong_amount_is_not_here'].slice(0, -1))(
    'F14: %s on query is asked through until the lost callback does not matter',
    async (fault) => {
      await merchant.fault('callback', 'drop');
      const { body } = await merchant.create();
      await merchant.fault('query', fault, {
        count: 2,
        delay_ms: 500,
        reference: body.attempts[0].reference,
      });
      await merchant.payer(body, 'pay');
      await paidOnce(await merchant.until(body.id, final));
    },
  );

  test.each(callFaults)(
    '%s on close ends in a canceled payment and a closed order',
    async (fault) => {
      const { body } = await merchant.create();
      await merchant.fault('close', fault, {
        count: 1,
        delay_ms: 500,
        reference: body.attempts[0].reference,
      });
      await merchant.cancel(body.id, { wait: 0 });
      const ended = await merchant.until(body.id, final);
      expect(ended).toMatchObject({
        status: 'canceled',
        cancellation_reason: 'requested',
        outcome: 'known',
      });
      expect(await merchant.books(ended)).toMatchObject({ state: 'closed', paid_count: 0 });
    },
  );

  test.each(callFaults)('F18: %s on refund sends late money back once', async (fault) => {
    const { body } = await merchant.create();
    await merchant.cancel(body.id);
    await merchant.fault('refund', fault, { count: 1, delay_ms: 500 });
    await merchant.payer(body, 'pay', { force: true });
    const ended = await merchant.until(
      body.id,
      (payment) => payment.attempts[0].amount_refunded === 1_999,
    );
    expect(ended).toMatchObject({
      status: 'canceled',
      late: true,
      amount_captured: 0,
      amount_refunded: 0,
    });
    expect(await merchant.books(ended)).toMatchObject({
      paid_count: 1,
      captured: 1_999,
      refunded: 1_999,
    });
  });
});

describe('a callback', () => {
  test.each(['forge_signature', 'wrong_key', 'tamper_ciphertext', 'stale_timestamp', 'malformed'])(
    'F13: with %s changes nothing; the query finds the truth',
    async (fault) => {
      await merchant.fault('callback', fault);
      const { body } = await merchant.create();
      await merchant.payer(body, 'pay');
      await paidOnce(await merchant.until(body.id, final));
    },
  );

  test.each(['wrong_amount', 'wrong_currency', 'other_order'])(
    'F12: with %s is refused; the query finds the truth',
    async (fault) => {
      const bystander = await merchant.create();
      await merchant.fault('callback', fault);
      const { body } = await merchant.create();
      await merchant.payer(body, 'pay');
      await paidOnce(await merchant.until(body.id, final));
      expect(await merchant.get(bystander.body.id)).toMatchObject({
        status: 'requires_action',
        amount_captured: 0,
      });
    },
  );

  test('F7: sent fifty times at once is one', async () => {
    const { body } = await merchant.create();
    await merchant.payer(body, 'pay');
    const paid = await merchant.until(body.id, final);
    const path = `/control/callbacks/wechat-pay/${body.attempts[0].reference}/resend`;
    const { body: sent } = await merchant.control('POST', path, { copies: 50, parallel: true });
    expect(sent.statuses.every((status: number) => status === 204)).toBe(true);
    expect((await merchant.get(body.id)).sequence).toBe(paid.sequence);
  });

  test('F13: to another account’s address is refused', async () => {
    const { body } = await merchant.create();
    await merchant.payer(body, 'pay');
    await merchant.until(body.id, final);
    const path = `/control/callbacks/wechat-pay/${body.attempts[0].reference}/resend`;
    const { body: sent } = await merchant.control('POST', path, {
      account: 'cha_01kas0d0x0e8v8r3zq7k5m2n4p',
    });
    expect(sent.statuses).toEqual([404]);
  });
});

describe('money and time', () => {
  test('an unpaid payment is closed at the channel and canceled at its expiry', async () => {
    const { body } = await merchant.create({ expires_in: 2 });
    const ended = await merchant.until(body.id, final);
    expect(ended).toMatchObject({ status: 'canceled', cancellation_reason: 'expired' });
    expect(await merchant.books(ended)).toMatchObject({ state: 'closed' });
  });

  test('F11: a second receipt is sent back as a duplicate', async () => {
    const { body } = await merchant.create();
    await merchant.payer(body, 'pay');
    await merchant.until(body.id, final);
    await merchant.payer(body, 'pay', { force: true });
    const ended = await merchant.until(
      body.id,
      (payment) => payment.attempts[0].amount_refunded === 1_999,
    );
    expect(ended).toMatchObject({
      status: 'succeeded',
      amount_captured: 1_999,
      amount_refunded: 0,
    });
    expect(await merchant.books(ended)).toMatchObject({
      paid_count: 2,
      captured: 3_998,
      refunded: 1_999,
    });
  });

  test('late money is accepted where the merchant wants that', async () => {
    const { body } = await merchant.create({ late_money: 'accept' });
    await merchant.cancel(body.id);
    await merchant.payer(body, 'pay', { force: true });
    const ended = await merchant.until(body.id, (payment) => payment.status === 'succeeded');
    expect(ended).toMatchObject({ late: true, amount_captured: 1_999, cancellation_reason: null });
  });

  test('F10: a payer who is faster than the cancel has paid', async () => {
    const { body } = await merchant.create();
    await merchant.fault('close', 'pay_during_close', {
      count: 1,
      reference: body.attempts[0].reference,
    });
    const answer = await merchant.cancel(body.id);
    expect(answer).toMatchObject({ status: 409, body: { code: 'payment_already_paid' } });
    await paidOnce(await merchant.get(body.id));
  });

  test('F12: a query that says another amount freezes the payment for a person', async () => {
    await merchant.fault('callback', 'drop');
    await merchant.fault('query', 'wrong_amount');
    const { body } = await merchant.create();
    await merchant.payer(body, 'pay');
    const frozen = await merchant.until(body.id, (payment) => payment.outcome === 'unknown');
    expect(frozen).toMatchObject({ status: 'processing', amount_captured: 0 });
  });
});

test('and through all of it the channel saw nothing that it forbids', async () => {
  expect(await merchant.violations()).toEqual([]);
});
