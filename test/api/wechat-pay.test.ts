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
const return_url = 'https://shop.example/back?order=7';
const ways = {
  wechat_pay_h5: { payer_ip: '203.0.113.7' },
  wechat_pay_jsapi: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
};
const shown = async (type: keyof typeof ways, given: object = {}) =>
  (await merchant.create({ method: { type, ...ways[type] }, return_url, ...given })).body;

test('a phone’s browser is led to WeChat’s page, where he pays, and from there back to the shop', async () => {
  const payment = await shown('wechat_pay_h5');
  expect(paymentShape.parse(payment)).toMatchObject({
    status: 'requires_action',
    channel: 'wechat-pay',
    method: { type: 'wechat_pay_h5' },
    next_action: { type: 'redirect' },
  });
  const page = await fetch(payment.next_action.url);
  const [, button] = /action="([^"]*\/pay\?[^"]*)"/.exec(await page.text())!;
  const pressed = new URL(button!.replaceAll('&#38;', '&'), payment.next_action.url);
  const led = await fetch(pressed, { method: 'POST', redirect: 'manual' });
  expect(led.headers.get('location')).toBe(return_url);
  await merchant.until(payment.id, is('succeeded'));
}); // prettier-ignore

test.each(['wechat_pay_h5', 'wechat_pay_jsapi'])(
  '%s alone is enough with a test key',
  async (type) => {
    const { status, body } = await merchant.create({ method: { type } });
    expect([status, body.status]).toEqual([201, 'requires_action']);
  },
);

test('a page in WeChat hands on what it is told, and the payer pays', async () => {
  const payment = await shown('wechat_pay_jsapi');
  expect(paymentShape.parse(payment)).toMatchObject({
    status: 'requires_action',
    channel: 'wechat-pay',
    method: { type: 'wechat_pay_jsapi' },
    next_action: { type: 'sdk_params' },
  });
  const wechat = new URL('/client/jsapi', stack.ready.sandbox);
  wechat.port = String(Number(wechat.port) + 1);
  const headers = { 'Content-Type': 'application/json' };
  const pays = async (params: object) =>
    (await fetch(wechat, { method: 'POST', headers, body: JSON.stringify(params) })).json();
  const { params } = (await merchant.get(payment.id)).next_action;
  expect(params).toEqual(payment.next_action.params);
  expect(await pays(params)).toEqual({ err_msg: 'get_brand_wcpay_request:ok' });
  await merchant.until(payment.id, is('succeeded'));
});

describe.each(Object.keys(ways) as (keyof typeof ways)[])('%s', (type) => {
  const [told] = Object.values(ways[type]);

  test('that the payer pays is paid, and given back', async () => {
    const payment = await shown(type);
    await merchant.payer(payment, 'pay');
    expect(await merchant.until(payment.id, is('succeeded'))).toMatchObject({ next_action: null });
    expect((await merchant.refund(payment.id)).body.status).toBe('succeeded');
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 1_999 });
  });

  test('that the merchant cancels is closed; money that comes all the same goes back', async () => {
    const payment = await shown(type);
    expect((await merchant.cancel(payment.id)).body.status).toBe('canceled');
    await merchant.payer(payment, 'pay', { force: true });
    const isBack = (one: any) => one.late && one.attempts[0].amount_refunded > 0;
    expect(await merchant.until(payment.id, isBack)).toMatchObject({ status: 'canceled' });
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 1_999 });
  });

  test('whose create was lost is one order when it is made again', async () => {
    const created = { channel: 'wechat-pay', count: 1 };
    await merchant.fault('create', 'system_error_after_commit', created);
    const payment = await shown(type, { wait: 20 });
    expect(payment).toMatchObject({ status: 'requires_action', attempts: [expect.anything()] });
    await merchant.payer(payment, 'pay');
    await merchant.until(payment.id, is('succeeded'));
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1 });
  });

  test('can be what the payer switches to, and tells nobody but the channel who he is', async () => {
    const { body } = await merchant.create();
    const { body: payment } = await merchant.confirm(body.id, { type, ...ways[type] });
    expect(payment).toMatchObject({ status: 'requires_action', method: { type } });
    expect(payment.attempts).toMatchObject([{ status: 'closed' }, { status: 'requires_action' }]);
    const timeline = await merchant.call('GET', `/v1/payments/${payment.id}/timeline`);
    expect(JSON.stringify(timeline.body)).toContain(`transactions/${type.slice('wechat_pay_'.length)}`);
    expect(JSON.stringify([payment, timeline.body])).not.toContain(told);
  }); // prettier-ignore
});

test('the channel has nothing against our manners', async () => {
  expect(await merchant.violations()).toEqual([]);
});
