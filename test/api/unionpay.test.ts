import { payment as paymentShape } from '../../src/api/payment-answer.ts';
import { impostor } from '../../src/sandbox/unionpay/impostor.ts';
import { browse } from '../sandbox/payer-browser.ts';
import { beijing, signedBy } from '../sandbox/unionpay/wire.ts';
import { launch, type Launched } from '../support/launcher.ts';
import { Merchant } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;
let keys: any;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
  keys = (await merchant.control('GET', '/control/keys')).body.unionpay;
});
afterAll(() => stack.remove());

const is = (status: string) => (payment: any) => payment.status === status;
const shown = async (given: object = {}) =>
  (await merchant.create({ method: { type: 'unionpay_qr' }, ...given })).body;
const paid = async () => {
  const payment = await shown();
  await merchant.payer(payment, 'pay');
  return merchant.until(payment.id, is('succeeded'));
};
/** Gives back so much: UnionPay takes it at first, and tells when it is done. */
const givenBack = async ({ id }: any, amount: number) => {
  const before: number = (await merchant.get(id)).amount_refunded;
  expect((await merchant.refund(id, { amount })).status).toBe(201);
  return merchant.until(id, (one) => one.amount_refunded === before + amount);
};

describe('a code of UnionPay', () => {
  test('is shown, paid and given back in parts, and both books agree', async () => {
    const payment = await shown();
    expect(paymentShape.parse(payment)).toMatchObject({
      status: 'requires_action',
      channel: 'unionpay',
      method: { type: 'unionpay_qr' },
      next_action: { type: 'display_qr_code', data: expect.stringMatching(/^https:\/\/qr\.95516\.com\//), expires_at: payment.expires_at },
    });
    await merchant.payer(payment, 'pay');
    await merchant.until(payment.id, is('succeeded'));
    for (const amount of [500, 499]) await givenBack(payment, amount);
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'succeeded', amount_captured: 1_999, amount_refunded: 999, amount_refunding: 0 });
    expect(await merchant.books(payment)).toMatchObject({ state: 'paid', paid_count: 1, captured: 1_999, refunded: 999 });
  }); // prettier-ignore

  test('that was given back whole stays succeeded', async () => {
    const payment = await paid();
    await givenBack(payment, 1_999);
    await merchant.call('POST', `/v1/payments/${payment.id}/sync`, {});
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'succeeded', late: false, amount_refunded: 1_999 }); // prettier-ignore
  });

  test('whose payer the bank refuses is tried again, and paid once', async () => {
    const payment = await shown();
    await merchant.payer(payment, 'decline', { reason: '64' });
    await merchant.call('POST', `/v1/payments/${payment.id}/sync`, {});
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'requires_action', attempts: [expect.anything()] }); // prettier-ignore
    await merchant.payer(payment, 'pay');
    await merchant.until(payment.id, is('succeeded'));
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 0 });
  });

  test.each(['scanned', 'not scanned'])('that was %s is not dead by a cancel: who pays it has paid', async (way) => {
    const payment = await shown();
    if (way === 'scanned') await merchant.payer(payment, 'decline');
    expect((await merchant.cancel(payment.id, { wait: 1 })).body.status).toBe('canceling');
    await merchant.payer(payment, 'pay');
    expect(await merchant.until(payment.id, is('succeeded'))).toMatchObject({ late: false, refunds: [] });
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 0 });
  }); // prettier-ignore
});

describe('an order that nobody opens until its end', () => {
  let unscanned: any;
  let lost: any;
  beforeAll(async () => {
    unscanned = await shown({ expires_in: 2 });
    await merchant.fault('create', 'system_error_after_commit', { channel: 'unionpay', count: 1 });
    lost = await shown({ expires_in: 2 });
  });

  test('is over half a minute later; money that comes all the same goes back', async () => {
    const ended = await merchant.until(unscanned.id, is('canceled'), 50_000);
    expect(ended).toMatchObject({ cancellation_reason: 'expired', attempts: [{ status: 'closed' }] });
    expect(Date.parse(ended.updated_at) - Date.parse(ended.expires_at)).toBeGreaterThanOrEqual(30_000);
    await merchant.payer(unscanned, 'pay', { force: true });
    const late = await merchant.until(unscanned.id, (one) => one.late && one.attempts[0].amount_refunded > 0);
    expect(late).toMatchObject({ status: 'canceled', amount_captured: 0, attempts: [{ amount_captured: 1_999, amount_refunded: 1_999 }] });
    expect(await merchant.books(unscanned)).toMatchObject({ paid_count: 1, refunded: 1_999 });
  }); // prettier-ignore

  test('because its create was lost is not made again, for its code is told once: it ends unpaid', async () => {
    const ended = await merchant.until(lost.id, is('canceled'), 50_000);
    expect(ended).toMatchObject({ outcome: 'known', next_action: null, attempts: [{ status: 'closed', amount_captured: 0 }] }); // prettier-ignore
    expect(await merchant.books(lost)).toMatchObject({ paid_count: 0 });
  });
});

describe('an order in UnionPay’s client', () => {
  test('is a number for the shop’s app, paid there with a button, and given back', async () => {
    const payment = await shown({ method: { type: 'unionpay_app' } });
    expect(paymentShape.parse(payment)).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'sdk_params', params: { tn: expect.stringMatching(/^\d{21}$/) } },
    });
    const client = new URL(`/client/${payment.next_action.params.tn}`, stack.ready.sandbox);
    client.port = String(Number(client.port) + 7);
    const { buttons } = await browse(client.href);
    await browse(new URL(buttons['pay'], client).href, { method: 'POST' });
    await merchant.until(payment.id, is('succeeded'));
    await givenBack(payment, 500);
    expect(await merchant.books(payment)).toMatchObject({ paid_count: 1, refunded: 500 });
  });
});

describe('a notice that somebody else sends', () => {
  /** What UnionPay would say, had the payer paid. */
  const notice = (payment: any, given: object = {}) => ({
    version: '5.1.0', encoding: 'UTF-8', signMethod: '01', accessType: '0', merId: keys.mer_id,
    txnType: '01', txnSubType: '07', bizType: '000000', orderId: payment.attempts[0].reference.replace('_', ''),
    txnTime: beijing(Date.parse(payment.created_at)), txnAmt: '1999', currencyCode: '156',
    queryId: `${beijing(Date.now())}0000007`, traceTime: beijing(Date.now()).slice(4), respCode: '00', respMsg: '成功',
    ...given,
  }); // prettier-ignore
  const send = async (members: Record<string, string>) => {
    const url = `${stack.ready.api}/v1/callbacks/unionpay/${keys.channel_account}`;
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(members) });
    return [answer.status, await answer.text()];
  };
  const unionpays = () => [keys.unionpay_private_key, keys.unionpay_certificate];
  const signers: Record<string, () => [key: string, certificate: string]> = {
    'the merchant himself': () => [keys.merchant_private_key, keys.merchant_certificate],
    'the merchant, with UnionPay’s certificate': () => [keys.merchant_private_key, keys.unionpay_certificate], // prettier-ignore
    'one whose certificate bears UnionPay’s name': () => [impostor.private_key, impostor.certificate], // prettier-ignore
    'UnionPay, with a certificate that the account does not know': () => [keys.next_unionpay_private_key, keys.next_unionpay_certificate], // prettier-ignore
  };
  const changesNothing = async (payment: any) => {
    const { status, outcome, sequence } = payment;
    expect(await merchant.get(payment.id)).toMatchObject({ status, outcome, sequence, amount_captured: 0 }); // prettier-ignore
  };

  test.each(Object.keys(signers))('signed by %s, is refused as forged and changes nothing', async (who) => {
    const payment = await shown();
    const [key, signPubKeyCert] = signers[who]!();
    expect(await send(signedBy(key, { ...notice(payment), signPubKeyCert }))).toEqual([401, 'fail']);
    await changesNothing(payment);
  }); // prettier-ignore

  test.each([
    ['another amount', { txnAmt: '1998' }],
    ['another currency', { currencyCode: '840' }],
    ['another merchant', { merId: '777290058110097' }],
  ])('about %s, is refused though UnionPay signed it, and pays nothing', async (_, given) => {
    const payment = await shown();
    const [key, signPubKeyCert] = unionpays();
    expect(await send(signedBy(key, { ...notice(payment, given), signPubKeyCert }))).toEqual([400, 'fail']); // prettier-ignore
    expect(await merchant.get(payment.id)).toMatchObject({ status: 'requires_action', amount_captured: 0 }); // prettier-ignore
  });

  test('would be believed if UnionPay had signed it: the signature alone was wrong', async () => {
    const payment = await shown();
    const [key, signPubKeyCert] = unionpays();
    const members = signedBy(key, { ...notice(payment), signPubKeyCert });
    expect(await send({ ...members, txnAmt: '1998' })).toEqual([401, 'fail']);
    await changesNothing(payment);
    expect(await send(members)).toEqual([200, 'ok']);
    await merchant.until(payment.id, is('succeeded'));
  });
});

test('the channel has nothing against our manners', async () => {
  expect(await merchant.violations()).toEqual([]);
});
