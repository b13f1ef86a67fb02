import { errorOf, openStripeShop, type StripeShop } from './shop.ts';

let shop: StripeShop;
beforeAll(async () => {
  shop = await openStripeShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

/** A hand-made request, to be wrong in one chosen way. */
const raw = async (
  path: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
) => {
  const headers = { Authorization: `Bearer ${shop.keys.api_key}`, ...init.headers };
  const response = await fetch(shop.sandbox.stripe + path, { ...init, headers });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as any,
  };
};
const post = (form: Record<string, string>, headers = {}) =>
  raw('/v1/payment_intents', { method: 'POST', body: new URLSearchParams(form), headers });
const order = { amount: '1999', currency: 'usd' };

describe('a request', () => {
  test.each([
    ['', 'You did not provide an API key.'],
    ['Bearer', 'Invalid API Key provided.'],
    ['Bearer sk_test_of_nobody', 'Invalid API Key provided.'],
    [`Basic ${btoa('sk_test_of_nobody:')}`, 'Invalid API Key provided.'],
    ['Token secret', 'You did not provide an API key.'],
  ])('with the authorization %j is a stranger’s: 401, and a violation', async (header, message) => {
    const answer = await post(order, { Authorization: header });
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ error: { type: 'invalid_request_error', message } });
    expect(await shop.violations()).toMatchObject([{ rule: 'missing_or_wrong_api_key' }]);
    expect((await shop.stripe.paymentIntents.list()).data).toEqual([]);
  });

  test('may name the key as a user, and any version of the API', async () => {
    const basic = `Basic ${btoa(`${shop.keys.api_key}:`)}`;
    const answer = await post(order, { Authorization: basic, 'Stripe-Version': '2020-08-27' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('request-id')).toMatch(/^req_\w+$/);
  });

  test('names members by brackets, lists with numbers or without', async () => {
    const form = {
      ...order,
      'metadata[reference]': 'att_brackets',
      'metadata[__proto__]': 'harmless',
      'payment_method_types[0]': 'card',
      'payment_method_options[card][request_multicapture]': 'if_available',
      'expand[]': 'latest_charge',
      description: '',
    };
    expect((await post(form)).body).toMatchObject({
      payment_method_types: ['card'],
      payment_method_options: { card: { request_multicapture: 'if_available' } },
      description: null,
      metadata: { reference: 'att_brackets' },
    });
  });

  test.each([
    [{ currency: 'usd' }, 'parameter_missing', 'amount'],
    [{ amount: '1999' }, 'parameter_missing', 'currency'],
    [{ ...order, amount: '19.99' }, 'parameter_invalid_integer', 'amount'],
    [{ ...order, amount: '0' }, 'parameter_invalid_integer', 'amount'],
    [{ ...order, currency: 'isk', amount: '150' }, 'parameter_invalid_integer', 'amount'],
    [{ ...order, currency: 'kwd', amount: '1' }, 'parameter_invalid_integer', 'amount'],
    [{ ...order, amuont: '1' }, 'parameter_unknown', 'amuont'],
    [
      { ...order, 'payment_method_options[card][multicapture]': 'if_available' },
      'parameter_unknown',
      'payment_method_options[card][multicapture]',
    ],
    [
      { ...order, 'payment_method_data[type]': 'ideal', 'payment_method_data[bank]': 'ing' },
      'parameter_unknown',
      'payment_method_data[bank]',
    ],
    [{ ...order, capture_method: 'later' }, 'parameter_invalid', 'capture_method'],
    [{ ...order, 'expand[]': 'everything' }, 'parameter_invalid', 'expand'],
    [{ ...order, 'metadata[note]': 'x'.repeat(501) }, 'parameter_invalid', 'metadata[note]'],
  ])('with the form %j is refused in Stripe’s shape', async (form, code, param) => {
    const { status, body } = await post(form);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ type: 'invalid_request_error', code, param });
    expect(body.error.doc_url).toContain(code.replaceAll('_', '-'));
    expect((await shop.stripe.paymentIntents.list()).data).toEqual([]);
  });

  test('in JSON is refused', async () => {
    const answer = await raw('/v1/payment_intents', {
      method: 'POST',
      body: JSON.stringify(order),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('form-urlencoded') } },
    });
  });

  test('for a path that Stripe does not have, or one that is none, is a 404', async () => {
    for (const path of ['/v1/everything', '//', '/v1/payment_intents/a/b/c'])
      expect(await raw(path)).toMatchObject({
        status: 404,
        body: { error: { type: 'invalid_request_error' } },
      });
  });

  test('with a key of more than 255 characters is refused', async () => {
    expect((await post(order, { 'Idempotency-Key': 'k'.repeat(256) })).status).toBe(400);
    expect((await post(order, { 'Idempotency-Key': 'k'.repeat(255) })).status).toBe(200);
  });
});

test('a list is refused a limit that is none', async () => {
  const list = shop.stripe.paymentIntents.list({ limit: 101 });
  expect(await errorOf(list)).toMatchObject({ statusCode: 400, param: 'limit' });
});
