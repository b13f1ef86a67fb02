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
