import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { openReceiver, pause, type Receiver } from './callback-receiver.ts';
import { freshNumber, openMerchant } from './merchant.ts';
import { type RunningSandbox, startSandbox } from './running-sandbox.ts';
import { until } from './shop.ts';

let sandbox: RunningSandbox;
let receiver: Receiver;
let merchant: ReturnType<typeof openMerchant>;
let keys: any;

beforeAll(async () => {
  sandbox = await startSandbox();
  keys = (await sandbox.call('GET', '/control/keys')).body['wechat-pay'];
  receiver = await openReceiver(keys);
  merchant = openMerchant(sandbox, keys, receiver.url);
});
afterAll(async () => {
  await sandbox.discard();
  await receiver.close();
});
beforeEach(async () => {
  receiver.answer = 204;
  await sandbox.call('POST', '/control/reset');
  receiver.received.length = 0;
});

const act = (reference: string, body: object) =>
  sandbox.call('POST', `/control/payers/wechat-pay/${reference}`, body);
const books = async (reference = '') =>
  (await sandbox.call('GET', `/control/books${reference && `?reference=${reference}`}`)).body;
const ordered = async (more: object = {}) => {
  const reference = freshNumber();
  expect((await merchant.create(merchant.order(reference, 1999, more))).status).toBe(200);
  return reference;
};

test('orders, payments, armed faults and violations survive kill -9, and so does a torn last line', async () => {
  const reference = await ordered();
  await act(reference, { action: 'pay' });
  await receiver.until(1);
  await sandbox.call('POST', '/control/faults', {
    channel: 'wechat-pay', operation: 'query', fault: 'rate_limit', count: 1,
  }); // prettier-ignore
  await merchant.create(merchant.order(reference, 5));
  const before = await books();

  await sandbox.stop('SIGKILL');
  const [file] = readdirSync(join(sandbox.directory, 'sandbox'));
  appendFileSync(join(sandbox.directory, 'sandbox', file!), '{"torn":"li');
  sandbox = await sandbox.again();

  expect(await books()).toEqual(before);
  expect(before.violations).toHaveLength(1);
  expect((await merchant.query(reference)).status).toBe(429);
  expect((await merchant.query(reference)).body.trade_state).toBe('SUCCESS');
  await sandbox.stop('SIGKILL');
  sandbox = await sandbox.again();
  expect(await books()).toEqual(before);
});

test('a callback nobody acknowledged and a refund that had not settled go on after kill -9', async () => {
  receiver.answer = 500;
  const reference = await ordered();
  await act(reference, { action: 'pay' });
  const [first] = await receiver.until(1);
  const refund = merchant.refundOf(reference, 500);
  await merchant.refund(refund);
  await sandbox.stop('SIGKILL');

  receiver.answer = 204;
  sandbox = await sandbox.again();
  await receiver.until(3);
  const after = receiver.received.slice(1).map((one) => one.envelope.event_type as string);
  expect(after).toEqual(expect.arrayContaining(['TRANSACTION.SUCCESS', 'REFUND.SUCCESS']));
  const repeated = receiver.received.slice(1).find((one) => one.envelope.id === first!.envelope.id);
  expect(repeated).toMatchObject({ genuine: true });
  expect((await books(reference)).transactions[0].refunded).toBe(500);
});

test('a callback is repeated on the ladder until it is acknowledged, and then no more', async () => {
  receiver.answer = 500;
  const reference = await ordered();
  await act(reference, { action: 'pay' });
  await receiver.until(2);
  receiver.answer = 200;
  await receiver.until(3);
  const count = receiver.received.length;
  await pause(900);
  expect(receiver.received).toHaveLength(count);
  expect(new Set(receiver.received.map((one) => one.envelope.id)).size).toBe(1);
  expect(new Set(receiver.received.map((one) => one.headers['wechatpay-nonce'])).size).toBe(count);
});

describe('a payer', () => {
  test('pays once; a second time, or after a close, only by force', async () => {
    const reference = await ordered();
    expect((await act(reference, { action: 'pay' })).status).toBe(200);
    expect(await act(reference, { action: 'pay' })).toMatchObject({ status: 409 });
    const [first] = await receiver.until(1);

    const forced = await act(reference, { action: 'pay', force: true });
    expect(forced.body).toMatchObject({
      paid_count: 2,
      captured: 3998,
      amount: 1999,
      state: 'paid',
    });
    const second = (await receiver.until(2))[1];
    expect(second!.envelope.id).not.toBe(first!.envelope.id);
    const ids = [first, second].map((one) => one!.resource.transaction_id as string);
    expect(ids[0]).not.toBe(ids[1]);
    expect((await merchant.query(reference)).body.transaction_id).toBe(ids[0]);
    expect((await merchant.queryById(ids[1]!)).body).toMatchObject({
      trade_state: 'SUCCESS',
      transaction_id: ids[1],
    });

    for (const transaction_id of ids) {
      const { out_trade_no: _by, ...refund } = merchant.refundOf(reference, 1999);
      expect((await merchant.refund({ ...refund, transaction_id })).status).toBe(200);
    }
    const { out_trade_no: _by, ...more } = merchant.refundOf(reference, 1);
    expect((await merchant.refund({ ...more, transaction_id: ids[1] })).status).toBe(403);
    await receiver.until(4);
    expect((await books(reference)).transactions[0].refunded).toBe(3998);
  });

  test('of a closed order is refused, and by force the money is late', async () => {
    const reference = await ordered();
    await merchant.query(reference);
    await merchant.close(reference);
    expect((await act(reference, { action: 'pay' })).status).toBe(409);
    expect((await act(reference, { action: 'pay', force: true })).body).toMatchObject({
      state: 'paid',
      paid_count: 1,
    });
    expect((await receiver.until(1))[0]).toMatchObject({ genuine: true });
    expect((await merchant.query(reference)).body.trade_state).toBe('SUCCESS');
  });

  test('cannot pay after time_expire; the order stays NOTPAY and can be closed', async () => {
    const soon = new Date(Date.now() + 8 * 3_600_000 + 1_500).toISOString().slice(0, 19);
    const reference = await ordered({ time_expire: `${soon}+08:00` });
    await pause(1_700);
    expect((await act(reference, { action: 'pay' })).status).toBe(409);
    expect((await act(reference, { action: 'decline' })).status).toBe(409);
    expect((await merchant.query(reference)).body.trade_state).toBe('NOTPAY');
    expect((await merchant.close(reference)).status).toBe(204);
  });

  test('who declines or walks away changes nothing', async () => {
    const reference = await ordered();
    for (const action of ['decline', 'abandon']) {
      expect(await act(reference, { action })).toMatchObject({
        status: 200,
        body: { state: 'created' },
      });
    }
    expect((await act(reference, { action: 'pay' })).status).toBe(200);
    for (const action of ['decline', 'abandon'])
      expect((await act(reference, { action })).status).toBe(409);
  });

  test('takes a delivered refund back: it turns failed and the refunded sum falls', async () => {
    const reference = await ordered();
    await act(reference, { action: 'pay' });
    const refund = merchant.refundOf(reference, 500);
    await merchant.refund(refund);
    await receiver.until(2);
    const bounced = await act(reference, { action: 'bounce_refund', refund: refund.out_refund_no });
    expect(bounced.body).toMatchObject({ refunded: 0, refunds: [{ state: 'failed' }] });
    const last = (await receiver.until(3))[2];
    expect(last!.envelope.event_type).toBe('REFUND.ABNORMAL');
    expect((await merchant.queryRefund(refund.out_refund_no)).body.status).toBe('ABNORMAL');
  });

  test('is told when the reference, the channel or the action is unknown', async () => {
    const reference = await ordered();
    expect((await act(freshNumber(), { action: 'pay' })).status).toBe(404);
    expect((await act(reference, { action: 'dance' })).status).toBe(400);
    const elsewhere = `/control/payers/nopay/${reference}`;
    expect((await sandbox.call('POST', elsewhere, { action: 'pay' })).status).toBe(404);
  });
});

test('a close without a query before it is a violation', async () => {
  const reference = await ordered();
  await merchant.close(reference);
  expect((await books()).violations).toMatchObject([{ reference }]);
});

test('an acknowledgement after more than five seconds is a violation', async () => {
  const slow = await openReceiver(keys, 5_400);
  const reference = freshNumber();
  await merchant.create({ ...merchant.order(reference), notify_url: `${slow.url}/x` });
  await act(reference, { action: 'pay' });
  const { violations } = await until(books, (all: any) => all.violations.length > 0);
  expect(violations).toMatchObject([{ reference, rule: 'slow_ack' }]);
  await slow.close();
});

describe('resend', () => {
  test('sends the last callback again, freshly signed under the same id, also to another account', async () => {
    const reference = await ordered();
    await act(reference, { action: 'pay' });
    const [first] = await receiver.until(1);
    const path = `/control/callbacks/wechat-pay/${reference}/resend`;
    const answer = await sandbox.call('POST', path, { copies: 3, parallel: true });
    expect(answer).toEqual({ status: 200, body: { sent: 3, statuses: [204, 204, 204] } });
    expect(receiver.received).toHaveLength(4);
    for (const again of receiver.received.slice(1)) {
      expect(again).toMatchObject({ genuine: true, envelope: { id: first!.envelope.id } });
    }
    await sandbox.call('POST', path, { account: 'cha_other' });
    expect(receiver.received.at(-1)!.path).toBe('/v1/callbacks/wechat-pay/cha_other');
  });

  test('has nothing to send before the payer acted', async () => {
    const path = `/control/callbacks/wechat-pay/${await ordered()}/resend`;
    expect((await sandbox.call('POST', path, {})).status).toBe(404);
  });
});

test('refunds of one payment that follow too quickly are refused', async () => {
  const strict = await startSandbox({ SANDBOX_REFUND_SPACING_MS: '60000' });
  const other = openMerchant(strict, keys, receiver.url);
  const reference = freshNumber();
  await other.create(other.order(reference));
  await strict.call('POST', `/control/payers/wechat-pay/${reference}`, { action: 'pay' });
  expect((await other.refund(other.refundOf(reference, 1))).status).toBe(200);
  expect((await other.refund(other.refundOf(reference, 1))).body.code).toBe('FREQUENCY_LIMITED');
  expect((await strict.call('GET', '/control/books')).body.violations).toHaveLength(1);
  await strict.discard();
});

test('reset empties books and queue, also for the next start', async () => {
  receiver.answer = 500;
  const reference = await ordered();
  await act(reference, { action: 'pay' });
  await receiver.until(1);
  expect((await sandbox.call('POST', '/control/reset')).status).toBe(200);
  const heard = receiver.received.length;
  await sandbox.stop('SIGKILL');
  sandbox = await sandbox.again();
  await pause(500);
  expect(await books()).toEqual({ transactions: [], violations: [] });
  expect(receiver.received.length).toBeLessThanOrEqual(heard + 1);
});

test('SIGTERM ends the process with 0 even while a caller is held', async () => {
  await sandbox.call('POST', '/control/faults', {
    channel: 'wechat-pay', operation: 'query', fault: 'timeout_before_commit',
  }); // prettier-ignore
  const held = merchant.query(freshNumber()).catch(() => 'left');
  await pause(200);
  const begun = Date.now();
  expect(await sandbox.stop('SIGTERM')).toBe(0);
  expect(Date.now() - begun).toBeLessThan(5_000);
  expect(await held).toBe('left');
  sandbox = await sandbox.again();
});
