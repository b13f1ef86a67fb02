import { wechatPay } from '../../../src/channels/wechat-pay/channel.ts';
import { order } from './verbs.ts';
import { account, answering, paidTransaction, refusedWith, replied } from './wechat.ts';

const presented = { ...order, method: 'wechat_pay_code', token: '130061098828009406' };
const charged = (reply: ReturnType<typeof replied>) =>
  wechatPay.create(answering(reply), presented);
const asked = (change: object, given = presented) =>
  wechatPay.query(answering(replied(200, { ...paidTransaction, trade_type: 'MICROPAY', ...change })), given); // prettier-ignore
const unpaid = { transaction_id: '', success_time: null, amount: null };

describe('a charge', () => {
  test('names the payer’s code, and neither an address for callbacks nor an end', async () => {
    const call = answering(refusedWith(500, 'SYSTEM_ERROR'));
    await wechatPay.create(call, presented);
    const { url, body } = call.requests[0]!;
    expect(url).toBe(`${account.base_url}/v3/pay/transactions/codepay`);
    expect(JSON.parse(body)).toEqual({
      appid: account.appid,
      mchid: account.mchid,
      description: order.description,
      out_trade_no: order.reference,
      amount: { total: 1999, currency: 'CNY' },
      payer: { auth_code: '130061098828009406' },
      scene_info: { store_info: { out_id: account.mchid } },
    });
  });

  test('that is paid at once is approved', async () => {
    expect(await charged(replied(200, paidTransaction))).toMatchObject({
      kind: 'approved',
      receipt: { channel_reference: paidTransaction.transaction_id, amount: 1999 },
    });
  });

  test.each([
    ['USERPAYING', 'pending'],
    ['NOTPAY', 'pending'],
    ['ACCEPT', 'pending'],
    ['PAYERROR', 'declined'],
    ['CLOSED', 'unknown'],
    ['REVOKED', 'unknown'],
    ['A_STATE_OF_TOMORROW', 'unknown'],
  ])('answered with a transaction in state %s is %s', async (trade_state, kind) => {
    const said = replied(200, { ...paidTransaction, ...unpaid, trade_state });
    expect((await charged(said)).kind).toBe(kind);
  });

  test.each([
    [202, 'USERPAYING', 'pending'],
    [400, 'USER_PAYING', 'pending'],
    [403, 'OUT_TRADE_NO_USED', 'unknown'],
    [400, 'ORDER_REVERSED', 'unknown'],
    [400, 'ORDER_PAID', 'unknown'],
    [400, 'ORDER_CLOSED', 'unknown'],
    [400, 'INVALID_REQUEST', 'unknown'],
    [500, 'SYSTEM_ERROR', 'unknown'],
    [500, 'BANK_ERROR', 'unknown'],
    [429, 'FREQUENCY_LIMITED', 'never_sent'],
  ])('answered %d %s is %s', async (status, code, kind) => {
    expect((await charged(refusedWith(status, code))).kind).toBe(kind);
  });

  test.each([
    ['AUTH_CODE_EXPIRE', 'invalid_method'],
    ['AUTHCODEEXPIRE', 'invalid_method'],
    ['AUTH_CODE_INVALID', 'invalid_method'],
    ['NOTENOUGH', 'insufficient_funds'],
    ['TRADE_ERROR', 'not_permitted'],
    ['A_CODE_OF_TOMORROW', 'processing_error'],
  ])('refused with %s is declined: %s', async (code, said) => {
    expect(await charged(refusedWith(400, code))).toMatchObject({
      kind: 'declined',
      failure: { code: said, channel_code: code },
    });
  });

  test('of another amount than was asked for is not believed', async () => {
    const amount = { ...paidTransaction.amount, total: 1 };
    const said = replied(200, { ...paidTransaction, ...unpaid, amount, trade_state: 'USERPAYING' });
    expect((await charged(said)).kind).toBe('unknown');
  });
});

describe('an order of a presented code', () => {
  test('that nobody has paid waits for the payer’s password; another one is open', async () => {
    expect(await asked({ ...unpaid, trade_state: 'NOTPAY' })).toEqual({ kind: 'pending' });
    expect(await asked({ ...unpaid, trade_state: 'NOTPAY' }, order as never)).toEqual({ kind: 'open' }); // prettier-ignore
  });

  test('that was reversed is closed, or was paid and is given back', async () => {
    expect(await asked({ ...unpaid, trade_state: 'REVOKED' })).toEqual({ kind: 'closed' });
    expect(await asked({ trade_state: 'REVOKED' })).toMatchObject({ kind: 'approved', is_returned: true }); // prettier-ignore
    expect(await asked({ trade_state: 'REFUND' })).toMatchObject({ kind: 'approved', is_returned: true }); // prettier-ignore
  });
});

describe('a reversal', () => {
  const reversed = (reply: ReturnType<typeof replied>) =>
    wechatPay.close(answering(reply), presented);

  test('names app and merchant, under the order’s number', async () => {
    const call = answering(refusedWith(500, 'SYSTEM_ERROR'));
    await wechatPay.close(call, presented);
    const { url, body } = call.requests[0]!;
    expect(url).toBe(`${account.base_url}/v3/pay/transactions/out-trade-no/${order.reference}/reverse`); // prettier-ignore
    expect(JSON.parse(body)).toEqual({ appid: account.appid, mchid: account.mchid });
  });

  test.each([
    [404, 'ORDER_NOT_EXIST', 'closed'],
    [400, 'REVERSE_EXPIRE', 'refused'],
    [403, 'TRADE_ERROR', 'refused'],
    [500, 'SYSTEM_ERROR', 'unknown'],
    [429, 'FREQUENCY_LIMITED', 'never_sent'],
  ])('answered %d %s is %s', async (status, code, kind) => {
    expect((await reversed(refusedWith(status, code))).kind).toBe(kind);
  });

  test('that WeChat has carried out says so', async () => {
    const { appid, mchid } = account;
    expect(await reversed(replied(200, { appid, mchid }))).toEqual({ kind: 'closed' });
  });
});
