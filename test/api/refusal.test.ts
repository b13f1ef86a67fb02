import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';

import { launch, type Launched } from '../support/launcher.ts';
import { byLiveKey, Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());

const order = () => ({
  order_no: randomUUID(),
  amount: 1_999,
  currency: 'CNY',
  method: { type: 'wechat_pay_qr' },
});

/** Sends a body as it is written. */
const post = (body: string, headers: Record<string, string> = {}, path = '/v1/payments') =>
  merchant.call('POST', path, body, { 'Idempotency-Key': randomUUID(), ...headers });
const written = (name: string, value: string) =>
  JSON.stringify({ ...order(), [name]: 'HERE' }).replace('"HERE"', value);
const unknownPayment = 'pay_01h45ytscbebyvny4gc8cr8ma2';

describe('a refusal', () => {
  test('is a problem document whose type is a page that exists', async () => {
    const { status, headers, body } = await merchant.call('GET', `/v1/payments/${unknownPayment}`);
    expect(status).toBe(404);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(headers.get('request-id')).toBe(body.request_id);
    expect(body).toEqual({
      type: `${stack.ready.api}/docs/errors/not_found`,
      title: expect.any(String),
      status: 404,
      detail: expect.any(String),
      code: 'not_found',
      category: 'request',
      retryable: false,
      request_id: expect.stringMatching(/^req_/),
    });
    const page = await fetch(body.type);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('not_found');
  });

  test('carries a Request-Id even where nothing is', async () => {
    const response = await fetch(`${stack.ready.api}/nowhere`);
    expect(response.status).toBe(404);
    expect(response.headers.get('request-id')).toMatch(/^req_/);
  });
});

describe('a key', () => {
  test.each([
    ['missing', undefined, 'api_key_missing'],
    ['unknown', `Bearer sk_test_${'A'.repeat(43)}`, 'api_key_invalid'],
    ['of another scheme', 'Basic c2s6', 'api_key_invalid'],
    ['cut short', 'Bearer sk_test_', 'api_key_invalid'],
    ['without a scheme', `sk_test_${'A'.repeat(43)}`, 'api_key_invalid'],
  ])('that is %s is refused before the body is looked at', async (_what, given, code) => {
    const response = await fetch(`${stack.ready.api}/v1/payments`, {
      method: 'POST',
      body: '{',
      ...(given ? { headers: { Authorization: given } } : {}),
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code, category: 'auth' });
  });
});

test('a key is taken under its scheme however that is written, and nowhere but in the header', async () => {
  const api_key = String(stack.ready.api_key);
  const path = `/v1/payments/${unknownPayment}`;
  for (const Authorization of [`bearer ${api_key}`, `BEARER  ${api_key}`])
    expect((await merchant.call('GET', path, undefined, { Authorization })).status).toBe(404);
  const loud = { Authorization: `Bearer ${api_key.toUpperCase()}` };
  expect((await merchant.call('GET', path, undefined, loud)).status).toBe(401);
  expect((await fetch(`${stack.ready.api}${path}?api_key=${api_key}`)).status).toBe(401);
});

describe('the route', () => {
  test.each([
    ['DELETE', '/v1/payments', 405],
    ['PUT', `/v1/payments/${unknownPayment}`, 405],
    ['GET', `/v1/payments/${unknownPayment}/cancel`, 405],
    ['POST', '/v1/paymentz', 404],
    ['GET', '/v1/payments/%zz', 404],
    ['GET', `/v1/payments/${unknownPayment}/capture`, 405],
    ['POST', '/v1/payments/', 404],
    ['POST', '/V1/Payments', 404],
    ['POST', '//v1/payments', 404],
    ['PATCH', '/v1/payments', 405],
    ['HEAD', '/v1/paymentz', 404],
  ])('%s %s is refused without a key', async (method, path, status) => {
    const response = await fetch(stack.ready.api + path, { method });
    expect(response.status).toBe(status);
    if (status === 405) expect(response.headers.get('allow')).toMatch(/GET|POST/);
  });
});

test('a HEAD is a GET without its body, and OPTIONS says what a path takes', async () => {
  const { body } = await merchant.create();
  const head = await merchant.call('HEAD', `/v1/payments/${body.id}`);
  expect(head).toMatchObject({ status: 200, body: null });
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(1_000);
  expect((await merchant.call('HEAD', `/v1/payments/${unknownPayment}`)).status).toBe(404);
  const options = await fetch(`${stack.ready.api}/v1/payments`, { method: 'OPTIONS' });
  expect(options.headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'POST']);
});

describe('an id that nothing can have', () => {
  test.each([
    '/v1/payments/pay_%00',
    '/v1/payments/pay_%00/timeline',
    '/v1/refunds/ref_%00',
    '/v1/events/evt_%00',
    '/v1/webhook_endpoints/whe_%00',
    `/v1/payments/${'9'.repeat(4_000)}`,
    '/v1/refunds/%F0%9F%92%B0',
    "/v1/refunds/'; drop table payments; --",
  ])('is not found: %s', async (path) => {
    const { status, body } = await merchant.call('GET', path);
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'not_found' });
  });
});

describe('the order of refusals', () => {
  test('an Idempotency-Key is asked for after JSON and before fields', async () => {
    const bare = (body: string) => merchant.call('POST', '/v1/payments', body);
    expect((await bare('{')).body.code).toBe('malformed_json');
    expect((await bare('{"amount":1e3}')).body.code).toBe('idempotency_key_required');
    const long = await post('{}', { 'Idempotency-Key': 'k'.repeat(256) });
    expect(long.body.code).toBe('idempotency_key_required');
  });

  test('fields come before foreign ids, and foreign ids before the state', async () => {
    const path = `/v1/payments/${unknownPayment}/cancel`;
    expect((await post('{"why":1}', {}, path)).body.code).toBe('unknown_field');
    expect((await post('{}', {}, path)).body.code).toBe('not_found');
  });

  test('an unknown parameter is refused like an unknown field', async () => {
    const path = `/v1/payments/${unknownPayment}`;
    for (const wrong of ['?colour=red', '?wait=1&wait=2', '?wait=x', '?wait=31'])
      expect((await merchant.call('GET', path + wrong)).status).toBe(400);
    expect((await post(JSON.stringify(order()), {}, '/v1/payments?dry=1')).body.code).toBe('unknown_field'); // prettier-ignore
  });
});

describe('a card number', () => {
  const number = '4111 1111 1111 1111';
  test.each([
    ['in a value', () => post(written('description', `"${number}"`))],
    ['in a name', () => post(written('metadata', `{"${number}":"x"}`))],
    ['as a number', () => post(written('amount', '4111111111111111'))],
    ['behind an escape', () => post(written('description', '"\\u0034111111111111111"'))],
    ['deep inside', () => post(written('customer', `{"email":"${number}@shop.example"}`))],
    ['in the Idempotency-Key', () => post(JSON.stringify(order()), { 'Idempotency-Key': '5555-5555-5555-4444' })],
    ['in the query', () => merchant.call('GET', '/v1/payments?order_no=378282246310005')],
    ['split by blanks in the query', () => merchant.call('GET', '/v1/payments?order_no=6200+0000+0000+0005')],
  ])('%s is refused and not echoed', async (_where, send) => {
    const { status, body } = await send();
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'card_data_forbidden' });
    expect(JSON.stringify(body).replaceAll(/\D/g, '')).not.toMatch(/4111111111111111|5555555555554444|378282246310005/);
  }); // prettier-ignore

  test('in a malformed place is not echoed either', async () => {
    const answers = [
      await post('{"4111111111111111":1,"4111111111111111":2}'),
      await post(written('amount', '4111111111111111.5')),
    ];
    for (const { status, body } of answers) {
      expect(status).toBeLessThan(500);
      expect(JSON.stringify(body)).not.toContain('4111111111111111');
    }
  });

  test('is left alone where it only looks like one', async () => {
    const digits = '4111111111111112'; // fails Luhn
    expect((await merchant.create({ metadata: { number: digits } })).status).toBe(201);
  });
});

describe('an Idempotency-Key', () => {
  test('joins the payment that it made, whatever the order of its members', async () => {
    const key = randomUUID();
    const asked = order();
    const first = await merchant.create(asked, key);
    const again = await merchant.call('POST', '/v1/payments', JSON.stringify(Object.fromEntries(Object.entries({ ...asked, wait: 1 }).toReversed())), { 'Idempotency-Key': key }); // prettier-ignore
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(again).toMatchObject({
      status: 201,
      body: { id: first.body.id, status: 'requires_action' },
    });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(`/v1/payments/${first.body.id}`);
  });

  test('F5: with another body is refused, a default that is written out included', async () => {
    const key = randomUUID();
    const asked = order();
    await merchant.create(asked, key);
    for (const other of [{ amount: 2_000 }, { capture: 'automatic' }, { metadata: {} }])
      expect(await merchant.create({ ...asked, ...other }, key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } }); // prettier-ignore
    expect((await merchant.create({ ...asked, wait: 0 }, key)).status).toBe(201);
  });

  test('of a refused request is free again', async () => {
    const key = randomUUID();
    expect((await merchant.create({ ...order(), amount: 0 }, key)).status).toBe(422);
    expect((await merchant.create(order(), key)).status).toBe(201);
  });

  test('sent fifty times at once makes one payment', async () => {
    const key = randomUUID();
    const asked = order();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => merchant.create(asked, key)),
    );
    const made = answers.filter((answer) => answer.status === 201);
    expect(new Set(made.map((answer) => answer.body.id)).size).toBe(1);
    for (const other of answers.filter((answer) => answer.status !== 201))
      expect(other).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' } });
    expect((await merchant.books(made[0]!.body)).paid_count).toBe(0);
  });

  test('refuses a cancel of another payment under the same key', async () => {
    const [one, two] = [await merchant.create(), await merchant.create()];
    const key = randomUUID();
    expect((await merchant.cancel(one.body.id, {}, key)).status).toBe(200);
    expect(await merchant.cancel(two.body.id, {}, key)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } }); // prettier-ignore
  });

  test('remembers the refusal of a state', async () => {
    const { body } = await merchant.create();
    await merchant.payer(body, 'pay');
    await merchant.until(body.id, (payment) => payment.status === 'succeeded');
    const key = randomUUID();
    for (const replayed of [null, 'true']) {
      const refused = await merchant.cancel(body.id, {}, key);
      expect(refused).toMatchObject({ status: 409, body: { code: 'payment_already_paid' } });
      expect(refused.headers.get('idempotent-replayed')).toBe(replayed);
    }
  });
});

describe('an order number', () => {
  test('created fifty times at once has one payment', async () => {
    const asked = order();
    const answers = await Promise.all(Array.from({ length: 50 }, () => merchant.create(asked)));
    const made = answers.filter((answer) => answer.status === 201);
    expect(made).toHaveLength(1);
    for (const other of answers.filter((answer) => answer.status !== 201))
      expect(other).toMatchObject({ status: 409, body: { code: 'order_in_progress', payment_id: made[0]!.body.id } }); // prettier-ignore
  });

  test('that is paid stays taken, one that is canceled is free', async () => {
    const paid = (await merchant.create()).body;
    await merchant.payer(paid, 'pay');
    await merchant.until(paid.id, (payment) => payment.status === 'succeeded');
    expect(await merchant.create({ order_no: paid.order_no })).toMatchObject({ status: 409, body: { code: 'order_already_paid', payment_id: paid.id } }); // prettier-ignore
    const canceled = (await merchant.create()).body;
    await merchant.cancel(canceled.id);
    expect((await merchant.create({ order_no: canceled.order_no })).status).toBe(201);
  });

  test('that the test key has paid does not refuse the live one', async () => {
    const paid = (await merchant.create()).body;
    const { id, order_no } = paid;
    await merchant.payer(paid, 'pay');
    await merchant.until(id, (payment) => payment.status === 'succeeded');
    const live = byLiveKey(stack, merchant);
    const unpaid = { order_no, method: undefined };
    expect(await live.create(unpaid)).toMatchObject({ status: 201, body: { livemode: true } });
    expect((await live.create(unpaid)).body.code).toBe('order_in_progress');
    expect((await merchant.create(unpaid)).body.code).toBe('order_already_paid');
  });
});

test('a request that is no HTTP is closed without harm', async () => {
  const { port } = new URL(stack.ready.api);
  await new Promise<void>((resolve) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('\0\0\r\n\r\n'));
    socket.on('error', () => undefined).on('data', () => undefined).once('close', () => resolve()); // prettier-ignore
  });
  expect((await fetch(`${stack.ready.api}/livez`)).status).toBe(200);
});
