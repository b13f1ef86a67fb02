import { pause } from './callback-receiver.ts';
import { later } from './later.ts';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop({ SANDBOX_REFUND_MS: '3600000', SANDBOX_CALLBACK_SCALE: '1' });
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const hourMs = 3_600_000;
const time = async () => (await shop.sandbox.call('GET', '/control/clock')).body;
const advance = (advance_ms: unknown) =>
  shop.sandbox.call('POST', '/control/clock', { advance_ms });

describe('the clock of the sandbox', () => {
  test('is the machine’s until it is told otherwise, and again after a reset', async () => {
    const { now, ahead_ms } = await time();
    expect(ahead_ms).toBe(0);
    expect(Math.abs(Date.parse(now) - Date.now())).toBeLessThan(5_000);
    expect((await advance(30 * hourMs)).body).toEqual({
      now: expect.any(String),
      ahead_ms: 30 * hourMs,
    });
    expect((await advance(-hourMs)).body.ahead_ms).toBe(29 * hourMs);
    const ahead = Date.parse((await time()).now) - Date.now();
    expect(Math.abs(ahead - 29 * hourMs)).toBeLessThan(5_000);
    await shop.reset();
    expect((await time()).ahead_ms).toBe(0);
  });

  test('goes on where it was after kill -9', async () => {
    await later(shop.sandbox, hourMs);
    await shop.sandbox.stop('SIGKILL');
    shop.sandbox = await shop.sandbox.again();
    expect((await time()).ahead_ms).toBe(hourMs);
  });

  test('brings what is due meanwhile: an order’s end, a refund, a repeated callback', async () => {
    const unpaid = await shop.ordered();
    const reference = await shop.paidOrder();
    await shop.receiver.until(1);
    shop.receiver.answer = 500;
    await shop.merchant.refund(shop.merchant.refundOf(reference, 500));
    await later(shop.sandbox, hourMs);
    await shop.receiver.until(2); // refused; the next try is in 15 s
    await pause(300);
    expect(shop.receiver.received).toHaveLength(2);
    shop.receiver.answer = 204;
    await later(shop.sandbox, 15_000);
    await shop.receiver.until(3);
    expect(await shop.transaction(reference)).toMatchObject({ refunded: 500 });
    await later(shop.sandbox, 8 * 24 * hourMs); // a week is an order's life
    expect((await shop.pay(unpaid)).status).toBe(409);
  });

  test('signs with the machine’s time, or nobody could verify it', async () => {
    await later(shop.sandbox, 100 * hourMs);
    await shop.paidOrder();
    const [{ genuine, age }] = (await shop.receiver.until(1)) as [any];
    expect(genuine).toBe(true);
    expect(Math.abs(age)).toBeLessThan(10);
  });

  test.each(['1000', 1.5, null, -1, 1e13])('is not advanced by %j', async (ms) => {
    const answer = await advance(ms);
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining('advance_ms') } });
    expect((await time()).ahead_ms).toBe(0);
  });
});
