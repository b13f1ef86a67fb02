import { randomUUID } from 'node:crypto';

import { listOf } from '../../src/api/answer-schema.ts';
import { payment as paymentShape, timelineEntry } from '../../src/api/payment-answer.ts';
import { channelSlugs } from '../../src/domain/channel.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { anotherMerchant, Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;
let stranger: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
  stranger = anotherMerchant(stack);
});
afterAll(() => stack.remove());
afterEach(() => merchant.control('DELETE', '/control/faults'));

const is = (status: string) => (payment: any) => payment.status === status;
const paid = async () => {
  const { body } = await merchant.create();
  await merchant.payer(body, 'pay');
  return merchant.until(body.id, is('succeeded'));
};
const late = async (late_money: string) => {
  const { body } = await merchant.create({ late_money });
  await merchant.cancel(body.id);
  await merchant.payer(body, 'pay', { force: true });
  return merchant.until(body.id, (payment) => payment.late);
};

describe('a payment', () => {
  test('is answered whole, as the contract writes it, in every state', async () => {
    const customer = { email: 'payer+till=7&a/b@example.com' };
    const metadata = { basket: '7', 'naïve key': '' };
    const urls = { return_url: 'https://shop.example/return', notify_url: 'https://shop.example/hook' };
    const given = { description: 'Two tickets', customer, metadata, ...urls };
    const { status, body, headers } = await merchant.create(given);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/v1/payments/${body.id}`);
    expect(paymentShape.parse(body)).toMatchObject({
      ...given,
      object: 'payment',
      status: 'requires_action',
      outcome: 'known',
      amount_authorized: 0,
      amount_captured: 0,
      method: { type: 'wechat_pay_qr' },
      channel: 'wechat-pay',
      channel_reference: null,
      next_action: { type: 'display_qr_code', data: expect.stringMatching(/^weixin:/), expires_at: body.expires_at },
      attempts: [{ status: 'requires_action', reference: body.attempts[0].id, amount: 1_999 }],
      workflow_id: body.id,
      livemode: false,
    });
    await merchant.payer(body, 'pay');
    const end = paymentShape.parse(await merchant.until(body.id, is('succeeded')));
    expect(end).toMatchObject({
      amount_authorized: 1_999, amount_captured: 1_999, amount_capturable: 0, next_action: null, failure: null,
      channel_reference: expect.any(String), attempts: [{ status: 'paid', amount_captured: 1_999 }],
    });
  }); // prettier-ignore

  test('without a method waits for one and expires', async () => {
    const { body } = await merchant.create({ method: undefined, expires_in: 2 });
    expect(paymentShape.parse(body)).toMatchObject({ status: 'requires_payment_method', method: null, channel: null, attempts: [], checkout_url: null }); // prettier-ignore
    const ended = await merchant.until(body.id, is('canceled'));
    expect(ended).toMatchObject({ cancellation_reason: 'expired', outcome: 'known' });
  });

  test('that nobody pays expires: asked, closed at the channel, canceled', async () => {
    const { body } = await merchant.create({ expires_in: 2 });
    const ended = await merchant.until(body.id, is('canceled'));
    expect(ended).toMatchObject({
      cancellation_reason: 'expired',
      attempts: [{ status: 'closed' }],
    });
    expect(await merchant.books(ended)).toMatchObject({ state: 'closed', paid_count: 0 });
  });

  test('answers at once with wait 0, and the same payment goes on', async () => {
    const began = Date.now();
    const { body } = await merchant.create({ wait: 0 });
    expect(body).toMatchObject({ status: 'processing', outcome: 'known', next_action: null });
    expect(Date.now() - began).toBeLessThan(2_000);
    await merchant.until(body.id, is('requires_action'));
  });

  test('is long-polled: the answer comes with the change, not with the end of the wait', async () => {
    const { body } = await merchant.create();
    const began = Date.now();
    const next = merchant.call('GET', `/v1/payments/${body.id}?wait=20`);
    await merchant.payer(body, 'pay');
    expect((await next).body).toMatchObject({ status: 'succeeded' });
    expect(Date.now() - began).toBeLessThan(10_000);
    const seen = await merchant.call('GET', `/v1/payments/${body.id}?wait=20&after_sequence=1`);
    expect(seen.body.status).toBe('succeeded');
    expect(Date.now() - began).toBeLessThan(15_000);
    const unchanged = await merchant.call('GET', `/v1/payments/${body.id}?wait=1`);
    expect(unchanged.body).toEqual(seen.body);
  });

  test('declined by the payer at the channel may be paid by another try', async () => {
    const { body } = await merchant.create();
    await merchant.payer(body, 'decline');
    await merchant.payer(body, 'pay');
    expect(await merchant.until(body.id, is('succeeded'))).toMatchObject({ attempts: [{ status: 'paid' }] });
  }); // prettier-ignore
});

describe('a cancel', () => {
  test('closes the order at the channel, and again is the same answer', async () => {
    const { body } = await merchant.create();
    const key = randomUUID();
    const canceled = await merchant.cancel(body.id, { reason: 'changed my mind' }, key);
    expect(canceled).toMatchObject({ status: 200, body: { status: 'canceled', cancellation_reason: 'requested' } }); // prettier-ignore
    expect(await merchant.books(body)).toMatchObject({ state: 'closed' });
    const replay = await merchant.cancel(body.id, { reason: 'changed my mind', wait: 1 }, key);
    expect(replay).toMatchObject({ status: 200, body: { status: 'canceled' } });
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    expect(await merchant.cancel(body.id)).toMatchObject({ status: 200, body: { status: 'canceled' } }); // prettier-ignore
  });

  test('loses against a payer who pays while the order is being closed', async () => {
    const { body } = await merchant.create();
    await merchant.fault('close', 'pay_during_close', { count: 1, reference: body.attempts[0].id });
    const key = randomUUID();
    for (let times = 0; times < 2; times += 1) {
      const refused = await merchant.cancel(body.id, {}, key);
      expect(refused).toMatchObject({ status: 409, body: { code: 'payment_already_paid' } });
    }
    expect(await merchant.get(body.id)).toMatchObject({ status: 'succeeded', amount_captured: 1_999 });
    expect(await merchant.books(body)).toMatchObject({ paid_count: 1, refunded: 0 });
  }); // prettier-ignore

  test('answers with the state so far when the channel is silent', async () => {
    const { body } = await merchant.create();
    await merchant.fault('any', 'timeout_before_commit', { reference: body.attempts[0].id });
    const asked = await merchant.cancel(body.id, { wait: 1 });
    expect(asked).toMatchObject({ status: 200, body: { status: 'canceling' } });
    await merchant.control('DELETE', '/control/faults');
    await merchant.until(body.id, is('canceled'));
  });
});

describe('a sync', () => {
  test('finds money that no callback told of', async () => {
    await merchant.fault('callback', 'drop');
    const { body } = await merchant.create();
    await merchant.payer(body, 'pay');
    const synced = await merchant.call('POST', `/v1/payments/${body.id}/sync`, {});
    expect(synced).toMatchObject({ status: 200, body: { status: 'succeeded' } });
  });

  test('finds late money on a payment that is final, and sends it back', async () => {
    await merchant.fault('callback', 'drop');
    const { body } = await merchant.create({ expires_in: 2 });
    await merchant.until(body.id, is('canceled'));
    await merchant.payer(body, 'pay', { force: true });
    const synced = await merchant.call('POST', `/v1/payments/${body.id}/sync`, {});
    expect(synced.body).toMatchObject({ status: 'canceled', late: true });
    const ended = await merchant.until(body.id, (payment) => payment.attempts[0].amount_refunded === 1_999);
    expect(ended).toMatchObject({ amount_captured: 0, amount_refunded: 0 });
  }); // prettier-ignore

  test('takes an Idempotency-Key but needs none', async () => {
    const { body } = await merchant.create();
    const path = `/v1/payments/${body.id}/sync`;
    const key = { 'Idempotency-Key': randomUUID() };
    for (const replayed of [null, 'true']) {
      const answer = await merchant.call('POST', path, {}, key);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('idempotent-replayed')).toBe(replayed);
    }
  });
});

describe('late money', () => {
  test('F9: goes back by itself as a refund of its own origin', async () => {
    const canceled = await late('refund');
    await merchant.until(canceled.id, (payment) => payment.attempts[0].amount_refunded === 1_999);
    const { body } = await merchant.call('GET', `/v1/refunds?payment_id=${canceled.id}`);
    expect(body).toMatchObject({ object: 'list', has_more: false, data: [{ origin: 'late', status: 'succeeded', amount: 1_999, payment_id: canceled.id }] }); // prettier-ignore
    const [refund] = body.data;
    expect((await merchant.call('GET', `/v1/refunds/${refund.id}`)).body).toEqual(refund);
    expect((await stranger.call('GET', `/v1/refunds/${refund.id}`)).status).toBe(404);
    expect((await merchant.get(canceled.id)).refunds).toEqual([refund.id]);
  });

  test('is accepted where the merchant wants that', async () => {
    const accepted = await late('accept');
    expect(accepted).toMatchObject({ status: 'succeeded', late: true, amount_captured: 1_999, cancellation_reason: null }); // prettier-ignore
  });

  test('waits for a person where the merchant wants that', async () => {
    const held = await late('hold');
    expect(held).toMatchObject({ status: 'canceled', amount_captured: 0 });
    const { body } = await merchant.call('GET', `/v1/cases?payment_id=${held.id}&status=open`);
    const [opened] = body.data;
    expect(opened).toMatchObject({ object: 'case', kind: 'late_money', payment_id: held.id, status: 'open', allowed: ['accept', 'refund'], decision: null }); // prettier-ignore
    const resolve = (by: Merchant, decision: string) =>
      by.call('POST', `/v1/cases/${opened.id}/resolve`, { decision, reason: 'the shop asked' });
    expect((await stranger.call('GET', `/v1/cases?payment_id=${held.id}`)).body.data).toEqual([]);
    expect((await resolve(stranger, 'accept')).status).toBe(404);
    expect(await resolve(merchant, 'treat_as_paid')).toMatchObject({ status: 409, body: { code: 'case_decision_not_allowed' } }); // prettier-ignore
    expect(await resolve(merchant, 'accept')).toMatchObject({ status: 200, body: { status: 'resolved', decision: 'accept', reason: 'the shop asked' } }); // prettier-ignore
    expect((await resolve(merchant, 'accept')).status).toBe(200);
    expect((await resolve(merchant, 'refund')).status).toBe(409);
    expect(await merchant.get(held.id)).toMatchObject({ status: 'succeeded', late: true, amount_captured: 1_999 }); // prettier-ignore
  });

  test('paid twice goes back as a duplicate and leaves the payment paid', async () => {
    const { id, attempts } = await paid();
    await merchant.payer({ attempts }, 'pay', { force: true });
    const ended = await merchant.until(id, (payment) => payment.attempts[0].amount_refunded === 1_999);
    expect(ended).toMatchObject({ status: 'succeeded', amount_captured: 1_999, amount_refunded: 0 });
    expect(ended.attempts[0]).toMatchObject({ amount_captured: 3_998 });
    const { body } = await merchant.call('GET', `/v1/refunds?payment_id=${id}`);
    expect(body.data).toMatchObject([{ origin: 'duplicate', status: 'succeeded' }]);
  }); // prettier-ignore
});

describe('the timeline', () => {
  test('tells a payment’s story, oldest first, with nothing secret in it', async () => {
    const { id } = await paid();
    const { body } = await merchant.call('GET', `/v1/payments/${id}/timeline`);
    const { data } = listOf(timelineEntry).parse(body) as { data: any[] };
    const kinds = data.map((entry) => entry.kind);
    expect(new Set(kinds)).toEqual(new Set(['request', 'attempt', 'exchange', 'callback', 'state', 'posting'])); // prettier-ignore
    expect(kinds[0]).toBe('request');
    const times = data.map((entry) => Date.parse(entry.at));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(data.filter((entry) => entry.kind === 'state').map((entry) => entry.data.to)).toEqual(['processing', 'requires_action', 'succeeded']); // prettier-ignore
    const posting = data.find((entry) => entry.kind === 'posting');
    expect(posting.data.entries).toEqual([
      { account: 'channel_clearing', channel: 'wechat-pay', direction: 'debit', amount: 1_999, currency: 'CNY' },
      { account: 'merchant_payable', channel: null, direction: 'credit', amount: 1_999, currency: 'CNY' },
    ]); // prettier-ignore
    expect(JSON.stringify(data)).not.toMatch(
      /PRIVATE KEY|openid":"o|ciphertext":"[A-Za-z0-9+/]{20}/,
    );
    expect((await stranger.call('GET', `/v1/payments/${id}/timeline`)).status).toBe(404);
  });
});

describe('another merchant', () => {
  test('F5: does not see, cancel or sync the payment, but may use the same order number and key', async () => {
    const key = randomUUID();
    const { body } = await merchant.create({ order_no: key }, key);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/cancel'],
      ['POST', '/sync'],
    ] as const) {
      const answer = await stranger.call(method, `/v1/payments/${body.id}${path}`, method === 'POST' ? {} : undefined, { 'Idempotency-Key': key }); // prettier-ignore
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
    const own = await stranger.create({ order_no: key }, key);
    expect(own.status).toBe(201);
    expect(own.body.id).not.toBe(body.id);
  });
});

describe('channel accounts', () => {
  test('say what they serve and where their channel calls back', async () => {
    const { body } = await merchant.call('GET', '/v1/channel_accounts');
    const account = (channel: string) => body.data.find((one: any) => one.channel === channel);
    expect(body.data.map(({ channel }: any) => channel).toSorted()).toEqual(
      channelSlugs.toSorted(),
    );
    expect(account('wechat-pay')).toEqual({
      fees: null,
      id: expect.stringMatching(/^cha_/),
      object: 'channel_account',
      channel: 'wechat-pay',
      methods: ['wechat_pay_qr', 'wechat_pay_h5', 'wechat_pay_jsapi', 'wechat_pay_app', 'wechat_pay_code'], // prettier-ignore
      currencies: ['CNY'],
      livemode: false,
      callback_url: `${stack.ready.api}/v1/callbacks/wechat-pay/${account('wechat-pay').id}`,
      owner: 'platform',
      version: 1,
      created_at: expect.any(String),
    });
    expect(account('alipay').methods).toEqual(expect.arrayContaining(['alipay_qr', 'alipay_page', 'alipay_wap'])); // prettier-ignore
    expect(account('stripe').methods).toContain('card');
    expect(account('unionpay')).toMatchObject({ methods: ['unionpay_qr', 'unionpay_app'], currencies: ['CNY'] }); // prettier-ignore
    expect(account('paypal')).toMatchObject({ methods: ['paypal'] });
    expect(account('balance')).toMatchObject({ methods: ['balance'], currencies: expect.arrayContaining(['CNY', 'KWD']) }); // prettier-ignore
    expect(account('bank-transfer')).toMatchObject({ methods: ['bank_transfer'] });
    expect(account('adyen').currencies).toEqual(expect.arrayContaining(['KWD', 'USD']));
    expect(account('stripe').currencies).toEqual(expect.arrayContaining(['USD', 'EUR', 'JPY']));
  });
});
