import { bankTransfer } from '../../../src/channels/bank-transfer/channel.ts';
import { answering, back, calls, replied, returned, speak } from './bank.ts';

const money = { channel_reference: 'RT83Q', amount: 400, currency: 'EUR' };

test('a refund is a return of the credit, under our number', async () => {
  const call = answering(replied(201, returned()));
  expect(await calls.refund(call)).toEqual({ kind: 'refund', status: 'processing', ...money });
  const [{ method, url, body }] = call.requests as [any];
  expect([method, url]).toEqual(['PUT', `https://bank.example/v1/returns/${back.reference}`]);
  expect(JSON.parse(body)).toEqual({
    customer: 'CST1',
    virtual_account: back.attempt_reference,
    credit: 'CR4T9',
    amount: '4.00',
    currency: 'EUR',
    reason: 'paid less than the order',
    notify_url: back.notify_url,
  });
});

test('its reason has at most 140 characters', async () => {
  const call = answering(replied(201, returned()));
  await bankTransfer.refund(call, { ...back, reason: 'x'.repeat(500) });
  expect(JSON.parse(call.requests[0]!.body).reason).toHaveLength(140);
});

test.each([
  ['pending', 'processing'],
  ['booked', 'succeeded'],
])('a return that is %s is %s', async (wire, status) => {
  for (const verb of ['refund', 'query_refund'] as const)
    expect(await speak(verb, replied(200, returned(wire)))).toEqual({ kind: 'refund', status, ...money }); // prettier-ignore
});

test.each([
  ['AC01', 'invalid_account'],
  ['AC04', 'invalid_account'],
  ['AC06', 'invalid_account'],
  ['AG01', 'not_permitted'],
  ['RR04', 'not_permitted'],
  ['FF01', 'processing_error'],
  ['MS03', 'processing_error'],
  ['XX99', 'processing_error'],
  ['constructor', 'processing_error'],
  [null, 'processing_error'],
])('one that came back or never left for %s has failed: %s', async (reason_code, code) => {
  for (const wire of ['bounced', 'rejected'])
    expect(await speak('query_refund', replied(200, returned(wire, { reason_code })))).toMatchObject({
      kind: 'refund', status: 'failed', ...money, failure: { code, channel_code: reason_code },
    });
}); // prettier-ignore

test.each([
  ['a state of tomorrow', { status: 'parked' }],
  ['a state named constructor', { status: 'constructor' }],
  ['an amount that is none', { amount: '4' }],
  ['a currency that is none', { currency: 'XXY' }],
  ['no number of the bank’s', { id: null }],
  ['no word on why', { reason_code: undefined }],
])('with %s says nothing', async (_what, change) => {
  for (const verb of ['refund', 'query_refund'] as const)
    expect((await speak(verb, replied(200, returned('booked', change)))).kind).toBe('unknown');
});

test.each([
  ['number', { number: 'ref_2' }],
  ['customer', { customer: 'CST2' }],
  ['account', { virtual_account: 'att_2' }],
  ['credit', { credit: 'CR9' }],
])('of another %s disagrees', async (_what, change) => {
  for (const verb of ['refund', 'query_refund'] as const)
    expect(await speak(verb, replied(200, returned('booked', change)))).toEqual({
      kind: 'disagrees',
      detail: expect.stringMatching(/^asked about .*, told about /),
    });
});

test('of another amount is told as it is: the domain compares it', async () => {
  const answer = await speak('query_refund', replied(200, returned('booked', { amount: '3.99' })));
  expect(answer).toMatchObject({ kind: 'refund', amount: 399 });
});
