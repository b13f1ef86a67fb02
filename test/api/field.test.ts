import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from '../../src/stack/port.ts';
import { launch, type Launched, startProgram } from '../support/launcher.ts';
import { byLiveKey, Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;
/** By a live key, whose payments no account of the sandbox serves. */
let live: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
  live = byLiveKey(stack, merchant);
});
afterAll(() => stack.remove());

const order = () => ({
  order_no: randomUUID(),
  amount: 1_999,
  currency: 'CNY',
  method: { type: 'wechat_pay_qr' },
});
const post = (body: string, path = '/v1/payments', as = merchant) =>
  as.call('POST', path, body, { 'Idempotency-Key': randomUUID() });
const written = (name: string, value: string) =>
  JSON.stringify({ ...order(), [name]: 'HERE' }).replace('"HERE"', value);
const unknownPayment = 'pay_01h45ytscbebyvny4gc8cr8ma2';

describe('F30: the amount', () => {
  test.each([
    ['0', 422, 'amount_too_small'],
    ['-1', 400, 'invalid_field'],
    ['-0', 400, 'invalid_field'],
    ['1.5', 400, 'invalid_field'],
    ['100.0', 400, 'invalid_field'],
    ['1e3', 400, 'invalid_field'],
    ['"100"', 400, 'invalid_field'],
    ['null', 400, 'invalid_field'],
    ['true', 400, 'invalid_field'],
    ['9007199254740993', 400, 'invalid_field'],
    ['1000000000000', 422, 'amount_too_large'],
  ])('%s is refused', async (value, status, code) => {
    const answer = await post(written('amount', value));
    expect(answer).toMatchObject({
      status,
      body: { code, errors: [{ pointer: '/amount', code }] },
    });
  });

  test('999999999999 is taken', async () => {
    expect((await post(written('amount', '999999999999'))).status).toBe(201);
  });
});

describe('a field', () => {
  const long = (length: number) => 'x'.repeat(length);
  test.each([
    ['currency', '"cny"', 400, 'invalid_field'],
    ['currency', '"XYZ"', 422, 'currency_not_supported'],
    ['currency', '"JPY"', 422, 'currency_not_supported'],
    ['currency', '"KWD"', 422, 'currency_not_supported'],
    ['currency', '156', 400, 'invalid_field'],
    ['order_no', '""', 400, 'invalid_field'],
    ['order_no', '"two words"', 400, 'invalid_field'],
    ['order_no', `"${long(65)}"`, 400, 'invalid_field'],
    ['order_no', '"a\\u0000b"', 400, 'invalid_field'],
    ['method', '{"type":"cash"}', 400, 'invalid_field'],
    ['method', '{"type":"balance"}', 422, 'customer_not_found'], // a wallet is somebody's
    ['method', '"wechat_pay_qr"', 400, 'invalid_field'],
    ['capture', '"manual"', 422, 'capture_mode_not_supported'],
    ['expires_in', '0', 422, 'expires_in_out_of_range'],
    ['expires_in', '604801', 422, 'expires_in_out_of_range'],
    ['expires_in', '"60"', 400, 'invalid_field'],
    ['wait', '31', 400, 'invalid_field'],
    ['max_attempts', '21', 400, 'invalid_field'],
    ['late_money', '"keep"', 400, 'invalid_field'],
    ['customer', '{"id":"cus_unknown"}', 422, 'customer_not_found'],
    ['notify_url', '"ftp://shop.example"', 400, 'invalid_field'],
    ['description', '"a\\u0000b"', 400, 'invalid_field'],
    ['description', '"\\ud800"', 400, 'invalid_field'],
    ['metadata', '{"a":1}', 400, 'invalid_field'],
    ['metadata', `{"${long(41)}":"v"}`, 400, 'invalid_field'],
    ['metadata', `{"k":"${long(501)}"}`, 400, 'invalid_field'],
    ['metadata', '{"__proto__":"v"}', 400, 'unknown_field'],
    ['colour', '"red"', 400, 'unknown_field'],
  ])('%s: %s is refused', async (name, value, status, code) => {
    const answer = await post(written(name, value));
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.body.errors[0].code).toBe(code);
  });

  test('is named with every other wrong one, the malformed before what is out of range', async () => {
    const { status, body } = await post('{"order_no":"","amount":0,"currency":"cny","colour":1}');
    expect(status).toBe(400);
    expect(body.errors.map((error: any) => error.pointer).toSorted()).toEqual(['/amount', '/colour', '/currency', '/order_no']); // prettier-ignore
    expect(body.errors.at(-1).code).toBe('amount_too_small');
  });

  test('is as long as its characters are many, whatever their bytes', async () => {
    const many = (count: number) => '💴'.repeat(count);
    const whole = { [many(40)]: many(500) };
    const { status, body } = await merchant.create({ order_no: many(64), description: many(500), metadata: whole }); // prettier-ignore
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'requires_action', order_no: many(64), metadata: whole });
    const wrong = {
      order_no: many(65),
      description: many(501),
      metadata: { [many(41)]: many(501) },
    };
    const refused = await merchant.create(wrong);
    expect(refused.body.errors.map((error: any) => error.pointer).toSorted()).toEqual(['/description', `/metadata/${many(41)}`, '/order_no']); // prettier-ignore
  });

  test('may be named like a member of every object, and is that and nothing more', async () => {
    const metadata = { constructor: 'c', prototype: 'p', toString: 't', hasOwnProperty: 'h' };
    const { status, body } = await merchant.create({ metadata });
    expect({ status, metadata: body.metadata }).toEqual({ status: 201, metadata });
    for (const name of ['constructor', 'toString', 'hasOwnProperty', '__proto__'])
      expect(await post(written(name, '{"polluted":"yes"}'))).toMatchObject({ status: 400, body: { errors: [{ pointer: `/${name}`, code: 'unknown_field' }] } }); // prettier-ignore
    const later = await merchant.create();
    expect(later.status).toBe(201);
    expect(JSON.stringify(later.body)).not.toContain('polluted');
  });

  test('may be any visible character of any script in an order number', async () => {
    const { status, body } = await merchant.create({ order_no: `订单-№${Date.now()}` });
    expect({ status, order_no: body.order_no }).toEqual({ status: 201, order_no: expect.stringContaining('订单') }); // prettier-ignore
  });
});

describe('one answer names every wrong field', () => {
  const named = async (body: object, path?: string, as = merchant) => {
    const { status, body: problem } = await post(JSON.stringify(body), path, as);
    const errors = Object.fromEntries(problem.errors.map((error: any) => [error.pointer, error.code])); // prettier-ignore
    expect(problem.code).toBe(problem.errors[0].code);
    return { status, errors };
  };

  test('of a create, also those that break more than a form', async () => {
    const wrong = {
      amount: 1_000_000_000_000,
      method: { type: 'wechat_pay_qr' },
      currency: 'JPY',
      capture: 'manual',
      expires_in: 604_801,
      customer: { id: 'cus_unknown' },
      notify_url: 'https://127.0.0.1/hook',
    };
    const errors = {
      '/amount': 'amount_too_large',
      '/currency': 'currency_not_supported',
      '/capture': 'capture_mode_not_supported',
      '/expires_in': 'expires_in_out_of_range',
      '/customer/id': 'customer_not_found',
      '/notify_url': 'webhook_url_not_allowed',
    };
    expect(await named({ ...order(), ...wrong })).toEqual({ status: 422, errors });
    expect(await named({ ...order(), ...wrong, wait: 31, colour: 'red' })).toEqual({
      status: 400,
      errors: { ...errors, '/wait': 'invalid_field', '/colour': 'unknown_field' },
    });
  });

  test('of a method that nobody serves, beside a body that lacks everything', async () => {
    expect(await named({ method: { type: 'paypal' } }, '/v1/payments', live)).toEqual({
      status: 400,
      errors: {
        '/order_no': 'invalid_field',
        '/amount': 'invalid_field',
        '/currency': 'invalid_field',
        '/method/type': 'method_not_supported',
      },
    });
  });

  test('of a method with a token that it must have, or may not have', async () => {
    const errorsOf = async (method: object) => (await named({ ...order(), method })).errors;
    expect(await errorsOf({ type: 'card' })).toEqual({ '/method/token': 'invalid_field' });
    expect(await errorsOf({ type: 'card', token: '', cvc: '1' })).toEqual({ '/method/token': 'invalid_field', '/method/cvc': 'unknown_field' }); // prettier-ignore
    for (const payer_ip of ['', '300.0.0.1', '203.0.113.7, 10.0.0.1', 'localhost', 7])
      expect(await errorsOf({ type: 'wechat_pay_h5', payer_ip })).toEqual({ '/method/payer_ip': 'invalid_field' }); // prettier-ignore
    for (const openid of ['', ' ', 'o'.repeat(129), 'o1"\n'])
      expect(await errorsOf({ type: 'wechat_pay_jsapi', openid })).toEqual({ '/method/openid': 'invalid_field' }); // prettier-ignore
    expect(await errorsOf({ type: 'wechat_pay_qr', openid: 'o1' })).toEqual({ '/method/openid': 'unknown_field' }); // prettier-ignore
    expect(await errorsOf({ type: 'balance', token: 'tok_ok' })).toEqual({ '/method/token': 'unknown_field' }); // prettier-ignore
    expect(await errorsOf({ type: 'cash', token: 'tok_ok' })).toEqual({ '/method/type': 'invalid_field' }); // prettier-ignore
  });

  test('of a number that is not written plainly only once', async () => {
    const { body } = await post(written('expires_in', '1e9'));
    expect(body.errors).toEqual([
      { pointer: '/expires_in', code: 'invalid_field', detail: expect.any(String) },
    ]);
  });

  test('of a confirm, before the payment is looked for and after', async () => {
    const path = `/v1/payments/${unknownPayment}/confirm`;
    const nobody = { status: 422, errors: { '/method/type': 'method_not_supported' } };
    expect(await named({ method: { type: 'paypal' } }, path, live)).toEqual(nobody);
    const { body } = await merchant.create({ method: undefined, capture: 'manual', currency: 'EUR' }); // prettier-ignore
    const refused = await merchant.confirm(body.id, { type: 'wechat_pay_qr' });
    expect(refused.body.errors.map((error: any) => [error.pointer, error.code])).toEqual([
      ['/method/type', 'capture_mode_not_supported'],
      ['/method/type', 'currency_not_supported'],
    ]);
  });

  test('of a webhook endpoint', async () => {
    const path = '/v1/webhook_endpoints';
    expect(await named({ url: 'https://10.0.0.1/', events: ['payment.eaten'] }, path)).toEqual({
      status: 400,
      errors: { '/events/0': 'invalid_field', '/url': 'webhook_url_not_allowed' },
    });
  });

  test('and every wrong parameter', async () => {
    const both = `starting_after=${unknownPayment}&ending_before=${unknownPayment}`;
    const { status, body } = await merchant.call('GET', `/v1/payments?${both}&limit=0&colour=red&status=paid&limit=2&__proto__=1`); // prettier-ignore
    expect(status).toBe(400);
    expect(body.errors.map((error: any) => error.pointer).toSorted()).toEqual(['?__proto__', '?colour', '?ending_before', '?limit', '?status']); // prettier-ignore
    const post = await merchant.call('POST', '/v1/payments?dry=1', { amount: 0 }, { 'Idempotency-Key': 'k' }); // prettier-ignore
    expect(post.body.errors.map((error: any) => error.pointer)).toEqual(['?dry', '/order_no', '/currency', '/amount']); // prettier-ignore
  });
});

/** Another API of the same shop, which allows a target that the first one does not. */
async function generousApi() {
  const program = startProgram('src/api/main.ts', {
    ...stack.env,
    DATABASE_URL: readFileSync(join(stack.dataDir, 'database_url'), 'utf8').trim(),
    TEMPORAL_ADDRESS: `127.0.0.1:${stack.env['TEMPORAL_PORT']}`,
    PORT: String(await freePort()),
    EGRESS_ALLOW: '127.0.0.1:9',
  });
  const { api } = (await program.line('ready')) as { api: string };
  return { program, shop: new Merchant({ ...stack.ready, api }) };
}

test('a repeat is answered although what it asks for would be refused by now', async () => {
  const key = randomUUID();
  const asked = { ...order(), notify_url: 'https://127.0.0.1:9/hook', wait: 0 };
  const { program, shop } = await generousApi();
  const { status, body } = await shop.create(asked, key).finally(() => program.child.kill('SIGTERM'));
  expect(status).toBe(201);
  expect(await merchant.create(asked, key)).toMatchObject({ status: 201, body: { id: body.id } });
  const other = await merchant.create({ ...asked, order_no: 'another' }, key);
  expect(other).toMatchObject({ status: 422, body: { code: 'webhook_url_not_allowed' } });
  await program.ended;
}); // prettier-ignore
