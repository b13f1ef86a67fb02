import { openReceiver, pause } from './callback-receiver.ts';
import { later } from './later.ts';
import { openShop, type Shop, until } from './shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const events = () => shop.receiver.received.map((one) => one.envelope.event_type as string);

describe('a callback that is spoilt', () => {
  test.each([
    ['forge_signature', { genuine: false, resource: { trade_state: 'SUCCESS' } }],
    ['wrong_key', { genuine: false, resource: { trade_state: 'SUCCESS' } }],
    ['tamper_ciphertext', { genuine: true, resource: null }],
    ['malformed', { genuine: true, resource: { out_trade_no: null, amount: null } }],
    ['wrong_amount', { genuine: true, resource: { amount: { total: 1998, currency: 'CNY' } } }],
    ['wrong_currency', { genuine: true, resource: { amount: { total: 1999, currency: 'USD' } } }],
    ['other_order', { genuine: true, resource: { out_trade_no: expect.not.stringMatching('^$') } }],
    ['stale_timestamp', { genuine: true, resource: { trade_state: 'SUCCESS' } }],
  ])('by %s is itself again on the next try, and the books stay true', async (fault, spoilt) => {
    shop.receiver.answer = 401;
    await shop.fault('callback', fault, { count: 1 });
    const reference = await shop.paidOrder();
    const [first] = await shop.receiver.until(1);
    shop.receiver.answer = 204;
    expect(first).toMatchObject(spoilt);
    const again = (await shop.receiver.until(2)).at(-1);
    expect(again).toMatchObject({
      genuine: true,
      resource: { out_trade_no: reference, amount: { total: 1999, currency: 'CNY' } },
    });
    expect(again!.age).toBeLessThan(60);
    expect(await shop.transaction(reference)).toMatchObject({ paid_count: 1, captured: 1999 });
  });

  test('is stale by more than five minutes', async () => {
    await shop.fault('callback', 'stale_timestamp', { count: 1 });
    await shop.paidOrder();
    expect((await shop.receiver.until(1))[0]!.age).toBeGreaterThan(300);
  });

  test('lacks members when it is malformed', async () => {
    await shop.fault('callback', 'malformed', { count: 1 });
    await shop.paidOrder();
    const [heard] = await shop.receiver.until(1);
    expect(heard!.resource).not.toHaveProperty('trade_state');
    expect(heard!.resource).not.toHaveProperty('transaction_id');
  });

  test('says what was true of another order, or names one that nobody made', async () => {
    await shop.fault('callback', 'other_order', { count: 1 });
    const alone = await shop.paidOrder();
    const [first] = await shop.receiver.until(1);
    expect(first!.resource.out_trade_no).not.toBe(alone);
    await shop.fault('callback', 'other_order', { count: 1 });
    await shop.paidOrder();
    const second = (await shop.receiver.until(2))[1];
    expect(second!.resource).toMatchObject({ out_trade_no: alone, trade_state: 'SUCCESS' });
  });

  test('says one unit less of a refund, too', async () => {
    const reference = await shop.paidOrder();
    await shop.receiver.until(1);
    await shop.fault('callback', 'wrong_amount', { count: 1 });
    await shop.merchant.refund(shop.merchant.refundOf(reference, 500));
    const heard = (await shop.receiver.until(2))[1];
    expect(heard!.resource.amount).toMatchObject({ refund: 499, total: 1999 });
    expect((await shop.transaction(reference)).refunded).toBe(500);
  });
});

describe('a callback', () => {
  test('that is dropped comes with the next try', async () => {
    await shop.fault('callback', 'drop', { count: 1 });
    await shop.fault('callback', 'duplicate', { count: 1 });
    await shop.paidOrder();
    // The drop ended the first try: the duplicate waited for the second.
    const heard = await shop.receiver.until(2);
    expect(new Set(heard.map((one) => one.envelope.id)).size).toBe(1);
    await pause(700);
    expect(shop.receiver.received).toHaveLength(2);
  });

  test('that is dropped for ever never comes, until the fault is deleted', async () => {
    await shop.fault('callback', 'drop');
    const reference = await shop.paidOrder();
    await pause(600);
    expect(shop.receiver.received).toHaveLength(0);
    expect((await shop.merchant.query(reference)).body.trade_state).toBe('SUCCESS');
    await shop.sandbox.call('DELETE', '/control/faults');
    await shop.receiver.until(1);
  });

  test('that is duplicated comes twice, or as often as copies says, each freshly signed', async () => {
    await shop.fault('callback', 'duplicate', { count: 1 });
    await shop.paidOrder();
    await shop.receiver.until(2);
    await shop.fault('callback', 'duplicate', { count: 1, copies: 5 });
    await shop.fault('callback', 'wrong_amount', { count: 1 });
    await shop.paidOrder();
    const heard = (await shop.receiver.until(7)).slice(2);
    expect(new Set(heard.map((one) => one.envelope.id)).size).toBe(1);
    expect(new Set(heard.map((one) => one.headers['wechatpay-nonce'])).size).toBe(5);
    expect(heard.map((one) => one.resource.amount.total)).toEqual([1998, 1998, 1998, 1998, 1998]);
  });

  test('that is delayed comes after delay_ms, and kill -9 neither loses nor hastens it', async () => {
    await shop.fault('callback', 'delay', { count: 1, delay_ms: 4_000 });
    const paid = Date.now();
    await shop.paidOrder();
    await pause(500);
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    await shop.receiver.until(1);
    expect(Date.now() - paid).toBeGreaterThan(3_500);
  });

  test('that is reordered comes after the next one of its order', async () => {
    await shop.fault('callback', 'reorder', { count: 1, delay_ms: 10_000 });
    const reference = await shop.paidOrder();
    const paid = Date.now();
    await shop.merchant.refund(shop.merchant.refundOf(reference, 500));
    await shop.receiver.until(2);
    expect(events()).toEqual(['REFUND.SUCCESS', 'TRANSACTION.SUCCESS']);
    expect(Date.now() - paid).toBeLessThan(10_000);
  });

  test('that is reordered with nothing to overtake it comes after delay_ms', async () => {
    await shop.fault('callback', 'reorder', { delay_ms: 500 });
    const paid = Date.now();
    const [late, other] = [await shop.paidOrder(), await shop.ordered()];
    await shop.receiver.until(1);
    expect(Date.now() - paid).toBeGreaterThan(450);
    expect(shop.receiver.received[0]!.resource.out_trade_no).toBe(late);
    expect(other).not.toBe(late);
  });

  test('is spared by a fault for another reference; a refund’s answers to both its numbers', async () => {
    const reference = await shop.paidOrder();
    await shop.receiver.until(1);
    await shop.fault('callback', 'forge_signature', { reference: 'att_somebody_else' });
    const refunds = [1, 2].map((amount) => shop.merchant.refundOf(reference, amount));
    await shop.fault('callback', 'wrong_key', { reference: refunds[1]!.out_refund_no });
    for (const refund of refunds) await shop.merchant.refund(refund);
    const heard = (await shop.receiver.until(3)).slice(1);
    const genuine = Object.fromEntries(
      heard.map((one) => [one.resource.out_refund_no as string, one.genuine]),
    );
    expect(genuine).toEqual({
      [refunds[0]!.out_refund_no]: true,
      [refunds[1]!.out_refund_no]: false,
    });
  });

  test('that is delayed over a reset never comes', async () => {
    await shop.fault('callback', 'delay', { count: 1, delay_ms: 60_000 });
    const reference = await shop.paidOrder();
    await pause(200);
    await shop.sandbox.call('POST', '/control/reset');
    await later(shop.sandbox, 60_000);
    await pause(300);
    expect(shop.receiver.received).toHaveLength(0);
    expect(await shop.transaction(reference)).toBeUndefined();
  });

  test('that is on the wire when the books are emptied has been answered before the reset is', async () => {
    const slow = await openReceiver(shop.keys, 1_500);
    await shop.pay(await shop.ordered({ notify_url: slow.url }));
    await slow.until(1);
    const heard = Date.now();
    await shop.sandbox.call('POST', '/control/reset');
    expect(Date.now() - heard).toBeGreaterThan(300);
    await slow.close();
  });
});

describe('a ladder that is climbed to its end', () => {
  test('is a missing acknowledgement, unless a fault had spoilt the last try', async () => {
    const quick = await openShop({ SANDBOX_CALLBACK_SCALE: '0' });
    quick.receiver.answer = 500;
    await quick.fault('callback', 'drop', { reference: 'att_dropped_for_ever' });
    await quick.ordered({ out_trade_no: 'att_dropped_for_ever' });
    await quick.pay('att_dropped_for_ever');
    const reference = await quick.paidOrder();
    const violations = await until(quick.violations, (all) => all.length > 0);
    expect(violations).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        channel: 'wechat-pay',
        reference,
        rule: 'missing_ack',
        detail: expect.any(String),
      },
    ]);
    expect(quick.receiver.received).toHaveLength(16); // the first try and 15 steps
    await quick.close();
  });
});
