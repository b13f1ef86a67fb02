import { wechatPay } from '../../../src/channels/wechat-pay/channel.ts';
import { back, order, verbs } from './verbs.ts';
import { account, answering, madeRefund, paidTransaction, refusedWith, replied } from './wechat.ts';

describe('a transaction', () => {
  const told = (change: object) => verbs.query(replied(200, { ...paidTransaction, ...change }));

  test.each([
    ['SUCCESS', 'approved'],
    ['REFUND', 'approved'],
    ['NOTPAY', 'open'],
    ['USERPAYING', 'pending'],
    ['ACCEPT', 'pending'],
    ['CLOSED', 'closed'],
    ['REVOKED', 'approved'], // a presented code's order that was paid, and given back by a reversal
    ['PAYERROR', 'declined'],
    ['A_STATE_OF_TOMORROW', 'unknown'],
    ['constructor', 'unknown'],
    ['__proto__', 'unknown'],
    ['success', 'unknown'],
    ['', 'unknown'],
  ])('in state %s is %s', async (trade_state, kind) => {
    expect((await told({ trade_state })).kind).toBe(kind);
  });

  test('that is paid tells the order’s total in UTC, whatever coupons the payer used', async () => {
    const amount = { ...paidTransaction.amount, payer_total: 1500 };
    expect(await told({ amount })).toEqual({
      kind: 'approved',
      receipt: {
        channel_reference: paidTransaction.transaction_id,
        paid_at: '2026-11-25T01:59:58.000Z',
        amount: 1999,
        currency: 'CNY',
      },
    });
  });

  test.each([
    ['number', { transaction_id: undefined }],
    ['number', { transaction_id: '' }],
    ['number', { transaction_id: null }],
    ['time', { success_time: undefined }],
    ['time', { success_time: '2026-02-30T10:00:00+08:00' }],
    ['time', { success_time: 'yesterday' }],
    ['amount', { amount: undefined }],
    ['amount', { amount: null }],
    ['whole amount', { amount: { total: 19.99 } }],
    ['safe amount', { amount: { total: 2 ** 53 } }],
    ['amount that is a number', { amount: { total: '1999' } }],
    ['positive amount', { amount: { total: -1999 } }],
    ['currency of ISO 4217', { amount: { total: 1999, currency: 'RMB' } }],
    ['currency in capitals', { amount: { total: 1999, currency: 'cny' } }],
  ])('that is paid without a %s is unknown', async (_what, change) => {
    expect((await told(change)).kind).toBe('unknown');
  });

  test('that is not paid needs none of them', async () => {
    const bare = { trade_state: 'NOTPAY', transaction_id: '', success_time: null };
    expect(await told({ ...bare, amount: null, payer: null })).toEqual({ kind: 'open' });
    expect(await told({ ...bare, amount: { total: 1999 } })).toEqual({ kind: 'open' });
  });

  test.each([
    ['order', { out_trade_no: 'att_01kaw0000000000000000000002' }],
    ['merchant', { mchid: '1900000110' }],
    ['app', { appid: 'wx9999999999999999' }],
  ])('of another %s disagrees in every state', async (_what, change) => {
    for (const trade_state of ['SUCCESS', 'NOTPAY', 'CLOSED', 'PAYERROR', 'TOMORROW'])
      expect((await told({ ...change, trade_state })).kind).toBe('disagrees');
  });

  test.each([
    ['amount', { total: 1998, currency: 'CNY' }],
    ['currency', { total: 1999, currency: 'HKD' }],
  ])(
    'with another %s disagrees, or is told as a receipt with its number',
    async (_what, amount) => {
      expect((await told({ amount, trade_state: 'NOTPAY' })).kind).toBe('disagrees');
      expect((await told({ amount, trade_state: 'CLOSED' })).kind).toBe('disagrees');
      const { total, currency } = amount;
      const receipt = {
        amount: total,
        currency,
        channel_reference: paidTransaction.transaction_id,
      };
      expect(await told({ amount })).toMatchObject({ kind: 'approved', receipt });
    },
  );
});

describe('a refund', () => {
  const told = (change: object) => verbs.query_refund(replied(200, { ...madeRefund, ...change }));

  test.each([
    ['SUCCESS', 'succeeded', null],
    ['PROCESSING', 'processing', null],
    ['CLOSED', 'failed', 'processing_error'],
    ['ABNORMAL', 'needs_attention', 'invalid_account'],
  ])('in state %s has %s, by reason of %s', async (status, ours, code) => {
    const answer = {
      ...(code ? { failure: expect.objectContaining({ code, channel_code: status }) } : {}),
      kind: 'refund',
      status: ours,
      channel_reference: madeRefund.refund_id,
      amount: 500,
      currency: 'CNY',
    };
    expect(await told({ status })).toEqual(answer);
    expect(await verbs.refund(replied(200, { ...madeRefund, status }))).toEqual(answer);
  });

  test.each(['A_STATE_OF_TOMORROW', 'constructor', '__proto__', '', null])(
    'in state %s is unknown',
    async (status) => {
      expect((await told({ status })).kind).toBe('unknown');
    },
  );

  test.each([
    ['number', { out_refund_no: 'ref_01kaw0000000000000000000002' }],
    ['order', { out_trade_no: 'att_01kaw0000000000000000000002' }],
    ['receipt', { transaction_id: '4200000000000000000000000000' }],
  ])('of another %s disagrees', async (_what, change) => {
    expect((await told(change)).kind).toBe('disagrees');
  });
});

describe('what is sent', () => {
  test('to create is the stored order and nothing of the hour', async () => {
    const call = answering(replied(200, { code_url: 'weixin://wxpay/bizpayurl?pr=1' }));
    await wechatPay.create(call, order);
    expect(call.requests).toMatchObject([
      { method: 'POST', url: `${account.base_url}/v3/pay/transactions/native` },
    ]);
    expect(JSON.parse(call.requests[0]!.body)).toEqual({
      appid: account.appid,
      mchid: account.mchid,
      description: 'Two tickets',
      out_trade_no: order.reference,
      time_expire: '2026-11-25T10:30:00+08:00',
      notify_url: order.notify_url,
      amount: { total: 1999, currency: 'CNY' },
    });
  });

  test.each([
    ['x'.repeat(200), 127],
    ['票'.repeat(200), 126], // three bytes each: WeChat's 127 are bytes
    ['🎫'.repeat(200), 124],
  ])('describes %s in %d bytes', async (description, bytes) => {
    const call = answering(refusedWith(500, 'SYSTEM_ERROR'));
    await wechatPay.create(call, { ...order, description });
    const sent = JSON.parse(call.requests[0]!.body).description as string;
    expect([Buffer.byteLength(sent), description.startsWith(sent)]).toEqual([bytes, true]);
  });

  test('to refund names receipt, number, reason and both amounts', async () => {
    const call = answering(replied(200, madeRefund));
    await wechatPay.refund(call, { ...back, reason: 'r'.repeat(100) });
    expect(JSON.parse(call.requests[0]!.body)).toEqual({
      transaction_id: back.receipt_reference,
      out_refund_no: back.reference,
      reason: 'r'.repeat(80),
      notify_url: back.notify_url,
      amount: { refund: 500, total: 1999, currency: 'CNY' },
    });
  });

  test('to refund without a reason has none', async () => {
    const call = answering(replied(200, madeRefund));
    await wechatPay.refund(call, { ...back, reason: '' });
    expect(JSON.parse(call.requests[0]!.body)).not.toHaveProperty('reason');
  });

  test('carries the headers that WeChat demands', async () => {
    const call = answering(replied(204, ''));
    expect(await wechatPay.close(call, order)).toEqual({ kind: 'closed' });
    expect(call.requests[0]?.headers).toMatchObject({
      Accept: 'application/json',
      'User-Agent': expect.stringMatching(/./),
      'Content-Type': 'application/json',
      'Wechatpay-Serial': 'PUB_KEY_ID_2',
    });
    expect(JSON.parse(call.requests[0]!.body)).toEqual({ mchid: account.mchid });
  });

  test('gets a code that ends two hours after it was given', async () => {
    const reply = replied(200, { code_url: 'weixin://wxpay/bizpayurl?pr=1' });
    expect(await verbs.create(reply)).toEqual({
      kind: 'action_required',
      next_action: { type: 'display_qr_code', data: 'weixin://wxpay/bizpayurl?pr=1' },
      code_ends_at: '2026-11-25T04:00:00.000Z',
    });
  });
});
