import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';
import { StripeEventSender } from '../support/stripe-event.ts';

let stack: Launched;
let merchant: Merchant;
let stripe: StripeEventSender;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
  stripe = await StripeEventSender.of(merchant);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const card = async (token: string, given: object = {}) =>
  (await merchant.create({ currency: 'USD', method: { type: 'card', token }, ...given })).body;
const books = (payment: any) => merchant.books(payment);
const refundsOf = async (payment: any) =>
  (await merchant.call('GET', `/v1/refunds?payment_id=${payment.id}`)).body.data;

/** Waits until Stripe was asked about this very PaymentIntent. */
async function asked(payment: any, id: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const { body } = await merchant.call('GET', `/v1/payments/${payment.id}/timeline`);
    if (body.data.some((line: any) => line.kind === 'exchange' && line.data.request.includes(`/v1/payment_intents/${id}`))) return; // prettier-ignore
    if (Date.now() > deadline) throw new Error(`nobody asked about ${id}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('a signed callback that names another order of the channel', () => {
  test('which the channel does not know pays nothing', async () => {
    const payment = await card('tok_3ds');
    expect((await stripe.paid(payment, 'pi_ofNobody')).status).toBe(400);
    await asked(payment, 'pi_ofNobody');
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'requires_action', amount_captured: 0, refunds: [] }); // prettier-ignore
    await merchant.payer(payment, 'authenticate');
    const paid = await merchant.until(payment.id, ({ status }) => status === 'succeeded');
    expect(paid.attempts[0]).toMatchObject({ amount_captured: 1_999 });
    expect(await books(paid)).toMatchObject({ paid_count: 1, captured: 1_999, refunded: 0 });
  });

  test('which paid another payment pays only that one', async () => {
    const other = await card('tok_ok');
    const payment = await card('tok_3ds');
    expect((await stripe.paid(payment, other.channel_reference)).status).toBe(400);
    await asked(payment, other.channel_reference);
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'requires_action', outcome: 'known', amount_captured: 0 }); // prettier-ignore
  });

  test('and another amount changes nothing either', async () => {
    const payment = await card('tok_3ds');
    expect((await stripe.paid(payment, 'pi_cheaper', { amount_received: 1 })).status).toBe(400);
    await asked(payment, 'pi_cheaper');
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'requires_action', outcome: 'known' }); // prettier-ignore
  });

  test('wakes a payment at rest to ask, and changes nothing', async () => {
    const payment = await card('tok_ok');
    await stripe.paid(payment, 'pi_ofNobodyElse');
    await asked(payment, 'pi_ofNobodyElse');
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'succeeded', refunds: [] });
  });
});

test('a second charge is found though it came under a second order, and goes back', async () => {
  const payment = await card('tok_ok');
  await merchant.payer(payment, 'pay', { force: true });
  const ended = await merchant.until(payment.id, (now) => now.attempts[0].amount_refunded === 1_999); // prettier-ignore
  expect(ended).toMatchObject({ status: 'succeeded', amount_captured: 1_999, amount_refunded: 0 });
  expect(await refundsOf(payment)).toMatchObject([{ origin: 'duplicate', status: 'succeeded' }]);
  expect(await books(payment)).toMatchObject({ paid_count: 2, captured: 3_998, refunded: 1_999 });
});

describe('a charge beside a hold goes back, and the hold stays what it was', () => {
  const hold = () => card('tok_ok', { capture: 'manual' });
  const sentBack = (payment: any) =>
    merchant.until(payment.id, (now) => now.attempts[0].amount_refunded === 1_999);

  test('before a capture', async () => {
    const payment = await hold();
    await merchant.payer(payment, 'pay', { force: true });
    const ended = await sentBack(payment);
    expect(ended).toMatchObject({ status: 'requires_capture', late: false, amount_captured: 0, amount_refunded: 0, amount_capturable: 1_999 }); // prettier-ignore
    expect(await refundsOf(payment)).toMatchObject([{ origin: 'duplicate', amount: 1_999 }]);
    expect(await books(payment)).toMatchObject({ state: 'held', captured: 1_999, refunded: 1_999 });
    const captured = await merchant.capture(payment.id, {});
    expect(captured.body).toMatchObject({ status: 'succeeded', amount_captured: 1_999 });
    expect(await books(payment)).toMatchObject({ state: 'paid', captured: 3_998, refunded: 1_999 });
  });

  test('after a part was captured', async () => {
    const payment = await hold();
    await merchant.capture(payment.id, { amount: 500 });
    await merchant.payer(payment, 'pay', { force: true });
    const ended = await sentBack(payment);
    expect(ended).toMatchObject({ status: 'partially_captured', amount_captured: 500, amount_capturable: 1_499, amount_refunded: 0 }); // prettier-ignore
    expect((await merchant.cancel(payment.id)).body).toMatchObject({ status: 'succeeded', amount_captured: 500 }); // prettier-ignore
    expect(await books(payment)).toMatchObject({ state: 'paid', captured: 2_499, refunded: 1_999 });
  });

  test('while the hold is being released', async () => {
    const payment = await hold();
    await merchant.fault('void', 'timeout_before_commit', { channel: 'stripe', count: 2 });
    expect((await merchant.cancel(payment.id, { wait: 0 })).body.status).toBe('canceling');
    await merchant.payer(payment, 'pay', { force: true });
    await sentBack(payment);
    const ended = await merchant.until(payment.id, ({ status }) => status === 'canceled');
    expect(ended).toMatchObject({ amount_captured: 0, amount_authorized: 0 });
    expect(await books(payment)).toMatchObject({ captured: 1_999, refunded: 1_999 });
  });

  test('right after it was released, when nobody has asked yet, it pays: the payer was faster', async () => {
    const payment = await hold();
    await merchant.fault('void', 'timeout_after_commit', { channel: 'stripe', count: 1 });
    await merchant.fault('callback', 'drop', { channel: 'stripe' });
    await merchant.cancel(payment.id, { wait: 0 });
    await untilBooks(payment, 'closed');
    await merchant.payer(payment, 'pay', { force: true });
    const ended = await merchant.until(payment.id, ({ status }) => status !== 'canceling');
    expect(ended).toMatchObject({ status: 'succeeded', outcome: 'known', amount_captured: 1_999, amount_capturable: 0 }); // prettier-ignore
    expect(await books(payment)).toMatchObject({ paid_count: 1, captured: 1_999, refunded: 0 });
  });
});

test('a charge of a card that was declined for a hold pays the order', async () => {
  const { body } = await merchant.create({ currency: 'USD', capture: 'manual', method: { type: 'card', token: 'tok_declined' } }); // prettier-ignore
  expect(body.status).toBe('requires_payment_method');
  await merchant.payer(body, 'pay', { force: true });
  const ended = await merchant.until(body.id, ({ status }) => status !== 'requires_payment_method');
  expect(ended).toMatchObject({ status: 'succeeded', outcome: 'known', amount_captured: 1_999 });
  expect(await books(body)).toMatchObject({ paid_count: 1, captured: 1_999, refunded: 0 });
});

async function untilBooks(payment: any, state: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while ((await books(payment)).state !== state) {
    if (Date.now() > deadline) throw new Error(`never ${state} in the channel's books`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
