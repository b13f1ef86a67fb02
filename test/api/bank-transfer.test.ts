import { payment as paymentShape } from '../../src/api/payment-answer.ts';
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
  (await merchant.create({ method: { type: 'bank_transfer' }, currency: 'EUR', ...given })).body;
const transfer = async (payment: any, amount: number, given: object = {}) => {
  const { currency } = payment;
  expect((await merchant.payer(payment, 'pay', { amount, currency, ...given })).status).toBe(200);
};
const refundsOf = async ({ id }: any) =>
  (await merchant.call('GET', `/v1/refunds?payment_id=${id}`)).body.data as any[];
/** What went back, oldest first, once all of it has. */
const returnsOf = async (payment: any) => {
  for (const deadline = Date.now() + 30_000; ; await new Promise((go) => setTimeout(go, 100))) {
    const refunds = await refundsOf(payment);
    if (refunds.length > 0 && refunds.every(is('succeeded')))
      return refunds.toReversed().map(({ amount, currency, origin, reason }) => ({ amount, currency, origin, reason })); // prettier-ignore
    if (Date.now() > deadline) throw new Error(`not all is back: ${JSON.stringify(refunds)}`);
  }
};

describe('a payment by bank transfer', () => {
  test('says where to transfer to, is paid, and given back in parts; both books agree', async () => {
    const payment = await shown();
    expect(paymentShape.parse(payment)).toMatchObject({
      status: 'requires_action',
      channel: 'bank-transfer',
      method: { type: 'bank_transfer' },
      next_action: {
        type: 'await_transfer',
        bank_account: { iban: expect.stringMatching(/^[A-Z]{2}\d{2}/), bic: expect.any(String), holder: expect.any(String) },
        reference: expect.stringMatching(/^RF\d{2}/),
      },
    });
    await transfer(payment, 1_999);
    await merchant.until(payment.id, is('succeeded'));
    for (const amount of [500, 499]) expect((await merchant.refund(payment.id, { amount })).body.status).toBe('succeeded');
    expect(await merchant.get(payment.id)).toMatchObject({ amount_captured: 1_999, amount_refunded: 999 });
    expect(await merchant.books(payment)).toMatchObject({ state: 'paid', paid_count: 1, captured: 1_999, refunded: 999 });
  }); // prettier-ignore

  test('is paid by parts, of which the first leaves it open, and goes back whole', async () => {
    const payment = await shown();
    await transfer(payment, 400);
    const waiting = await merchant.until(payment.id, (one) => one.attempts[0].amount_captured === 400);
    expect(waiting).toMatchObject({ status: 'requires_action', outcome: 'known', amount_captured: 0, next_action: { type: 'await_transfer' } });
    await transfer(payment, 1_599);
    expect(await merchant.until(payment.id, is('succeeded'))).toMatchObject({ amount_captured: 1_999, late: false, refunds: [] });
    expect((await merchant.refund(payment.id)).body).toMatchObject({ status: 'succeeded', amount: 1_999 });
    expect(await merchant.books(payment)).toMatchObject({ captured: 1_999, refunded: 1_999, refunds: [{ amount: 1_999 }] });
  }); // prettier-ignore

  test('that is paid too much is paid, and the surplus goes back', async () => {
    const payment = await shown();
    await transfer(payment, 2_500);
    await merchant.until(payment.id, is('succeeded'));
    expect(await returnsOf(payment)).toEqual([
      { amount: 501, currency: 'EUR', origin: 'duplicate', reason: 'paid more than the order' },
    ]);
    expect(await merchant.get(payment.id)).toMatchObject({ amount_captured: 1_999, amount_refunded: 0, attempts: [{ amount_captured: 2_500, amount_refunded: 501 }] });
    expect(await merchant.books(payment)).toMatchObject({ captured: 2_500, refunded: 501 });
  }); // prettier-ignore

  test('that is paid in another currency waits on, and that money goes back as it came', async () => {
    const payment = await shown();
    await transfer(payment, 1_999, { currency: 'JPY' });
    expect(await returnsOf(payment)).toEqual([
      { amount: 1_999, currency: 'JPY', origin: 'duplicate', reason: 'not the currency of the order' },
    ]);
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'requires_action', amount_captured: 0 });
    await transfer(payment, 1_999);
    await merchant.until(payment.id, is('succeeded'));
    expect(await merchant.books(payment)).toMatchObject({ captured: 1_999, refunded: 0 });
  }); // prettier-ignore

  test('that was paid once is not paid twice: what comes after goes back', async () => {
    const payment = await shown();
    await transfer(payment, 1_999);
    await merchant.until(payment.id, is('succeeded'));
    await merchant.payer(payment, 'pay', { amount: 1_999, currency: 'EUR', force: true });
    expect(await returnsOf(payment)).toMatchObject([{ amount: 1_999, origin: 'duplicate' }]);
    expect(await merchant.books(payment)).toMatchObject({ captured: 3_998, refunded: 1_999 });
  });

  test('of which only a part came before its end is canceled, and the part goes back', async () => {
    const payment = await shown({ expires_in: 4 });
    await transfer(payment, 400);
    const ended = await merchant.until(payment.id, is('canceled'));
    expect(ended).toMatchObject({ cancellation_reason: 'expired', late: false, amount_captured: 0 });
    expect(await returnsOf(payment)).toEqual([
      { amount: 400, currency: 'EUR', origin: 'duplicate', reason: 'paid less than the order' },
    ]);
    expect(await merchant.books(payment)).toMatchObject({ state: 'closed', captured: 400, refunded: 400 });
  }); // prettier-ignore

  test.each([
    ['exactly the order', 1_999, 'paid after the payment was given up'],
    ['not the order', 700, 'not the amount of the order'],
  ])('that was canceled gives back what comes later: %s', async (_what, amount, reason) => {
    const payment = await shown();
    expect((await merchant.cancel(payment.id)).body.status).toBe('canceled');
    expect((await merchant.payer(payment, 'pay', { amount, currency: 'EUR' })).status).toBe(409);
    await transfer(payment, amount, { force: true });
    expect(await returnsOf(payment)).toEqual([{ amount, currency: 'EUR', origin: 'late', reason }]);
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'canceled', late: true });
  });

  test('that accepts late money accepts it in exactly the amount', async () => {
    const payment = await shown({ late_money: 'accept' });
    await merchant.cancel(payment.id);
    await transfer(payment, 1_999, { force: true });
    expect(await merchant.until(payment.id, is('succeeded'))).toMatchObject({ late: true, refunds: [] });
  }); // prettier-ignore

  test('whose payer’s bank sends a refund back has not refunded it', async () => {
    const payment = await shown();
    await transfer(payment, 1_999);
    await merchant.until(payment.id, is('succeeded'));
    const { id: refund } = (await merchant.refund(payment.id)).body;
    await merchant.payer(payment, 'bounce_refund', { refund });
    await merchant.until(payment.id, (one) => one.amount_refunded === 0);
    expect(await refundsOf(payment)).toMatchObject([
      { status: 'failed', failure: { code: 'invalid_account', channel_code: 'AC04' } },
    ]);
  });

  test('whose account was made and not heard of is the same account when it is made again', async () => {
    const arm = { channel: 'bank-transfer', count: 1 };
    await merchant.fault('create', 'system_error_after_commit', arm);
    const payment = await shown({ wait: 20 });
    expect(payment).toMatchObject({ status: 'requires_action', attempts: [expect.anything()] });
    await transfer(payment, 1_999);
    await merchant.until(payment.id, is('succeeded'));
  });

  test('that no notice tells of is found paid all the same', async () => {
    await merchant.fault('callback', 'drop', { channel: 'bank-transfer' });
    const payment = await shown();
    await transfer(payment, 700);
    await transfer(payment, 1_299);
    await merchant.until(payment.id, is('succeeded'));
    await merchant.control('DELETE', '/control/faults');
    expect(await merchant.books(payment)).toMatchObject({ captured: 1_999, refunded: 0 });
  });

  test('of which the bank told another amount is paid when it tells the agreed one', async () => {
    await merchant.fault('callback', 'drop', { channel: 'bank-transfer' });
    await merchant.fault('query', 'wrong_amount', { channel: 'bank-transfer' });
    const payment = await shown();
    await transfer(payment, 1_999);
    await merchant.call('POST', `/v1/payments/${payment.id}/sync`);
    await merchant.until(payment.id, (one) => one.outcome === 'unknown');
    await merchant.control('DELETE', '/control/faults');
    await merchant.call('POST', `/v1/payments/${payment.id}/sync`);
    await merchant.until(payment.id, is('succeeded'));
    const { body } = await merchant.call('GET', `/v1/cases?payment_id=${payment.id}`);
    expect(body.data).toMatchObject([{ kind: 'conflict', status: 'resolved', decision: 'treat_as_paid' }]);
    expect(await merchant.books(payment)).toMatchObject({ captured: 1_999, refunded: 0 });
  }); // prettier-ignore
});

test('the bank has nothing against our manners', async () => {
  expect(await merchant.violations()).toEqual([]);
});
