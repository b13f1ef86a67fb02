import type { AlipaySdk } from 'alipay-sdk';

import { until } from '../shop.ts';
import { type AlipayShop, openAlipayShop } from './shop.ts';

let shop: AlipayShop;
/** Leaves after a second. */
let hurried: AlipaySdk;

beforeAll(async () => {
  shop = await openAlipayShop();
  hurried = shop.client({ timeout: 1_000 });
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

interface Scene {
  readonly reference: string;
  readonly call: (sdk?: AlipaySdk) => Promise<any>;
  /** What the call leaves in the books, or null when it only reads. */
  readonly done: ((transaction: any) => boolean) | null;
}

const scenes: Record<string, () => Promise<Scene>> = {
  create: () => {
    const order = shop.order();
    return Promise.resolve({
      reference: order.out_trade_no,
      call: (sdk) => shop.precreate(order, sdk),
      done: (transaction) => transaction?.state === 'created',
    });
  },
  query: async () => {
    const out_trade_no = await shop.scanned();
    return {
      reference: out_trade_no,
      call: (sdk) => shop.call('alipay.trade.query', { out_trade_no }, {}, sdk),
      done: null,
    };
  },
  close: async () => {
    const out_trade_no = await shop.scanned();
    await shop.query(out_trade_no);
    return {
      reference: out_trade_no,
      call: (sdk) => shop.call('alipay.trade.close', { out_trade_no }, {}, sdk),
      done: ({ state }) => state === 'closed',
    };
  },
  refund: async () => {
    const refund = shop.refundOf(await shop.paid(), '5.00');
    return {
      reference: refund.out_trade_no,
      call: (sdk) => shop.call('alipay.trade.refund', refund, {}, sdk),
      done: ({ refunds }) => refunds.length === 1,
    };
  },
  query_refund: async () => {
    const { refund_amount: _, ...named } = shop.refundOf(await shop.paid(), '5.00');
    await shop.refund({ ...named, refund_amount: '5.00' });
    return {
      reference: named.out_trade_no,
      call: (sdk) => shop.call('alipay.trade.fastpay.refund.query', named, {}, sdk),
      done: null,
    };
  },
};

const systemErrors: Record<string, [code: string, sub_code: string]> = {
  create: ['20000', 'isp.unknow-error'],
  query: ['40004', 'ACQ.SYSTEM_ERROR'],
  close: ['40004', 'ACQ.SYSTEM_ERROR'],
  refund: ['40004', 'AQC.SYSTEM_ERROR'],
  query_refund: ['40004', 'ACQ.SYSTEM_ERROR'],
};

/** How a call ended for who made it: its codes, or the error of the connection. */
const ending = (call: Promise<any>) =>
  call.then(
    ({ code, sub_code }) => [code, sub_code] as unknown,
    (error: unknown) => (error as Error).message,
  );
const through = ['10000', undefined];
/** The SDK's HTTP client sends once more, without asking, what a broken connection may have lost. */
const strikes = (fault: string) => (/refuse_connection|reset/.test(fault) ? 2 : 1);

describe.each(Object.keys(scenes))('on %s', (operation) => {
  const begun = () => scenes[operation]!();
  const hasDone = async ({ reference, done }: Scene) =>
    done ? done(await shop.transaction(reference)) : null;

  test.each([
    ['timeout_before_commit', /timeout/i],
    ['http_500_before_commit', /status: 500/],
    ['refuse_connection', /ECONNRESET|socket|closed|terminated/i],
    ['rate_limit', ['40005', 'isv.app-call-limited']],
  ])('%s leaves the books as they were, and the next call goes through', async (fault, ends) => {
    const scene = await begun();
    await shop.fault(operation, fault, { count: strikes(fault) });
    expect(await ending(scene.call(fault.startsWith('timeout') ? hurried : shop.sdk))).toEqual(
      ends instanceof RegExp ? expect.stringMatching(ends) : ends,
    );
    if (scene.done) expect(await hasDone(scene)).toBe(false);
    expect(await ending(scene.call())).toEqual(through);
    if (scene.done) expect(await hasDone(scene)).toBe(true);
    expect(await shop.violations()).toEqual([]);
  });

  test.each([
    ['timeout_after_commit', /timeout/i],
    ['reset_mid_body', /ECONNRESET|closed|terminated|aborted|other side/i],
    ['http_500_after_commit', /status: 500/],
    ['system_error_after_commit', systemErrors[operation]],
  ])('%s is in the books', async (fault, ends) => {
    const scene = await begun();
    await shop.fault(operation, fault, { count: strikes(fault) });
    expect(await ending(scene.call(fault.startsWith('timeout') ? hurried : shop.sdk))).toEqual(
      ends instanceof RegExp ? expect.stringMatching(ends) : ends,
    );
    if (scene.done)
      await until(
        () => hasDone(scene),
        (done) => done === true,
      );
    const again = operation === 'close' ? ['40004', 'ACQ.TRADE_STATUS_ERROR'] : through;
    expect(await ending(scene.call())).toEqual(again);
    expect(await shop.violations()).toEqual([]);
  });

  test('slow keeps the caller waiting; any strikes it too; a reference spares the others', async () => {
    const scene = await begun();
    await shop.fault(operation, 'slow', { count: 1, delay_ms: 400 });
    await shop.fault('any', 'rate_limit', { count: 1 });
    await shop.fault(operation, 'http_500_before_commit', { reference: 'att_somebody_else' });
    const since = Date.now();
    expect(await ending(scene.call())).toEqual(['40005', 'isv.app-call-limited']);
    expect(Date.now() - since).toBeGreaterThanOrEqual(390);
    expect(await ending(scene.call())).toEqual(through);
    await shop.fault('any', 'rate_limit', { reference: scene.reference });
    expect(await ending(scene.call())).toEqual(['40005', 'isv.app-call-limited']);
  });
});

test('not_found_for denies what there is, in each call’s own way, and is not used up by what there is not', async () => {
  const [unscanned, paid] = [await shop.ordered(), await shop.paid()];
  const refund = shop.refundOf(paid, '5.00');
  await shop.refund(refund);
  await shop.fault('query', 'not_found_for', { count: 1 });
  await shop.fault('refund', 'not_found_for', { count: 1 });
  await shop.fault('query_refund', 'not_found_for', { count: 1 });
  const denied = { code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST' };
  expect(await shop.query(unscanned)).toMatchObject(denied);
  expect(await shop.query(paid)).toMatchObject(denied);
  expect(await shop.query(paid)).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
  expect(await shop.refund(refund)).toMatchObject(denied);
  expect(await shop.refund(refund)).toMatchObject({ fund_change: 'N' });
  expect(await shop.queryRefund(shop.refundOf(paid, '1.00'))).not.toHaveProperty('refund_status');
  expect(await shop.queryRefund(refund)).toEqual({ code: '10000', msg: 'Success' });
  expect(await shop.queryRefund(refund)).toMatchObject({ refund_status: 'REFUND_SUCCESS' });
});

test('wrong_amount says one fen less, validly signed, in the answer only', async () => {
  const reference = await shop.paid();
  const refund = shop.refundOf(reference, '5.00');
  for (const operation of ['query', 'refund', 'query_refund'])
    await shop.fault(operation, 'wrong_amount', { count: 1 });
  expect(await shop.query(reference)).toMatchObject({
    total_amount: '19.98',
    receipt_amount: '19.98',
  });
  expect(await shop.refund(refund)).toMatchObject({ refund_fee: '4.99', send_back_fee: '4.99' });
  expect(await shop.queryRefund(refund)).toMatchObject({
    refund_amount: '4.99',
    total_amount: '19.99',
  });
  expect(await shop.query(reference)).toMatchObject({ total_amount: '19.99' });
  expect(await shop.transaction(reference)).toMatchObject({ captured: 1999, refunded: 500 });
});

test.each(['ordered', 'scanned'] as const)(
  'pay_during_close: the payer of a code that was %s is faster, and pays once',
  async (state) => {
    const reference = await shop[state]();
    await shop.query(reference);
    await shop.fault('close', 'pay_during_close', { count: 1 });
    expect(await shop.close(reference)).toMatchObject({ sub_code: 'ACQ.TRADE_STATUS_ERROR' });
    expect(await shop.transaction(reference)).toMatchObject({ state: 'paid', paid_count: 1 });
    expect((await shop.receiver.until(1))[0]!.notice.out_trade_no).toBe(reference);
  },
);

test('refuse_connection on any closes the port until it is cleared', async () => {
  const reference = await shop.scanned();
  await shop.fault('any', 'refuse_connection');
  await ending(shop.query(reference)); // may still use a connection from before, which is reset
  expect(await ending(shop.query(reference))).toEqual(expect.stringMatching(/ECONNREFUSED/));
  await shop.sandbox.call('DELETE', '/control/faults');
  expect(await ending(shop.query(reference))).toEqual(through);
});
