import { paypal } from '../../../src/channels/paypal/channel.ts';
import { agreed, answering, authorized, captured, holding, order, orderOf, paid, part, partCaptured, refusedWith, replied, unitWith, waiting } from './paypal.ts'; // prettier-ignore
import { speak } from './verbs.ts';

const told = (found: object) => speak('query', replied(200, found));
const of = (status: string, ...statuses: string[]) =>
  told(orderOf(status, { captures: statuses.map((one) => ({ ...captured, status: one })) }));

test.each([
  ['CREATED', { kind: 'open' }],
  ['SAVED', { kind: 'open' }],
  ['PAYER_ACTION_REQUIRED', { kind: 'open' }],
  ['APPROVED', { kind: 'agreed' }],
  ['VOIDED', { kind: 'closed' }],
  ['COMPLETED', { kind: 'unknown' }], // of what?
  ['A_STATUS_OF_TOMORROW', { kind: 'unknown' }],
  ['constructor', { kind: 'unknown' }],
  ['approved', { kind: 'unknown' }],
])('an order that is %s, of which nothing was made, is %j', async (status, answer) => {
  expect(await told(orderOf(status))).toMatchObject(answer);
  expect(await told(orderOf(status, { captures: [], authorizations: [] }))).toMatchObject(answer);
});

test('one that was captured tells the capture’s number, its amount and its time', async () => {
  expect(await told(paid)).toEqual({
    kind: 'approved',
    receipt: {
      channel_reference: captured.id,
      paid_at: '2026-11-25T01:59:58.000Z',
      amount: 1999,
      currency: 'USD',
    },
  });
});

test.each([
  ['COMPLETED', 'approved'],
  ['PARTIALLY_REFUNDED', 'approved'], // it was taken, and a part went back
  ['REFUNDED', 'approved'],
  ['PENDING', 'pending'],
  ['DECLINED', 'declined'],
  ['FAILED', 'declined'],
  ['A_STATUS_OF_TOMORROW', 'unknown'],
  ['constructor', 'unknown'],
])('whose capture is %s is %s, whatever the order says', async (status, kind) => {
  for (const said of ['COMPLETED', 'APPROVED', 'VOIDED', 'TOMORROW'])
    expect((await of(said, status)).kind).toBe(kind);
});

test.each([
  [['DECLINED', 'COMPLETED'], 'approved'],
  [['DECLINED', 'PENDING'], 'pending'],
  [['DECLINED', 'TOMORROW'], 'unknown'],
  [['DECLINED', 'FAILED'], 'declined'],
])('of several captures (%j) the one that says most speaks: %s', async (statuses, kind) => {
  expect((await of('COMPLETED', ...statuses)).kind).toBe(kind);
});

test('a capture that was declined says why, where PayPal does', async () => {
  const declined = { ...captured, status: 'DECLINED', status_details: { reason: 'ECHECK' } };
  expect(await told(orderOf('COMPLETED', { captures: [declined] }))).toMatchObject({
    kind: 'declined',
    failure: { code: 'card_declined', channel_code: 'ECHECK' },
  });
  expect(await of('COMPLETED', 'FAILED')).toMatchObject({ failure: { channel_code: 'FAILED' } });
});

describe('a hold', () => {
  const answer = {
    kind: 'held',
    channel_reference: order.handle,
    held: 1999,
    captured: 0,
    currency: 'USD',
    ends_at: '2026-12-24T01:59:58.000Z',
    is_over: false,
  };
  const over = { ...answer, ends_at: null, is_over: true };
  const second = { ...partCaptured, id: '9TK', amount: { currency_code: 'USD', value: '3.00' } };

  test('has its end', async () => {
    expect(await told(holding())).toEqual(answer);
    expect(await told(holding([], { expiration_time: undefined }))).toEqual({ ...answer, ends_at: null }); // prettier-ignore
  });

  test('is counted with all that was captured of it, and with nothing that was not', async () => {
    const hold = { status: 'PARTIALLY_CAPTURED' };
    const declined = { ...second, status: 'DECLINED' };
    expect(await told(holding([partCaptured, declined], hold))).toEqual({ ...answer, captured: 500 });
    const refunded = { ...second, status: 'REFUNDED' };
    expect(await told(holding([partCaptured, refunded], hold))).toEqual({ ...answer, captured: 800 });
  }); // prettier-ignore

  test.each(['PENDING', 'TOMORROW'])(
    'of which a capture is %s has no total yet',
    async (status) => {
      const found = holding([partCaptured, { ...second, status }]);
      expect((await told(found)).kind).toBe('unknown');
    },
  );

  const ranOut = { update_time: authorized.expiration_time };
  test.each([
    ['captured', [captured], { status: 'CAPTURED' }, { ...over, captured: 1999 }],
    ['captured for the last time', [partCaptured], { status: 'CAPTURED' }, { ...over, captured: 500 }],
    ['captured in part and released', [partCaptured], { status: 'VOIDED' }, { ...over, captured: 500 }],
    ['released', [], { status: 'VOIDED' }, { kind: 'closed' }],
    ['run out', [], { status: 'VOIDED', ...ranOut }, over],
    ['run out', [], { status: 'EXPIRED' }, over],
    ['under review', [], { status: 'PENDING' }, { kind: 'pending' }],
    ['denied', [], { status: 'DENIED' }, { kind: 'declined', failure: { code: 'card_declined', channel_code: 'DENIED' } }],
    ['captured to its last cent', [captured], { status: 'PARTIALLY_CAPTURED' }, { ...over, captured: 1999 }],
    ['released, and tells no time', [], { status: 'VOIDED', update_time: undefined }, { kind: 'closed' }],
    ['released, and tells no end', [], { status: 'VOIDED', expiration_time: undefined }, { kind: 'closed' }],
    ['in a status of tomorrow', [], { status: 'TOMORROW' }, { kind: 'unknown' }],
  ])('that was %s (%#) is told so', async (_how, captures, hold, expected) => {
    expect(await told(holding(captures, hold))).toMatchObject(expected);
  }); // prettier-ignore

  test('that was denied once and then given is held', async () => {
    const authorizations = [{ ...authorized, id: '1', status: 'DENIED' }, authorized];
    expect(await told(orderOf('COMPLETED', { authorizations }))).toEqual(answer);
  });

  test.each([
    ['another currency', [{ ...partCaptured, amount: { currency_code: 'EUR', value: '5.00' } }], {}],
    ['an amount that is none', [], { amount: { currency_code: 'USD', value: '19.999' } }],
  ])('in %s is unknown', async (_what, captures, hold) => {
    expect((await told(holding(captures, hold))).kind).toBe('unknown');
  }); // prettier-ignore
});

test.each([
  ['order', unitWith({ custom_id: 'att_01kaw0000000000000000000a2' })],
  ['order', unitWith({ custom_id: undefined })],
  ['number', { id: 'ANOTHER' }],
  ['merchant', unitWith({ payee: { merchant_id: 'ANOTHERSHOP' } })],
])('what is told of another %s disagrees in every state', async (_what, change) => {
  for (const found of [waiting, agreed, orderOf('VOIDED')])
    expect((await told({ ...found, ...change })).kind).toBe('disagrees');
});

test('where PayPal names no merchant, the keys that we asked with do', async () => {
  expect(await told({ ...agreed, ...unitWith({ payee: undefined }) })).toEqual({ kind: 'agreed' });
});

test.each([
  ['amount', '19.98', 'USD'],
  ['amount', '19.999', 'USD'],
  ['currency', '19.99', 'EUR'],
])('another %s disagrees (%s %s)', async (_what, value, currency_code) => {
  for (const found of [waiting, agreed, orderOf('VOIDED')])
    expect((await told({ ...found, ...unitWith({ amount: { value, currency_code } }) })).kind).toBe('disagrees');
}); // prettier-ignore

test('money of another amount is told as it is, with its number: the domain compares it', async () => {
  const amount = { currency_code: 'EUR', value: '0.01' };
  const beside = unitWith({ amount, payments: { captures: [captured] } });
  expect(await told({ ...paid, ...beside })).toMatchObject({
    kind: 'approved',
    receipt: { amount: 1_999 },
  }); // whatever the order says it was
  const held = unitWith({ amount, payments: { authorizations: [authorized] } });
  expect(await told({ ...holding(), ...held })).toMatchObject({ kind: 'held', held: 1_999 });
  const unclear = unitWith({
    amount,
    payments: { captures: [{ ...captured, status: 'TOMORROW' }] },
  });
  expect((await told({ ...paid, ...unclear })).kind).toBe('unknown');
  expect(await told(orderOf('COMPLETED', { captures: [{ ...captured, amount }] }))).toMatchObject({
    kind: 'approved',
    receipt: { amount: 1, currency: 'EUR', channel_reference: captured.id },
  });
  expect(await told(holding([], { amount }))).toMatchObject({ held: 1, currency: 'EUR' });
});

test.each([
  ['time', { create_time: undefined }],
  ['possible time', { create_time: '2026-02-30T00:00:00Z' }],
  ['amount', { amount: undefined }],
  ['amount at all', { amount: { currency_code: 'USD', value: '0.00' } }],
  ['whole amount', { amount: { currency_code: 'USD', value: '19.999' } }],
  ['positive amount', { amount: { currency_code: 'USD', value: '-19.99' } }],
  ['amount that is a text', { amount: { currency_code: 'USD', value: 19.99 } }],
  ['currency of ISO 4217', { amount: { currency_code: 'XXY', value: '19.99' } }],
  ['number', { id: undefined }],
])('a capture without a %s is unknown', async (_what, change) => {
  expect((await told(orderOf('COMPLETED', { captures: [{ ...captured, ...change }] }))).kind).toBe('unknown'); // prettier-ignore
});

test('an order of several units is none of ours', async () => {
  const [unit] = paid.purchase_units;
  expect((await told({ ...paid, purchase_units: [unit, unit] })).kind).toBe('unknown');
  expect((await told({ ...paid, purchase_units: [] })).kind).toBe('unknown');
});

const reference = 'att_01m88bxr60eyksyy847gn49x2c'; // drawn 2026-11-25T03:27:54.560Z
test.each([
  ['2026-11-25T06:27:54.560Z', 404, 'INVALID_RESOURCE_ID', 'closed'],
  ['2026-11-25T06:27:54.560Z', 404, 'RESOURCE_NOT_FOUND', 'closed'],
  ['2026-11-25T06:27:54.559Z', 404, 'INVALID_RESOURCE_ID', 'unknown'], // PayPal keeps it for three hours
  ['2026-11-25T06:27:54.560Z', 422, 'ORDER_EXPIRED', 'unknown'],
  ['2026-11-25T06:27:54.560Z', 404, 'A_WORD_OF_TOMORROW', 'unknown'],
])('at %s an order that is not there (%d %s) is %s', async (at, status, issue, kind) => {
  const call = { ...answering(refusedWith(status, issue)), now: () => new Date(at) };
  expect((await paypal.query(call, { ...order, reference })).kind).toBe(kind);
});

test('an order whose number was never heard cannot be asked for, and nothing is sent', async () => {
  const call = answering(replied(200, paid));
  expect((await paypal.query(call, { ...order, handle: null })).kind).toBe('unknown');
  expect(call.requests).toEqual([]);
});

test('a close needs no call: what nobody confirms takes no money', async () => {
  expect(await paypal.close(answering(), order)).toEqual({ kind: 'closed' });
  expect(await paypal.close(answering(), part)).toEqual({ kind: 'closed' });
});
