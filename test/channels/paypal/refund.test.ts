import { paypal } from '../../../src/channels/paypal/channel.ts';
import { answering, back, holding, order, orderOf, refunded, refusedWith, replied } from './paypal.ts'; // prettier-ignore
import { speak } from './verbs.ts';

const told = (change: object) => speak('query_refund', replied(200, { ...refunded, ...change }));
const answer = { kind: 'refund', channel_reference: refunded.id, amount: 500, currency: 'USD' };

test.each([
  ['PENDING', 'processing'],
  ['COMPLETED', 'succeeded'],
])('a refund that is %s is %s, asked or just made', async (status, ours) => {
  expect(await told({ status })).toEqual({ ...answer, status: ours });
  expect(await speak('refund', replied(201, { ...refunded, status }))).toEqual({ ...answer, status: ours }); // prettier-ignore
});

test.each([
  ['FAILED', { reason: 'ECHECK' }, 'ECHECK'],
  ['FAILED', undefined, 'REFUND_FAILED'],
  ['CANCELLED', undefined, 'REFUND_CANCELLED'],
])('a refund that is %s (%j) has failed for %s', async (status, status_details, channel_code) => {
  expect(await told({ status, status_details })).toMatchObject({
    status: 'failed',
    failure: { code: 'processing_error', channel_code },
  });
});

test.each([
  { status: 'A_STATUS_OF_TOMORROW' },
  { status: 'constructor' },
  { status: undefined },
  { amount: { currency_code: 'XXY', value: '5.00' } },
  { amount: { currency_code: 'USD', value: '5.005' } },
  { amount: undefined },
  { id: '' },
])('a refund with %j is unknown', async (change) => {
  expect((await told(change)).kind).toBe('unknown');
});

test.each(['ref_01kaw0000000000000000000a2', undefined])(
  'a refund of another number (%s) disagrees',
  async (invoice_id) => {
    expect((await told({ invoice_id })).kind).toBe('disagrees');
  },
);

test('a refund of another amount is told as it is: the domain compares it', async () => {
  expect(await told({ amount: { currency_code: 'USD', value: '5.01' } })).toMatchObject({ amount: 501 }); // prettier-ignore
});

test.each([
  ['CAPTURE_FULLY_REFUNDED', 'not_permitted'],
  ['REFUND_AMOUNT_EXCEEDED', 'not_permitted'],
  ['REFUND_TIME_LIMIT_EXCEEDED', 'not_permitted'],
  ['REFUND_FAILED_INSUFFICIENT_FUNDS', 'insufficient_funds'], // is tried again
  ['MAX_NUMBER_OF_REFUNDS_EXCEEDED', 'limit_exceeded'],
])('a refund that is refused for %s is declined: %s', async (issue, code) => {
  expect(await speak('refund', refusedWith(422, issue))).toMatchObject({
    kind: 'declined',
    failure: { code, channel_code: issue },
  });
});

test('a refund number that PayPal does not know is not found', async () => {
  const missing = refusedWith(404, 'INVALID_RESOURCE_ID');
  expect(await speak('query_refund', missing)).toEqual({ kind: 'not_found' });
});

describe('before its number is known a refund', () => {
  const among = (...refunds: object[]) =>
    paypal.queryRefund(answering(replied(200, orderOf('COMPLETED', { refunds }))), back);
  const another = { ...refunded, id: 'OTHER', invoice_id: undefined };

  test('is found among those of its order, by ours', async () => {
    expect(await among(another, refunded)).toEqual({ ...answer, status: 'succeeded' });
  });

  test('is not found where the order has none of this number', async () => {
    expect(await among(another)).toEqual({ kind: 'not_found' });
    expect(await speak('search_refund', replied(200, holding()))).toEqual({ kind: 'not_found' });
  });

  test.each([
    ['no order', refusedWith(404, 'INVALID_RESOURCE_ID')],
    ['another order', replied(200, { ...orderOf('COMPLETED', { refunds: [] }), id: 'ANOTHER' })],
  ])('is not denied by %s', async (_what, reply) => {
    expect((await speak('search_refund', reply)).kind).toBe('unknown');
  });

  test('of an order without a number is a bug', async () => {
    const asked = { ...back, handle: null };
    await expect(paypal.queryRefund(answering(), asked)).rejects.toThrow(order.reference);
  });
});
