import { stripe } from '../../../src/channels/stripe/channel.ts';
import { account, charge, notified, now, paid } from './stripe.ts';

/** As the API's reference shows one (docs.stripe.com/api/disputes/object). */
const dispute = {
  id: 'du_1MtJUT2eZvKYlo2CNaw2HvEv',
  object: 'dispute',
  amount: 1_000,
  balance_transactions: [],
  charge: charge.id,
  created: 1_795_572_000,
  currency: 'usd',
  evidence: { customer_name: null },
  evidence_details: { due_by: 1_796_781_599, has_evidence: false, past_due: false, submission_count: 0 },
  is_charge_refundable: false,
  livemode: false,
  metadata: {},
  payment_intent: paid.id as string | null,
  reason: 'fraudulent' as string | null,
  status: 'needs_response',
}; // prettier-ignore

const read = (what: string, given: object = {}): any =>
  stripe.readCallback(account, notified(`charge.dispute.${what}`, { ...dispute, ...given }), now);

test('a dispute is told under the number of its order, for Stripe writes none of ours on it', () => {
  expect(read('created')).toEqual({
    kind: 'dispute',
    event: 'evt_3QHoldfast',
    order: paid.id,
    answer: {
      kind: 'dispute',
      channel_reference: dispute.id,
      amount: 1_000,
      currency: 'USD',
      status: 'opened',
      channel_status: 'needs_response',
      stage: 'chargeback',
      reason: 'fraudulent',
      channel_reason: 'fraudulent',
      due_by: '2026-12-09T01:59:59.000Z',
      is_withdrawn: null,
      ordinal: expect.any(Number),
    },
  });
});

test.each([
  ['warning_needs_response', 'opened', 'inquiry'],
  ['warning_under_review', 'under_review', 'inquiry'],
  ['warning_closed', 'won', 'inquiry'],
  ['needs_response', 'opened', 'chargeback'],
  ['under_review', 'under_review', 'chargeback'],
  ['won', 'won', 'chargeback'],
  ['lost', 'lost', 'chargeback'],
  ['appeal_needs_response', 'opened', 'arbitration'],
  ['appeal_under_review', 'under_review', 'arbitration'],
  ['prevented', null, 'chargeback'],
  ['a_status_of_tomorrow', null, 'chargeback'],
])('the status %s is %j, %s', (channel_status, status, stage) => {
  const told = read('updated', { status: channel_status }).answer;
  expect(told).toMatchObject({ channel_status, status, stage });
});

test.each([
  ['unrecognized', 'unrecognized'],
  ['product_not_received', 'product_not_received'],
  ['product_unacceptable', 'product_unacceptable'],
  ['duplicate', 'duplicate'],
  ['credit_not_processed', 'credit_not_processed'],
  ['subscription_canceled', 'subscription_canceled'],
  ['bank_cannot_process', 'other'],
  ['a_reason_of_tomorrow', 'other'],
  [null, 'other'],
])('the reason %j is %s, with the channel’s word beside it', (channel_reason, reason) => {
  expect(read('created', { reason: channel_reason }).answer).toMatchObject({ channel_reason, reason });
}); // prettier-ignore

test.each([
  ['created', null],
  ['funds_withdrawn', true],
  ['updated', null],
  ['funds_reinstated', false],
  ['closed', null],
  ['something_of_tomorrow', null],
])('charge.dispute.%s says of the money: %j', (what, is_withdrawn) => {
  expect(read(what).answer).toMatchObject({ is_withdrawn });
});

test('events of one second stand in the order in which they are made', () => {
  const made = ['created', 'funds_withdrawn', 'updated', 'funds_reinstated', 'closed'];
  const ordinals = made.map((what) => read(what).answer.ordinal as number);
  expect(ordinals).toEqual(ordinals.toSorted((a, b) => a - b));
  expect(new Set(ordinals).size).toBe(made.length);
  expect(ordinals.every(Number.isSafeInteger)).toBe(true);
});

test('an event of a later second stands behind all of the one before', () => {
  const ordinalOf = (what: string, created: number): number => {
    const event = notified(`charge.dispute.${what}`, dispute, { change: { created } });
    return (stripe.readCallback(account, event, now) as any).answer.ordinal;
  };
  expect(ordinalOf('created', 1_795_572_001)).toBeGreaterThan(ordinalOf('closed', 1_795_572_000));
});

test('a dispute without a day until which it is to be answered has none', () => {
  for (const evidence_details of [null, {}, { due_by: null }])
    expect(read('created', { evidence_details }).answer).toMatchObject({ due_by: null });
});

test('a dispute that cannot be read is meaningless', () => {
  for (const given of [{ amount: 0 }, { amount: 1.5 }, { currency: 'xyz' }, { id: '' }, { status: null }, { object: 'charge' }])
    expect(read('created', given).kind).toBe('meaningless');
}); // prettier-ignore

test('one of a charge that was made without an order is nobody’s we know', () => {
  expect(read('created', { payment_intent: null }).kind).toBe('irrelevant');
});
