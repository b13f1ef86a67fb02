import fc from 'fast-check';

import { alipay } from '../../../src/channels/alipay/channel.ts';
import type { RawCallback } from '../../../src/channels/callback.ts';
import { account, notice, notified, now, rotated, stranger } from './alipay.ts';

const read = (callback: RawCallback) => alipay.readCallback(account, callback, now);

const payment = {
  kind: 'attempt',
  event: notice.notify_id,
  reference: notice.out_trade_no,
  answer: {
    kind: 'approved',
    receipt: {
      channel_reference: notice.trade_no,
      paid_at: '2026-11-25T01:59:58.000Z',
      amount: 1999,
      currency: 'CNY',
    },
  },
};

test.each(['TRADE_SUCCESS', 'TRADE_FINISHED'])(
  'a %s notice tells of the payment',
  (trade_status) => {
    expect(read(notified({ ...notice, trade_status }))).toEqual(payment);
  },
);

const back = { refund_fee: '5.00', gmt_refund: '2026-11-25 10:05:00.123', out_biz_no: 'ref_1' };

test.each([
  ['of a part', { ...back, trade_status: 'TRADE_SUCCESS' }],
  ['of all', { ...back, refund_fee: '19.99', trade_status: 'TRADE_CLOSED' }],
])('a notice of a refund %s is the same payment told again: no second one, and no end', (_what, change) => {
  const answer = { ...payment.answer, ...(change.refund_fee === '19.99' && { is_returned: true }) };
  expect(read(notified({ ...notice, ...change }))).toEqual({ ...payment, answer });
}); // prettier-ignore

test.each([
  ['that waits for the payer', { trade_status: 'WAIT_BUYER_PAY', gmt_payment: '', receipt_amount: '0.00' }],
  ['that was closed unpaid', { trade_status: 'TRADE_CLOSED', gmt_payment: '', receipt_amount: '', gmt_close: '2026-11-25 10:30:00' }],
])('a notice %s is taken and tells nothing that the query would not tell better', (_what, change) => {
  expect(read(notified({ ...notice, ...change }))).toEqual({
    kind: 'irrelevant',
    event: notice.notify_id,
    detail: `trade_status_sync: ${change.trade_status}`,
    reference: notice.out_trade_no,
  });
}); // prettier-ignore

test('a notice of another kind is no matter of ours', () => {
  expect(read(notified({ ...notice, notify_type: 'dut_user_sign' })).kind).toBe('irrelevant');
});

test('a notice is believed whether its signature covers sign_type or not, and by the new key while keys change', () => {
  expect(read(notified(notice, { without: [] }))).toEqual(payment);
  expect(read(notified(notice, { key: rotated.privateKey }))).toEqual(payment);
});

test.each([
  ['app', { app_id: '2021000000000002' }],
  ['seller', { seller_id: '2088000000000002' }],
])('a notice for another %s is foreign', (_what, change) => {
  expect(read(notified({ ...notice, ...change })).kind).toBe('foreign');
});

const bytes = (change: (text: string) => string) => ({
  headers: {},
  body: Buffer.from(change(notified(notice).body.toString())),
});

test.each([
  ['what a stranger signed', notified(notice, { key: stranger.privateKey })],
  ['what nobody signed', notified(notice, { signature: '' })],
  ['an amount that was changed', bytes((text) => text.replace('19.99', '29.99'))],
  ['an amount that stands twice', bytes((text) => `${text}&total_amount=29.99`)],
  ['an order that stands twice', bytes((text) => `out_trade_no=att_2&${text}`)],
  ['a text that was decoded twice', bytes((text) => decodeURIComponent(text.replaceAll('+', ' ')))],
  ['JSON', { headers: {}, body: Buffer.from(JSON.stringify(notice)) }],
  ['nothing', { headers: {}, body: Buffer.alloc(0) }],
])('%s is forged', (_what, callback) => {
  expect(read(callback).kind).toBe('forged');
});

test.each([
  ['no id', { notify_id: '' }],
  ['no time of sending', { notify_time: undefined }],
  ['no order', { out_trade_no: '' }],
  ['no app', { app_id: undefined }],
  ['no seller', { seller_id: undefined }],
  ['no status', { trade_status: undefined }],
  ['a status of tomorrow', { trade_status: 'TRADE_TOMORROW' }],
  ['a payment without its number', { trade_no: '' }],
  ['a payment without its time', { gmt_payment: '' }],
  ['a fraction of a fen', { total_amount: '19.999' }],
])('genuine, but with %s, is meaningless', (_what, change) => {
  const given = Object.entries({ ...notice, ...change }).filter(([, value]) => value !== undefined);
  expect(read(notified(Object.fromEntries(given) as Record<string, string>))).toEqual({
    kind: 'meaningless',
    detail: expect.any(String),
  });
});

test('is believed for the 25 hours for which the same is sent, and is stale after them', () => {
  const at = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
  expect(alipay.readCallback(account, notified(notice), at(24))).toEqual(payment);
  for (const hours of [26, -1])
    expect(alipay.readCallback(account, notified(notice), at(hours)).kind).toBe('stale');
});

test('whatever is signed, reading it never throws and invents no money', () => {
  const odd = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('', '0', '-1', '1e9', 'NaN', '19.9', '__proto__'));
  const member = fc.constantFrom(...Object.keys({ ...notice, ...back }));
  fc.assert(
    fc.property(fc.dictionary(member, odd, { minKeys: 1, maxKeys: 3 }), (change) => {
      const given: Record<string, string> = { ...notice, ...change };
      const reading = read(notified(given));
      if (reading.kind === 'attempt' && reading.answer.kind === 'approved') {
        const { amount, channel_reference } = reading.answer.receipt;
        expect(amount).toBe(Math.round(Number(given['total_amount']) * 100));
        expect([reading.reference, channel_reference]).toEqual([given['out_trade_no'], given['trade_no']]);
      } else expect(['meaningless', 'foreign', 'irrelevant', 'stale']).toContain(reading.kind);
    }),
    { numRuns: 500 },
  );
}); // prettier-ignore

test('whatever comes, reading it never throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
      expect(read({ headers: {}, body: Buffer.from(body) }).kind).toBe('forged');
    }),
  );
});
