import { randomBytes, randomUUID } from 'node:crypto';

import Stripe from 'stripe';

import { launch, type Launched, logOf } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;
let keys: { channel_account: string; webhook_secret: string };

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
  keys = (await merchant.control('GET', '/control/keys')).body.stripe;
});
afterAll(() => stack.remove());

const intent = (given: object = {}) => ({
  id: 'pi_3TMadeElsewhere',
  object: 'payment_intent',
  amount: 1_999,
  amount_received: 1_999,
  currency: 'eur',
  capture_method: 'automatic',
  status: 'succeeded',
  livemode: false,
  metadata: {},
  ...given,
});

/** Sends an event as Stripe signs it, with the published test secret. */
async function send(type: string, object: object | null, given: object = {}): Promise<number> {
  const payload = JSON.stringify({
    id: `evt_${randomUUID()}`,
    object: 'event',
    type,
    created: Math.floor(Date.now() / 1_000),
    livemode: false,
    data: { object },
    ...given,
  });
  const signature = Stripe.webhooks.generateTestHeaderString({
    payload,
    secret: keys.webhook_secret,
  });
  const response = await fetch(`${stack.ready.api}/v1/callbacks/stripe/${keys.channel_account}`, {
    method: 'POST',
    body: payload,
    headers: { 'Stripe-Signature': signature },
  });
  return response.status;
}

describe('a genuine event that is no matter of ours', () => {
  test.each([
    ['of a customer', 'customer.created', { id: 'cus_1', object: 'customer' }],
    ['of a type that does not exist yet', 'payment_link.eaten', null],
    ['about a charge', 'charge.succeeded', { id: 'ch_1', object: 'charge', metadata: {} }],
    ['about a payment made elsewhere', 'payment_intent.succeeded', intent()],
    ['about one that we could not have made', 'payment_intent.succeeded', intent({ currency: 'xyz', amount: null })],
    ['about a refund made elsewhere', 'refund.updated', { id: 're_1', object: 'refund', metadata: {}, status: 'succeeded' }],
  ])('%s is acknowledged, so that it is not sent for days', async (_what, type, object) => {
    expect(await send(type, object)).toBe(200);
  }); // prettier-ignore
});

/** Its log is written by another process. */
async function until(done: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!done() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
}

const refusals = () => logOf(stack, 'api').split('a callback about nothing of ours').length - 1;

describe('a genuine event about a number that we never gave', () => {
  const metadata = { reference: 'att_of_somebody_else' };
  test.each([
    ['payment_intent.succeeded', intent({ metadata })],
    ['payment_intent.created', intent({ metadata, status: 'requires_confirmation', amount_received: 0 })],
    ['refund.updated', { id: 're_1', object: 'refund', metadata, amount: 5, currency: 'eur', status: 'succeeded', payment_intent: 'pi_1', charge: 'ch_1' }],
  ])('%s is kept, refused and logged', async (type, object) => {
    const before = refusals();
    expect(await send(type, object)).toBe(400);
    await until(() => refusals() > before);
    expect(refusals()).toBe(before + 1);
  }); // prettier-ignore
});

test('an event about a payment of ours that tells nothing new is acknowledged', async () => {
  const card = { type: 'card', token: 'tok_ok' };
  const { body } = await merchant.create({ method: card, currency: 'EUR' });
  const metadata = { reference: body.attempts[0].reference };
  const waiting = intent({ metadata, status: 'requires_confirmation', amount_received: 0 });
  expect(await send('payment_intent.created', waiting)).toBe(200);
  expect(await merchant.get(body.id)).toEqual(body);
});

test('a genuine event whose number no index takes is refused 400, not asked for again', async () => {
  const id = randomBytes(4_000).toString('base64');
  const metadata = { reference: 'att_01h45ytscbebyvny4gc8cr8ma2' };
  expect(await send('payment_intent.succeeded', intent({ metadata }), { id })).toBe(400);
});

test('a callback that says "failed" of what was paid only has Stripe asked', async () => {
  const { body } = await merchant.create({ currency: 'EUR', method: { type: 'ideal' } });
  await merchant.until(body.id, ({ status }) => status === 'requires_action');
  await merchant.fault('callback', 'says_failed', { channel: 'stripe', reference: body.attempts[0].reference }); // prettier-ignore
  await merchant.payer(body, 'pay');
  await merchant.until(body.id, ({ status }) => status === 'succeeded');
  const { data } = (await merchant.call('GET', `/v1/payments/${body.id}/timeline`)).body;
  const states = data.filter(({ kind }: any) => kind === 'state').map((one: any) => one.data.to);
  expect(states).toEqual(['processing', 'requires_action', 'succeeded']);
});
