import { AlipaySdk } from 'alipay-sdk';

import { payment as paymentShape } from '../../src/api/payment-answer.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());

const is = (status: string) => (payment: any) => payment.status === status;
const shown = async (given: object = {}) =>
  (await merchant.create({ method: { type: 'alipay_qr' }, ...given })).body;
const paid = async () => {
  const payment = await shown();
  await merchant.payer(payment, 'pay');
  return merchant.until(payment.id, is('succeeded'));
};

describe('a code of Alipay', () => {
  test('is shown, paid and given back in parts, and both books agree', async () => {
    const payment = await shown();
    expect(paymentShape.parse(payment)).toMatchObject({
      status: 'requires_action',
      channel: 'alipay',
      method: { type: 'alipay_qr' },
      next_action: { type: 'display_qr_code', data: expect.stringMatching(/^https:\/\/qr\.alipay\.com\//), expires_at: payment.expires_at },
    });
    await merchant.payer(payment, 'pay');
    await merchant.until(payment.id, is('succeeded'));
    for (const amount of [500, 499]) expect((await merchant.refund(payment.id, { amount })).body.status).toBe('succeeded');
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'succeeded', amount_captured: 1_999, amount_refunded: 999 });
    expect(await merchant.books(payment)).toMatchObject({ state: 'paid', paid_count: 1, refunded: 999 });
  }); // prettier-ignore

  test('that was given back whole stays succeeded, whatever the channel calls it', async () => {
    const payment = await paid();
    await merchant.refund(payment.id);
    await merchant.call('POST', `/v1/payments/${payment.id}/sync`, {});
    expect(await merchant.get(payment.id)).toMatchObject({
      status: 'succeeded',
      amount_refunded: 1_999,
      late: false,
    });
  });

  test('that was scanned is closed by a cancel; money that comes all the same goes back', async () => {
    const payment = await shown();
    await merchant.payer(payment, 'decline'); // he has seen it
    expect((await merchant.cancel(payment.id)).body.status).toBe('canceled');
    await merchant.payer(payment, 'pay', { force: true });
    const late = await merchant.until(payment.id, (one) => one.late && one.attempts[0].amount_refunded > 0);
    expect(late).toMatchObject({ status: 'canceled', amount_captured: 0, attempts: [{ amount_captured: 1_999, amount_refunded: 1_999 }] });
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 1_999 });
  }); // prettier-ignore

  test('that nobody has scanned is not dead by a cancel: who pays it has paid', async () => {
    const payment = await shown();
    expect((await merchant.cancel(payment.id, { wait: 1 })).body.status).toBe('canceling');
    await merchant.payer(payment, 'pay');
    await merchant.until(payment.id, is('succeeded'));
  });

  test('that nobody has scanned is over half a minute after its end', async () => {
    const payment = await shown({ expires_in: 2 });
    const ended = await merchant.until(payment.id, is('canceled'), 60_000);
    expect(ended).toMatchObject({ cancellation_reason: 'expired', attempts: [{ status: 'closed' }] });
    expect(Date.parse(ended.updated_at) - Date.parse(ended.expires_at)).toBeGreaterThanOrEqual(30_000);
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 0 });
  }); // prettier-ignore

  test('whose create was lost is the same code when it is made again', async () => {
    await merchant.fault('create', 'system_error_after_commit', { channel: 'alipay', count: 1 });
    const payment = await shown({ wait: 20 });
    expect(payment).toMatchObject({ status: 'requires_action', attempts: [expect.anything()] });
    await merchant.payer(payment, 'pay');
    await merchant.until(payment.id, is('succeeded'));
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1 });
  });
});

describe.each([
  ['alipay_page', 'alipay.trade.page.pay'],
  ['alipay_wap', 'alipay.trade.wap.pay'],
])('a page of Alipay (%s)', (type, called) => {
  const return_url = 'https://shop.example/back?order=7';

  test('is an address for the payer, made without a call; where he goes back to is the shop’s', async () => {
    const payment = await shown({ method: { type }, return_url });
    expect(payment).toMatchObject({ status: 'requires_action', next_action: { type: 'redirect' } });
    const address = new URL(payment.next_action.url).searchParams;
    expect([address.get('method'), address.get('return_url')]).toEqual([called, return_url]);
    const timeline = await merchant.call('GET', `/v1/payments/${payment.id}/timeline`);
    expect(timeline.body.data.filter((one: any) => one.kind === 'exchange')).toEqual([]);
  });

  test('that the payer opens and pays is paid, and given back', async () => {
    const payment = await shown({ method: { type }, return_url });
    const page = await fetch(payment.next_action.url, { redirect: 'manual' });
    expect(page.status).toBeLessThan(400);
    await merchant.payer(payment, 'pay');
    await merchant.until(payment.id, is('succeeded'));
    expect((await merchant.refund(payment.id)).body.status).toBe('succeeded');
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 1_999 });
  });

  test('that nobody has opened is not dead by a cancel, and one that was opened is closed by it', async () => {
    const payment = await shown({ method: { type } });
    expect((await merchant.cancel(payment.id, { wait: 1 })).body.status).toBe('canceling');
    await fetch(payment.next_action.url, { redirect: 'manual' });
    await merchant.payer(payment, 'decline'); // he has logged in
    await merchant.until(payment.id, is('canceled'));
    expect(await merchant.books(payment)).toMatchObject({ state: 'closed', paid_count: 0 });
  });
});

describe('an order in Alipay’s app', () => {
  const inApp = () => shown({ method: { type: 'alipay_app' } });
  const orderOf = ({ next_action }: any) =>
    Object.fromEntries(new URLSearchParams(next_action.params.order_string));
  /** His app hands the merchant's order to Alipay, which hears of it then. */
  const opened = async (payment: any) => {
    const url = `${await gateway()}/gateway.do?${payment.next_action.params.order_string}`;
    expect((await fetch(url, { redirect: 'manual' })).status).toBeLessThan(400);
  };
  /** Where the sandbox's Alipay is: a page's address says it. */
  const gateway = async () =>
    new URL((await shown({ method: { type: 'alipay_page' } })).next_action.url).origin;

  test('is a text for Alipay’s SDK, which the app’s key has signed over all of it', async () => {
    const { app_id, app_private_key, app_public_key } = (await merchant.control('GET', '/control/keys')).body.alipay;
    const payment = await inApp();
    expect(payment).toMatchObject({ status: 'requires_action', next_action: { type: 'sdk_params' } });
    const order = orderOf(payment);
    const sdk = new AlipaySdk({ appId: app_id, privateKey: app_private_key, keyType: 'PKCS8', alipayPublicKey: app_public_key });
    expect(sdk.checkNotifySignV2({ ...order })).toBe(true);
    expect(sdk.checkNotifySignV2({ ...order, biz_content: '{}' })).toBe(false);
    expect(order).toMatchObject({ app_id, method: 'alipay.trade.app.pay' });
    expect(JSON.parse(order['biz_content']!)).toMatchObject({
      out_trade_no: payment.attempts[0].reference, total_amount: '19.99', product_code: 'QUICK_MSECURITY_PAY',
    });
  }); // prettier-ignore

  test('that the payer pays there is paid, and given back', async () => {
    const payment = await inApp();
    await opened(payment);
    await merchant.payer(payment, 'pay');
    await merchant.until(payment.id, is('succeeded'));
    expect((await merchant.refund(payment.id, { amount: 500 })).body.status).toBe('succeeded');
    expect((await merchant.refund(payment.id)).body.status).toBe('succeeded');
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 1_999 });
  });
});

test('the channel has nothing against our manners', async () => {
  expect(await merchant.violations()).toEqual([]);
});
