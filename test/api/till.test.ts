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
const tills = [
  ['wechat_pay_code', '1300610988280094', 'wechat-pay'],
  ['alipay_code', '2850610988280094', 'alipay'],
] as const;

describe.each(tills)('%s', (type, digits, channel) => {
  /** A code that the sandbox does this with, by its last two digits (docs/testing.md). */
  const code = (ending: string) => ({ type, auth_code: `${digits}${ending}` });
  const shown = async (ending: string, given: object = {}) =>
    (await merchant.create({ method: code(ending), ...given })).body;

  test('is charged in the call that brings it, and can be given back', async () => {
    const payment = await shown('00');
    expect(paymentShape.parse(payment)).toMatchObject({
      status: 'succeeded',
      method: { type },
      next_action: null,
      amount_captured: 1_999,
    });
    expect((await merchant.refund(payment.id)).body.status).toBe('succeeded');
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 1_999 });
  });

  test('whose payer must type his password is processing at once, and paid when he has', async () => {
    const payment = await shown('01');
    expect(payment).toMatchObject({ status: 'processing', outcome: 'known', next_action: null });
    await merchant.payer(payment, 'pay');
    await merchant.until(payment.id, is('succeeded'));
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 0 });
  });

  test('that is refused says why, and leaves room for another', async () => {
    const payment = await shown('02');
    expect(payment).toMatchObject({ status: 'requires_payment_method', failure: { code: expect.stringMatching(/./) } });
    const { body } = await merchant.confirm(payment.id, code('00'));
    expect(body).toMatchObject({ status: 'succeeded', attempts: [{ status: 'declined' }, { status: 'paid' }] });
  });

  test('whose charge was not answered is asked about, and paid', async () => {
    const payment = await shown('03', { wait: 20 });
    expect(payment.status).toBe('succeeded');
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 0 });
  });

  test.each(['cancel', 'expiry'])('that waits for a password is reversed by a %s', async (giveUp) => {
    const payment = await shown('01', giveUp === 'expiry' ? { expires_in: 3 } : {});
    if (giveUp === 'cancel') await merchant.cancel(payment.id);
    const ended = await merchant.until(payment.id, is('canceled'));
    expect(ended).toMatchObject({ late: false, refunds: [], attempts: [{ status: 'closed' }] });
    expect(await merchant.books(payment)).toMatchObject({ state: 'closed', paid_count: 0 });
  });

  test('that is paid while its reversal is under way is in and out, and pays nothing', async () => {
    await merchant.fault('close', 'pay_during_close', { channel, count: 1 });
    const payment = await shown('01');
    await merchant.cancel(payment.id);
    const ended = await merchant.until(payment.id, is('canceled'));
    expect(ended).toMatchObject({ amount_captured: 0, attempts: [{ amount_captured: 1_999, amount_refunded: 1_999 }] });
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 1_999 });
  });

  test('that is paid after its reversal goes back, once anybody asks', async () => {
    const payment = await shown('01');
    await merchant.cancel(payment.id);
    await merchant.until(payment.id, is('canceled'));
    await merchant.payer(payment, 'pay', { force: true });
    await merchant.call('POST', `/v1/payments/${payment.id}/sync`);
    const isBack = ({ attempts: [one] }: any) => one.amount_refunded === 1_999;
    expect(await merchant.until(payment.id, isBack)).toMatchObject({ status: 'canceled', late: true });
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 1_999 });
  });

  test('is shown to nobody but the channel', async () => {
    const payment = await shown('00');
    const timeline = await merchant.call('GET', `/v1/payments/${payment.id}/timeline`);
    expect(JSON.stringify([payment, timeline.body])).not.toContain(digits);
  });

  test.each([undefined, '', '12345', 'x'.repeat(18), 130_061_098_828])('must be digits: %j', async (auth_code) => {
    const { status, body } = await merchant.create({ method: { type, auth_code } });
    expect([status, body.errors[0].pointer]).toEqual([400, '/method/auth_code']);
  });
}); // prettier-ignore

test('an app is told what it hands to WeChat’s SDK, and the payer pays', async () => {
  const { body } = await merchant.create({ method: { type: 'wechat_pay_app' } });
  expect(body).toMatchObject({ status: 'requires_action', next_action: { type: 'sdk_params' } });
  const wechat = new URL('/client/app', stack.ready.sandbox);
  wechat.port = String(Number(wechat.port) + 1);
  const headers = { 'Content-Type': 'application/json' };
  const paid = await fetch(wechat, { method: 'POST', headers, body: JSON.stringify(body.next_action.params) }); // prettier-ignore
  expect(paid.ok).toBe(true);
  await merchant.until(body.id, is('succeeded'));
});

test('the channels have nothing against our manners', async () => {
  expect(await merchant.violations()).toEqual([]);
});
