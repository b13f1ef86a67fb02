import { stripe } from '../../../src/channels/stripe/channel.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { answering, charge, order, paid, replied, waiting } from './stripe.ts';
import { speak } from './verbs.ts';

const told = (change: object) => speak('query', replied(200, { ...paid, ...change }));
const manual = { capture_method: 'manual' };
const withHold = {
  ...charge,
  payment_method_details: { card: { capture_before: 1_796_176_800 }, type: 'card' },
};
const error = { type: 'card_error', code: 'card_declined', decline_code: 'fraudulent' };
const redirect = {
  type: 'redirect_to_url',
  redirect_to_url: { url: 'https://hooks.stripe.com/3ds', return_url: null },
};

test.each([
  ['requires_payment_method', {}, { kind: 'open' }],
  ['requires_confirmation', {}, { kind: 'open' }],
  ['requires_payment_method', { last_payment_error: error }, { kind: 'declined', failure: { code: 'fraud_suspected' } }],
  ['processing', {}, { kind: 'pending' }],
  ['canceled', {}, { kind: 'closed' }],
  ['canceled', { cancellation_reason: 'automatic' }, { kind: 'closed' }],
  ['canceled', { ...manual, cancellation_reason: 'automatic' }, { kind: 'closed' }], // never held
  ['canceled', { ...manual, cancellation_reason: 'abandoned', latest_charge: charge }, { kind: 'closed' }],
  ['a_status_of_tomorrow', {}, { kind: 'unknown' }],
  ['constructor', {}, { kind: 'unknown' }],
  ['Succeeded', {}, { kind: 'unknown' }],
  ['', {}, { kind: 'unknown' }],
])('an order that is %s (%j) is %j', async (status, change, answer) => {
  expect(await told({ ...waiting, status, ...change })).toMatchObject(answer);
}); // prettier-ignore

test('one that is paid tells its number, its amount and when it was charged', async () => {
  expect(await told({})).toEqual({
    kind: 'approved',
    receipt: {
      channel_reference: paid.id,
      paid_at: '2026-11-25T02:00:00.000Z',
      amount: 1999,
      currency: 'USD',
    },
  });
});

test('one that the payer must act on shows him the page', async () => {
  expect(await told({ ...waiting, status: 'requires_action', next_action: redirect })).toEqual({
    kind: 'action_required',
    next_action: { type: 'redirect', url: 'https://hooks.stripe.com/3ds' },
    code_ends_at: null,
  });
});

test.each([
  ['use_stripe_sdk', { type: 'use_stripe_sdk', use_stripe_sdk: {} }],
  [null, null],
])('an action that is no page (%s) cannot be done here', async (channel_code, next_action) => {
  const answer = await told({ ...waiting, status: 'requires_action', next_action });
  expect(answer).toMatchObject({
    kind: 'declined',
    failure: { code: 'authentication_failed', channel_code },
  });
});

test.each(['javascript:alert(1)', 'weixin://x', 'no address', ''])(
  'a page at %j is none',
  async (url) => {
    const next_action = { ...redirect, redirect_to_url: { url } };
    const answer = await told({ ...waiting, status: 'requires_action', next_action });
    expect(answer.kind).toBe('unknown');
  },
);

describe('a hold', () => {
  const held = { ...paid, ...manual, amount_received: 0, status: 'requires_capture' };
  const answer = {
    kind: 'held',
    channel_reference: paid.id,
    held: 1999,
    captured: 0,
    currency: 'USD',
    ends_at: '2026-12-02T02:00:00.000Z',
    is_over: false,
  };

  test('has its end', async () => {
    expect(await told({ ...held, latest_charge: withHold })).toEqual(answer);
  });

  test.each([charge, charge.id, null])(
    'may be told without its end (%#)',
    async (latest_charge) => {
      expect(await told({ ...held, latest_charge })).toEqual({ ...answer, ends_at: null });
    },
  );

  test('is counted with what was captured of it', async () => {
    const change = { ...held, amount_received: 500, latest_charge: withHold };
    expect(await told(change)).toEqual({ ...answer, captured: 500 });
  });

  test.each([
    ['captured', { status: 'succeeded', amount_received: 1999 }, 1999],
    ['captured in part', { status: 'succeeded', amount_received: 500 }, 500],
    ['captured in part and canceled', { status: 'canceled', amount_received: 500 }, 500],
    ['run out', { status: 'canceled', cancellation_reason: 'automatic' }, 0],
    ['run out', { status: 'canceled', cancellation_reason: 'expired' }, 0],
  ])('that was %s is over', async (_how, change, captured) => {
    const over = { ...answer, captured, ends_at: null, is_over: true };
    expect(await told({ ...held, latest_charge: withHold, ...change })).toEqual(over);
  });
});

test.each([
  ['order', { metadata: { reference: 'att_01kaw0000000000000000000a2' } }],
  ['order', { metadata: {} }],
  ['number', { id: 'pi_another' }],
  ['mode', { livemode: true }],
])('what is told of another %s disagrees in every state', async (_what, change) => {
  for (const status of ['succeeded', 'requires_capture', 'processing', 'canceled', 'tomorrow'])
    expect((await told({ ...change, status })).kind).toBe('disagrees');
});

test.each([
  ['amount', { amount: 1998, amount_received: 1998 }, 1998, 'USD'],
  ['currency', { currency: 'eur' }, 1999, 'EUR'],
])('another %s disagrees, or is told with its number', async (_what, change, amount, currency) => {
  for (const status of ['requires_payment_method', 'processing', 'canceled'])
    expect((await told({ ...waiting, ...change, amount_received: 0, status })).kind).toBe('disagrees');
  expect(await told(change)).toMatchObject({
    kind: 'approved',
    receipt: { amount, currency, channel_reference: paid.id },
  });
  expect(await told({ ...change, ...manual, status: 'requires_capture' })).toMatchObject({
    kind: 'held',
    held: amount,
    currency,
  });
}); // prettier-ignore

test.each([
  ['time', { latest_charge: null }],
  ['time', { latest_charge: 'ch_3QHoldfast' }],
  ['whole time', { latest_charge: { ...charge, created: 1.5 } }],
  ['possible time', { latest_charge: { ...charge, created: 1e15 } }],
  ['amount', { amount_received: undefined }],
  ['amount at all', { amount_received: 0 }],
  ['whole amount', { amount_received: 19.99 }],
  ['safe amount', { amount_received: 2 ** 53 }],
  ['amount that is a number', { amount_received: '1999' }],
  ['positive amount', { amount_received: -1999 }],
  ['currency of ISO 4217', { currency: 'xxy' }],
  ['currency as Stripe writes it', { currency: 'USD' }],
  ['number', { id: undefined }],
  ['number of an order', { id: 'ch_3QHoldfast' }],
  ['kind', { object: 'charge' }],
  ['mode', { livemode: undefined }],
  ['metadata', { metadata: null }],
])('one that is paid without a %s is unknown', async (_what, change) => {
  expect((await told(change)).kind).toBe('unknown');
});

test('an order is looked for where it must be, page by page, and then read by its number', async () => {
  const reference = 'att_01m88bxr60eyksyy847gn49x2c'; // drawn 2026-11-25T03:27:54.560Z
  const other = { ...paid, id: 'pi_other', metadata: {} };
  const ours = { ...paid, metadata: { reference } };
  const call = answering(
    replied(200, { object: 'list', data: [other], has_more: true }),
    replied(200, { object: 'list', data: [other, ours], has_more: true }),
    replied(200, ours),
  );
  const asked = { ...order, reference, handle: null, expires_at: '2026-11-25T04:00:00.000Z' };
  expect((await stripe.query(call, asked)).kind).toBe('approved');
  const [first, second, third] = call.requests.map(({ url }) => new URL(url));
  const minutes = 5; // for clocks that differ
  expect(first?.pathname).toBe('/v1/payment_intents');
  expect(Object.fromEntries(first?.searchParams ?? [])).toEqual({
    'created[gte]': String(Date.parse('2026-11-25T03:27:54Z') / 1_000 - minutes * 60),
    'created[lte]': String(Date.parse('2026-11-25T04:00:00Z') / 1_000 + minutes * 60),
    limit: '50',
  });
  expect(second?.searchParams.get('starting_after')).toBe('pi_other');
  expect(third?.pathname).toBe(`/v1/payment_intents/${paid.id}`);
});

test('only a list that was seen to its end denies an order', async () => {
  const page = (has_more: boolean) =>
    replied(200, { object: 'list', data: [{ ...paid, metadata: {} }], has_more });
  expect(await speak('search', page(true), page(false))).toEqual({ kind: 'not_found' });
  expect((await speak('search', page(true))).kind).toBe('unknown');
  expect((await speak('search', page(true), replied(500, {}))).kind).toBe('unknown');
  expect(await speak('search', replied(200, { object: 'list', data: [], has_more: false }))).toEqual({ kind: 'not_found' }); // prettier-ignore
  for (const odd of [{ data: [] }, { data: [], has_more: true }])
    expect((await speak('search', replied(200, { object: 'list', ...odd }))).kind).toBe('unknown');
});

test('an order of another amount is told as it is, not as it was asked', async () => {
  const answer = await stripe.query(answering(replied(200, paid)), {
    ...order,
    amount: toMinor(5),
  });
  expect(answer).toMatchObject({ receipt: { amount: 1999 } });
});
