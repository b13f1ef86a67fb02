import { openShop, type Shop } from './shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const call = (method: string, path: string, body?: unknown) =>
  shop.sandbox.call(method, `/control/${path}`, body);

describe('a fault', () => {
  const armed = (given: object) =>
    call('POST', 'faults', {
      channel: 'wechat-pay',
      operation: 'query',
      fault: 'rate_limit',
      ...given,
    });

  test.each([
    [
      { channel: 'nopay' },
      "channel: unknown channel 'nopay'; known: wechat-pay, stripe, alipay, paypal, bank-transfer, adyen, unionpay",
    ],
    [{ operation: 'dance' }, 'operation: '],
    [{ fault: 'flood' }, 'fault: '],
    [{ fault: 'drop' }, "fault: 'drop' is no fault of a call"],
    [{ operation: 'callback' }, "fault: 'rate_limit' is no fault of a callback"],
    [{ count: 0 }, 'count: '],
    [{ probability: 1.5 }, 'probability: '],
    [{ delay_ms: -1 }, 'delay_ms: '],
    [{ copies: 0 }, 'copies: '],
    [{ wrong: true }, 'wrong'],
  ])('with %j is refused and not armed', async (given, error) => {
    const answer = await armed(given);
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining(error) } });
    expect((await shop.merchant.query('att_of_nobody')).status).toBe(404);
  });

  const everyCall = [
    'timeout_before_commit', 'timeout_after_commit', 'reset_mid_body', 'http_500_before_commit', 'http_500_after_commit',
    'system_error_after_commit', 'slow', 'rate_limit', 'refuse_connection', 'not_found_for', 'wrong_amount',
  ]; // prettier-ignore
  const everyCallback = [
    'drop', 'duplicate', 'delay', 'malformed', 'reorder', 'forge_signature', 'wrong_key', 'tamper_ciphertext',
    'stale_timestamp', 'wrong_amount', 'wrong_currency', 'other_order',
  ]; // prettier-ignore
  const ofMoney = ['create', 'query', 'close', 'refund', 'query_refund'];
  test.each([
    ['wechat-pay', [...ofMoney, 'bill', 'any']],
    ['stripe', [...ofMoney, 'capture', 'void', 'any']],
    ['alipay', [...ofMoney, 'bill', 'any']],
    ['paypal', ['create', 'query', 'capture', 'void', 'refund', 'query_refund', 'bill', 'any']],
    ['bank-transfer', [...ofMoney, 'bill', 'any']],
    ['adyen', ['create', 'close', 'capture', 'void', 'refund', 'bill', 'any']],
    ['unionpay', ['create', 'query', 'refund', 'query_refund', 'bill', 'any']],
  ])('of every kind can be armed on every operation of %s', async (channel, operations) => {
    for (const operation of operations)
      for (const fault of everyCall)
        expect((await armed({ channel, operation, fault })).status).toBe(200);
    const ofCallbacks = everyCallback.filter(
      (fault) => !['adyen', 'unionpay'].includes(channel) || fault !== 'stale_timestamp',
    );
    for (const operation of ['callback', 'any'])
      for (const fault of ofCallbacks)
        expect((await armed({ channel, operation, fault })).status).toBe(200);
  });

  test.each(['wechat-pay', 'stripe', 'alipay', 'bank-transfer', 'adyen'])(
    'in which the payer of %s is faster',
    async (channel) => {
      for (const operation of ['close', 'any'])
        expect((await armed({ channel, operation, fault: 'pay_during_close' })).status).toBe(200);
    },
  );

  test.each(['wechat-pay', 'stripe', 'paypal', 'bank-transfer', 'adyen', 'unionpay'])(
    'that bounces a refund of %s',
    async (channel) => {
      for (const operation of ['refund', 'any'])
        expect((await armed({ channel, operation, fault: 'refund_bounce' })).status).toBe(200);
    },
  );

  test.each([
    ['wechat-pay', 'capture', 'slow', "operation: wechat-pay has no 'capture'; it has: create, query, close, refund, query_refund, bill, callback, any"],
    ['stripe', 'payout', 'slow', "operation: stripe has no 'payout'"],
    ['stripe', 'query', 'pay_during_close', "fault: 'pay_during_close' strikes on 'close' only, not on 'query'"],
    ['wechat-pay', 'close', 'refund_bounce', "fault: 'refund_bounce' strikes on 'refund' only, not on 'close'"],
    ['alipay', 'refund', 'refund_bounce', "fault: alipay has no 'refund_bounce': its refunds are done at once"],
    ['alipay', 'any', 'refund_bounce', "fault: alipay has no 'refund_bounce'"],
    ['paypal', 'close', 'slow', "operation: paypal has no 'close'"],
    ['paypal', 'any', 'pay_during_close', "fault: paypal has no 'pay_during_close': nobody closes an order"],
    ['wechat-pay', 'query', 'insufficient_merchant_balance', "fault: 'insufficient_merchant_balance' strikes on 'refund' only"],
    ['stripe', 'refund', 'insufficient_merchant_balance', "fault: stripe has no 'insufficient_merchant_balance': it takes a refund all the same"],
    ['wechat-pay', 'query', 'missing_row', "fault: 'missing_row' strikes on 'bill' only, not on 'query'"],
    ['paypal', 'bill', 'bad_hash', "fault: paypal has no 'bad_hash'"],
    ['unionpay', 'bill', 'bad_hash', "fault: unionpay has no 'bad_hash': a bill is signed like every answer"],
    ['alipay', 'bill', 'bad_hash', "fault: alipay has no 'bad_hash': nothing says what its bills hash to"],
    ['bank-transfer', 'bill', 'fee_drift', "fault: bank-transfer has no 'fee_drift': its statements name no fees"],
    ['paypal', 'refund', 'customer_blocked', "fault: paypal has no 'customer_blocked'"],
    ['bank-transfer', 'query', 'customer_blocked', "fault: 'customer_blocked' strikes on 'create' and 'refund' only"],
    ['adyen', 'query', 'slow', "operation: adyen has no 'query'"],
    ['adyen', 'callback', 'stale_timestamp', "fault: adyen has no 'stale_timestamp': its signature says nothing of the time"],
    ['adyen', 'refund', 'capture_bounce', "fault: 'capture_bounce' strikes on 'capture' only, not on 'refund'"],
    ['adyen', 'refund', 'insufficient_merchant_balance', "fault: adyen has no 'insufficient_merchant_balance': what is refunded"],
    ['adyen', 'bill', 'bad_hash', "fault: adyen has no 'bad_hash'"],
    ['unionpay', 'close', 'slow', "operation: unionpay has no 'close'"],
    ['unionpay', 'any', 'pay_during_close', "fault: unionpay has no 'pay_during_close'"],
    ['unionpay', 'callback', 'stale_timestamp', "fault: unionpay has no 'stale_timestamp': its notices bear no time of sending"],
    ['stripe', 'capture', 'capture_bounce', "fault: stripe has no 'capture_bounce'"],
    ['alipay', 'any', 'double_spelling_errors', "fault: alipay has no 'double_spelling_errors'"],
  ])('that would never strike is refused: %s %s %s', async (channel, operation, fault, error) => {
    const answer = await armed({ channel, operation, fault });
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining(error) } });
  }); // prettier-ignore

  test('survives kill -9 with its count', async () => {
    const reference = await shop.ordered();
    await armed({ count: 2 });
    expect((await shop.merchant.query(reference)).status).toBe(429);
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    expect((await shop.merchant.query(reference)).status).toBe(429);
    expect((await shop.merchant.query(reference)).status).toBe(200);
  });

  test('is gone after a reset', async () => {
    await armed({});
    await armed({ operation: 'any', fault: 'refuse_connection' });
    await call('POST', 'reset');
    expect((await shop.merchant.query('att_of_nobody')).status).toBe(404);
  });
});
