import { pause } from '../callback-receiver.ts';
import { type AdyenShop, openAdyenShop } from './shop.ts';

let shop: AdyenShop;
beforeAll(async () => {
  shop = await openAdyenShop({
    SANDBOX_PROCESSING_MS: '60000',
    SANDBOX_ADYEN_PARTIAL_CAPTURES: 'multiple',
  });
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const eur = (value: number) => ({ currency: 'EUR', value });

describe('a capture', () => {
  test('is received first, takes what is held, and is told of', async () => {
    const payment = await shop.held();
    expect(payment.resultCode).toBe('Authorised');
    expect(await shop.transaction(payment)).toMatchObject({ state: 'held', captured: 0 });
    const { status, body } = await shop.part(payment, 'captures', 1999, { reference: 'cap_one' });
    expect(status).toBe(201);
    expect(body).toEqual({
      merchantAccount: shop.keys.merchant_account,
      paymentPspReference: payment.pspReference,
      pspReference: expect.stringMatching(/^[A-Z0-9]{16}$/),
      reference: 'cap_one',
      status: 'received',
      amount: eur(1999),
    });
    expect(await shop.receiver.event('CAPTURE')).toMatchObject({
      success: 'true',
      pspReference: body.pspReference,
      originalReference: payment.pspReference,
      merchantReference: 'cap_one',
      amount: eur(1999),
      reason: '',
    });
    await shop.becomes(payment, { state: 'paid', captured: 1999, paid_count: 1 });
  });

  test('takes a part, and another, and the rest can be given back', async () => {
    const payment = await shop.held();
    await shop.part(payment, 'captures', 500);
    await shop.becomes(payment, { state: 'held', captured: 500, paid_count: 1 });
    await shop.part(payment, 'captures', 700);
    await shop.becomes(payment, { state: 'held', captured: 1200, paid_count: 1 });
    await shop.modify(payment, 'cancels');
    expect(await shop.receiver.event('CANCELLATION')).toMatchObject({ success: 'true' });
    await shop.becomes(payment, { state: 'paid', captured: 1200 });
  });

  test('of a part ends the hold of an account that is as Adyen makes them', async () => {
    const other = await openAdyenShop();
    try {
      const payment = await other.held();
      await other.part(payment, 'captures', 500, { reference: 'cap_one' });
      await other.becomes(payment, { state: 'paid', captured: 500 });
      await other.part(payment, 'captures', 1499, { reference: 'cap_two' });
      expect(await other.receiver.event('CAPTURE', 'cap_two')).toMatchObject({ success: 'false' });
      expect(await other.transaction(payment)).toMatchObject({ captured: 500 });
    } finally {
      await other.close();
    }
  });

  test('of more than is held fails, and is a violation', async () => {
    const payment = await shop.held();
    const { status } = await shop.part(payment, 'captures', 2000);
    expect(status).toBe(201);
    expect(await shop.receiver.event('CAPTURE')).toMatchObject({
      success: 'false',
      reason: 'Insufficient balance on payment',
    });
    expect(await shop.transaction(payment)).toMatchObject({ state: 'held', captured: 0 });
    expect(await shop.violations()).toMatchObject([{ rule: 'capture_beyond_held' }]);
  });

  test('that the scheme rejects was money, and is none', async () => {
    await shop.fault('capture', 'capture_bounce', { count: 1 });
    const payment = await shop.held();
    const { body } = await shop.part(payment, 'captures', 1999);
    expect(await shop.receiver.event('CAPTURE')).toMatchObject({ success: 'true' });
    expect(await shop.receiver.event('CAPTURE_FAILED')).toMatchObject({
      success: 'true',
      pspReference: body.pspReference,
      originalReference: payment.pspReference,
      amount: eur(1999),
    });
    expect(await shop.transaction(payment)).toMatchObject({ state: 'closed', captured: 0 });
  });

  test.each([
    ['captureDelayHours: 0', { captureDelayHours: 0 }, 'paid'],
    ['captureDelayHours: 24', { captureDelayHours: 24 }, 'held'],
    ['manualCapture: false', { additionalData: { manualCapture: 'false' } }, 'paid'],
    ['nothing', {}, 'paid'],
  ])('is not waited for by who says %s', async (_what, more, state) => {
    expect(await shop.transaction(await shop.paid('tok_ok', more))).toMatchObject({ state });
  });

  test('by hand is an account’s setting, too', async () => {
    const other = await openAdyenShop({
      SANDBOX_ADYEN_CAPTURE: 'manual',
      SANDBOX_ADYEN_PARTIAL_CAPTURES: 'multiple',
      SANDBOX_HOLD_S: '4',
    });
    try {
      const payment = await other.paid();
      expect(await other.transaction(payment)).toMatchObject({ state: 'held' });
      const atOnce = await other.paid('tok_ok', { captureDelayHours: 0 });
      expect(await other.transaction(atOnce)).toMatchObject({ state: 'paid' });
      await other.part(payment, 'captures', 500);
      await other.becomes(payment, { captured: 500 });
      expect(await other.receiver.event('EXPIRE')).toMatchObject({
        success: 'true',
        pspReference: payment.pspReference,
        merchantReference: payment.merchantReference,
        amount: eur(1499),
      });
      await other.becomes(payment, { state: 'paid', captured: 500 });
    } finally {
      await other.close();
    }
  });
});

describe('a cancel', () => {
  test('gives back what is held', async () => {
    const payment = await shop.held();
    const { status, body } = await shop.modify(payment, 'cancels', { reference: 'void_one' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'received', reference: 'void_one' });
    expect(await shop.receiver.event('CANCELLATION')).toMatchObject({
      success: 'true',
      pspReference: body.pspReference,
      originalReference: payment.pspReference,
      merchantReference: 'void_one',
    });
    await shop.becomes(payment, { state: 'closed', captured: 0 });
  });

  test('cannot give back what was captured', async () => {
    const payment = await shop.paid();
    await shop.modify(payment, 'cancels');
    expect(await shop.receiver.event('CANCELLATION')).toMatchObject({
      success: 'false',
      merchantReference: payment.merchantReference,
    });
    expect(await shop.transaction(payment)).toMatchObject({ state: 'paid', refunded: 0 });
  });

  test('ends what waits for its payer: he comes back to nothing', async () => {
    const payment = await shop.paid('tok_3ds');
    const result = await shop.authenticated(payment);
    await shop.modify(payment, 'cancels');
    await shop.becomes(payment, { state: 'closed' });
    const { body } = await shop.details(result);
    expect(body).toMatchObject({ resultCode: 'Cancelled', refusalReasonCode: '15' });
    expect(await shop.transaction(payment)).toMatchObject({ paid_count: 0 });
  });

  test('finds a payment by the merchant’s own number, or none', async () => {
    const payment = await shop.held();
    const by = (paymentReference: string) =>
      shop.call('/cancels', { merchantAccount: shop.keys.merchant_account, paymentReference });
    expect(await by(payment.merchantReference)).toMatchObject({
      status: 201,
      body: { status: 'received', paymentReference: payment.merchantReference },
    });
    expect(await shop.receiver.event('TECHNICAL_CANCEL', payment.merchantReference)).toMatchObject({
      success: 'true',
      originalReference: payment.pspReference,
    });
    await shop.becomes(payment, { state: 'closed' });
    expect((await by('att_of_nobody')).status).toBe(201);
    expect(await shop.receiver.event('TECHNICAL_CANCEL', 'att_of_nobody')).toMatchObject({
      success: 'false',
    });
  });
});

describe('a reversal', () => {
  test('cancels what is held', async () => {
    const payment = await shop.held();
    await shop.modify(payment, 'reversals', { reference: 'rev_one' });
    expect(await shop.receiver.event('CANCEL_OR_REFUND')).toMatchObject({
      success: 'true',
      merchantReference: 'rev_one',
      additionalData: { 'modification.action': 'cancel' },
    });
    await shop.becomes(payment, { state: 'closed' });
  });

  test('refunds what was captured', async () => {
    const payment = await shop.paid();
    const { body } = await shop.modify(payment, 'reversals');
    expect(await shop.receiver.event('CANCEL_OR_REFUND')).toMatchObject({
      success: 'true',
      pspReference: body.pspReference,
      additionalData: { 'modification.action': 'refund' },
    });
    await shop.becomes(payment, { state: 'paid', captured: 1999, refunded: 1999 });
  });
});

describe('a refund', () => {
  test('is received first, gives back a part, and is told of', async () => {
    const payment = await shop.paid();
    const { status, body } = await shop.part(payment, 'refunds', 500, { reference: 'ref_one' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'received', reference: 'ref_one', amount: eur(500) });
    expect(await shop.transaction(payment)).toMatchObject({
      refunds: [{ reference: 'ref_one', amount: 500, state: 'processing' }],
    });
    expect(await shop.receiver.event('REFUND')).toMatchObject({
      success: 'true',
      pspReference: body.pspReference,
      originalReference: payment.pspReference,
      merchantReference: 'ref_one',
      amount: eur(500),
    });
    await shop.becomes(payment, { state: 'paid', refunded: 500 });
  });

  test('of more than is left fails, and is a violation', async () => {
    const payment = await shop.paid();
    await shop.part(payment, 'refunds', 1500);
    await shop.becomes(payment, { refunded: 1500 });
    await shop.part(payment, 'refunds', 500, { reference: 'ref_more' });
    expect(await shop.receiver.event('REFUND', 'ref_more')).toMatchObject({
      success: 'false',
      reason: 'Insufficient balance on payment',
    });
    expect(await shop.transaction(payment)).toMatchObject({ refunded: 1500 });
    expect(await shop.violations()).toMatchObject([{ rule: 'refund_beyond_captured' }]);
  });

  test('of what was not captured fails', async () => {
    const payment = await shop.held();
    await shop.part(payment, 'refunds', 500);
    expect(await shop.receiver.event('REFUND')).toMatchObject({
      success: 'false',
      reason: "Transaction hasn't been captured, refund not possible",
    });
  });

  test('bounces after it has succeeded', async () => {
    await shop.fault('refund', 'refund_bounce', { count: 1 });
    const payment = await shop.paid();
    const { body } = await shop.part(payment, 'refunds', 500, { reference: 'ref_bounces' });
    expect(await shop.receiver.event('REFUND')).toMatchObject({ success: 'true' });
    expect(await shop.receiver.event('REFUND_FAILED')).toMatchObject({
      success: 'true',
      pspReference: body.pspReference,
      merchantReference: 'ref_bounces',
      reason: 'Refund Failed',
    });
    expect(await shop.transaction(payment)).toMatchObject({
      refunded: 0,
      refunds: [{ reference: 'ref_bounces', state: 'failed' }],
    });
  });
});

const modifications = [
  ['captures', 'PaymentCaptureRequest', { amount: eur(1) }],
  ['refunds', 'PaymentRefundRequest', { amount: eur(1) }],
  ['cancels', 'PaymentCancelRequest', {}],
  ['reversals', 'PaymentReversalRequest', {}],
] as const;

test.each(modifications)(
  '%s of a payment that Adyen does not know are refused',
  async (what, _name, given) => {
    const nobody = { pspReference: 'N0B0DYSPAYMENT00' };
    const { status, body } = await shop.modify(nobody, what, given);
    expect(status).toBe(422);
    expect(body).toMatchObject({ errorCode: '167' });
  },
);

test.each(modifications)(
  '%s with a member that Adyen does not know are refused, and it is named',
  async (what, name, given) => {
    const { status, body } = await shop.modify(await shop.held(), what, { ...given, metadata: {} });
    const message = `Structure of ${name} contains the following unknown fields: [metadata]`;
    expect([status, body]).toMatchObject([400, { errorCode: '702', message }]);
  },
);

test('another currency than the payment’s is refused', async () => {
  const payment = await shop.held();
  const answer = await shop.modify(payment, 'captures', { amount: { currency: 'USD', value: 1 } });
  expect(answer).toMatchObject({ status: 422, body: { errorCode: '138' } });
});

test('what was received is done after kill -9, and told once', async () => {
  const [held, paid, waiting] = [
    await shop.held(),
    await shop.paid(),
    await shop.paid('tok_processing'),
  ];
  await shop.part(held, 'captures', 1999);
  await shop.part(paid, 'refunds', 1999);
  await shop.sandbox.stop('SIGKILL');
  shop.sandbox = await shop.sandbox.again();
  await shop.becomes(held, { state: 'paid', captured: 1999 });
  await shop.becomes(paid, { refunded: 1999 });
  expect(await shop.transaction(waiting)).toMatchObject({ state: 'created' });
  await shop.receiver.event('CAPTURE');
  await shop.receiver.event('REFUND');
  await pause(500);
  expect(shop.receiver.heard.filter(({ item }) => item.eventCode === 'CAPTURE')).toHaveLength(1);
  expect(shop.receiver.heard.every(({ isGenuine }) => isGenuine)).toBe(true);
});
