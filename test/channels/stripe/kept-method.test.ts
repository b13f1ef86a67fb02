import { stripe } from '../../../src/channels/stripe/channel.ts';
import { answering, charge, order, paid, refusedWith, replied, waiting } from './stripe.ts';

const number = 'pm_01kaw0000000000000000000a1';
const card = { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034, fingerprint: 'Xt5E' };
const method = { id: 'pm_1Holdfast', object: 'payment_method', customer: null, card };
const withMethod = { ...paid, payment_method: method };
const customer = { id: 'cus_1Holdfast', object: 'customer' };
const keeping = { payment_method: number, order: { ...order, usage: 'save' } as const };
const kept = {
  kind: 'kept',
  token: 'cus_1Holdfast/pm_1Holdfast',
  card: { brand: 'visa', last4: '4242', exp_month: 12, exp_year: 2034 },
};
const formOf = (body: string) => Object.fromEntries(new URLSearchParams(body));

describe('to keep a card', () => {
  const keep = (...replies: Parameters<typeof answering>) => {
    const call = answering(...replies);
    return { call, answer: stripe.keep!(call, keeping) };
  };

  test('finds what the order was paid with, and makes a customer who has it', async () => {
    const { call, answer } = keep(replied(200, withMethod), replied(200, customer));
    expect(await answer).toEqual(kept);
    const [asked, made] = call.requests;
    expect(asked).toMatchObject({ method: 'GET', url: expect.stringContaining(order.handle!) });
    expect(made!.headers['Idempotency-Key']).toBe(`${number}.keep`);
    expect(formOf(made!.body)).toEqual({
      payment_method: 'pm_1Holdfast',
      'metadata[reference]': number,
    });
  });

  test('is done also when the order holds its money', async () => {
    const held = { ...withMethod, capture_method: 'manual', status: 'requires_capture', amount_received: 0 }; // prettier-ignore
    expect(await keep(replied(200, held), replied(200, customer)).answer).toEqual(kept);
  });

  test('that was kept before, and not heard of, asks for nothing more', async () => {
    const known = { ...withMethod, payment_method: { ...method, customer: 'cus_1Holdfast' } };
    const { call, answer } = keep(replied(200, known));
    expect(await answer).toEqual(kept);
    expect(call.requests).toHaveLength(1);
  });

  test('that has paid nothing, or another’s order, is not done', async () => {
    for (const told of [
      { ...waiting, payment_method: method },
      { ...withMethod, metadata: { reference: 'att_of_another' } },
      { ...paid, payment_method: 'pm_not_expanded' },
      {},
    ]) {
      const { call, answer } = keep(replied(200, told));
      expect((await answer).kind).toBe('unknown');
      expect(call.requests).toHaveLength(1);
    }
  });

  test('that Stripe does not take is given up; what is not answered is tried again', async () => {
    const asked = replied(200, withMethod);
    const refused = refusedWith(400, { code: 'payment_method_unexpected_state' });
    expect((await keep(asked, refused).answer).kind).toBe('unfit');
    for (const reply of [replied(500, {}), refusedWith(401, {}), replied(200, {})])
      expect((await keep(asked, reply).answer).kind).toBe('unknown');
    expect((await keep(asked, refusedWith(429, {})).answer).kind).toBe('never_sent');
  });
});

describe('to forget one', () => {
  const forget = (...replies: Parameters<typeof answering>) => {
    const call = answering(...replies);
    const asked = { payment_method: number, token: kept.token };
    return { call, answer: stripe.forget!(call, asked) };
  };

  test('takes it from its customer, once under our number', async () => {
    const { call, answer } = forget(replied(200, method));
    expect(await answer).toEqual({ kind: 'forgotten' });
    expect(call.requests[0]!.url).toMatch(/\/v1\/payment_methods\/pm_1Holdfast\/detach$/);
    expect(call.requests[0]!.headers['Idempotency-Key']).toBe(`${number}.forget`);
  });

  test('is done where there is nothing to take', async () => {
    const refused = refusedWith(400, { code: 'payment_method_unexpected_state' });
    const gone = refusedWith(404, { code: 'resource_missing' });
    expect(await forget(refused, replied(200, method)).answer).toEqual({ kind: 'forgotten' });
    expect(await forget(gone, gone).answer).toEqual({ kind: 'forgotten' });
    const still = { ...method, customer: 'cus_1Holdfast' };
    expect((await forget(refused, replied(200, still)).answer).kind).toBe('unknown');
    expect((await forget(replied(500, {})).answer).kind).toBe('unknown');
    for (const reply of [refused, replied(500, {}), replied(200, {})])
      expect((await forget(refused, reply).answer).kind).toBe('unknown');
  });

  test('with a token of another form is a bug, and sends nothing', async () => {
    const call = answering(replied(200, method));
    const asked = { payment_method: number, token: 'pm_1Holdfast' };
    await expect(stripe.forget!(call, asked)).rejects.toThrow('another form');
    expect(call.requests).toEqual([]);
  });
});

test.each([
  ['save', order.token!, {}, { setup_future_usage: 'off_session' }],
  ['on_session', kept.token, { customer: 'cus_1Holdfast' }, { payment_method: 'pm_1Holdfast' }],
  ['off_session', kept.token, { customer: 'cus_1Holdfast' }, { payment_method: 'pm_1Holdfast', off_session: 'true' }],
] as const)('an order with a card that is used as %s says so', async (usage, token, created, confirmed) => {
  const call = answering(replied(200, paid));
  const asked = { ...order, usage, token };
  await stripe.create(call, asked);
  await stripe.confirm!(call, asked);
  const [create, confirm] = call.requests.map(({ body }) => formOf(body));
  expect(create).toMatchObject(created);
  expect(create).not.toHaveProperty('setup_future_usage');
  expect(confirm).toMatchObject(confirmed);
}); // prettier-ignore

test('nothing that pays is kept of what was said', () => {
  const text = JSON.stringify({ ...withMethod, latest_charge: charge });
  for (const secret of ['pm_1Holdfast', '4242', 'Xt5E']) {
    expect(text).toContain(secret);
    expect(stripe.redact(text)).not.toContain(secret);
  }
});
