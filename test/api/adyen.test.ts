import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';

import { channelNames } from '../../src/sandbox/channel.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';
import { browser } from '../support/payment.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch({ CHANNEL_TIMEOUT_MS: '1500', SANDBOX_PROCESSING_MS: '1500' });
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const is =
  (...statuses: string[]) =>
  (payment: any) =>
    statuses.includes(payment.status);
const shop = 'https://shop.example/back?order=1';
/** Dinars, which no other channel of this build takes by card. */
const card = async (token: string, given: object = {}) =>
  (await merchant.create({ currency: 'KWD', method: { type: 'card', token }, return_url: shop, ...given })).body; // prettier-ignore

describe('a card at Adyen', () => {
  test('is paid at once, and given back in parts, and both books agree', async () => {
    const payment = await card('tok_ok');
    expect(payment).toMatchObject({
      status: 'succeeded',
      channel: 'adyen',
      amount_captured: 1_999,
    });
    for (const amount of [500, 499]) await merchant.refund(payment.id, { amount });
    await merchant.until(payment.id, (one) => one.amount_refunded === 999);
    expect(await merchant.books(payment)).toMatchObject({
      channel_reference: payment.channel_reference,
      state: 'paid',
      paid_count: 1,
      refunded: 999,
    });
  });

  test('that belongs to a shopper is paid by his name, which nobody keeps', async () => {
    const payment = await card('shopper-7f3a:tok_ok');
    expect(payment).toMatchObject({ status: 'succeeded', amount_captured: 1_999 });
    const { body } = await merchant.call('GET', `/v1/payments/${payment.id}/timeline`);
    expect(JSON.stringify(body)).toContain('shopperReference');
    expect(JSON.stringify(body)).not.toContain('shopper-7f3a');
  });

  test('of nobody whom Adyen would believe is declined', async () => {
    const payment = await card('7a:tok_ok');
    expect(payment).toMatchObject({ status: 'requires_payment_method', failure: { channel_code: '702' } }); // prettier-ignore
  });

  test.each([
    ['tok_insufficient_funds', 'insufficient_funds'],
    ['tok_declined', 'card_declined'],
    ['tok_expired', 'expired_card'],
    ['tok_fraud', 'fraud_suspected'],
  ])('%s is declined for %s, and the payer may try again', async (token, code) => {
    const payment = await card(token);
    expect(payment).toMatchObject({ status: 'requires_payment_method', failure: { code } });
    const again = await merchant.confirm(payment.id, { type: 'card', token: 'tok_ok' });
    expect(again.body).toMatchObject({ status: 'succeeded', failure: null });
  });

  test('that takes time is processing, and paid when Adyen says so', async () => {
    const payment = await card('tok_processing');
    expect(payment).toMatchObject({ status: 'processing', outcome: 'known' });
    await merchant.until(payment.id, is('succeeded'));
  });

  test('that was charged without an answer is paid once, when Adyen says so', async () => {
    const payment = await card('tok_unknown', { wait: 1 });
    const ended = await merchant.until(payment.id, is('succeeded'));
    expect(await merchant.books(ended)).toMatchObject({ paid_count: 1, captured: 1_999 });
  });

  test('of which the answer told another amount is paid once, when Adyen tells the agreed one', async () => {
    await merchant.fault('create', 'wrong_amount', { channel: 'adyen', count: 1 });
    const payment = await card('tok_ok', { wait: 0 });
    await merchant.until(payment.id, is('succeeded'));
    const { body } = await merchant.call('GET', `/v1/cases?payment_id=${payment.id}`);
    expect(body.data.every((one: any) => one.status === 'resolved')).toBe(true);
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, captured: 1_999, refunded: 0 });
  }); // prettier-ignore

  test('that never was charged stays unknown when it is given up: nobody can be asked before the report is out', async () => {
    const payment = await card('tok_lost', { wait: 1 });
    const { body } = await merchant.cancel(payment.id, { wait: 3 });
    expect(body).toMatchObject({ status: 'canceling', outcome: 'unknown' });
    expect(body.attempts).toHaveLength(1);
  });
});

describe('a card whose bank wants to know the payer’s browser', () => {
  const pay = (given: object) => card('tok_3ds_browser', { method: { type: 'card', token: 'tok_3ds_browser', ...given } });

  test('sends him to prove himself when it is told, and nobody else is shown it', async () => {
    const payment = await pay({ browser, payer_ip: '192.0.2.7' });
    expect(payment).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect' }, method: { type: 'card' } });
    const { body } = await merchant.call('GET', `/v1/payments/${payment.id}/timeline`);
    expect(JSON.stringify(body)).toContain('browserInfo');
    for (const told of ['Firefox', '192.0.2.7', 'de-DE']) expect(JSON.stringify([payment, body])).not.toContain(told);
  });

  test('asks nobody of whose browser it knows nothing', async () => {
    const failure = { code: 'authentication_failed' };
    for (const given of [{}, { browser }, { payer_ip: '192.0.2.7' }])
      expect(await pay(given)).toMatchObject({ status: 'requires_payment_method', failure });
  });

  test('is refused a browser that is none', async () => {
    const { screen_width: _, ...narrow } = browser;
    const odd = { browser: { ...narrow, language: 'en GB', color_depth: '24' }, payer_ip: 'here' };
    const errors = ['/method/browser/language', '/method/browser/color_depth', '/method/browser/screen_width', '/method/payer_ip'];
    expect((await pay(odd)).errors.map((one: any) => one.pointer).sort()).toEqual(errors.sort());
  });
}); // prettier-ignore

describe('a payer who is sent to his bank', () => {
  const sent = async (given: object = {}) => {
    const payment = await card('tok_3ds', given);
    expect(payment).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect' } });
    return payment;
  };
  /** His browser, up to where it leaves the channel's page: the button's answer leads to us. */
  const press = async ({ next_action }: any, button: string) => {
    const [address = '', query] = String(next_action.url).split('?');
    const pressed = await fetch(`${address}/${button}?${query}`, { method: 'POST', redirect: 'manual' }); // prettier-ignore
    return pressed.headers.get('location') ?? '';
  };
  const visit = (url: string) => fetch(url, { redirect: 'manual' });

  test('comes back by us to the shop, and has paid', async () => {
    const payment = await sent();
    const back = await press(payment, 'authenticate');
    expect(back).toContain('/v1/callbacks/adyen/cha_');
    const { status, headers } = await visit(back);
    expect([status, headers.get('location')]).toEqual([303, shop]);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    const ended = await merchant.until(payment.id, is('succeeded'));
    expect(await merchant.books(ended)).toMatchObject({ paid_count: 1 });
    expect((await visit(back)).status).toBe(303); // he reloads the page
    expect(await merchant.get(payment.id)).toMatchObject({ sequence: ended.sequence });
  });

  test.each([
    ['decline', 'authentication_failed'],
    ['cancel', 'payer_canceled'],
  ])('and who does not prove it is declined: to %s is %s', async (button, code) => {
    const payment = await sent();
    await visit(await press(payment, button));
    const ended = await merchant.until(payment.id, is('requires_payment_method'));
    expect(ended.failure.code).toBe(code);
  });

  test('is heard when somebody came in his place with something made up', async () => {
    const payment = await sent();
    const back = new URL(await press(payment, 'authenticate'));
    const forged = new URL(back);
    forged.searchParams.set('redirectResult', 'X6XtfGC3!made-up');
    expect((await visit(forged.href)).status).toBe(303);
    await merchant.until(payment.id, (one) => one.sequence > Number(payment.sequence) + 1 && is('requires_action')(one)); // prettier-ignore
    expect((await visit(back.href)).status).toBe(303);
    await merchant.until(payment.id, is('succeeded'));
  });

  test('is heard after more that was made up than is listened to at once', async () => {
    const payment = await sent();
    const back = new URL(await press(payment, 'authenticate'));
    const forged = new URL(back);
    for (const made of Array.from({ length: 30 }, (_, n) => `X6XtfGC3!made-up-${n}`)) {
      forged.searchParams.set('redirectResult', made);
      await visit(forged.href);
    }
    const isHeard = async () => {
      await visit(back.href); // as often as he reloads the page
      return is('succeeded')(await merchant.get(payment.id));
    };
    for (const end = Date.now() + 60_000; !(await isHeard()); await pause(200))
      if (Date.now() > end) throw new Error('he is shut out');
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1 });
  });

  test('is canceled at once while he is away, and pays nothing when he comes back', async () => {
    const payment = await sent();
    expect((await merchant.cancel(payment.id)).body.status).toBe('canceled');
    await visit(await press(payment, 'authenticate'));
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 0 });
  });

  test('of no payment of ours is told so', async () => {
    const payment = await sent();
    const back = new URL(await press(payment, 'authenticate'));
    back.searchParams.set('reference', 'att_01kbx6hzzzzzzzzzzzzzzzzzzz');
    expect((await visit(back.href)).status).toBe(404);
    for (const channel of ['stripe', 'nobody'])
      expect((await visit(`${stack.ready.api}/v1/callbacks/${channel}/cha_1`)).status).toBe(404);
  });

  test('brings what nobody keeps in clear', async () => {
    const payment = await sent();
    const back = new URL(await press(payment, 'authenticate'));
    await visit(back.href);
    await merchant.until(payment.id, is('succeeded'));
    const result = back.searchParams.get('redirectResult') ?? '';
    expect(result.length).toBeGreaterThan(20);
    const client = new pg.Client(readFileSync(join(stack.dataDir, 'database_url'), 'utf8'));
    await client.connect();
    for (const table of [
      'returns',
      'callbacks',
      'channel_exchanges',
      'payment_events',
      'attempts',
    ]) {
      const { rows } = await client.query(`select to_jsonb(t)::text as kept from ${table} t`);
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.filter(({ kept }) => kept.includes(result))).toEqual([]);
    }
    await client.end();
  });
});

describe('a hold at Adyen', () => {
  const held = async (token = 'tok_ok') => {
    const payment = await card(token, { capture: 'manual' });
    expect(payment).toMatchObject({ status: 'requires_capture', amount_capturable: 1_999 });
    expect(Date.parse(payment.capture_before)).toBeGreaterThan(Date.now() + 6 * 86_400_000);
    return payment;
  };

  test('is captured when Adyen says so, and its money can go back', async () => {
    const payment = await held();
    await merchant.capture(payment.id);
    await merchant.until(payment.id, is('succeeded'));
    await merchant.refund(payment.id);
    await merchant.until(payment.id, (one) => one.amount_refunded === 1_999);
    expect(await merchant.books(payment)).toMatchObject({ captured: 1_999, refunded: 1_999 });
  });

  test('of which a part is taken for good gives the rest back', async () => {
    const payment = await held();
    const { body } = await merchant.capture(payment.id, { amount: 500 });
    expect(body.code).toBe('partial_capture_not_supported');
    await merchant.capture(payment.id, { amount: 500, final: true });
    const ended = await merchant.until(payment.id, is('succeeded'));
    expect(ended).toMatchObject({ amount_captured: 500, amount_capturable: 0 });
  });

  test('is released by a cancel, when Adyen says so', async () => {
    const payment = await held();
    await merchant.cancel(payment.id);
    await merchant.until(payment.id, is('canceled'));
    expect(await merchant.books(payment)).toMatchObject({ state: 'closed', captured: 0 });
  });
});

describe('a second payment under our number, by somebody else,', () => {
  const givenBack = (payment: any) =>
    merchant.until(payment.id, (now) => now.attempts[0].amount_refunded === 1_999);
  const refundsOf = async (payment: any) =>
    (await merchant.call('GET', `/v1/refunds?payment_id=${payment.id}`)).body.data;
  const hold = () => card('tok_ok', { capture: 'manual' });
  const conflictOf = async ({ id }: any): Promise<any> => {
    for (;;) {
      const { body } = await merchant.call('GET', `/v1/cases?payment_id=${id}`);
      const found = body.data.find((one: any) => one.kind === 'conflict');
      if (found) return found;
      await pause(200);
    }
  };
  /** Another system of the merchant's holds the payer's money under our number, as it would at Adyen. */
  const holdBeside = async ({ attempts: [{ reference }], currency, amount: value }: any) => {
    const { adyen } = (await merchant.control('GET', '/control/keys')).body;
    const sandbox = new URL(stack.ready.sandbox);
    sandbox.port = String(Number(sandbox.port) + channelNames.indexOf('adyen') + 1);
    const response = await fetch(new URL('/v71/payments', sandbox), {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-API-Key': adyen.api_key,
        'Idempotency-Key': `other-${reference}`,
      },
      body: JSON.stringify({
        merchantAccount: adyen.merchant_account,
        amount: { value, currency },
        reference,
        returnUrl: shop,
        paymentMethod: { type: 'scheme', storedPaymentMethodId: 'tok_ok' },
        shopperReference: 'shopper-7',
        shopperInteraction: 'ContAuth',
        recurringProcessingModel: 'CardOnFile',
        additionalData: { manualCapture: 'true' },
      }),
    });
    expect(await response.json()).toMatchObject({ resultCode: 'Authorised' });
  };

  test('of what is paid is a duplicate, and goes back out of itself: the order can still be refunded', async () => {
    const payment = await card('tok_ok');
    await merchant.payer(payment, 'pay', { force: true });
    expect(await givenBack(payment)).toMatchObject({ status: 'succeeded', late: false, amount_refunded: 0 }); // prettier-ignore
    expect(await refundsOf(payment)).toMatchObject([{ origin: 'duplicate', status: 'succeeded' }]);
    await merchant.refund(payment.id);
    await merchant.until(payment.id, (now) => now.amount_refunded === 1_999);
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 2, captured: 3_998, refunded: 3_998 }); // prettier-ignore
  });

  test('of a hold that was given back is late, and goes back', async () => {
    const payment = await hold();
    await merchant.cancel(payment.id);
    await merchant.until(payment.id, is('canceled'));
    await merchant.payer(payment, 'pay', { force: true });
    expect(await givenBack(payment)).toMatchObject({ status: 'canceled', late: true, amount_captured: 0 }); // prettier-ignore
    expect(await refundsOf(payment)).toMatchObject([{ origin: 'late', status: 'succeeded' }]);
    expect(await merchant.books(payment)).toMatchObject({ captured: 1_999, refunded: 1_999 });
  });

  test('of what was captured is a duplicate, and goes back', async () => {
    const payment = await hold();
    await merchant.capture(payment.id);
    await merchant.until(payment.id, is('succeeded'));
    await merchant.payer(payment, 'pay', { force: true });
    expect(await givenBack(payment)).toMatchObject({ status: 'succeeded', late: false, amount_refunded: 0 }); // prettier-ignore
    expect(await refundsOf(payment)).toMatchObject([{ origin: 'duplicate', status: 'succeeded' }]);
    expect(await merchant.books(payment)).toMatchObject({ captured: 3_998, refunded: 1_999 });
  });

  test('that only holds his money is released at once, and our hold stays to be captured', async () => {
    const payment = await hold();
    await holdBeside(payment);
    expect(await givenBack(payment)).toMatchObject({ status: 'requires_capture', amount_capturable: 1_999 }); // prettier-ignore
    await merchant.capture(payment.id);
    await merchant.until(payment.id, is('succeeded'));
    expect(await merchant.books(payment)).toMatchObject({ state: 'paid', captured: 1_999, refunded: 0 }); // prettier-ignore
  });

  test('in another amount is put before a person, and our hold stays to be captured', async () => {
    const payment = await hold();
    await holdBeside({ ...payment, amount: 500 });
    const found = await conflictOf(payment);
    expect(found.detail).toMatch(/another payment under .*500 KWD, asked 1999 KWD/);
    await merchant.call('POST', `/v1/cases/${found.id}/resolve`, { decision: 'treat_as_unpaid', reason: 'released by hand' }); // prettier-ignore
    await merchant.capture(payment.id);
    await merchant.until(payment.id, is('succeeded'));
    expect(await refundsOf(payment)).toEqual([]);
    expect(await merchant.books(payment)).toMatchObject({ captured: 1_999, refunded: 0 });
  });

  test.each(['automatic', 'manual'])('of a redirect that was given up, of %s capture, is late, and goes back', async (capture) => {
    const payment = await card('tok_3ds', { capture });
    await merchant.cancel(payment.id);
    await merchant.until(payment.id, is('canceled'));
    await merchant.payer(payment, 'pay', { force: true });
    expect(await givenBack(payment)).toMatchObject({ status: 'canceled', late: true });
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, captured: 1_999, refunded: 1_999 });
  }); // prettier-ignore

  test('is late after a hold was declined for good', async () => {
    const payment = await card('tok_declined', { capture: 'manual', on_decline: 'fail' });
    expect(payment.status).toBe('failed');
    await merchant.payer(payment, 'pay', { force: true });
    expect(await givenBack(payment)).toMatchObject({ status: 'failed', late: true });
    expect(await merchant.books(payment)).toMatchObject({ captured: 1_999, refunded: 1_999 });
  });
});

test('and the sandbox, which watches our manners, has only that against them which somebody else did', async () => {
  const rules = (await merchant.violations()).map((one: any) => one.rule);
  expect(new Set(rules)).toEqual(new Set(['reference_charged_twice']));
});
