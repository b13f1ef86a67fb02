import { alipay } from '../../../src/channels/alipay/channel.ts';
import { inYuan, toFen } from '../../../src/channels/alipay/money.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { accepted, answering, done, parametersOf, refunded, replied, settings, trade, unpaid } from './alipay.ts'; // prettier-ignore
import { back, methods, order, verbs } from './verbs.ts';

describe('a trade', () => {
  const told = (answer: object) => verbs.query(replied(methods.query, answer));

  test.each([
    ['TRADE_SUCCESS', trade, 'approved'],
    ['TRADE_FINISHED', trade, 'approved'],
    ['TRADE_CLOSED', trade, 'approved'], // paid, and given back whole
    ['TRADE_CLOSED', { ...trade, receipt_amount: '0.00', buyer_pay_amount: '0.00' }, 'approved'],
    ['TRADE_CLOSED', { ...unpaid, send_pay_date: '2026-11-25 09:59:58' }, 'approved'],
    ['TRADE_CLOSED', { ...unpaid, refund_fee: '19.99' }, 'unknown'], // paid some time
    ['TRADE_CLOSED', { ...unpaid, buyer_pay_amount: '19.99' }, 'unknown'],
    ['TRADE_CLOSED', unpaid, 'closed'],
    ['TRADE_CLOSED', { ...unpaid, trade_no: '', receipt_amount: null }, 'closed'],
    ['WAIT_BUYER_PAY', unpaid, 'open'],
    ['A_STATUS_OF_TOMORROW', trade, 'unknown'],
    ['constructor', trade, 'unknown'],
    ['__proto__', unpaid, 'unknown'],
    ['trade_success', trade, 'unknown'],
    ['', trade, 'unknown'],
  ])('in status %s (%#) is so', async (trade_status, base, kind) => {
    expect((await told({ ...base, trade_status })).kind).toBe(kind);
  });

  test('that is paid tells number, time in UTC, and the total, whatever the payer’s vouchers', async () => {
    expect(await told({ ...trade, buyer_pay_amount: '15.00' })).toEqual({
      kind: 'approved',
      receipt: {
        channel_reference: trade.trade_no,
        paid_at: '2026-11-25T01:59:58.000Z',
        amount: 1999,
        currency: 'CNY',
      },
    });
  });

  test.each([
    ['number', { trade_no: undefined }],
    ['number', { trade_no: '' }],
    ['time', { send_pay_date: undefined }],
    ['time', { send_pay_date: '2026-02-30 10:00:00' }],
    ['time', { send_pay_date: 'yesterday' }],
    ['amount', { total_amount: undefined }],
    ['amount in fen', { total_amount: '19.999' }],
    ['amount in digits', { total_amount: '1e3' }],
    ['positive amount', { total_amount: '-19.99' }],
    ['safe amount', { total_amount: '99999999999999.99' }],
    ['currency of ISO 4217', { trans_currency: 'RMB' }],
  ])('that is paid without a %s is unknown', async (_what, change) => {
    expect((await told({ ...trade, ...change })).kind).toBe('unknown');
  });

  test('that cannot be read is unknown, and one that is open needs no total', async () => {
    expect((await told(done)).kind).toBe('unknown');
    expect(await told({ ...unpaid, trade_status: 'WAIT_BUYER_PAY', total_amount: '' })).toEqual({ kind: 'open' });
  }); // prettier-ignore

  test('of another order disagrees in every status', async () => {
    for (const trade_status of ['TRADE_SUCCESS', 'WAIT_BUYER_PAY', 'TRADE_CLOSED', 'TOMORROW'])
      expect((await told({ ...trade, trade_status, out_trade_no: 'att_2' })).kind).toBe('disagrees');
  }); // prettier-ignore

  test('with another amount or currency disagrees, or is told as a receipt with its number', async () => {
    for (const trade_status of ['WAIT_BUYER_PAY', 'TRADE_CLOSED'])
      expect((await told({ ...unpaid, trade_status, total_amount: '19.98' })).kind).toBe('disagrees');
    expect((await told({ ...unpaid, trans_currency: 'USD' })).kind).toBe('disagrees');
    expect(await told({ ...trade, trans_currency: 'USD' })).toMatchObject({ receipt: { amount: 1999, currency: 'USD' } });
    const receipt = { amount: 1998, channel_reference: trade.trade_no };
    expect(await told({ ...trade, total_amount: '19.98' })).toMatchObject({ kind: 'approved', receipt });
  }); // prettier-ignore
});

describe('a refund', () => {
  const receipt = { kind: 'refund', channel_reference: null, amount: 500, currency: 'CNY' };
  const made = (change: object) =>
    verbs.refund(replied(methods.refund, { ...accepted, ...change }));
  const told = (change: object) =>
    verbs.query_refund(replied(methods.query_refund, { ...refunded, ...change }));

  test.each([
    ['Y', '5.00', 'succeeded'],
    ['Y', '12.50', 'succeeded'], // with what went back before
    ['N', '5.00', 'processing'], // moved by an earlier call, or not yet
    ['N', '0.00', 'processing'],
  ])('with fund_change %s and %s given back in all has %s', async (fund_change, refund_fee, status) => {
    expect(await made({ fund_change, refund_fee })).toEqual({ ...receipt, status });
  }); // prettier-ignore

  test.each([
    ['no fund_change', { fund_change: undefined }],
    ['a strange one', { fund_change: 'y' }],
    ['no sum', { refund_fee: undefined }],
  ])('answered with %s is unknown', async (_what, change) => {
    expect((await made(change)).kind).toBe('unknown');
  });

  test.each([
    ['less than it asked for', { refund_fee: '4.99' }],
    ['no amount', { refund_fee: 'some' }],
    ['another order', { out_trade_no: 'att_2' }],
    ['another receipt', { trade_no: '2026' }],
  ])('that moved %s disagrees', async (_what, change) => {
    expect((await made(change)).kind).toBe('disagrees');
  });

  test('that is asked about and succeeded says what went back under its number', async () => {
    expect(await told({})).toEqual({ ...receipt, status: 'succeeded' });
    expect(await told({ refund_amount: '4.00' })).toMatchObject({ status: 'succeeded', amount: 400 });
  }); // prettier-ignore

  test.each([undefined, null, ''])('with the status %j has not happened, or not yet', async (refund_status) => {
    expect(await told({ refund_status })).toEqual({ kind: 'not_found' });
    expect(await verbs.query_refund(replied(methods.query_refund, done))).toEqual({ kind: 'not_found' });
  }); // prettier-ignore

  test.each([
    [{ refund_status: 'REFUND_OF_TOMORROW' }, 'unknown'],
    [{ refund_status: 'constructor' }, 'unknown'],
    [{ refund_amount: undefined }, 'unknown'],
    [{ out_request_no: 'ref_2' }, 'disagrees'],
    [{ out_trade_no: 'att_2' }, 'disagrees'],
    [{ trade_no: '2026' }, 'disagrees'],
  ])('that is told with %j is so', async (change, kind) => {
    expect((await told(change)).kind).toBe(kind);
  });
});

describe('what is sent', () => {
  const lost = { kind: 'lost', detail: 'ECONNRESET' } as const;
  const contentOf = (call: ReturnType<typeof answering>) =>
    JSON.parse(parametersOf(call.requests[0]!)['biz_content']!);

  test('to create is the stored order with its end, and nothing of the hour', async () => {
    const call = answering(replied(methods.create, { ...done, out_trade_no: order.reference, qr_code: 'https://qr.alipay.com/bax1' }));
    expect(await alipay.create(call, order)).toEqual({
      kind: 'action_required',
      next_action: { type: 'display_qr_code', data: 'https://qr.alipay.com/bax1' },
      code_ends_at: null,
    });
    expect(contentOf(call)).toEqual({
      out_trade_no: order.reference,
      total_amount: '19.99',
      subject: 'Two tickets',
      time_expire: '2026-11-25 10:30:00',
    });
    const { method, notify_url } = parametersOf(call.requests[0]!);
    expect({ method, notify_url }).toEqual({ method: methods.create, notify_url: order.notify_url });
    expect(call.requests[0]!.url.startsWith(`${settings.base_url}/gateway.do?`)).toBe(true);
  }); // prettier-ignore

  test.each([
    ['another order', { out_trade_no: 'att_2', qr_code: 'https://qr.alipay.com/bax1' }],
    ['no code', { out_trade_no: order.reference }],
    ['an empty code', { out_trade_no: order.reference, qr_code: '' }],
  ])('and answered with %s is unknown', async (_what, answer) => {
    expect((await verbs.create(replied(methods.create, { ...done, ...answer }))).kind).toBe(
      'unknown',
    );
  });

  test.each([
    ['x'.repeat(300), 256],
    ['票'.repeat(300), 256],
    [`x${'🎫'.repeat(200)}`, 255], // two units of UTF-16 each: by either way of counting at most 256
  ])('describes %s in %d units', async (description, units) => {
    const call = answering(lost);
    await alipay.create(call, { ...order, description });
    const sent = contentOf(call).subject as string;
    expect([sent.length, description.startsWith(sent)]).toEqual([units, true]);
  });

  test('to refund names receipt, number, amount and reason', async () => {
    const call = answering(lost);
    await alipay.refund(call, back);
    expect(contentOf(call)).toEqual({
      trade_no: back.receipt_reference,
      out_request_no: back.reference,
      refund_amount: '5.00',
      refund_reason: back.reason,
    });
    const without = answering(lost);
    await alipay.refund(without, { ...back, reason: '' });
    expect(contentOf(without)).not.toHaveProperty('refund_reason');
  });

  test('to close is never a cancel, which would give the money of a paid order back', async () => {
    const call = answering(replied(methods.close, { ...done, out_trade_no: order.reference }));
    expect(await alipay.close(call, order)).toEqual({ kind: 'closed' });
    expect(parametersOf(call.requests[0]!)['method']).toBe('alipay.trade.close');
  });
});

test.each([
  [1, '0.01'],
  [99, '0.99'],
  [100, '1.00'],
  [1_999, '19.99'],
  [999_999_999_999, '9999999999.99'],
])('%d fen are %s yuan, there and back', (fen, yuan) => {
  expect(inYuan(toMinor(fen))).toBe(yuan);
  expect(toFen(yuan)).toBe(fen);
});

test.each([['5', 500], ['5.1', 510], ['0', 0], ['00.10', 10], ['', null], ['.5', null], ['5.', null], [' 5', null], ['1,000', null], ['5.123', null], ['０', null]])('%j yuan are %j fen', (yuan, fen) => {
  expect(toFen(yuan)).toBe(fen);
}); // prettier-ignore
