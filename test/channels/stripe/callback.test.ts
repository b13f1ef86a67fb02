import fc from 'fast-check';

import type { RawCallback } from '../../../src/channels/callback.ts';
import { parseAccount } from '../../../src/channels/stripe/account.ts';
import { stripe } from '../../../src/channels/stripe/channel.ts';
import { account, charge, notified, now, order, paid, refunded, settings, signed, waiting } from './stripe.ts'; // prettier-ignore

const read = (callback: RawCallback, as = account) => stripe.readCallback(as, callback, now);
/** As in an event: nothing is expanded in it. */
const told = { ...paid, latest_charge: charge.id };
const event = 'evt_3QHoldfast';

describe('a webhook that the official library signed', () => {
  const callback = notified('payment_intent.succeeded', told);

  test('is read, by either secret while one is rolled', () => {
    for (const secret of settings.webhook_secrets)
      expect(read(notified('payment_intent.succeeded', told, { secret })).kind).toBe('attempt');
    expect(read(notified('payment_intent.succeeded', told, { secret: 'whsec_x' })).kind).toBe('forged');
  }); // prettier-ignore

  test.each([
    [300, 'attempt'],
    [-300, 'attempt'],
    [301, 'stale'],
    [-301, 'stale'],
  ])('%d seconds ago is %s', (seconds, kind) => {
    const at = new Date(now.getTime() - seconds * 1_000);
    expect(read(notified('payment_intent.succeeded', told, { at })).kind).toBe(kind);
  });

  test('may bear several signatures, of which one is enough', () => {
    const [time, v1] = callback.headers['stripe-signature']!.split(',');
    const bearing = (header: string) =>
      read({ ...callback, headers: { 'stripe-signature': header } }).kind;
    const other = `v1=${'0'.repeat(64)}`;
    expect(bearing(`${time},${other},${v1}`)).toBe('attempt');
    expect(bearing(`${time},${v1},${other},v0=abc`)).toBe('attempt');
    for (const header of [
      '', `${time}`, `${v1}`, `${time},${other}`, `${time},${v1?.replace('v1', 'v0')}`,
      `${time},${v1},`, `${time}, ${v1}`, `${v1},${time},${time}`, `t=,${v1}`, `t=1e9,${v1}`,
      `${time},${v1?.toUpperCase()}`, `${time},${v1},v1=ab`, `${time},${v1?.slice(0, -2)}`,
    ]) expect(bearing(header)).toBe('forged'); // prettier-ignore
    expect(read({ ...callback, headers: {} }).kind).toBe('forged');
  });

  test('is the vector of channels.md section 3', () => {
    const vector = {
      body: Buffer.from('{"id":"evt_1","object":"event","type":"payment_intent.succeeded"}'),
      headers: {
        'stripe-signature':
          't=1700000000,v1=b5d16909735dfcdc338e1f1e170cbb5d2ea57494fe5f638399aebcce132ec538',
      },
    };
    const as = parseAccount({ ...settings, webhook_secrets: ['whsec_test'] });
    const at = (time: number) => stripe.readCallback(as, vector, new Date(time)).kind;
    expect(at(1_700_000_000_000)).toBe('meaningless'); // genuine, with nothing in it
    expect(at(1_700_000_301_000)).toBe('stale');
    expect(stripe.readCallback(account, vector, new Date(1_700_000_000_000)).kind).toBe('forged');
  });
});

test('a payment is told with its number, its amount and when the event was made', () => {
  expect(read(notified('payment_intent.succeeded', told))).toEqual({
    kind: 'attempt',
    event,
    reference: order.reference,
    order: paid.id,
    answer: {
      kind: 'approved',
      receipt: {
        channel_reference: paid.id,
        paid_at: '2026-11-25T02:00:00.000Z',
        amount: 1999,
        currency: 'USD',
      },
    },
  });
});

const manual = { ...told, capture_method: 'manual', amount_received: 0 };
test.each([
  ['amount_capturable_updated', { ...manual, status: 'requires_capture' }, { kind: 'held', captured: 0, is_over: false }],
  ['succeeded', { ...manual, amount_received: 500 }, { kind: 'held', captured: 500, is_over: true }],
  ['canceled', { ...manual, status: 'canceled', cancellation_reason: 'automatic' }, { kind: 'held', captured: 0, is_over: true }],
  ['canceled', { ...waiting, status: 'canceled' }, { kind: 'closed' }],
  ['processing', { ...waiting, status: 'processing' }, { kind: 'pending' }],
  ['payment_failed', { ...waiting, last_payment_error: { type: 'card_error', code: 'expired_card' } }, { kind: 'changed' }], // he may have paid since
])('payment_intent.%s says what stays true (%#)', (type, object, answer) => {
  expect(read(notified(`payment_intent.${type}`, object))).toMatchObject({
    kind: 'attempt',
    event,
    reference: order.reference,
    answer,
  });
}); // prettier-ignore

test.each([
  ['refund.created', 'pending', 'processing'],
  ['refund.updated', 'succeeded', 'succeeded'],
  ['refund.failed', 'failed', 'failed'],
])('%s tells that the refund is %s: %s', (type, status, ours) => {
  const failure = { code: 'lost_or_stolen', channel_code: 'lost_or_stolen_card' };
  const failure_reason = ours === 'failed' ? 'lost_or_stolen_card' : undefined;
  expect(read(notified(type, { ...refunded, status, failure_reason }))).toMatchObject({
    kind: 'refund',
    event,
    reference: refunded.metadata['reference'],
    answer: {
      kind: 'refund',
      status: ours,
      channel_reference: refunded.id,
      amount: 500,
      currency: 'USD',
      ...(ours === 'failed' ? { failure } : {}),
    },
  });
});

test.each([
  ['charge.succeeded', charge],
  ['charge.refunded', charge],
  ['charge.expired', charge],
  ['customer.created', { id: 'cus_1' }],
  ['payout.paid', { id: 'po_1' }],
  ['an.event.of.tomorrow', null],
  ['payment_intent.succeeded', { ...told, metadata: {} }],
  ['payment_intent.succeeded', { ...told, metadata: {}, currency: 'xxx', amount: null }],
  ['refund.updated', { ...refunded, metadata: {} }],
  ['refund.updated', { ...refunded, metadata: { reference: '' }, amount: null }],
])('%s, genuine but no matter of ours, is taken and left (%#)', (type, object) => {
  expect(read(notified(type, object))).toEqual({
    kind: 'irrelevant',
    event,
    detail: expect.any(String),
  });
}); // prettier-ignore

test('an order that waits, as we made it, tells nothing, but whose it is', () => {
  expect(read(notified('payment_intent.created', waiting))).toEqual({
    kind: 'irrelevant',
    event,
    detail: expect.any(String),
    reference: waiting.metadata['reference'],
  });
});

test.each([
  ['of real money for a test account', { livemode: true }],
  ['of a connected account', { account: 'acct_1' }],
])('one %s is foreign', (_what, change) => {
  for (const [type, object] of [['payment_intent.succeeded', told], ['refund.updated', refunded]] as const)
    expect(read(notified(type, object, { change })).kind).toBe('foreign');
}); // prettier-ignore

test('one of test money for a real account is foreign', () => {
  const real = parseAccount({ ...settings, api_key: 'sk_live_1' });
  expect(read(notified('payment_intent.succeeded', told), real).kind).toBe('foreign');
  const live = { ...told, livemode: true };
  const callback = notified('payment_intent.succeeded', live, { change: { livemode: true } });
  expect(read(callback, real).kind).toBe('attempt');
});

test.each([
  ['no event', signed('{"object":"list","data":[]}')],
  ['no json', signed('{"id":"evt_')],
  ['nothing', signed('')],
  ['no id', notified('payment_intent.succeeded', told, { change: { id: '' } })],
  ['no mode', notified('payment_intent.succeeded', told, { change: { livemode: null } })],
  ['no data', notified('payment_intent.succeeded', told, { change: { data: null } })],
  ['no object', notified('payment_intent.succeeded', null)],
  ['a charge for an order', notified('payment_intent.succeeded', charge)],
  ['null members', notified('payment_intent.succeeded', { ...told, metadata: null, amount: null })],
  ['a status of tomorrow', notified('payment_intent.succeeded', { ...told, status: 'x' })],
  ['a fraction of a cent', notified('payment_intent.succeeded', { ...told, amount_received: 19.99 })],
  ['an order for a refund', notified('refund.updated', told)],
  ['a refund in no state', notified('refund.updated', { ...refunded, status: null })],
])('genuine, but with %s, is meaningless', (_what, callback) => {
  expect(read(callback)).toEqual({ kind: 'meaningless', detail: expect.any(String) });
}); // prettier-ignore

test('whatever is signed, reading it never throws and invents no money', () => {
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(null, '', 0, -1, 1e400, '__proto__'));
  const member = fc.constantFrom(...Object.keys({ ...told, ...refunded }));
  const shapes = fc.constantFrom<[string, object]>(
    ['payment_intent.succeeded', told],
    ['payment_intent.amount_capturable_updated', { ...manual, status: 'requires_capture' }],
    ['refund.updated', refunded],
  );
  let believed = 0;
  fc.assert(
    fc.property(shapes, fc.dictionary(member, odd, { minKeys: 1, maxKeys: 3 }), ([type, base], change) => {
      const object = { ...base, ...change } as any;
      const reading = read(notified(type, object));
      if (reading.kind === 'attempt' || reading.kind === 'refund') {
        believed += 1;
        expect(reading.reference).toBe(object.metadata.reference);
        const { answer } = reading;
        if (answer.kind === 'approved') expect(answer.receipt.amount).toBe(object.amount_received);
        if (answer.kind === 'held') expect([answer.held, answer.captured]).toEqual([object.amount, object.amount_received]);
        if (answer.kind === 'refund') expect(answer.amount).toBe(object.amount);
      } else expect(['meaningless', 'irrelevant']).toContain(reading.kind);
    }),
    { numRuns: 500 },
  );
  expect(believed).toBeGreaterThan(20);
}); // prettier-ignore

test('an order with a number that is not ours is read all the same: the caller stores and refuses it', () => {
  const reference = 'order 7 of somebody else';
  const reading = read(notified('payment_intent.succeeded', { ...told, metadata: { reference } }));
  expect(reading).toMatchObject({ kind: 'attempt', reference });
});
