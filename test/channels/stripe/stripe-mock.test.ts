import { sendThrough } from '../../../src/activities/exchange.ts';
import type { Call } from '../../../src/channels/channel.ts';
import type { HttpReply, HttpRequest } from '../../../src/channels/exchange.ts';
import { stripe } from '../../../src/channels/stripe/channel.ts';
import { paymentIntent } from '../../../src/channels/stripe/payment-intent.ts';
import { readRefund } from '../../../src/channels/stripe/refund.ts';
import { post } from '../../../src/channels/stripe/request.ts';
import { back, order, part, settings } from './stripe.ts';
import { openStripeMock } from './stripe-mock.ts';
import { calls, type Verb } from './verbs.ts';

const mock = await openStripeMock();
const account = stripe.parseAccount({
  ...settings,
  api_key: 'sk_test_123', // the form that the mock wants
  base_url: 'url' in mock ? mock.url : 'http://127.0.0.1:9',
});

/** A call to the mock and what came of it; `altered` may spoil the request first. */
function calling(altered = (request: HttpRequest) => request) {
  const replies: HttpReply[] = [];
  const send = sendThrough({
    timeout_ms: 20_000,
    fence: () => Promise.resolve('taken'),
    log: () => Promise.resolve(),
    redact: (text) => text,
  });
  const call: Call<any> = {
    account,
    now: () => new Date(),
    send: async (request) => {
      const reply = await send(altered(request));
      replies.push(reply);
      return reply;
    },
  };
  return { call, replies };
}

const verbs = Object.keys(calls) as Verb[];
// Without Go or its module: said by name, on the terminal and in the results.
if ('missing' in mock) process.stderr.write(`skipped: ${mock.missing}\n`);
const able = 'missing' in mock ? describe.skip : describe;

able(`Stripe's published description${'missing' in mock ? ` (${mock.missing})` : ''}`, () => {
  afterAll(() => ('close' in mock ? mock.close() : undefined));

  test.each(verbs)('allows what %s sends', async (verb) => {
    const { call, replies } = calling();
    await calls[verb](call);
    expect(replies).toMatchObject([{ kind: 'reply', status: 200 }]);
  });

  test.each(['ideal', 'grabpay'])('allows what %s sends', async (method) => {
    const { call, replies } = calling();
    const asked = { ...order, method, token: null };
    await stripe.create(call, asked);
    await stripe.confirm!(call, asked);
    expect(replies.map((reply) => reply.kind === 'reply' && reply.status)).toEqual([200, 200]);
  });

  test('allows what is sent to keep a card, to pay with it again, and to forget it', async () => {
    const { call, replies } = calling();
    const token = 'cus_1Holdfast/pm_1Holdfast';
    const kept = { ...order, usage: 'off_session', token } as const;
    await stripe.create(call, kept);
    await stripe.confirm!(call, kept);
    await stripe.confirm!(call, { ...order, usage: 'save', token: 'pm_1Holdfast' });
    await stripe.keep!(call, { payment_method: 'pm_1', order });
    await stripe.forget!(call, { payment_method: 'pm_1', token });
    const form = { payment_method: 'pm_1Holdfast', 'metadata[reference]': 'pm_1' };
    await post(call, '/v1/customers', 'pm_1.keep', form); // the mock's order is not ours, so keep does not come so far
    const statuses = replies.map((reply) => reply.kind === 'reply' && reply.status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
  });

  test('leaves out a card’s token, which the API itself takes', async () => {
    const { call, replies } = calling();
    await stripe.confirm!(call, { ...order, token: 'tok_visa' });
    const [reply] = replies;
    expect(reply).toMatchObject({ kind: 'reply', status: 400 });
    expect(reply?.kind === 'reply' && reply.body).toContain("property 'type' validation failed");
  });

  test('allows a hold, a final capture and a refund without a reason', async () => {
    const { call, replies } = calling();
    await stripe.create(call, { ...order, capture: 'manual' });
    await stripe.capture!(call, { ...part, is_final: true });
    await stripe.refund(call, { ...back, reason: '' });
    expect(replies.map((reply) => reply.kind === 'reply' && reply.status)).toEqual([200, 200, 200]);
  });

  test.each(['create', 'confirm', 'capture', 'close', 'refund'] as const)(
    'refuses %s with a member that it does not know, so that it would see ours',
    async (verb) => {
      const spoil = (request: HttpRequest) => ({ ...request, body: `${request.body}&bogus=1` });
      const { call, replies } = calling(spoil);
      await calls[verb](call);
      expect(replies).toMatchObject([{ kind: 'reply', status: 400 }]);
    },
  );

  test.each(['create', 'confirm', 'query', 'close', 'capture'] as const)(
    'answers %s with an order that we can read',
    async (verb) => {
      const { call, replies } = calling();
      await calls[verb](call);
      const [reply] = replies;
      const body = reply?.kind === 'reply' ? JSON.parse(reply.body) : {};
      expect(paymentIntent.safeParse(body)).toMatchObject({ success: true });
      // The mock's order is a fixture without our reference: it is never taken for ours.
      expect(['unknown', 'disagrees']).toContain((await calls[verb](call)).kind);
    },
  );

  test.each(['refund', 'query_refund'] as const)('answers %s with a refund that we can read', async (verb) => {
    const { call, replies } = calling();
    const answer = await calls[verb](call);
    const [reply] = replies;
    expect(readRefund(reply?.kind === 'reply' ? JSON.parse(reply.body) : {})).not.toBeNull();
    expect(answer.kind).toBe('disagrees');
  }); // prettier-ignore

  test('answers a list that we can look through', async () => {
    const { call } = calling();
    expect(await calls.search(call)).toEqual({ kind: 'not_found' });
  });
});
