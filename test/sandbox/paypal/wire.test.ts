import { pause } from '../callback-receiver.ts';
import { freshNumber } from '../merchant.ts';
import { issueOf, openPaypalShop, type PaypalShop, usd } from './shop.ts';

let shop: PaypalShop;
beforeAll(async () => {
  shop = await openPaypalShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const orders = '/v2/checkout/orders';
const create = (order: unknown, headers = {}) => shop.call('POST', orders, order, headers);
const granted = (form: object, credentials = `${shop.keys.client_id}:${shop.keys.client_secret}`) =>
  shop.call('POST', '/v1/oauth2/token', new URLSearchParams(form as any).toString(), {
    Authorization: `Basic ${btoa(credentials)}`,
    'Content-Type': 'application/x-www-form-urlencoded',
  });

describe('a token', () => {
  test('is granted to who knows the client’s secret, for a while', async () => {
    const { status, body } = await granted({ grant_type: 'client_credentials' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      access_token: expect.stringMatching(/^A21AA[\w.-]{20,}$/),
      token_type: 'Bearer',
      expires_in: 32_400,
      scope: expect.stringContaining('https://uri.paypal.com/'),
    });
    const headers = { Authorization: `Bearer ${body.access_token}` };
    expect((await create(shop.order(), headers)).status).toBe(200);
  });

  test('is granted to nobody else', async () => {
    const { status, body } = await granted({ grant_type: 'client_credentials' }, 'nobody:secret');
    expect(status).toBe(401);
    expect(body).toEqual({
      error: 'invalid_client',
      error_description: 'Client Authentication failed',
    });
    expect(await shop.violations()).toMatchObject([{ rule: 'wrong_client_credentials' }]);
  });

  test.each([[{}], [{ grant_type: 'password' }]])('is not granted for %j', async (form) => {
    const { status, body } = await granted(form);
    expect([status, body.error]).toEqual([400, 'unsupported_grant_type']);
  });

  test('that has ended is not found, and that is no violation', async () => {
    const brief = await openPaypalShop({ SANDBOX_PAYPAL_TOKEN_S: '1' });
    expect((await brief.call('GET', `${orders}/NOBODYS`)).status).toBe(404);
    await pause(1_100);
    const { status, body } = await brief.call('GET', `${orders}/NOBODYS`);
    expect([status, body]).toEqual([
      401,
      { error: 'invalid_token', error_description: 'Access Token not found in cache' },
    ]);
    expect(await brief.violations()).toEqual([]);
    await brief.close();
  });

  test('outlives the sandbox that granted it', async () => {
    const order = await shop.created();
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    expect((await shop.call('GET', `${orders}/${order.id}`)).body.id).toBe(order.id);
  });
});

describe('a call', () => {
  test.each([
    ['', { name: 'AUTHENTICATION_FAILURE' }],
    ['Basic bm9ib2R5', { name: 'AUTHENTICATION_FAILURE' }],
    ['Bearer A21AAnobody', { error: 'invalid_token' }],
    ['Bearer A21AAbm9ib2R5.bm9ib2R5', { error: 'invalid_token' }],
  ])('with the authorization %j is a stranger’s', async (Authorization, body) => {
    const answer = await create(shop.order('att_stranger'), { Authorization });
    expect(answer).toMatchObject({ status: 401, body });
    expect(await shop.violations()).toMatchObject([
      { rule: 'missing_or_wrong_access_token', reference: 'att_stranger' },
    ]);
    expect((await shop.sandbox.call('GET', '/control/books')).body.transactions).toEqual([]);
  });

  test('that is not called JSON, or is none, is refused', async () => {
    const typed = await create(shop.order(), { 'Content-Type': 'text/plain' });
    expect(typed).toMatchObject({ status: 415, body: { name: 'UNSUPPORTED_MEDIA_TYPE' } });
    const torn = await create('{"intent":');
    expect([torn.status, issueOf(torn)]).toEqual([400, 'MALFORMED_REQUEST_JSON']);
  });

  test('to a place that is none is not found', async () => {
    expect((await shop.call('DELETE', orders)).status).toBe(404);
    expect((await shop.call('GET', '/v2/payments/everything')).status).toBe(404);
  });

  test('that is refused says so in PayPal’s shape, with a debug id', async () => {
    const { status, headers, body } = await create({ ...shop.order(), intent: 'LATER' });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toEqual({
      name: 'INVALID_REQUEST',
      message: expect.any(String),
      debug_id: headers.get('paypal-debug-id'),
      details: [
        {
          field: '/intent',
          value: 'LATER',
          location: 'body',
          issue: 'INVALID_PARAMETER_VALUE',
          description: expect.any(String),
        },
      ],
      links: [{ rel: 'information_link', method: 'GET', href: expect.stringMatching(/^https:/) }],
    });
  });
});

describe('an order that is asked for', () => {
  const unit = (more: object) => ({ purchase_units: [{ amount: usd('1.00'), ...more }] });

  test.each([
    [{ intent: undefined }, 'MISSING_REQUIRED_PARAMETER', '/intent'],
    [{ purchase_units: undefined }, 'MISSING_REQUIRED_PARAMETER', '/purchase_units'],
    [{ purchase_units: [] }, 'INVALID_ARRAY_MIN_ITEMS', '/purchase_units'],
    [{ purchase_units: [1, 2].map(() => ({ amount: usd('1.00') })) }, 'INVALID_ARRAY_MAX_ITEMS', '/purchase_units'],
    [unit({ amount: undefined }), 'MISSING_REQUIRED_PARAMETER', '/purchase_units/0/amount'],
    [unit({ amount: usd('1,00') }), 'INVALID_PARAMETER_SYNTAX', '/purchase_units/0/amount/value'],
    [unit({ amount: { currency_code: 'USD', value: 1 } }), 'INVALID_PARAMETER_SYNTAX', '/purchase_units/0/amount/value'],
    [unit({ amount: { currency_code: 'usd', value: '1' } }), 'INVALID_PARAMETER_SYNTAX', '/purchase_units/0/amount/currency_code'],
    [unit({ custom_id: 'x'.repeat(128) }), 'INVALID_STRING_LENGTH', '/purchase_units/0/custom_id'],
    [unit({ invoice_id: '' }), 'INVALID_STRING_LENGTH', '/purchase_units/0/invoice_id'],
    [unit({ description: '票'.repeat(128) }), 'INVALID_STRING_LENGTH', '/purchase_units/0/description'],
  ])('with %j is refused: %s', async (more, issue, field) => {
    const answer = await create({ ...shop.order(), ...more });
    expect(answer.status).toBe(400);
    expect(answer.body.details).toEqual([expect.objectContaining({ issue, field })]);
  }); // prettier-ignore

  test.each([
    ['USD', '0.00', 'CANNOT_BE_ZERO_OR_NEGATIVE'],
    ['USD', '-1.00', 'CANNOT_BE_NEGATIVE'],
    ['USD', '1.001', 'DECIMAL_PRECISION'],
    ['JPY', '10.00', 'DECIMALS_NOT_SUPPORTED'],
    ['HUF', '10.5', 'DECIMALS_NOT_SUPPORTED'],
    ['KWD', '1.000', 'INVALID_CURRENCY_CODE'],
    ['USD', '999999999999999999', 'MAX_VALUE_EXCEEDED'],
  ])('for %s %s is refused: %s', async (currency_code, value, issue) => {
    const answer = await create({ ...shop.order(), ...unit({ amount: { currency_code, value } }) });
    expect([answer.status, issueOf(answer)]).toEqual([422, issue]);
  });

  test.each([
    ['USD', '10.00', 1_000, '10.00'],
    ['USD', '10', 1_000, '10.00'],
    ['EUR', '.5', 50, '0.50'],
    ['JPY', '10', 10, '10'],
    ['HUF', '10', 1_000, '10'],
    ['TWD', '300', 30_000, '300'],
    ['USD', '9999999999.99', 999_999_999_999, '9999999999.99'],
  ])('for %s %s is %d minor units in the books', async (currency_code, value, minor, shown) => {
    const custom_id = freshNumber();
    const asked = unit({ custom_id, amount: { currency_code, value } });
    const { body } = await create({ ...shop.order(), ...asked });
    expect(body.purchase_units[0].amount).toEqual({ currency_code, value: shown });
    expect(await shop.transaction(body)).toMatchObject({ amount: minor, currency: currency_code });
  });

  test('may be described with 127 characters, whatever they are', async () => {
    const description = '🎫'.repeat(127);
    const { body } = await create({ ...shop.order(), ...unit({ description }) });
    expect(body.purchase_units[0].description).toBe(description);
  });
});
