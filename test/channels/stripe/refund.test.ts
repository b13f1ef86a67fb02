import { stripe } from '../../../src/channels/stripe/channel.ts';
import { answering, back, refunded, refusedWith, replied } from './stripe.ts';
import { speak } from './verbs.ts';

const told = (change: object) => speak('query_refund', replied(200, { ...refunded, ...change }));

test.each([
  ['pending', 'processing'],
  ['requires_action', 'processing'],
  ['succeeded', 'succeeded'],
])('a refund that is %s has %s', async (status, ours) => {
  const answer = {
    kind: 'refund',
    status: ours,
    channel_reference: refunded.id,
    amount: 500,
    currency: 'USD',
  };
  expect(await told({ status })).toEqual(answer);
  expect(await speak('refund', replied(200, { ...refunded, status }))).toEqual(answer);
});

test.each([
  ['failed', 'expired_or_canceled_card', 'expired_card'],
  ['failed', 'lost_or_stolen_card', 'lost_or_stolen'],
  ['failed', 'charge_for_pending_refund_disputed', 'not_permitted'],
  ['failed', 'insufficient_funds', 'insufficient_funds'],
  ['canceled', 'merchant_request', 'not_permitted'],
  ['failed', 'unknown', 'processing_error'],
])('a refund that %s for %s has failed: %s', async (status, failure_reason, code) => {
  const failure = { code, channel_code: failure_reason, channel_message: null };
  expect(await told({ status, failure_reason })).toMatchObject({ status: 'failed', failure });
});

test('a refund that failed without a reason has failed all the same', async () => {
  const failure = { code: 'processing_error', channel_code: 'refund_failed' };
  expect(await told({ status: 'failed' })).toMatchObject({ status: 'failed', failure });
});

test.each([
  { status: 'a_status_of_tomorrow' },
  { status: 'constructor' },
  { status: null },
  { currency: 'xxy' },
  { currency: 'USD' },
  { amount: 5.5 },
  { amount: '500' },
  { id: '' },
  { object: 'charge' },
  { metadata: null },
])('a refund with %j is unknown', async (change) => {
  expect((await told(change)).kind).toBe('unknown');
});

test.each([
  ['number', { metadata: { reference: 'ref_01kaw0000000000000000000a2' } }],
  ['number', { metadata: {} }],
  ['order', { payment_intent: 'pi_another' }],
  ['order', { payment_intent: null }],
])('a refund of another %s disagrees', async (_what, change) => {
  expect((await told(change)).kind).toBe('disagrees');
});

test('a refund of another amount is told as it is: the domain compares it', async () => {
  expect(await told({ amount: 501 })).toMatchObject({ kind: 'refund', amount: 501 });
});

test.each([
  [{ code: 'charge_already_refunded' }, 'not_permitted', 'charge_already_refunded'],
  [{ code: 'balance_insufficient' }, 'insufficient_funds', 'balance_insufficient'],
  [{ param: 'amount' }, 'processing_error', 'invalid_request_error'],
])('a refund that is refused for %j is declined', async (error, code, channel_code) => {
  expect(await speak('refund', refusedWith(400, error))).toMatchObject({
    kind: 'declined',
    failure: { code, channel_code },
  });
});

test('before its number is known it is found among the refunds of its order', async () => {
  const another = { ...refunded, id: 're_other', metadata: {}, payment_intent: null };
  const call = answering(
    replied(200, { object: 'list', data: [another], has_more: true }),
    replied(200, { object: 'list', data: [refunded], has_more: false }),
  );
  const answer = await stripe.queryRefund(call, { ...back, channel_reference: null });
  expect(answer).toMatchObject({ kind: 'refund', channel_reference: refunded.id });
  const [first, second] = call.requests.map(({ url }) => new URL(url));
  expect(Object.fromEntries(first?.searchParams ?? [])).toEqual({
    payment_intent: back.handle,
    limit: '50',
  });
  expect(second?.searchParams.get('starting_after')).toBe('re_other');
});

test('a receipt whose order has no number of its own is paid back by the receipt’s', async () => {
  const call = answering(replied(200, refunded));
  const answer = await stripe.refund(call, { ...back, handle: null });
  expect(answer.kind).toBe('refund');
  expect(new URLSearchParams(call.requests[0]?.body).get('payment_intent')).toBe('pi_3QHoldfast');
});

test.each([
  ['another order', 'pi_3QSecond', 'pi_3QSecond'],
  ['one capture of ours', 'cap_01kaw0000000000000000000a1', 'pi_3QHoldfast'],
  ['money that a person vouched for', 'case_01kbx6h0000000000000000004', 'pi_3QHoldfast'],
])(
  'a receipt of %s is paid back out of its own order',
  async (_what, receipt_reference, paidBy) => {
    const call = answering(replied(200, { ...refunded, payment_intent: paidBy }));
    expect((await stripe.refund(call, { ...back, receipt_reference })).kind).toBe('refund');
    expect(new URLSearchParams(call.requests[0]?.body).get('payment_intent')).toBe(paidBy);
  },
);
