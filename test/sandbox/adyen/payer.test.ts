import { pause } from '../callback-receiver.ts';
import { browse } from '../payer-browser.ts';
import { type AdyenShop, openAdyenShop } from './shop.ts';

let shop: AdyenShop;
beforeAll(async () => {
  shop = await openAdyenShop({ SANDBOX_PROCESSING_MS: '60000' });
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

describe('a payer whom his bank asks', () => {
  test.each(['authenticate', 'pay'])('does so by %s, and comes back to the merchant', async (action) => {
    const payment = await shop.paid('tok_3ds');
    const acted = await shop.act(payment, { action });
    expect(acted).toMatchObject({ status: 200, body: { state: 'created', captured: 0 } });
    const { body } = await shop.details(await shop.receiver.backAgain());
    expect(body.resultCode).toBe('Authorised');
    expect(await shop.transaction(payment)).toMatchObject({ state: 'paid', paid_count: 1 });
  }); // prettier-ignore

  test('is paid by force, a moment later, though nobody asks for it, also after kill -9', async () => {
    const payment = await shop.paid('tok_3ds');
    await shop.act(payment, { action: 'pay', reason: 'never_returns', force: true });
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    await shop.becomes(payment, { state: 'paid', paid_count: 1 });
    const told = await shop.receiver.event('AUTHORISATION', payment.merchantReference);
    expect(told).toMatchObject({ success: 'true', pspReference: payment.pspReference });
  });

  test('may never come back: nothing is taken', async () => {
    const payment = await shop.paid('tok_3ds');
    await shop.act(payment, { action: 'authenticate', reason: 'never_returns' });
    await pause(500);
    expect(shop.receiver.returned).toEqual([]);
    expect(await shop.transaction(payment)).toMatchObject({ state: 'created', captured: 0 });
    expect((await shop.act(payment, { action: 'authenticate' })).status).toBe(409);
  });

  test.each([
    [undefined, 'Refused', '11'],
    ['12', 'Refused', '12'],
    ['16', 'Cancelled', '16'],
    ['9', 'Error', '9'],
  ])('declines for the reason %s, which shows when he is back', async (reason, resultCode, refusalReasonCode) => {
    const payment = await shop.paid('tok_3ds');
    const acted = await shop.act(payment, { action: 'decline', ...(reason ? { reason } : {}) });
    expect(acted).toMatchObject({ status: 200, body: { state: 'declined' } });
    const { body } = await shop.details(await shop.receiver.backAgain());
    expect(body).toMatchObject({ resultCode, refusalReasonCode });
    expect((await shop.act(payment, { action: 'pay' })).status).toBe(409);
  }); // prettier-ignore

  test('abandons, and nothing happens', async () => {
    const payment = await shop.paid('tok_3ds');
    expect(await shop.act(payment, { action: 'abandon' })).toMatchObject({ status: 200 });
    await pause(300);
    expect(shop.receiver.returned).toEqual([]);
    expect(shop.receiver.heard).toEqual([]);
  });

  test('finds nothing left to do on a page that is done', async () => {
    const payment = await shop.paid('tok_3ds');
    const { buttons } = await browse(payment.action.url);
    await shop.act(payment, { action: 'decline', reason: 'never_returns' });
    expect((await browse(payment.action.url)).html).toContain('There is nothing left to do.');
    await browse(`${shop.sandbox.adyen}${buttons['authenticate']}`, { method: 'POST' });
    expect(await shop.transaction(payment)).toMatchObject({ state: 'declined' });
  });
});

test('a payer who does not come back in time comes back to nothing, also after kill -9', async () => {
  const other = await openAdyenShop({ SANDBOX_ADYEN_OFFER_S: '2' });
  try {
    const payment = await other.paid('tok_3ds');
    const result = await other.authenticated(payment);
    await other.sandbox.stop('SIGKILL');
    other.sandbox = await other.sandbox.again();
    expect(await other.receiver.event('OFFER_CLOSED')).toMatchObject({
      success: 'true',
      pspReference: payment.pspReference,
      merchantReference: payment.merchantReference,
    });
    expect(await other.transaction(payment)).toMatchObject({ state: 'closed', captured: 0 });
    expect((await other.details(result)).body.resultCode).toBe('Cancelled');
  } finally {
    await other.close();
  }
});

describe('a payer whose bank takes its time', () => {
  test('pays, or declines', async () => {
    const payment = await shop.paid('tok_processing');
    expect(await shop.act(payment, { action: 'pay' })).toMatchObject({ body: { state: 'paid' } });
    const other = await shop.paid('tok_processing');
    const acted = await shop.act(other, { action: 'decline', reason: '5' });
    expect(acted).toMatchObject({ status: 200, body: { state: 'declined' } });
    expect(await shop.receiver.event('AUTHORISATION', other.merchantReference)).toMatchObject({
      success: 'false',
      reason: 'Blocked Card',
    });
  });

  test('is asked nothing', async () => {
    const payment = await shop.paid('tok_processing');
    expect((await shop.act(payment, { action: 'authenticate' })).status).toBe(409);
  });
});

describe('what is over', () => {
  test.each([
    ['paid', () => shop.paid()],
    ['held', () => shop.held()],
    ['declined', () => shop.paid('tok_declined')],
  ])('is %s and refuses every act', async (_state, made) => {
    const payment = await made();
    for (const action of ['pay', 'authenticate', 'decline', 'abandon'])
      expect((await shop.act(payment, { action })).status).toBe(409);
  });

  test.each([
    ['declined', () => shop.paid('tok_declined'), 1],
    ['closed', closed, 1],
    ['paid', () => shop.paid(), 2],
  ])('and %s is paid by force, late or twice, and not by the merchant', async (_state, made, paid_count) => {
    const payment = await made();
    const acted = await shop.act(payment, { action: 'pay', force: true });
    expect(acted).toMatchObject({ status: 200, body: { state: 'paid', paid_count } });
    expect(await shop.violations()).toEqual([]);
    await pause(200);
    const told = shop.receiver.heard.filter(
      ({ item }) => item.eventCode === 'AUTHORISATION' && item.success === 'true',
    );
    expect(new Set(told.map(({ item }) => item.pspReference)).size).toBe(paid_count);
    expect(told.every(({ item }) => item.merchantReference === payment.merchantReference)).toBe(true);
  }); // prettier-ignore

  async function closed() {
    const payment = await shop.paid('tok_processing');
    await shop.modify(payment, 'cancels');
    await shop.becomes(payment, { state: 'closed' });
    return payment;
  }
});

describe('a refund', () => {
  const refunded = async () => {
    const payment = await shop.paid();
    await shop.part(payment, 'refunds', 500, { reference: 'ref_one' });
    await shop.becomes(payment, { refunded: 500 });
    return payment;
  };

  test.each([
    [undefined, 'REFUND_FAILED'],
    ['REFUNDED_REVERSED', 'REFUNDED_REVERSED'],
  ])('bounces with the reason %s', async (reason, eventCode) => {
    const payment = await refunded();
    const bounce = { action: 'bounce_refund', refund: 'ref_one', ...(reason ? { reason } : {}) };
    expect(await shop.act(payment, bounce)).toMatchObject({
      status: 200,
      body: { refunded: 0, refunds: [{ reference: 'ref_one', state: 'failed' }] },
    });
    expect(await shop.receiver.event(eventCode)).toMatchObject({ merchantReference: 'ref_one' });
    expect((await shop.act(payment, bounce)).status).toBe(409);
  });

  test('that nobody made does not', async () => {
    const payment = await refunded();
    const bounce = (more: object) => shop.act(payment, { action: 'bounce_refund', ...more });
    expect((await bounce({})).status).toBe(400);
    expect((await bounce({ refund: 'ref_two' })).status).toBe(404);
    expect((await bounce({ refund: 'ref_one', reason: 'whim' })).status).toBe(400);
  });
});

test.each([
  ['pay', '12'],
  ['decline', 'whim'],
])('%s knows no reason %s', async (action, reason) => {
  const payment = await shop.paid('tok_3ds');
  const acted = await shop.act(payment, { action, reason });
  expect(acted).toMatchObject({ status: 400, body: { error: expect.stringContaining('known: ') } });
});
