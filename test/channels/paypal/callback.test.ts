import fc from 'fast-check';

import type { RawCallback } from '../../../src/channels/callback.ts';
import { parseAccount } from '../../../src/channels/paypal/account.ts';
import { paypal } from '../../../src/channels/paypal/channel.ts';
import { fromWire } from '../../../src/channels/paypal/money.ts';
import { redactCardNumbers } from '../../../src/domain/card-number.ts';
import { account, agreed, captured, holding, keys, notified, now, order, orderOf, paid, refunded, settings, signed, told, unitWith, waiting } from './paypal.ts'; // prettier-ignore
import { certificate, vector } from './vector.ts';

const read = (callback: RawCallback, as = account) => paypal.readCallback(as, callback, now);
const event = 'WH-58D329510W468432D-8HN650336L201105X';
const completed = notified('PAYMENT.CAPTURE.COMPLETED', 'capture', told);

describe('a notice', () => {
  test('is the vector of channels.md section 4, verified by a certificate', () => {
    const { webhook_id, headers } = vector;
    const as = parseAccount({ ...settings, webhook_id, webhook_certificates: [certificate] });
    const body = Buffer.from(vector.body);
    expect(read({ headers, body }, as).kind).toBe('meaningless'); // genuine, with nothing in it
    expect(read({ headers, body }).kind).toBe('forged');
    expect(read({ headers, body: Buffer.from(`${vector.body} `) }, as).kind).toBe('forged');
    const another = parseAccount({ ...settings, webhook_certificates: [certificate] });
    expect(read({ headers, body }, another).kind).toBe('forged');
  });

  test('is believed under either key while one is changed, and under no other', () => {
    for (const { privateKey: key } of [keys.one, keys.other])
      expect(read(notified('X', 'capture', told, { key })).kind).toBe('attempt');
    for (const text of [completed.body.toString(), '{}', ''])
      expect(read(signed(text, { key: keys.nobodys.privateKey })).kind).toBe('forged');
    expect(read(notified('X', 'capture', told, { webhook_id: 'ANOTHER' })).kind).toBe('forged');
  });

  test.each([
    ['paypal-transmission-id', [undefined, '', 'another']],
    ['paypal-transmission-time', [undefined, '', '2026-11-25T02:00:01Z']],
    ['paypal-transmission-sig', [undefined, '', 'AAAA', 'no base64!']],
    ['paypal-auth-algo', [undefined, '', 'none', 'SHA1withRSA']],
  ])('with another %s is forged', (name, values) => {
    const { [name]: genuine } = completed.headers;
    for (const value of [...values, `${genuine} `, `${genuine}=`]) {
      const headers = { ...completed.headers, [name]: value };
      expect(read({ ...completed, headers }).kind).toBe('forged');
    }
  });

  test('that is not believed names where its certificate is, if that is an address', () => {
    const from = (url: string | undefined) => {
      const headers = { ...completed.headers, 'paypal-transmission-sig': '', 'paypal-cert-url': url };
      return (read({ ...completed, headers }) as any).detail;
    };
    expect(from('https://api.paypal.com/v1/notifications/certs/CERT-2')).toContain('api.paypal.com/v1/notifications/certs/CERT-2');
    for (const odd of [undefined, 'x\ny', `https://x/${'a'.repeat(999)}`, 'https://x/?secret']) expect(from(odd)).toMatch(/names none$/);
  }); // prettier-ignore
});

test('a capture is told with its number, its amount and its time', () => {
  expect(read(completed)).toEqual({
    kind: 'attempt',
    event,
    reference: order.reference,
    order: order.handle,
    answer: {
      kind: 'approved',
      receipt: {
        channel_reference: captured.id,
        paid_at: '2026-11-25T01:59:58.000Z',
        amount: 1999,
        currency: 'USD',
      },
    },
  });
});

test.each([
  ['PAYMENT.CAPTURE.PENDING', { status: 'PENDING' }, { kind: 'pending' }],
  ['PAYMENT.CAPTURE.DENIED', { status: 'DECLINED' }, { kind: 'declined', failure: { code: 'card_declined' } }],
  ['PAYMENT.CAPTURE.COMPLETED', { status: 'PARTIALLY_REFUNDED' }, { kind: 'approved' }],
])('%s (%j) says what a query would', (type, change, answer) => {
  const reading = read(notified(type, 'capture', { ...told, ...change }));
  expect(reading).toMatchObject({ kind: 'attempt', reference: order.reference, order: order.handle, answer });
}); // prettier-ignore

test('a capture that names no order is told without one', () => {
  const { supplementary_data: _, ...alone } = told;
  const reading = read(notified('PAYMENT.CAPTURE.COMPLETED', 'capture', alone));
  expect(reading).toMatchObject({ kind: 'attempt', answer: { kind: 'approved' } });
  expect(reading).not.toHaveProperty('order');
});

test.each([
  [
    'CHECKOUT.ORDER.APPROVED',
    agreed,
    { kind: 'agreed', money: { amount: 1_999, currency: 'USD' } },
  ],
  ['CHECKOUT.ORDER.COMPLETED', paid, { kind: 'approved' }],
])('%s tells how the order stands', (type, resource, answer) => {
  expect(read(notified(type, 'checkout-order', resource))).toMatchObject({
    kind: 'attempt',
    event,
    reference: order.reference,
    order: order.handle,
    answer,
  });
});

test.each([
  ['PAYMENT.CAPTURE.REFUNDED', 'COMPLETED', 'succeeded'],
  ['PAYMENT.REFUND.PENDING', 'PENDING', 'processing'],
  ['PAYMENT.REFUND.FAILED', 'FAILED', 'failed'],
])('%s tells that a refund is %s: %s', (type, status, ours) => {
  expect(read(notified(type, 'refund', { ...refunded, status }))).toMatchObject({
    kind: 'refund',
    event,
    reference: refunded.invoice_id,
    answer: { kind: 'refund', status: ours, channel_reference: refunded.id, amount: 500, currency: 'USD' },
  });
}); // prettier-ignore

describe('money that PayPal takes back by itself', () => {
  const up = { rel: 'up', href: `https://api.paypal.com/v2/payments/captures/${captured.id}`, method: 'GET' }; // prettier-ignore
  const reversed = { ...refunded, invoice_id: order.reference, note_to_payer: 'Payment reversed', links: [up] }; // prettier-ignore
  const reversal = (resource: unknown, type = 'refund') => read(notified('PAYMENT.CAPTURE.REVERSED', type, resource)); // prettier-ignore
  const detail = `PAYMENT.CAPTURE.REVERSED: 5.00 USD (${refunded.id})`;

  test('is told of the attempt whose number it repeats, and is no refund of ours', () => {
    expect(reversal({ ...reversed, custom_id: order.reference })).toEqual({
      kind: 'attempt',
      event,
      reference: order.reference,
      answer: { kind: 'bounced', detail },
    });
  });

  test('is told of what was captured, where it repeats no number', () => {
    const answer = { kind: 'bounced', detail };
    expect(reversal(reversed)).toEqual({ kind: 'bounced', event, order: captured.id, answer });
    expect(reversal({ ...captured, custom_id: undefined }, 'capture')).toMatchObject({ kind: 'bounced', order: captured.id }); // prettier-ignore
  });

  test.each([
    [{ ...reversed, custom_id: 'order 7 of somebody else' }, 'irrelevant'],
    [{ ...reversed, links: [] }, 'irrelevant'],
    [{ ...reversed, links: [{ ...up, href: 'https://x/y' }] }, 'irrelevant'],
    [{ ...reversed, links: 'none' }, 'irrelevant'],
    [{ ...reversed, amount: { currency_code: 'USD', value: '19.999' } }, 'meaningless'],
    [null, 'meaningless'],
  ])('is nothing to us as %j', (resource, kind) => {
    expect(reversal(resource).kind).toBe(kind);
  });
});

const ofHold = { related_ids: { order_id: order.handle, authorization_id: '0AW2184448108334S' } };
test.each([
  ['an order that waits', 'checkout-order', waiting],
  ['an order that was given up', 'checkout-order', orderOf('VOIDED')],
  ['a hold', 'checkout-order', holding()],
  ['an order in a status of tomorrow', 'checkout-order', orderOf('TOMORROW')],
  ['a part of a hold', 'capture', { ...told, supplementary_data: ofHold }],
  [
    'a part of a hold that does not say so',
    'capture',
    { ...told, invoice_id: 'cap_01kaw0000000000000000000a1' },
  ],
])('%s is better asked for: the notice says only whose it is', (_what, type, resource) => {
  expect(read(notified('SOME.EVENT', type, resource))).toEqual({
    kind: 'irrelevant',
    event,
    detail: expect.any(String),
    reference: order.reference,
  });
});

test.each([
  ['authorization', { id: '0AW2184448108334S', status: 'VOIDED' }],
  ['a-type-of-tomorrow', null],
  ['capture', { ...told, custom_id: undefined }],
  ['capture', { ...told, custom_id: 'order 7 of somebody else' }],
  ['checkout-order', { ...agreed, ...unitWith({ custom_id: 'order 7' }) }],
  ['refund', { ...refunded, invoice_id: undefined }],
  ['refund', { ...refunded, invoice_id: order.reference }],
])('a %s that is genuine but no matter of ours is taken and left (%#)', (type, resource) => {
  expect(read(notified('SOME.EVENT', type, resource))).toEqual({
    kind: 'irrelevant',
    event,
    detail: expect.any(String),
  });
});

test('a currency that is no currency stands apart from the amount before it, so that a card number in it is seen', () => {
  const amount = { currency_code: '4555 4274 2817 1', value: '19.99' };
  const reading = read(notified('PAYMENT.CAPTURE.COMPLETED', 'capture', { ...told, amount }));
  expect(reading).toEqual({
    kind: 'meaningless',
    detail: expect.stringContaining('4555 4274 2817 1'),
  });
  expect(redactCardNumbers((reading as { detail: string }).detail)).not.toContain('4274');
});

test('one for another merchant is foreign', () => {
  const payee = { merchant_id: 'ANOTHERSHOP' };
  expect(read(notified('X', 'capture', { ...told, payee })).kind).toBe('foreign');
  const another = { ...agreed, ...unitWith({ payee }) };
  expect(read(notified('X', 'checkout-order', another)).kind).toBe('foreign');
});

test.each([
  ['no event', signed('{"id":"WH-1"}')],
  ['an empty id', signed(JSON.stringify({ id: '', event_type: 'X', resource_type: 'capture', resource: told }))],
  ['no json', signed('{"id')],
  ['nothing', signed('')],
  ['a fraction of a cent', notified('X', 'capture', { ...told, amount: { currency_code: 'USD', value: '19.999' } })],
  ['no capture', notified('X', 'capture', null)],
  ['a capture of nobody in no state', notified('X', 'capture', { id: captured.id, status: null, amount: null })],
  ['no order', notified('X', 'checkout-order', {})],
  ['no refund', notified('X', 'refund', { invoice_id: refunded.invoice_id })],
  ['no amount', notified('X', 'capture', { ...told, amount: undefined })],
  ['a capture in no state', notified('X', 'capture', { ...told, status: 'TOMORROW' })],
  ['an order without a state', notified('X', 'checkout-order', { ...agreed, status: undefined })],
  ['a refund in no state', notified('X', 'refund', { ...refunded, status: 'TOMORROW' })],
  ['a refund without a number', notified('X', 'refund', { ...refunded, id: undefined })],
])('genuine, but with %s, is meaningless', (_what, callback) => {
  expect(read(callback)).toEqual({ kind: 'meaningless', detail: expect.any(String) });
}); // prettier-ignore

test('whatever is signed, reading it never throws and invents no money', () => {
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(null, '', 0, -1, 1e400, '__proto__'));
  const member = fc.constantFrom(...Object.keys({ ...told, ...refunded, ...agreed }));
  const shapes = fc.constantFrom<[string, object]>(
    ['capture', told],
    ['refund', refunded],
    ['checkout-order', agreed],
    ['checkout-order', paid],
  );
  let believed = 0;
  fc.assert(
    fc.property(shapes, fc.dictionary(member, odd, { minKeys: 1, maxKeys: 3 }), ([type, base], change) => {
      const resource = { ...base, ...change } as any;
      const reading = read(notified('SOME.EVENT', type, resource));
      if (reading.kind === 'attempt' || reading.kind === 'refund') {
        believed += 1;
        const { answer } = reading;
        const { amount } = type === 'checkout-order' ? captured : resource;
        if (answer.kind === 'approved') expect(answer.receipt).toMatchObject(fromWire(amount)!);
        if (answer.kind === 'refund') expect(answer).toMatchObject(fromWire(amount)!);
      } else expect(['meaningless', 'irrelevant', 'foreign']).toContain(reading.kind);
    }),
    { numRuns: 500 },
  );
  expect(believed).toBeGreaterThan(20);
}); // prettier-ignore

test('no bytes and no headers make reading throw, and none are believed', () => {
  const header = fc.option(fc.string(), { nil: undefined });
  const headers = fc.record({
    'paypal-transmission-id': header,
    'paypal-transmission-time': header,
    'paypal-transmission-sig': fc.oneof(header, fc.base64String({ minLength: 344, maxLength: 344 })),
    'paypal-cert-url': header,
    'paypal-auth-algo': fc.constantFrom('SHA256withRSA', undefined),
  });
  const bytes = fc.uint8Array({ maxLength: 200 }).map((one) => Buffer.from(one));
  fc.assert(
    fc.property(headers, bytes, (given, body) => {
      expect(read({ headers: given, body }).kind).toBe('forged');
    }),
    { numRuns: 300 },
  );
}); // prettier-ignore
