import { paypal } from '../../../src/channels/paypal/channel.ts';
import { account, captured, notified, now, order } from './paypal.ts';

/** As PayPal's guide shows the resource of CUSTOMER.DISPUTE.CREATED. */
const dispute = {
  dispute_id: 'PP-000-042-663-135',
  create_time: '2026-11-21T13:35:44.000Z',
  update_time: '2026-11-21T13:36:44.000Z',
  disputed_transactions: [
    {
      seller_transaction_id: captured.id,
      seller: { merchant_id: 'RD465XN5VS364', name: 'Test Store' },
      custom: order.reference as string | undefined,
      items: [],
      seller_protection_eligible: true,
    },
  ],
  reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
  status: 'OPEN',
  dispute_amount: { currency_code: 'USD', value: '3.00' },
  dispute_life_cycle_stage: 'CHARGEBACK',
  dispute_channel: 'INTERNAL',
  seller_response_due_date: '2026-12-01T13:35:44.000Z',
  messages: [{ posted_by: 'BUYER', content: 'It never came, says Ada' }],
};

const notice = (given: object, what = 'UPDATED') =>
  notified(`CUSTOMER.DISPUTE.${what}`, 'dispute', { ...dispute, ...given });
const read = (given: object = {}, what?: string): any =>
  paypal.readCallback(account, notice(given, what), now);
const over = (outcome_code: string, given: object = {}) => ({
  status: 'RESOLVED',
  dispute_outcome: { outcome_code, ...given },
});

test('a dispute is told under our number of the order', () => {
  expect(read()).toEqual({
    kind: 'dispute',
    event: expect.any(String),
    reference: order.reference,
    answer: {
      kind: 'dispute',
      channel_reference: 'PP-000-042-663-135',
      amount: 300,
      currency: 'USD',
      status: 'opened',
      channel_status: 'OPEN',
      stage: 'chargeback',
      reason: 'product_not_received',
      channel_reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
      due_by: '2026-12-01T13:35:44.000Z',
      is_withdrawn: null,
      ordinal: expect.any(Number),
    },
  });
});

test('without it under the number of the capture; of another system’s payment it is no matter of ours', () => {
  const of = (given: object) =>
    read({ disputed_transactions: [{ ...dispute.disputed_transactions[0], ...given }] });
  expect(of({ custom: undefined })).toMatchObject({ kind: 'dispute', order: captured.id });
  expect(of({ custom: 'order 7 of somebody else' }).kind).toBe('irrelevant');
  expect(of({ custom: undefined, seller_transaction_id: undefined }).kind).toBe('irrelevant');
  const several = [...dispute.disputed_transactions, ...dispute.disputed_transactions];
  expect(read({ disputed_transactions: several }).kind).toBe('meaningless');
});

test.each([
  [{ status: 'WAITING_FOR_SELLER_RESPONSE' }, 'opened', null],
  [{ status: 'WAITING_FOR_BUYER_RESPONSE' }, 'under_review', null],
  [{ status: 'UNDER_REVIEW' }, 'under_review', null],
  [{ status: 'OTHER' }, null, null],
  [{ status: 'A_STATUS_OF_TOMORROW' }, null, null],
  [{ status: 'RESOLVED' }, null, null],
  [over('RESOLVED_BUYER_FAVOUR'), 'lost', true],
  [over('ACCEPTED'), 'lost', true],
  [over('RESOLVED_SELLER_FAVOUR'), 'won', false],
  [over('CANCELED_BY_BUYER'), 'won', false],
  [over('DENIED'), 'won', false],
  [over('RESOLVED_WITH_PAYOUT'), null, null],
  [over('NONE'), null, null],
])('%j is %j, and the money was taken: %j', (given, status, is_withdrawn) => {
  expect(read(given, 'RESOLVED').answer).toMatchObject({ status, is_withdrawn });
});

test('an outcome that is not understood is shown in PayPal’s words', () => {
  expect(read(over('RESOLVED_WITH_PAYOUT')).answer.channel_status).toBe('RESOLVED: RESOLVED_WITH_PAYOUT'); // prettier-ignore
});

test('lost in part, only that part is contested', () => {
  const amount_refunded = { currency_code: 'USD', value: '1.20' };
  expect(read(over('RESOLVED_BUYER_FAVOUR', { amount_refunded })).answer.amount).toBe(120);
});

test('what went back of one that was not lost says nothing of what is contested', () => {
  const amount_refunded = { currency_code: 'USD', value: '1.20' };
  for (const given of [over('RESOLVED_SELLER_FAVOUR', { amount_refunded }), over('NONE', { amount_refunded })])
    expect(read(given).answer.amount).toBe(300);
}); // prettier-ignore

test('lost without a payback, nothing was taken, and what was contested is shown', () => {
  const amount_refunded = { currency_code: 'USD', value: '0.00' };
  for (const dispute_life_cycle_stage of ['CHARGEBACK', 'INQUIRY'])
    expect(read({ ...over('RESOLVED_BUYER_FAVOUR', { amount_refunded }), dispute_life_cycle_stage }).answer)
      .toMatchObject({ status: 'lost', amount: 300, is_withdrawn: false }); // prettier-ignore
});

test('what the seller gives back in an inquiry is a refund of his, and taken by nobody', () => {
  const given = { ...over('RESOLVED_BUYER_FAVOUR'), dispute_life_cycle_stage: 'INQUIRY' };
  expect(read(given).answer).toMatchObject({
    status: 'lost',
    stage: 'inquiry',
    is_withdrawn: null,
  });
});

test.each([
  ['UNAUTHORISED', 'fraudulent'],
  ['MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED', 'product_unacceptable'],
  ['DUPLICATE_TRANSACTION', 'duplicate'],
  ['PAYMENT_BY_OTHER_MEANS', 'duplicate'],
  ['INCORRECT_AMOUNT', 'incorrect_amount'],
  ['CREDIT_NOT_PROCESSED', 'credit_not_processed'],
  ['CANCELED_RECURRING_BILLING', 'subscription_canceled'],
  ['PROBLEM_WITH_REMITTANCE', 'other'],
])('the reason %s is %s', (channel_reason, reason) => {
  expect(read({ reason: channel_reason }).answer).toMatchObject({ reason, channel_reason });
});

test.each([
  ['INQUIRY', 'inquiry'],
  ['CHARGEBACK', 'chargeback'],
  ['PRE_ARBITRATION', 'arbitration'],
  ['ARBITRATION', 'arbitration'],
  ['A_STAGE_OF_TOMORROW', 'chargeback'],
])('in its life’s stage %s it is in %s', (dispute_life_cycle_stage, stage) => {
  expect(read({ dispute_life_cycle_stage }).answer).toMatchObject({ stage });
});

test('the later word has the greater ordinal, also within one instant', () => {
  const ordinals = [
    read({}, 'CREATED'),
    read({}, 'UPDATED'),
    read({}, 'RESOLVED'),
    read({ update_time: '2026-11-21T13:36:44.001Z' }, 'CREATED'),
  ].map((one) => one.answer.ordinal as number);
  expect(ordinals).toEqual(ordinals.toSorted((a, b) => a - b));
  expect(new Set(ordinals).size).toBe(4);
});

test('a dispute that cannot be read is meaningless', () => {
  const nothing = { currency_code: 'USD', value: '0.00' };
  for (const given of [
    { dispute_amount: nothing },
    { dispute_amount: { currency_code: 'XXY', value: '3.00' } },
    over('RESOLVED_BUYER_FAVOUR', { amount_refunded: { currency_code: 'USD', value: '1.234' } }),
    { dispute_id: '' },
    { dispute_id: 'x'.repeat(256) },
    { disputed_transactions: [] },
  ])
    expect(read(given).kind).toBe('meaningless');
  expect(read({ create_time: undefined, update_time: undefined }).kind).toBe('meaningless');
});

test('what the parties write to each other, and the buyer’s name, are not kept', () => {
  const buyer = { payer_id: 'EUYVLHNL5WL6A', name: 'Ada "Countess" Lovelace' };
  const disputed_transactions = [{ ...dispute.disputed_transactions[0], buyer }];
  const kept = paypal.redact(notice({ disputed_transactions }).body.toString('utf8'));
  expect(kept).not.toMatch(/Ada|Countess|EUYVLHNL5WL6A/);
  expect(kept).toContain('PP-000-042-663-135');
});
