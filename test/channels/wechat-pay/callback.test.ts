import fc from 'fast-check';

import type { RawCallback } from '../../../src/channels/callback.ts';
import { wechatPay } from '../../../src/channels/wechat-pay/channel.ts';
import {
  account,
  notified,
  now,
  paidTransaction,
  refundNotice,
  rotated,
  signed,
  stranger,
} from './wechat.ts';

const read = (callback: RawCallback) => wechatPay.readCallback(account, callback, now);
const refunded = { event_type: 'REFUND.SUCCESS', aad: 'refund' };
const event = 'EV-2018022511223320873';

test('a payment that a third-party library sealed and signed is read', () => {
  expect(read(notified(paidTransaction))).toEqual({
    kind: 'attempt',
    event,
    reference: paidTransaction.out_trade_no,
    answer: {
      kind: 'approved',
      receipt: {
        channel_reference: paidTransaction.transaction_id,
        paid_at: '2026-11-25T01:59:58.000Z',
        amount: 1999,
        currency: 'CNY',
      },
    },
  });
});

test.each([
  ['REFUND.SUCCESS', 'SUCCESS', 'succeeded'],
  ['REFUND.ABNORMAL', 'ABNORMAL', 'needs_attention'],
  ['REFUND.CLOSED', 'CLOSED', 'failed'],
])('a %s notice tells that the refund has %s: %s', (event_type, refund_status, status) => {
  expect(
    read(notified({ ...refundNotice, refund_status }, { ...refunded, event_type })),
  ).toMatchObject({
    kind: 'refund',
    event,
    reference: refundNotice.out_refund_no,
    answer: {
      kind: 'refund',
      status,
      channel_reference: refundNotice.refund_id,
      amount: 500,
      currency: 'CNY',
    },
  });
});

test('the new key is believed while keys rotate', () => {
  const signing = { key: rotated.privateKey, serial: 'PUB_KEY_ID_2' };
  expect(read(notified(paidTransaction, signing)).kind).toBe('attempt');
});

test.each([
  ['a payment', { mchid: '1900000110' }, {}],
  ['a payment', { appid: 'wx9999999999999999' }, {}],
  ['a refund', { mchid: '1900000110' }, refunded],
])('%s of %j is foreign', (what, change, given) => {
  const resource = what === 'a refund' ? refundNotice : paidTransaction;
  expect(read(notified({ ...resource, ...change }, given)).kind).toBe('foreign');
});

test('what was sealed with another merchant’s key is forged', () => {
  expect(read(notified(paidTransaction, { sealing: 'f'.repeat(32) })).kind).toBe('forged');
});

test.each([
  ['a stranger', { key: stranger.privateKey }],
  ['a serial named constructor', { serial: 'constructor' }],
  ['a probe', { signature: 'WECHATPAY/SIGNTEST/abcd' }],
])('what %s signed is forged, whatever it says', (_who, signing) => {
  for (const text of [notified(paidTransaction).body.toString(), '{}', ''])
    expect(read({ headers: signed(text, signing), body: Buffer.from(text) }).kind).toBe('forged');
});

test('only money that came is told by callback: everything else is asked for', () => {
  for (const trade_state of ['NOTPAY', 'CLOSED', 'PAYERROR', 'USERPAYING', 'TOMORROW', 'toString'])
    expect(read(notified({ ...paidTransaction, trade_state })).kind).toBe('meaningless');
});

test.each([
  ['no envelope', notified(paidTransaction, { change: { resource: undefined } })],
  ['no id', notified(paidTransaction, { change: { id: undefined } })],
  ['an empty id', notified(paidTransaction, { change: { id: '' } })],
  ['another cipher', notified(paidTransaction, { change: { resource: { algorithm: 'ROT13' } } })],
  ['no merchant', notified({ ...refundNotice, mchid: undefined }, refunded)],
  ['a payment as a refund', notified(paidTransaction, refunded)],
  ['a refund as a payment', notified(refundNotice)],
  ['a refund in no state', notified({ ...refundNotice, refund_status: null }, refunded)],
  ['a fraction of a fen', notified({ ...paidTransaction, amount: { total: 19.99 } })],
  ['no json', notified('{"out_trade_no')],
  ['nothing', notified('')],
])('genuine, but with %s, is meaningless', (_what, callback) => {
  expect(read(callback)).toEqual({ kind: 'meaningless', detail: expect.any(String) });
});

test('whatever is sealed and signed, reading it never throws and invents no money', () => {
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(null, '', 0, -1, 1e400, '__proto__'),
  );
  const member = fc.constantFrom(...Object.keys({ ...paidTransaction, ...refundNotice }));
  const shapes = fc.constantFrom<[object, object]>([paidTransaction, {}], [refundNotice, refunded]);
  fc.assert(
    fc.property(shapes, fc.dictionary(member, odd, { minKeys: 1, maxKeys: 3 }), ([base, given], change) => {
      const resource = { ...base, ...change } as any;
      const reading = read(notified(resource, given));
      if (reading.kind === 'attempt' && reading.answer.kind === 'approved') {
        expect(reading.answer.receipt.amount).toBe(resource.amount.total);
        expect(reading.reference).toBe(resource.out_trade_no);
      } else if (reading.kind === 'refund' && reading.answer.kind === 'refund')
        expect(reading.answer.amount).toBe(resource.amount.refund);
      else expect(['meaningless', 'foreign']).toContain(reading.kind);
    }),
    { numRuns: 500 },
  ); // prettier-ignore
});
