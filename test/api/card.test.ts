import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import pg from 'pg';

import { payment as paymentShape } from '../../src/api/payment-answer.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch({ HOLD_MARGIN_S: '0', SANDBOX_PROCESSING_MS: '1500', SANDBOX_HOLD_S: '25' });
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const is =
  (...statuses: string[]) =>
  (payment: any) =>
    statuses.includes(payment.status);
const card = (token: string, given: object = {}) =>
  merchant.create({ currency: 'USD', method: { type: 'card', token }, ...given });
const books = async (payment: any) => merchant.books(payment);

describe('a card token', () => {
  test('tok_ok is paid at once', async () => {
    const { status, body } = await card('tok_ok');
    expect(status).toBe(201);
    expect(paymentShape.parse(body)).toMatchObject({
      status: 'succeeded', channel: 'stripe', method: { type: 'card' }, amount_authorized: 1_999, amount_captured: 1_999, amount_capturable: 0,
      attempts: [{ status: 'paid', channel: 'stripe', amount_captured: 1_999 }],
    });
    expect(JSON.stringify(body)).not.toContain('tok_ok');
    expect(await books(body)).toMatchObject({ state: 'paid', paid_count: 1, captured: 1_999, currency: 'USD' });
  }); // prettier-ignore

  test.each([['JPY', 100], ['KRW', 50_000], ['CLP', 990], ['IDR', 1_999]])(
    'F29: %s %i are as many minor units at the channel, and go back as such',
    async (currency, amount) => {
      const { body } = await card('tok_ok', { currency, amount });
      expect(body).toMatchObject({ status: 'succeeded', amount_captured: amount, currency });
      expect(await books(body)).toMatchObject({ amount, captured: amount, currency });
      const { body: refund } = await merchant.refund(body.id);
      expect(refund).toMatchObject({ amount, currency });
      await merchant.until(body.id, (payment) => payment.amount_refunded === amount);
      expect(await books(body)).toMatchObject({ refunded: amount });
    },
  ); // prettier-ignore

  test.each(['ISK', 'UGX', 'CVE', 'MGA'])('F29: %s, of which the channels have another smallest unit, is refused', async (currency) => {
    const { status, body } = await card('tok_ok', { currency });
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'currency_not_supported' });
  }); // prettier-ignore

  test.each([
    ['tok_insufficient_funds', 'insufficient_funds'],
    ['tok_declined', 'card_declined'],
    ['tok_expired', 'expired_card'],
    ['tok_fraud', 'fraud_suspected'],
  ])('%s is declined with its reason, and the payer may try again', async (token, code) => {
    const { status, body } = await card(token);
    expect(status).toBe(201);
    expect(paymentShape.parse(body)).toMatchObject({ status: 'requires_payment_method', failure: { code }, attempts: [{ status: 'declined' }] }); // prettier-ignore
    const again = await merchant.confirm(body.id, { type: 'card', token: 'tok_ok' });
    expect(paymentShape.parse(again.body)).toMatchObject({ status: 'succeeded', failure: null });
    expect(again.body.attempts.map((one: any) => one.status)).toEqual(['declined', 'paid']);
    expect(await books(again.body)).toMatchObject({ paid_count: 1 });
  });

  test('fails at once where the merchant wants no second try', async () => {
    const { body } = await card('tok_declined', { on_decline: 'fail' });
    expect(body).toMatchObject({ status: 'failed', failure: { code: 'card_declined' } });
    expect((await card('tok_ok', { order_no: body.order_no })).body.status).toBe('succeeded');
  });

  test('tok_3ds sends the payer to a page, and is paid when he is authenticated', async () => {
    const { body } = await card('tok_3ds', { return_url: 'https://shop.example/return' });
    expect(paymentShape.parse(body)).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect' } }); // prettier-ignore
    expect((await fetch(body.next_action.url)).status).toBe(200);
    await merchant.payer(body, 'authenticate');
    expect(await merchant.until(body.id, is('succeeded'))).toMatchObject({ next_action: null });
  });

  test('tok_3ds refused by the payer is declined', async () => {
    const { body } = await card('tok_3ds');
    await merchant.payer(body, 'decline');
    const ended = await merchant.until(body.id, is('requires_payment_method'));
    expect(ended.failure.code).toBe('authentication_failed');
  });

  test('tok_processing is processing, and pays by itself', async () => {
    const { body } = await card('tok_processing');
    expect(body).toMatchObject({ status: 'processing', outcome: 'known' });
    await merchant.until(body.id, is('succeeded'));
  });

  test('F1: tok_unknown was charged without an answer: found by asking, charged once', async () => {
    await merchant.fault('callback', 'drop', { channel: 'stripe' });
    const { body } = await card('tok_unknown', { wait: 1 });
    expect(body).toMatchObject({ status: 'processing' });
    const ended = await merchant.until(body.id, is('succeeded'));
    expect(await books(ended)).toMatchObject({ paid_count: 1, captured: 1_999 });
  });

  test('F2: tok_lost was never charged: it ends canceled with nothing taken', async () => {
    const { body } = await card('tok_lost', { wait: 1, expires_in: 4 });
    const ended = await merchant.until(body.id, is('canceled'), 60_000);
    expect(ended).toMatchObject({ cancellation_reason: 'expired', outcome: 'known' });
    expect(await books(ended)).toMatchObject({ paid_count: 0, captured: 0, state: 'closed' });
  });

  test('is needed for a card, and refused for anything else', async () => {
    expect((await merchant.create({ currency: 'USD', method: { type: 'card' } })).body.code).toBe('invalid_field');
    expect((await merchant.create({ method: { type: 'wechat_pay_qr', token: 'tok_ok' } })).body.code).toBe('unknown_field');
  }); // prettier-ignore
});

describe('a hold', () => {
  const hold = async (given: object = {}) =>
    (await card('tok_ok', { capture: 'manual', ...given })).body;

  test('stands until it is captured', async () => {
    const held = await hold();
    expect(paymentShape.parse(held)).toMatchObject({ status: 'requires_capture', amount_authorized: 1_999, amount_capturable: 1_999, amount_captured: 0 }); // prettier-ignore
    expect(Date.parse(held.capture_before)).toBeGreaterThan(Date.now());
    expect(await books(held)).toMatchObject({ state: 'held', captured: 0 });
    const captured = await merchant.capture(held.id, {});
    expect(paymentShape.parse(captured.body)).toMatchObject({ status: 'succeeded', amount_captured: 1_999, amount_capturable: 0, captures: [{ amount: 1_999, status: 'succeeded' }] }); // prettier-ignore
    expect(await books(held)).toMatchObject({ state: 'paid', paid_count: 1, captured: 1_999 });
  });

  test('is captured in parts, then finally, and the rest goes back', async () => {
    const held = await hold();
    const first = await merchant.capture(held.id, { amount: 500 });
    expect(first.body).toMatchObject({ status: 'partially_captured', amount_captured: 500, amount_capturable: 1_499 }); // prettier-ignore
    expect(await merchant.capture(held.id, { amount: 1_500 })).toMatchObject({ status: 422, body: { code: 'capture_exceeds_authorized' } }); // prettier-ignore
    const last = await merchant.capture(held.id, { amount: 700, final: true });
    expect(last.body).toMatchObject({ status: 'succeeded', amount_captured: 1_200, amount_capturable: 0, amount_authorized: 1_999 }); // prettier-ignore
    expect(await books(held)).toMatchObject({ captured: 1_200, paid_count: 1 });
    expect(await merchant.capture(held.id, { amount: 1 })).toMatchObject({ status: 409, body: { code: 'payment_not_capturable' } }); // prettier-ignore
  });

  test('is released by a cancel; captured in part, the part stays', async () => {
    const whole = await hold();
    expect((await merchant.cancel(whole.id)).body).toMatchObject({ status: 'canceled', cancellation_reason: 'requested' }); // prettier-ignore
    expect(await books(whole)).toMatchObject({ state: 'closed', captured: 0 });
    const part = await hold();
    await merchant.capture(part.id, { amount: 500 });
    expect((await merchant.cancel(part.id)).body).toMatchObject({ status: 'succeeded', amount_captured: 500 }); // prettier-ignore
    expect(await books(part)).toMatchObject({ captured: 500, refunded: 0 });
  });

  test('charged although it was released goes back as late money', async () => {
    const held = await hold();
    await merchant.cancel(held.id);
    await merchant.payer(held, 'pay', { force: true });
    const ended = await merchant.until(held.id, (now) => now.attempts[0].amount_refunded === 1_999);
    expect(ended).toMatchObject({ status: 'canceled', late: true, amount_captured: 0, amount_authorized: 0 }); // prettier-ignore
  });

  test('that nobody captures is over at its end', async () => {
    const held = await hold();
    const ended = await merchant.until(held.id, is('canceled'), 50_000);
    expect(ended).toMatchObject({ cancellation_reason: 'expired', amount_captured: 0 });
    expect(await books(held)).toMatchObject({ state: 'closed', captured: 0 });
  });

  test('F19: captured with an answer that got lost is captured once; meanwhile nothing else moves', async () => {
    const held = await hold();
    await merchant.fault('callback', 'drop', { channel: 'stripe' });
    await merchant.fault('capture', 'timeout_after_commit', { channel: 'stripe', count: 1 });
    await merchant.fault('query', 'timeout_before_commit', { channel: 'stripe', count: 2 });
    const lost = await merchant.capture(held.id, { amount: 500, wait: 4 });
    expect(lost.body).toMatchObject({ outcome: 'unknown' });
    for (const refused of [
      await merchant.capture(held.id, { amount: 1 }),
      await merchant.cancel(held.id),
      await merchant.refund(held.id, { amount: 1 }),
    ]) expect(refused).toMatchObject({ status: 409, body: { code: 'payment_outcome_unknown' } });
    const known = await merchant.until(held.id, is('partially_captured'));
    expect(known).toMatchObject({ amount_captured: 500, outcome: 'known' });
    expect(await books(held)).toMatchObject({ captured: 500 });
  }); // prettier-ignore

  test('is not for a QR code', async () => {
    expect((await merchant.create({ capture: 'manual' })).body.code).toBe('capture_mode_not_supported'); // prettier-ignore
  });
});

describe('a confirm', () => {
  test('gives a payment its method later', async () => {
    const { body } = await merchant.create({ currency: 'USD', method: undefined });
    const confirmed = await merchant.confirm(body.id, { type: 'card', token: 'tok_ok' });
    expect(confirmed).toMatchObject({ status: 200, body: { status: 'succeeded' } });
    expect(await merchant.confirm(body.id, { type: 'card', token: 'tok_ok' })).toMatchObject({ status: 409, body: { code: 'payment_not_confirmable' } }); // prettier-ignore
  });

  test('switches from the code to the card: the code is closed first', async () => {
    const { body } = await merchant.create();
    const switched = await merchant.confirm(body.id, { type: 'card', token: 'tok_ok' });
    expect(switched.body).toMatchObject({ status: 'succeeded', channel: 'stripe', method: { type: 'card' } }); // prettier-ignore
    expect(switched.body.attempts.map((one: any) => [one.channel, one.status])).toEqual([['wechat-pay', 'closed'], ['stripe', 'paid']]); // prettier-ignore
    expect(await merchant.books({ attempts: [body.attempts[0]] })).toMatchObject({
      state: 'closed',
    });
  });

  test('beyond max_attempts is refused, switches counted; the last decline fails the payment', async () => {
    const { body } = await merchant.create({ max_attempts: 2 });
    const declined = await merchant.confirm(body.id, { type: 'card', token: 'tok_declined' });
    expect(declined.body).toMatchObject({ status: 'failed', failure: { code: 'card_declined' }, attempts: [{ status: 'closed' }, { status: 'declined' }] }); // prettier-ignore
    const single = (await card('tok_3ds', { max_attempts: 1 })).body;
    expect(await merchant.confirm(single.id, { type: 'card', token: 'tok_ok' })).toMatchObject({ status: 409, body: { code: 'payment_not_confirmable' } }); // prettier-ignore
    await merchant.payer(single, 'decline');
    expect(await merchant.until(single.id, is('failed'))).toMatchObject({ failure: { code: 'authentication_failed' } }); // prettier-ignore
  });

  test('loses against a payer who scans the code meanwhile', async () => {
    const { body } = await merchant.create();
    await merchant.fault('close', 'pay_during_close', { count: 1 });
    const switched = await merchant.confirm(body.id, { type: 'card', token: 'tok_ok' });
    expect(switched.body).toMatchObject({ status: 'succeeded', channel: 'wechat-pay' });
    expect(switched.body.attempts).toHaveLength(1);
  });

  test('paid by both sends the second receipt back', async () => {
    const { body } = await merchant.create();
    const [code] = body.attempts;
    await merchant.confirm(body.id, { type: 'card', token: 'tok_ok' });
    await merchant.payer({ attempts: [code] }, 'pay', { force: true });
    const ended = await merchant.until(body.id, (payment) => payment.attempts[0].amount_refunded === 1_999); // prettier-ignore
    expect(ended).toMatchObject({
      status: 'succeeded',
      amount_captured: 1_999,
      amount_refunded: 0,
    });
    const { body: refunds } = await merchant.call('GET', `/v1/refunds?payment_id=${body.id}`);
    expect(refunds.data).toMatchObject([{ origin: 'duplicate', status: 'succeeded' }]);
  });
});

describe('a refund', () => {
  const paid = async () => (await card('tok_ok', { amount: 10_000 })).body;

  test('in parts up to what was captured', async () => {
    const payment = await paid();
    const first = await merchant.refund(payment.id, { amount: 4_000, reason: 'one of two' });
    expect(first).toMatchObject({ status: 201, body: { object: 'refund', status: 'succeeded', amount: 4_000, origin: 'merchant', payment_id: payment.id, reason: 'one of two' } }); // prettier-ignore
    expect(await merchant.refund(payment.id, { amount: 6_001 })).toMatchObject({ status: 422, body: { code: 'refund_exceeds_captured' } }); // prettier-ignore
    expect((await merchant.refund(payment.id)).body).toMatchObject({ amount: 6_000, status: 'succeeded' }); // prettier-ignore
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'succeeded', amount_refunded: 10_000, amount_refunding: 0 }); // prettier-ignore
    expect(await books(payment)).toMatchObject({ refunded: 10_000, captured: 10_000 });
  });

  test.each([1, 2, 3])(
    'F17: asked for twenty times at once, a tenth and one unit each, gives back nine; round %i',
    async () => {
      const payment = await paid();
      const answers = await Promise.all(Array.from({ length: 20 }, () => merchant.refund(payment.id, { amount: 1_001 }))); // prettier-ignore
      expect(answers.filter((answer) => answer.status === 201)).toHaveLength(9);
      for (const refused of answers.filter((answer) => answer.status !== 201))
        expect(refused).toMatchObject({ status: 422, body: { code: 'refund_exceeds_captured' } });
      await merchant.until(payment.id, (now) => now.amount_refunded === 9_009);
      expect(await books(payment)).toMatchObject({ refunded: 9_009 });
    },
  );

  test('under one key is one', async () => {
    const payment = await paid();
    const answers = await Promise.all(Array.from({ length: 10 }, () => merchant.refund(payment.id, { amount: 100 }, 'one-key'))); // prettier-ignore
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get('idempotent-replayed') === 'true')).toHaveLength(9); // prettier-ignore
    expect(answers.every((answer) => answer.status === 201)).toBe(true);
    expect(await books(payment)).toMatchObject({ refunded: 100 });
  });

  test.each(['timeout_before_commit', 'timeout_after_commit', 'http_500_before_commit', 'http_500_after_commit', 'reset_mid_body', 'rate_limit', 'refuse_connection', 'wrong_amount'])(
    'with %s happens once',
    async (fault) => {
      const payment = await paid();
      await merchant.fault('refund', fault, { channel: 'stripe', count: 1 });
      const { body } = await merchant.refund(payment.id, { amount: 100, wait: 0 });
      await merchant.until(payment.id, (now) => now.amount_refunded === 100, 60_000);
      expect(await merchant.call('GET', `/v1/refunds/${body.id}`)).toMatchObject({ body: { status: 'succeeded' } });
      expect(await books(payment)).toMatchObject({ refunded: 100 });
    },
  ); // prettier-ignore

  test('that the bank returns is booked back', async () => {
    const payment = await paid();
    const { body } = await merchant.refund(payment.id, { amount: 500 });
    await merchant.payer(payment, 'bounce_refund', { refund: body.id });
    await merchant.until(payment.id, (now) => now.amount_refunded === 0);
    const failure = { code: 'expired_card', message: expect.any(String), advice: 'use_other_method', channel_code: 'expired_or_canceled_card', channel_message: null, retryable: false }; // prettier-ignore
    const bounced = { id: body.id, status: 'failed', failure };
    expect((await merchant.call('GET', `/v1/refunds/${body.id}`)).body).toMatchObject(bounced);
    const { body: events } = await merchant.call('GET', `/v1/events?object_id=${body.id}&type=refund.failed`); // prettier-ignore
    expect(events.data).toMatchObject([{ data: { object: bounced } }]);
  });

  test('that cannot be delivered says why', async () => {
    const payment = await paid();
    await merchant.fault('refund', 'refund_bounce', { channel: 'stripe', count: 1 });
    const { body } = await merchant.refund(payment.id, { amount: 500 });
    expect(body).toMatchObject({ status: 'failed', failure: { code: 'expired_card' } });
  });

  test('of a payment that was charged twice leaves the second charge to itself', async () => {
    const payment = await paid();
    await merchant.payer(payment, 'pay', { force: true });
    await merchant.until(payment.id, (now) => now.attempts[0].amount_refunded === 10_000);
    expect((await merchant.refund(payment.id)).body).toMatchObject({ status: 'succeeded', amount: 10_000 }); // prettier-ignore
    expect(await books(payment)).toMatchObject({
      paid_count: 2,
      captured: 20_000,
      refunded: 20_000,
    });
  });

  test('of a payment that took nothing is refused', async () => {
    const { body } = await merchant.create();
    expect(await merchant.refund(body.id)).toMatchObject({ status: 409, body: { code: 'payment_not_refundable' } }); // prettier-ignore
    expect((await merchant.refund('pay_01h45ytscbebyvny4gc8cr8ma2')).status).toBe(404);
  });

  test('of a QR payment goes back at WeChat', async () => {
    const { body } = await merchant.create();
    await merchant.payer(body, 'pay');
    await merchant.until(body.id, is('succeeded'));
    expect((await merchant.refund(body.id, { amount: 999 })).body).toMatchObject({ status: 'succeeded', amount: 999 }); // prettier-ignore
    expect(await books(body)).toMatchObject({ refunded: 999 });
  });
});

describe('a fault of the card channel', () => {
  const faults = ['timeout_before_commit', 'timeout_after_commit', 'reset_mid_body', 'http_500_before_commit', 'http_500_after_commit', 'system_error_after_commit', 'slow', 'rate_limit', 'refuse_connection']; // prettier-ignore

  test.each(faults)('%s on create charges once', async (fault) => {
    await merchant.fault('create', fault, { channel: 'stripe', count: 1, delay_ms: 500 });
    const { body } = await card('tok_ok', { wait: 0 });
    const ended = await merchant.until(body.id, is('succeeded'), 60_000);
    expect(await books(ended)).toMatchObject({ paid_count: 1, captured: 1_999, refunded: 0 });
  });

  test.each(faults)('%s on capture takes once', async (fault) => {
    const { body } = await card('tok_ok', { capture: 'manual' });
    await merchant.fault('capture', fault, { channel: 'stripe', count: 1, delay_ms: 500 });
    await merchant.capture(body.id, { wait: 0 });
    const ended = await merchant.until(body.id, is('succeeded', 'canceled'), 60_000);
    expect(await books(ended)).toMatchObject({ captured: ended.amount_captured });
  });

  test.each(faults)('%s on void releases the hold', async (fault) => {
    const { body } = await card('tok_ok', { capture: 'manual' });
    await merchant.fault('void', fault, { channel: 'stripe', count: 1, delay_ms: 500 });
    await merchant.cancel(body.id, { wait: 0 });
    const ended = await merchant.until(body.id, is('canceled'), 60_000);
    expect(await books(ended)).toMatchObject({ state: 'closed', captured: 0 });
  });

  test('leaves no token in the database, but sealed ones', async () => {
    const url = readFileSync(join(stack.dataDir, 'database_url'), 'utf8');
    const client = new pg.Client(url);
    await client.connect();
    const { rows } = await client.query<{ token: string }>(
      `select token from attempts where channel = 'stripe' union select choice ->> 'token' from command_requests where choice is not null`,
    );
    await client.end();
    expect(rows.length).toBeGreaterThan(20);
    for (const { token } of rows) expect(token).toMatch(/^sealed:sandbox:/);
  });

  test('leaves no violation in the channel’s books', async () => {
    expect((await merchant.control('GET', '/control/books?channel=stripe')).body.violations).toEqual([]); // prettier-ignore
  });
});
