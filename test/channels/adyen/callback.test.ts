import fc from 'fast-check';

import { adyen } from '../../../src/channels/adyen/channel.ts';
import { account, back, held, item, order, psp, read, readItem, settings, webhook } from './adyen.ts'; // prettier-ignore

const modified = (eventCode: string, merchantReference: string, given: object = {}) =>
  readItem({ eventCode, merchantReference, pspReference: 'MOD1', originalReference: psp, amount: { value: 500, currency: 'KWD' }, reason: '', ...given }); // prettier-ignore

test('an authorisation says that the bank agreed, and until when it holds what is not taken', () => {
  expect(readItem({})).toEqual({
    kind: 'attempt',
    event: `AUTHORISATION ${psp} true`,
    reference: order.reference,
    order: psp,
    answer: {
      kind: 'authorised',
      channel_reference: psp,
      amount: 1_999,
      currency: 'KWD',
      at: '2026-11-29T19:59:59.000Z',
      ends_at: '2026-12-06T19:59:59.000Z',
    },
  });
});

test('one that claims to be of tomorrow is of now: it would hold too long', () => {
  expect(readItem({ eventDate: '2026-12-24T00:00:00Z' })).toMatchObject({
    answer: { at: '2026-11-29T20:00:00.000Z' },
  });
});

test.each([
  ['Refused', 'card_declined'],
  ['NOT enough balance', 'insufficient_funds'],
  ['Expired Card', 'expired_card'],
  ['FRAUD', 'fraud_suspected'],
  ['3D Not Authenticated', 'authentication_failed'],
  ['a reason of tomorrow', 'processing_error'],
])('a refused one with the words %j is declined for %s', (reason, code) => {
  expect(readItem({ success: 'false', reason })).toMatchObject({
    reference: order.reference,
    answer: { kind: 'declined', failure: { code, channel_message: reason } },
  });
});

test.each([
  ['CANCELLATION', 'true', { kind: 'closed' }],
  ['TECHNICAL_CANCEL', 'true', { kind: 'closed' }],
  ['EXPIRE', 'true', { kind: 'closed' }],
  ['CAPTURE_FAILED', 'true', { kind: 'bounced' }],
])('%s of a payment says %s: %j', (eventCode, success, answer) => {
  expect(modified(eventCode, order.reference, { success })).toMatchObject({
    kind: 'attempt',
    reference: order.reference,
    order: psp,
    answer,
  });
});

test.each([
  ['CAPTURE', 'true', { kind: 'captured', amount: 500, currency: 'KWD' }],
  ['CAPTURE', 'false', { kind: 'declined' }],
  ['CAPTURE_FAILED', 'true', { kind: 'bounced' }],
])('%s %s is about our capture: %j', (eventCode, success, answer) => {
  expect(modified(eventCode, held.capture_reference, { success })).toMatchObject({
    kind: 'capture',
    event: `${eventCode} MOD1 ${success}`,
    reference: held.capture_reference,
    answer,
  });
});

test.each([
  ['REFUND', 'true', 'succeeded'],
  ['REFUND', 'false', 'failed'],
  ['CANCEL_OR_REFUND', 'true', 'succeeded'],
  ['CANCEL_OR_REFUND', 'false', 'failed'],
  ['REFUND_FAILED', 'true', 'failed'],
  ['REFUNDED_REVERSED', 'true', 'failed'],
])('%s %s is about our refund: %s', (eventCode, success, status) => {
  expect(modified(eventCode, back.reference, { success })).toMatchObject({
    kind: 'refund',
    reference: back.reference,
    answer: { kind: 'refund', status, channel_reference: 'MOD1', amount: 500, currency: 'KWD' },
  });
});

test.each([
  ['REFUND', 'false', 'Not enough balance', 'insufficient_funds'],
  ['REFUND_FAILED', 'true', 'a reason of tomorrow', 'processing_error'],
])('%s %s with the words %j has failed for %s', (eventCode, success, reason, code) => {
  expect(modified(eventCode, back.reference, { success, reason })).toMatchObject({
    event: `${eventCode} MOD1 ${success}`,
    answer: { status: 'failed', failure: { code, channel_message: reason } },
  });
});

test('a refund that has succeeded has no failure, and a capture of which no amount can be read says nothing', () => {
  expect(modified('REFUND', back.reference, {})).not.toHaveProperty('answer.failure');
  for (const amount of [null, { value: 1, currency: 'XXY' }]) {
    expect(modified('CAPTURE', held.capture_reference, { amount }).kind).toBe('meaningless');
    expect(modified('REFUND', back.reference, { amount }).kind).toBe('meaningless');
  }
});

test('a step of a dispute that did not succeed is none', () => {
  for (const eventCode of ['CHARGEBACK', 'SECOND_CHARGEBACK', 'CHARGEBACK_REVERSED'])
    expect(readItem({ eventCode, success: 'false' }).kind).toBe('irrelevant');
});

test('a report that has come out is told by its name, and its address is not believed', () => {
  const name = 'settlement_detail_report_batch_17.csv';
  const about = { eventCode: 'REPORT_AVAILABLE', merchantReference: '', amount: null };
  const reason = `http://169.254.169.254/${name}`;
  expect(readItem({ ...about, pspReference: name, reason })).toEqual({
    kind: 'report',
    event: `REPORT_AVAILABLE ${name} true`,
    name,
  });
  for (const pspReference of ['received_payments_report.csv', '../../etc/passwd', 'x'.repeat(300)])
    expect(readItem({ ...about, pspReference }).kind).toBe('irrelevant');
});

test.each(['NOTIFICATION_OF_FRAUD', 'PENDING', 'OFFER_CLOSED', 'AUTHORISATION_ADJUSTMENT', 'AN_EVENT_OF_TOMORROW'])(
  '%s teaches nothing, and is accepted',
  (eventCode) => {
    expect(readItem({ eventCode }).kind).toBe('irrelevant');
  },
); // prettier-ignore

test.each(['AUTHORISATION', 'CANCELLATION', 'CAPTURE', 'CAPTURE_FAILED', 'REFUND', 'EXPIRE'])(
  '%s of somebody else’s payment under the same account is accepted and not kept',
  (eventCode) => {
    for (const merchantReference of ['order 7', null, 'att_short'])
      expect(readItem({ eventCode, merchantReference }).kind).toBe('irrelevant');
  },
);

test('one for another merchant account, or of the other world, is foreign', () => {
  expect(readItem({ merchantAccountCode: 'Another' }).kind).toBe('foreign');
  expect(read(webhook([item()], 'true')).kind).toBe('foreign');
  const live = adyen.parseAccount({ ...settings, base_url: 'https://abc-checkout-live.adyenpayments.com/checkout' }); // prettier-ignore
  expect(read(webhook([item()]), live).kind).toBe('foreign');
  expect(read(webhook([item()], 'true'), live).kind).toBe('attempt');
});

test('one whose end, amount or time cannot be read is meaningless', () => {
  for (const given of [
    { success: null },
    { success: 'TRUE' },
    { success: '' },
    { amount: null },
    { amount: { value: 1.5, currency: 'KWD' } },
    { amount: { value: 1, currency: 'XXY' } },
    { eventDate: 'yesterday' },
  ])
    expect(readItem(given).kind).toBe('meaningless');
});

test('several in one body are so many bodies, each with its own signature', () => {
  const items = [item(), item({ eventCode: 'EXPIRE' }), item({}, 'ab'.repeat(32))];
  const kinds = adyen.parts!(webhook(items)).map((part) => read(part).kind);
  expect(kinds).toEqual(['attempt', 'attempt', 'forged']);
  expect(read(webhook(items)).kind).toBe('forged'); // undivided it is no notification of ours
  const one = webhook([item()]);
  expect(adyen.parts!(one)).toEqual([one]);
});

test('a body of thousands of items, or with more in each than a word, is not taken apart: nobody has verified it', () => {
  const flood = Buffer.from(JSON.stringify({ live: 'false', notificationItems: Array(10_000).fill(0) }));
  const copied = Buffer.from(JSON.stringify({ live: 'x'.repeat(100_000), notificationItems: [0, 0] }));
  for (const body of [flood, copied]) {
    expect(adyen.parts!(body)).toEqual([body]);
    expect(read(body).kind).toBe('forged');
  }
}); // prettier-ignore

test('no bytes make it throw, or say anything that is not signed', () => {
  const anything = fc.oneof(
    fc.uint8Array(),
    fc.json().map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(anything, (bytes) => {
      const body = Buffer.from(bytes);
      expect(adyen.parts!(body).map((part) => read(part).kind)).toEqual(['forged']);
    }),
  );
});

test('members of any other type make it throw nothing', () => {
  const member = fc.constantFrom('eventDate', 'originalReference', 'merchantReference', 'amount', 'reason', 'additionalData'); // prettier-ignore
  fc.assert(
    fc.property(member, fc.jsonValue(), (name, value) => {
      const body = webhook([{ ...item(), [name]: value }]);
      expect(['attempt', 'forged', 'meaningless', 'irrelevant']).toContain(
        read(body, account).kind,
      );
    }),
  );
});
