import { order, psp, readItem } from './adyen.ts';

const additionalData = {
  chargebackReasonCode: '10.4',
  chargebackSchemeCode: 'visa',
  defensePeriodEndsAt: '2026-12-18T10:15:30+01:00',
  disputeStatus: 'Undefended',
};
const read = (eventCode: string, given: object = {}): any =>
  readItem({ eventCode, pspReference: 'DISPUTE1', originalReference: psp, amount: { value: 500, currency: 'KWD' }, reason: 'Fraud', additionalData, ...given }); // prettier-ignore

test('a chargeback is told under our number of the payment', () => {
  expect(read('CHARGEBACK')).toEqual({
    kind: 'dispute',
    event: 'CHARGEBACK DISPUTE1 true',
    reference: order.reference,
    answer: {
      kind: 'dispute',
      channel_reference: 'DISPUTE1',
      amount: 500,
      currency: 'KWD',
      status: 'opened',
      channel_status: 'CHARGEBACK: Undefended',
      stage: 'chargeback',
      reason: 'fraudulent',
      channel_reason: '10.4',
      due_by: '2026-12-18T09:15:30.000Z',
      is_withdrawn: true,
      ordinal: expect.any(Number),
    },
  });
});

const told = [
  ['REQUEST_FOR_INFORMATION', 'opened', 'inquiry', null],
  ['NOTIFICATION_OF_CHARGEBACK', 'opened', 'chargeback', null],
  ['DISPUTE_OPENED_WITH_CHARGEBACK', 'opened', 'chargeback', null],
  ['CHARGEBACK', 'opened', 'chargeback', true],
  ['INFORMATION_SUPPLIED', 'under_review', 'chargeback', null],
  ['DISPUTE_DEFENSE_PERIOD_ENDED', 'lost', 'chargeback', null],
  ['CHARGEBACK_REVERSED', 'won', 'chargeback', false],
  ['ISSUER_RESPONSE_TIMEFRAME_EXPIRED', 'won', 'chargeback', null],
  ['SECOND_CHARGEBACK', 'lost', 'arbitration', true],
  ['PREARBITRATION_LOST', 'lost', 'arbitration', true],
  ['PREARBITRATION_WON', 'won', 'arbitration', false],
] as const;

test.each(told)('%s is %s, %s, and the money was taken: %j', (eventCode, status, stage, is_withdrawn) => {
  expect(read(eventCode).answer).toMatchObject({ status, stage, is_withdrawn });
}); // prettier-ignore

test('which is the later word the notice’s own code says, for no date of Adyen’s is signed', () => {
  const ordinals = told.map(([eventCode]) => read(eventCode).answer.ordinal as number);
  expect(ordinals).toEqual(ordinals.toSorted((a, b) => a - b));
  expect(new Set(ordinals).size).toBe(told.length);
});

test.each([
  ['13.1', 'product_not_received'],
  ['4853', 'other'],
  ['4837', 'fraudulent'],
  ['12.6.1', 'duplicate'],
  ['13.7', 'credit_not_processed'],
  ['a code of tomorrow', 'other'],
])('the reason %s is %s', (code, reason) => {
  const said = read('CHARGEBACK', { additionalData: { chargebackReasonCode: code } });
  expect(said.answer).toMatchObject({ reason, channel_reason: code, due_by: null });
});

test('without words beside it the notice’s own are shown', () => {
  const said = read('CHARGEBACK', { additionalData: {} }).answer;
  expect(said).toMatchObject({ channel_status: 'CHARGEBACK', channel_reason: 'Fraud', reason: 'other' });
}); // prettier-ignore

test('without our number it is about the payment of Adyen’s number; with another’s it is no matter of ours', () => {
  expect(read('CHARGEBACK', { merchantReference: '' })).toMatchObject({ kind: 'dispute', order: psp });
  expect(read('CHARGEBACK', { merchantReference: 'order 7' }).kind).toBe('irrelevant');
  expect(read('CHARGEBACK', { merchantReference: '', originalReference: '' }).kind).toBe('irrelevant');
}); // prettier-ignore

test('one that says that nothing came of it, or without an amount, is not believed to be one', () => {
  expect(read('CHARGEBACK', { success: 'false' }).kind).toBe('irrelevant');
  expect(read('CHARGEBACK', { amount: { value: 0, currency: 'KWD' } }).kind).toBe('meaningless');
  expect(read('CHARGEBACK', { amount: null }).kind).toBe('meaningless');
  expect(read('CHARGEBACK', { pspReference: 'x'.repeat(256) }).kind).toBe('meaningless');
});
