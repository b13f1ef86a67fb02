import type { HttpReply } from '../../../src/channels/exchange.ts';
import type { SetupOrder } from '../../../src/channels/setup.ts';
import { stripe } from '../../../src/channels/stripe/channel.ts';
import { account, answering, notified, now, refusedWith, replayed, replied, signed } from './stripe.ts'; // prettier-ignore

const reference = 'pm_01kaw0000000000000000000a1';
const order: SetupOrder = {
  method: 'card',
  reference,
  channel_key: `${reference}.setup`,
  handle: 'seti_1Holdfast',
  token: 'tok_visa_secret1',
  return_url: 'https://shop.example/back?a=1',
};
const setup = {
  id: 'seti_1Holdfast',
  object: 'setup_intent',
  status: 'succeeded',
  livemode: false,
  client_secret: 'seti_1Holdfast_secret_YrKJUK',
  metadata: { reference } as Record<string, unknown> | null,
  last_setup_error: null as object | null,
  next_action: null as object | null,
  payment_method: 'pm_1Holdfast' as string | object,
};
const standing = (status: string, given: object = {}) => replied(200, { ...setup, status, ...given }); // prettier-ignore
const error = { type: 'card_error', code: 'card_declined', decline_code: 'fraudulent' };
const url = 'https://hooks.stripe.com/redirect';
const formOf = (body: string) => Object.fromEntries(new URLSearchParams(body));

test('a setup is made unconfirmed and of nobody, under our number, for later payments without its payer', async () => {
  const call = answering(standing('requires_payment_method'));
  const made = await stripe.setup!(call, { ...order, handle: null });
  expect(made).toEqual({ kind: 'created', handle: setup.id });
  const [request] = call.requests;
  expect(request!.headers['Idempotency-Key']).toBe(order.channel_key);
  expect(request!.url).toMatch(/\/v1\/setup_intents$/);
  expect(formOf(request!.body)).toEqual({
    'payment_method_types[]': 'card',
    usage: 'off_session',
    'metadata[reference]': reference,
  });
});

test('its confirmation brings the token, and where the payer goes back to', async () => {
  const call = answering(standing('succeeded'));
  expect(await stripe.confirmSetup!(call, order)).toEqual({ kind: 'set_up' });
  expect(call.requests[0]!.url).toMatch(/\/v1\/setup_intents\/seti_1Holdfast\/confirm$/);
  expect(formOf(call.requests[0]!.body)).toEqual({
    'payment_method_data[type]': 'card',
    'payment_method_data[card][token]': order.token,
    return_url: order.return_url,
  });
});

test.each<[string, HttpReply, object]>([
  ['succeeded', standing('succeeded'), { kind: 'set_up' }],
  ['requires_confirmation', standing('requires_confirmation'), { kind: 'open' }],
  ['declined', standing('requires_payment_method', { last_setup_error: error }), { kind: 'declined', failure: { code: 'fraud_suspected' } }],
  ['processing', standing('processing'), { kind: 'pending' }],
  ['canceled', standing('canceled'), { kind: 'closed' }],
  ['a page', standing('requires_action', { next_action: { type: 'redirect_to_url', redirect_to_url: { url } } }), { kind: 'action_required', next_action: { url } }],
  ['a script', standing('requires_action', { next_action: { type: 'use_stripe_sdk' } }), { kind: 'declined', failure: { code: 'authentication_failed' } }],
  ['a status that is new', standing('thinking'), { kind: 'unknown' }],
  ['another setup', standing('succeeded', { id: 'seti_2' }), { kind: 'disagrees' }],
  ['another reference', standing('succeeded', { metadata: {} }), { kind: 'disagrees' }],
  ['real money', standing('succeeded', { livemode: true }), { kind: 'disagrees' }],
  ['nothing readable', replied(200, {}), { kind: 'unknown' }],
  ['404', refusedWith(404, { code: 'resource_missing' }), { kind: 'unknown' }],
  ['500', replied(500, {}), { kind: 'unknown' }],
])('asked about, it is told as %s', async (_, reply, answer) => {
  expect(await stripe.querySetup!(answering(reply), order)).toMatchObject(answer);
}); // prettier-ignore

test('a refusal by state comes with the setup, and is what that says', async () => {
  const refusal = (status: string) =>
    refusedWith(400, { code: 'setup_intent_unexpected_state', setup_intent: { ...setup, status } });
  const confirmed = (reply: HttpReply) => stripe.confirmSetup!(answering(reply), order);
  expect(await confirmed(refusal('canceled'))).toEqual({ kind: 'closed' });
  expect(await confirmed(refusal('succeeded'))).toEqual({ kind: 'set_up' });
  const bare = refusedWith(400, { code: 'setup_intent_unexpected_state' });
  expect((await confirmed(bare)).kind).toBe('unknown');
  const declined = { kind: 'declined', failure: { code: 'fraud_suspected' } };
  expect(await confirmed(refusedWith(402, error))).toMatchObject(declined);
});

test('refused keys begin nothing, and end nothing', async () => {
  const denied = () => answering(refusedWith(401, {}));
  const unavailable = { kind: 'declined', failure: { code: 'channel_unavailable' } };
  expect(await stripe.setup!(denied(), order)).toMatchObject(unavailable);
  expect(await stripe.confirmSetup!(denied(), order)).toMatchObject(unavailable);
  expect((await stripe.querySetup!(denied(), order)).kind).toBe('unknown');
  expect((await stripe.closeSetup!(denied(), order)).kind).toBe('unknown');
});

test('it is ended when Stripe says so; a refusal means to ask, an old one to call again under another key', async () => {
  const closed = (reply: HttpReply) => stripe.closeSetup!(answering(reply), order);
  expect(await closed(standing('canceled'))).toEqual({ kind: 'closed' });
  expect((await closed(standing('succeeded'))).kind).toBe('unknown');
  const state = { code: 'setup_intent_unexpected_state' };
  expect((await closed(refusedWith(400, state))).kind).toBe('refused');
  expect(await closed(refusedWith(400, state, replayed))).toMatchObject({ is_stored: true });
});

test('without its number or a token nothing is sent: a bug', async () => {
  const call = answering(standing('succeeded'));
  await expect(stripe.querySetup!(call, { ...order, handle: null })).rejects.toThrow('no number');
  await expect(stripe.confirmSetup!(call, { ...order, token: null })).rejects.toThrow('no token');
  expect(call.requests).toEqual([]);
});

describe('a notice', () => {
  const read = (object: object, type = 'setup_intent.succeeded') =>
    stripe.readCallback(account, notified(type, object), now);

  test('names our number and Stripe’s, and says no more', () => {
    for (const type of ['succeeded', 'setup_failed', 'requires_action', 'canceled'])
      expect(read(setup, `setup_intent.${type}`)).toEqual({ kind: 'setup', event: 'evt_3QHoldfast', reference, order: setup.id }); // prettier-ignore
  });

  test('about somebody else’s setup is passed over, one that is unreadable means nothing', () => {
    expect(read({ ...setup, metadata: {} }).kind).toBe('irrelevant');
    expect(read({ ...setup, metadata: null }).kind).toBe('meaningless');
    expect(read({ ...setup, id: 'pi_1' }).kind).toBe('meaningless');
  });

  test('that is signed by another is forged', () => {
    const { body } = notified('setup_intent.succeeded', setup);
    const other = signed(body.toString(), { secret: 'whsec_of_another' });
    expect(stripe.readCallback(account, other, now).kind).toBe('forged');
  });
});

test('nothing that pays or shows the payer’s page is kept of what was said', () => {
  const page = { type: 'redirect_to_url', redirect_to_url: { url: `https://hooks.stripe.com/${setup.client_secret}` } }; // prettier-ignore
  const kept = stripe.redact(JSON.stringify({ ...setup, next_action: page }));
  expect(kept).not.toMatch(/YrKJUK|pm_1Holdfast/);
  expect(kept).toContain(setup.id);
});
