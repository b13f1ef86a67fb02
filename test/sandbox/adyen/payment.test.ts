import { pause } from '../callback-receiver.ts';
import { browse } from '../payer-browser.ts';
import { type AdyenShop, openAdyenShop } from './shop.ts';

let shop: AdyenShop;
beforeAll(async () => {
  shop = await openAdyenShop({ SANDBOX_PROCESSING_MS: '300' });
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const authorisation = (reference: string) => shop.receiver.event('AUTHORISATION', reference);

describe('a card', () => {
  test('that is good is charged at once, and the merchant is told again', async () => {
    const payment = await shop.paid();
    expect(payment).toMatchObject({
      pspReference: expect.stringMatching(/^[A-Z0-9]{16}$/),
      resultCode: 'Authorised',
      amount: { currency: 'EUR', value: 1999 },
      paymentMethod: { type: 'scheme', brand: 'visa' },
      additionalData: { authCode: expect.stringMatching(/^\d{6}$/) },
    });
    expect(await shop.transaction(payment)).toMatchObject({
      channel: 'adyen',
      account: shop.keys.channel_account,
      channel_reference: payment.pspReference,
      amount: 1999,
      currency: 'EUR',
      state: 'paid',
      paid_count: 1,
      captured: 1999,
    });
    expect(await authorisation(payment.merchantReference)).toMatchObject({
      success: 'true',
      pspReference: payment.pspReference,
      merchantAccountCode: shop.keys.merchant_account,
      amount: { currency: 'EUR', value: 1999 },
      operations: ['CANCEL', 'CAPTURE', 'REFUND'],
    });
    expect(await shop.violations()).toEqual([]);
  });

  test.each([
    ['tok_insufficient_funds', '12', 'Not enough balance'],
    ['tok_declined', '2', 'Refused'],
    ['tok_expired', '6', 'Expired Card'],
    ['tok_fraud', '31', 'Issuer Suspected Fraud'],
  ])('%s is refused with %s', async (token, refusalReasonCode, refusalReason) => {
    const payment = await shop.paid(token);
    expect(payment).toMatchObject({ resultCode: 'Refused', refusalReason, refusalReasonCode });
    expect(await shop.transaction(payment)).toMatchObject({ state: 'declined', captured: 0 });
    const { success, reason, operations } = await authorisation(payment.merchantReference);
    expect({ success, reason, operations }).toEqual({ success: 'false', reason: refusalReason });
  });

  test('that takes time is pending, and pays by itself', async () => {
    const payment = await shop.paid('tok_processing');
    expect(payment.resultCode).toBe('Pending');
    expect(await shop.transaction(payment)).toMatchObject({ state: 'created', captured: 0 });
    await shop.becomes(payment, { state: 'paid', captured: 1999 });
    expect(await authorisation(payment.merchantReference)).toMatchObject({ success: 'true' });
  });

  test.each([
    ['tok_unknown', { state: 'paid', captured: 1999 }],
    ['tok_lost', undefined],
  ])('%s keeps the caller waiting, again and again', async (token, so) => {
    const asked = shop.payment(token);
    const wait = () =>
      Promise.race([shop.call('/payments', asked, { 'Idempotency-Key': token }), pause(700)]);
    expect(await wait()).toBeUndefined();
    expect(await wait()).toBeUndefined();
    const transaction = await shop.transaction({ merchantReference: asked.reference });
    if (so) expect(transaction).toMatchObject(so);
    else expect(transaction).toBeUndefined();
  });

  test('that nobody stored is not there', async () => {
    const { status, body } = await shop.call('/payments', shop.payment('tok_nobody'));
    expect(status).toBe(422);
    expect(body).toMatchObject({ status: 422, errorCode: '803', errorType: 'validation' });
  });
});

describe('3-D Secure', () => {
  test('sends the payer to his bank and back, and takes nothing before the merchant asks', async () => {
    const payment = await shop.paid('tok_3ds');
    expect(payment).toMatchObject({
      resultCode: 'RedirectShopper',
      action: { type: 'redirect', method: 'GET', paymentMethodType: 'scheme' },
    });
    const page = await browse(payment.action.url);
    expect(Object.keys(page.buttons)).toEqual(['authenticate', 'decline', 'cancel']);
    const back = await browse(`${shop.sandbox.adyen}${page.buttons['authenticate']}`, {
      method: 'POST',
    });
    expect(back.status).toBe(303);
    const { searchParams, pathname } = new URL(back.location!);
    expect(pathname).toBe('/back');
    expect(searchParams.get('order')).toBe('1');
    expect(await shop.transaction(payment)).toMatchObject({ state: 'created', captured: 0 });
    const { body } = await shop.details(searchParams.get('redirectResult')!);
    expect(body).toMatchObject({
      resultCode: 'Authorised',
      pspReference: payment.pspReference,
      merchantReference: payment.merchantReference,
      amount: { currency: 'EUR', value: 1999 },
    });
    expect(await shop.transaction(payment)).toMatchObject({ state: 'paid', paid_count: 1 });
    expect(await authorisation(payment.merchantReference)).toMatchObject({ success: 'true' });
  });

  test.each([
    ['decline', 'Refused', '11', '3D Not Authenticated'],
    ['cancel', 'Cancelled', '16', 'Shopper Cancelled'],
  ])('by %s it is refused', async (button, resultCode, refusalReasonCode, refusalReason) => {
    const payment = await shop.paid('tok_3ds');
    const page = await browse(payment.action.url);
    const back = await browse(`${shop.sandbox.adyen}${page.buttons[button]}`, { method: 'POST' });
    const result = new URL(back.location!).searchParams.get('redirectResult')!;
    const { body } = await shop.details(result);
    expect(body).toMatchObject({ resultCode, refusalReason, refusalReasonCode });
    expect(await shop.transaction(payment)).toMatchObject({ state: 'declined', captured: 0 });
    expect(await authorisation(payment.merchantReference)).toMatchObject({
      success: 'false',
      reason: refusalReason,
    });
  });

  test('is asked for once: a second request is told that it was processed', async () => {
    const payment = await shop.paid('tok_3ds');
    const result = await shop.authenticated(payment);
    expect((await shop.details(result)).body.resultCode).toBe('Authorised');
    const { status, body } = await shop.details(result);
    expect(status).toBe(422);
    expect(body).toMatchObject({
      errorCode: '704',
      message: 'request already processed or in progress',
    });
    expect(await shop.transaction(payment)).toMatchObject({ paid_count: 1 });
  });

  test('keeps its page and its result from who guesses', async () => {
    const payment = await shop.paid('tok_3ds');
    const url = new URL(payment.action.url);
    const md = url.searchParams.get('MD')!;
    url.searchParams.set('MD', `${md.slice(0, -1)}${md.endsWith('A') ? 'B' : 'A'}`);
    expect((await browse(url.href)).status).toBe(404);
    expect(await shop.details(md)).toMatchObject({ status: 422, body: { errorCode: '14_0408' } });
    expect((await shop.details('X6XtfGC3!')).status).toBe(422);
    expect((await browse(payment.action.url)).html).toContain(payment.merchantReference);
  });
});

test.each(['shopperReference', 'recurringProcessingModel'])('a stored card is charged for nobody without %s, in the words of Adyen', async (member) => {
  const asked = shop.payment('tok_ok', { [member]: undefined });
  expect(await shop.call('/payments', asked)).toMatchObject({
    status: 422,
    body: { errorType: 'validation', message: `Required field '${member}' is not provided.` },
  });
  expect(await shop.transaction({ merchantReference: asked.reference })).toBeUndefined();
}); // prettier-ignore

describe('a request', () => {
  test.each([
    ['an amount', { amount: undefined }, '100'],
    ['a reference', { reference: undefined }, '100'],
    ['an address to come back to', { returnUrl: undefined }, '14_030'],
    ['a currency that Adyen takes', { amount: { currency: 'XXX', value: 1 } }, '138'],
    ['an amount of something', { amount: { currency: 'EUR', value: 0 } }, '137'],
    ['a whole amount', { amount: { currency: 'EUR', value: 1.5 } }, '137'],
    ['an amount that can be paid', { amount: { currency: 'CLP', value: 150 } }, '137'],
    ['a card', { paymentMethod: { type: 'ideal' } }, '702'],
    ['a channel of three', { channel: 'web' }, '702'],
    ['a shopper of three characters', { shopperReference: '7a' }, '702'],
    ['a short reference', { reference: 'x'.repeat(81) }, '702'],
  ])('needs %s', async (_what, more, errorCode) => {
    const { status, body } = await shop.call('/payments', shop.payment('tok_ok', more));
    expect(status).toBe(422);
    expect(body).toEqual({
      status: 422,
      errorCode,
      errorType: 'validation',
      message: expect.any(String),
      pspReference: expect.any(String),
    });
  });

  test.each([
    ['PaymentRequest', 'refrence', { refrence: 'att_7' }],
    ['Amount', 'minor', { amount: { currency: 'EUR', value: 1999, minor: true } }],
    ['CardDetails', 'token', { paymentMethod: { type: 'scheme', storedPaymentMethodId: 'tok_ok', token: 'tok_ok' } }],
    ['ThreeDSRequestData', 'native', { authenticationData: { threeDSRequestData: { native: 'disabled' } } }],
  ])('is refused a %s with %s, which Adyen does not know', async (structure, name, more) => {
    const asked = shop.payment('tok_ok', more);
    const { status, body } = await shop.call('/payments', asked);
    const message = `Structure of ${structure} contains the following unknown fields: [${name}]`;
    expect([status, body]).toMatchObject([400, { errorCode: '702', message }]);
    expect(await shop.transaction({ merchantReference: asked.reference })).toBeUndefined();
  }); // prettier-ignore

  test('of another merchant is forbidden', async () => {
    const asked = shop.payment('tok_ok', { merchantAccount: 'SomebodyElse' });
    const { status, body } = await shop.call('/payments', asked);
    expect(status).toBe(403);
    expect(body).toMatchObject({ errorCode: '901', errorType: 'security' });
  });

  test.each(['', 'AQEwrong'])('with the key "%s" is not let in', async (key) => {
    const { status, body } = await shop.call('/payments', shop.payment(), { 'X-API-Key': key });
    expect(status).toBe(401);
    expect(body).toMatchObject({ status: 401, errorCode: '000', errorType: 'security' });
    expect(await shop.violations()).toMatchObject([{ rule: 'missing_or_wrong_api_key' }]);
  });

  test('that is no JSON, or goes nowhere, says so', async () => {
    expect(await shop.call('/payments', '{')).toMatchObject({
      status: 400,
      body: { errorCode: '702' },
    });
    expect((await shop.call('/paymants', {})).status).toBe(404);
    expect((await fetch(`${shop.sandbox.adyen}/v59/payments`, { method: 'POST' })).status).toBe(
      401,
    );
  });

  test('speaks any version from 60 to 79, also behind a live prefix', async () => {
    for (const version of ['v68', 'checkout/v72']) {
      const response = await fetch(`${shop.sandbox.adyen}/${version}/payments`, {
        method: 'POST',
        headers: { 'X-API-Key': shop.keys.api_key, 'Idempotency-Key': version },
        body: JSON.stringify(shop.payment()),
      });
      expect(response.status).toBe(200);
    }
  });
});

test.each([
  ['CLP', 199_900, 1_999],
  ['ISK', 199_900, 1_999],
  ['IDR', 1_999, 199_900],
  ['CVE', 1_999, 199_900],
  ['JPY', 1_999, 1_999],
  ['KWD', 1_999, 1_999],
])('%s %i on the wire is %i in the books', async (currency, value, minor) => {
  const payment = await shop.paid('tok_ok', { amount: { currency, value } });
  expect(await shop.transaction(payment)).toMatchObject({ amount: minor, captured: minor });
  expect((await authorisation(payment.merchantReference)).amount).toEqual({ currency, value });
});

test('a second payment under a number that has money is a violation', async () => {
  const asked = shop.payment();
  await shop.call('/payments', asked);
  const { body } = await shop.call('/payments', asked);
  expect(await shop.violations()).toMatchObject([
    { rule: 'reference_charged_twice', reference: asked.reference },
  ]);
  expect(await shop.transaction(body)).toMatchObject({ paid_count: 2, captured: 3998 });
});
