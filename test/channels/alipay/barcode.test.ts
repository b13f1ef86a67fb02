import { alipay } from '../../../src/channels/alipay/channel.ts';
import { answering, done, parametersOf, refusedBy, replied, trade } from './alipay.ts';
import { order } from './verbs.ts';

const presented = { ...order, method: 'alipay_code', token: '285061098828009406' };
const paid = { ...done, out_trade_no: order.reference, trade_no: trade.trade_no, total_amount: '19.99', gmt_payment: '2026-11-25 10:00:05' }; // prettier-ignore
const charged = (answer: object) =>
  alipay.create(answering(replied('alipay.trade.pay', answer)), presented);
const reversed = (answer: object) =>
  alipay.close(answering(replied('alipay.trade.cancel', answer)), presented);
const asked = (change: object, given = presented) =>
  alipay.query(answering(replied('alipay.trade.query', { ...trade, ...change })), given);

describe('a charge', () => {
  test('names the barcode beside what every order does, and an address for notices', async () => {
    const call = answering(replied('alipay.trade.pay', refusedBy('ACQ.SYSTEM_ERROR')));
    await alipay.create(call, presented);
    const { method, notify_url, biz_content } = parametersOf(call.requests[0]!);
    expect([method, notify_url]).toEqual(['alipay.trade.pay', order.notify_url]);
    expect(JSON.parse(biz_content!)).toMatchObject({
      out_trade_no: order.reference,
      total_amount: '19.99',
      scene: 'bar_code',
      auth_code: '285061098828009406',
      product_code: 'FACE_TO_FACE_PAYMENT',
    });
  });

  test('that is paid at once tells number, amount and time', async () => {
    expect(await charged(paid)).toEqual({
      kind: 'approved',
      receipt: {
        channel_reference: trade.trade_no,
        amount: 1999,
        currency: 'CNY',
        paid_at: '2026-11-25T02:00:05.000Z',
      },
    });
  });

  test.each([
    ['ACQ.PAYMENT_AUTH_CODE_INVALID', 'invalid_method'],
    ['ACQ.BUYER_BALANCE_NOT_ENOUGH', 'insufficient_funds'],
  ])('refused with %s is declined: %s', async (sub_code, code) => {
    const failure = { code, channel_code: sub_code };
    expect(await charged(refusedBy(sub_code))).toMatchObject({ kind: 'declined', failure });
  });

  test.each([
    ['waits for a password', { ...paid, code: '10003' }, 'pending'],
    ['is of another order', { ...paid, out_trade_no: 'att_2' }, 'unknown'],
    ['tells no time', { ...paid, gmt_payment: '' }, 'unknown'],
    ['tells no amount', { ...paid, total_amount: undefined }, 'unknown'],
    ['tells none in fen', { ...paid, total_amount: '19.999' }, 'unknown'],
    ['is not to be had', { code: '20000', sub_code: 'isp.unknow-error' }, 'unknown'],
    ['may have happened', refusedBy('ACQ.SYSTEM_ERROR'), 'unknown'],
    ['was made before', refusedBy('ACQ.TRADE_HAS_SUCCESS'), 'unknown'],
    ['was reversed before', refusedBy('ACQ.TRADE_HAS_CLOSE'), 'unknown'],
    ['bears a dead code', refusedBy('ACQ.PAYMENT_AUTH_CODE_INVALID'), 'declined'],
    ['is more than the payer has', refusedBy('ACQ.BUYER_BALANCE_NOT_ENOUGH'), 'declined'],
  ])('that %s', async (_what, answer, kind) => {
    expect((await charged(answer)).kind).toBe(kind);
  });
});

describe('an order of a barcode', () => {
  test('that nobody has paid waits for the payer’s password; another one is open', async () => {
    const unpaid = { trade_status: 'WAIT_BUYER_PAY', send_pay_date: undefined };
    expect(await asked(unpaid)).toEqual({ kind: 'pending' });
    expect(await asked(unpaid, order as never)).toEqual({ kind: 'open' });
  });

  test('that was paid and is closed went back', async () => {
    const told = await asked({ trade_status: 'TRADE_CLOSED', send_pay_date: '2026-11-25 10:00:05' }); // prettier-ignore
    expect(told).toMatchObject({ kind: 'approved', is_returned: true });
  });
});

describe('a reversal', () => {
  test.each([
    ['closed it', { ...done, retry_flag: 'N', action: 'close' }, 'closed'],
    ['gave it back', { ...done, retry_flag: 'N', action: 'refund' }, 'closed'],
    ['found nothing, and is content', { ...done, retry_flag: 'N' }, 'closed'],
    ['found nothing', refusedBy('ACQ.TRADE_NOT_EXIST'), 'closed'],
    ['is to be asked for again', { ...done, retry_flag: 'Y' }, 'unknown'],
    ['waits for somebody', { ...done, code: '10003' }, 'unknown'],
    ['may have happened', refusedBy('AQC.SYSTEM_ERROR'), 'unknown'],
    ['comes too late', refusedBy('ACQ.TRADE_CANCEL_TIME_OUT'), 'refused'],
    ['has nothing to pay with', refusedBy('ACQ.SELLER_BALANCE_NOT_ENOUGH'), 'refused'],
  ])('that %s', async (_what, answer, kind) => {
    expect((await reversed(answer)).kind).toBe(kind);
  });
});

test('an app is given the signed order as one text, encoded', async () => {
  const made = await alipay.create(answering(), { ...order, method: 'alipay_app' });
  if (made.kind !== 'action_required' || made.next_action.type !== 'sdk_params')
    throw new Error(made.kind);
  const text = made.next_action.params['order_string']!;
  const parameters = Object.fromEntries(new URLSearchParams(text));
  expect(text).not.toMatch(/[+ ]/);
  expect(parameters).toMatchObject({ method: 'alipay.trade.app.pay', sign_type: 'RSA2' });
  expect(JSON.parse(parameters['biz_content']!)).toMatchObject({ product_code: 'QUICK_MSECURITY_PAY' }); // prettier-ignore
});
