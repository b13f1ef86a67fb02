import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { openReceiver, pause } from './callback-receiver.ts';
import { later } from './later.ts';
import { freshNumber, openMerchant } from './merchant.ts';
import { startSandbox } from './running-sandbox.ts';
import { openShop, type Shop, until } from './shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const books = async (reference = '') =>
  (await shop.sandbox.call('GET', `/control/books${reference && `?reference=${reference}`}`)).body;

test('orders, payments, armed faults and violations survive kill -9, and so does a torn last line', async () => {
  const reference = await shop.ordered();
  await shop.act(reference, { action: 'pay' });
  await shop.receiver.until(1);
  await shop.sandbox.call('POST', '/control/faults', {
    channel: 'wechat-pay', operation: 'query', fault: 'rate_limit', count: 1,
  }); // prettier-ignore
  await shop.merchant.create(shop.merchant.order(reference, 5));
  const before = await books();

  await shop.sandbox.stop('SIGKILL');
  const [file] = readdirSync(join(shop.sandbox.directory, 'sandbox'));
  appendFileSync(join(shop.sandbox.directory, 'sandbox', file!), '{"torn":"li');
  shop.sandbox = await shop.sandbox.again();

  expect(await books()).toEqual(before);
  expect(before.violations).toHaveLength(1);
  expect((await shop.merchant.query(reference)).status).toBe(429);
  expect((await shop.merchant.query(reference)).body.trade_state).toBe('SUCCESS');
  await shop.sandbox.stop('SIGKILL');
  shop.sandbox = await shop.sandbox.again();
  expect(await books()).toEqual(before);
});

test('a callback nobody acknowledged and a refund that had not settled go on after kill -9', async () => {
  shop.receiver.answer = 500;
  const reference = await shop.ordered();
  await shop.act(reference, { action: 'pay' });
  const [first] = await shop.receiver.until(1);
  const refund = shop.merchant.refundOf(reference, 500);
  await shop.merchant.refund(refund);
  await shop.sandbox.stop('SIGKILL');

  shop.receiver.answer = 204;
  shop.sandbox = await shop.sandbox.again();
  await shop.receiver.until(3);
  const after = shop.receiver.received.slice(1).map((one) => one.envelope.event_type as string);
  expect(after).toEqual(expect.arrayContaining(['TRANSACTION.SUCCESS', 'REFUND.SUCCESS']));
  const repeated = shop.receiver.received
    .slice(1)
    .find((one) => one.envelope.id === first!.envelope.id);
  expect(repeated).toMatchObject({ genuine: true });
  expect((await books(reference)).transactions[0].refunded).toBe(500);
});

test('a callback is repeated on the ladder until it is acknowledged, and then no more', async () => {
  shop.receiver.answer = 500;
  const reference = await shop.ordered();
  await shop.act(reference, { action: 'pay' });
  await shop.receiver.until(2);
  shop.receiver.answer = 200;
  await shop.receiver.until(3);
  const count = shop.receiver.received.length;
  await pause(900);
  expect(shop.receiver.received).toHaveLength(count);
  expect(new Set(shop.receiver.received.map((one) => one.envelope.id)).size).toBe(1);
  expect(new Set(shop.receiver.received.map((one) => one.headers['wechatpay-nonce'])).size).toBe(
    count,
  );
});

describe('a payer', () => {
  test('pays once; a second time, or after a close, only by force', async () => {
    const reference = await shop.ordered();
    expect((await shop.act(reference, { action: 'pay' })).status).toBe(200);
    expect(await shop.act(reference, { action: 'pay' })).toMatchObject({ status: 409 });
    const [first] = await shop.receiver.until(1);

    const forced = await shop.act(reference, { action: 'pay', force: true });
    expect(forced.body).toMatchObject({
      paid_count: 2,
      captured: 3998,
      amount: 1999,
      state: 'paid',
    });
    const second = (await shop.receiver.until(2))[1];
    expect(second!.envelope.id).not.toBe(first!.envelope.id);
    const ids = [first, second].map((one) => one!.resource.transaction_id as string);
    expect(ids[0]).not.toBe(ids[1]);
    expect((await shop.merchant.query(reference)).body.transaction_id).toBe(ids[0]);
    expect((await shop.merchant.queryById(ids[1]!)).body).toMatchObject({
      trade_state: 'SUCCESS',
      transaction_id: ids[1],
    });

    for (const transaction_id of ids) {
      const { out_trade_no: _by, ...refund } = shop.merchant.refundOf(reference, 1999);
      expect((await shop.merchant.refund({ ...refund, transaction_id })).status).toBe(200);
    }
    const { out_trade_no: _by, ...more } = shop.merchant.refundOf(reference, 1);
    expect((await shop.merchant.refund({ ...more, transaction_id: ids[1] })).status).toBe(400);
    await shop.receiver.until(4);
    expect((await books(reference)).transactions[0].refunded).toBe(3998);
  });

  test('of a closed order is refused, and by force the money is late', async () => {
    const reference = await shop.ordered();
    await shop.merchant.query(reference);
    await shop.merchant.close(reference);
    expect((await shop.act(reference, { action: 'pay' })).status).toBe(409);
    expect((await shop.act(reference, { action: 'pay', force: true })).body).toMatchObject({
      state: 'paid',
      paid_count: 1,
    });
    expect((await shop.receiver.until(1))[0]).toMatchObject({ genuine: true });
    expect((await shop.merchant.query(reference)).body.trade_state).toBe('SUCCESS');
  });

  test('cannot pay after time_expire; the order stays NOTPAY and can be closed', async () => {
    const soon = new Date(Date.now() + 8 * 3_600_000 + 60_000).toISOString().slice(0, 19);
    const reference = await shop.ordered({ time_expire: `${soon}+08:00` });
    await later(shop.sandbox, 60_000);
    expect((await shop.act(reference, { action: 'pay' })).status).toBe(409);
    expect((await shop.act(reference, { action: 'decline' })).status).toBe(409);
    expect((await shop.merchant.query(reference)).body.trade_state).toBe('NOTPAY');
    expect((await shop.merchant.close(reference)).status).toBe(204);
  });

  test('who declines or walks away changes nothing', async () => {
    const reference = await shop.ordered();
    for (const action of ['decline', 'abandon']) {
      expect(await shop.act(reference, { action })).toMatchObject({
        status: 200,
        body: { state: 'created' },
      });
    }
    expect((await shop.act(reference, { action: 'pay' })).status).toBe(200);
    for (const action of ['decline', 'abandon'])
      expect((await shop.act(reference, { action })).status).toBe(409);
  });

  test('takes a delivered refund back: it turns failed and the refunded sum falls', async () => {
    const reference = await shop.ordered();
    await shop.act(reference, { action: 'pay' });
    const refund = shop.merchant.refundOf(reference, 500);
    await shop.merchant.refund(refund);
    await shop.receiver.until(2);
    const bounced = await shop.act(reference, {
      action: 'bounce_refund',
      refund: refund.out_refund_no,
    });
    expect(bounced.body).toMatchObject({ refunded: 0, refunds: [{ state: 'failed' }] });
    const last = (await shop.receiver.until(3))[2];
    expect(last!.envelope.event_type).toBe('REFUND.ABNORMAL');
    expect((await shop.merchant.queryRefund(refund.out_refund_no)).body.status).toBe('ABNORMAL');
  });

  test('is told when the reference, the channel or the action is unknown', async () => {
    const reference = await shop.ordered();
    expect((await shop.act(freshNumber(), { action: 'pay' })).status).toBe(404);
    expect((await shop.act(reference, { action: 'dance' })).status).toBe(400);
    const elsewhere = `/control/payers/nopay/${reference}`;
    expect((await shop.sandbox.call('POST', elsewhere, { action: 'pay' })).status).toBe(404);
  });
});

test('a close without a query before it is a violation', async () => {
  const reference = await shop.ordered();
  await shop.merchant.close(reference);
  expect((await books()).violations).toMatchObject([{ reference }]);
});

test('an acknowledgement after more than five seconds is a violation', async () => {
  const slow = await openReceiver(shop.keys, 5_400);
  const reference = freshNumber();
  await shop.merchant.create({ ...shop.merchant.order(reference), notify_url: `${slow.url}/x` });
  await shop.act(reference, { action: 'pay' });
  const { violations } = await until(books, (all: any) => all.violations.length > 0);
  expect(violations).toMatchObject([{ reference, rule: 'slow_ack' }]);
  await slow.close();
});

describe('resend', () => {
  test('sends the last callback again, freshly signed under the same id, also to another account', async () => {
    const reference = await shop.ordered();
    await shop.act(reference, { action: 'pay' });
    const [first] = await shop.receiver.until(1);
    const path = `/control/callbacks/wechat-pay/${reference}/resend`;
    const answer = await shop.sandbox.call('POST', path, { copies: 3, parallel: true });
    expect(answer).toEqual({ status: 200, body: { sent: 3, statuses: [204, 204, 204] } });
    expect(shop.receiver.received).toHaveLength(4);
    for (const again of shop.receiver.received.slice(1)) {
      expect(again).toMatchObject({ genuine: true, envelope: { id: first!.envelope.id } });
    }
    await shop.sandbox.call('POST', path, { account: 'cha_other' });
    expect(shop.receiver.received.at(-1)!.path).toBe('/v1/callbacks/wechat-pay/cha_other');
  });

  test('has nothing to send before the payer acted', async () => {
    const path = `/control/callbacks/wechat-pay/${await shop.ordered()}/resend`;
    expect((await shop.sandbox.call('POST', path, {})).status).toBe(404);
  });
});

test('refunds of one payment that follow too quickly are refused', async () => {
  const strict = await startSandbox({ SANDBOX_REFUND_SPACING_MS: '60000' });
  const other = openMerchant(strict, shop.keys, shop.receiver.url);
  const reference = freshNumber();
  await other.create(other.order(reference));
  await strict.call('POST', `/control/payers/wechat-pay/${reference}`, { action: 'pay' });
  expect((await other.refund(other.refundOf(reference, 1))).status).toBe(200);
  expect((await other.refund(other.refundOf(reference, 1))).body.code).toBe('FREQUENCY_LIMITED');
  expect((await strict.call('GET', '/control/books')).body.violations).toHaveLength(1);
  await strict.discard();
});

test('reset empties books and queue, also for the next start', async () => {
  shop.receiver.answer = 500;
  const reference = await shop.ordered();
  await shop.act(reference, { action: 'pay' });
  await shop.receiver.until(1);
  expect((await shop.sandbox.call('POST', '/control/reset')).status).toBe(200);
  const heard = shop.receiver.received.length;
  await shop.sandbox.stop('SIGKILL');
  shop.sandbox = await shop.sandbox.again();
  await pause(500);
  expect(await books()).toEqual({ transactions: [], violations: [] });
  expect(shop.receiver.received.length).toBeLessThanOrEqual(heard + 1);
});

test('SIGTERM ends the process with 0 even while a caller is held', async () => {
  await shop.sandbox.call('POST', '/control/faults', {
    channel: 'wechat-pay', operation: 'query', fault: 'timeout_before_commit',
  }); // prettier-ignore
  const held = shop.merchant.query(freshNumber()).catch(() => 'left');
  await pause(200);
  const begun = Date.now();
  expect(await shop.sandbox.stop('SIGTERM')).toBe(0);
  expect(Date.now() - begun).toBeLessThan(5_000);
  expect(await held).toBe('left');
  shop.sandbox = await shop.sandbox.again();
});
