import { paypal } from '../../../src/channels/paypal/channel.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { answering, authorized, back, backOfPart, captured, holding, order, paid, part, partCaptured, refunded, replied, settings, waiting } from './paypal.ts'; // prettier-ignore
import { asking, calls, looked, lookingUp, moving, type Verb } from './verbs.ts';

const sent = async (verb: Verb) => {
  const call = answering(looked, replied(201, paid));
  await calls[verb](call);
  return call.requests.at(-1)!;
};
const contentOf = ({ body }: { body: string }) => JSON.parse(body);
const place = (path: string) => settings.base_url + path;

test.each(moving)('%s is JSON under its key, and asks for all that it makes', async (verb) => {
  const { method, headers } = await sent(verb);
  expect(method).toBe('POST');
  const keys: Record<string, string> = {
    capture: part.channel_key,
    void: part.channel_key,
    refund: back.channel_key,
    refund_of_part: back.channel_key,
  };
  expect(headers).toEqual({
    'PayPal-Request-Id': keys[verb] ?? order.channel_key,
    Prefer: 'return=representation',
    'Content-Type': 'application/json',
    Accept: 'application/json',
    'User-Agent': 'holdfast',
  });
});

test.each(asking)('%s has neither key nor body', async (verb) => {
  const { method, headers, body } = await sent(verb);
  expect([method, body]).toEqual(['GET', '']);
  expect(Object.keys(headers)).toEqual(['Accept', 'User-Agent']);
});

test.each(moving)('%s sent again, later, has the same bytes', async (verb) => {
  const requests = await Promise.all(
    [new Date('2026-11-25T02:00:00Z'), new Date('2027-01-01T00:00:00Z')].map(async (at) => {
      const call = answering(...(lookingUp.includes(verb) ? [looked] : []), replied(500, ''));
      await calls[verb]({ ...call, now: () => at });
      return call.requests;
    }),
  );
  expect(requests[1]).toEqual(requests[0]);
});

test('to create is the stored order, under our number, for the payer to agree to', async () => {
  const request = await sent('create');
  expect(request.url).toBe(place('/v2/checkout/orders'));
  expect(contentOf(request)).toEqual({
    intent: 'CAPTURE',
    purchase_units: [
      {
        reference_id: order.reference,
        custom_id: order.reference,
        invoice_id: order.reference,
        description: 'Two tickets',
        amount: { currency_code: 'USD', value: '19.99' },
      },
    ],
    payment_source: {
      paypal: {
        experience_context: {
          return_url: order.return_url,
          cancel_url: order.return_url,
          user_action: 'PAY_NOW',
          shipping_preference: 'NO_SHIPPING',
        },
      },
    },
  });
});

test('to create a hold asks for an authorization', async () => {
  const call = answering(replied(201, waiting));
  await paypal.create(call, { ...order, capture: 'manual', return_url: null });
  const { intent, payment_source } = contentOf(call.requests[0]!);
  expect(intent).toBe('AUTHORIZE');
  expect(payment_source.paypal.experience_context).not.toHaveProperty('return_url');
});

test.each([
  ['x'.repeat(500), 'x'.repeat(127)],
  ['🎫'.repeat(100), '🎫'.repeat(63)],
  ['one\r\ntwo\u2028three', 'one two three'],
  ['"quoted\\"', '"quoted\\"'],
])('a description of %j is told as %j', async (description, shown) => {
  const call = answering(replied(201, waiting));
  await paypal.create(call, { ...order, description });
  expect(contentOf(call.requests[0]!).purchase_units[0].description).toBe(shown);
});

test.each([
  ['automatic', 'capture'],
  ['manual', 'authorize'],
] as const)('to confirm an order of %s capture is to %s it', async (capture, deed) => {
  const call = answering(replied(201, paid));
  await paypal.confirm!(call, { ...order, capture });
  expect(call.requests).toMatchObject([
    { url: place(`/v2/checkout/orders/${order.handle}/${deed}`), body: '{}' },
  ]);
});

test.each([
  ['a part', {}, false],
  ['the last part', { is_final: true }, true],
  ['all', { capture_amount: order.amount }, true],
  ['the rest', { captured_before: toMinor(1_499) }, true],
  ['all but one', { captured_before: toMinor(1_498) }, false],
])('to capture %s asks for the authorization first, and says whether the rest goes back', async (_what, given, final_capture) => {
  const asked = { ...part, ...given };
  const call = answering(looked, replied(201, partCaptured));
  await paypal.capture!(call, asked);
  const [question, request] = call.requests;
  expect(question).toMatchObject({ method: 'GET', url: place(`/v2/checkout/orders/${order.handle}`) });
  expect(request?.url).toBe(place(`/v2/payments/authorizations/${authorized.id}/capture`));
  expect(contentOf(request!)).toEqual({
    amount: { currency_code: 'USD', value: asked.capture_amount === order.amount ? '19.99' : '5.00' },
    invoice_id: part.capture_reference,
    final_capture,
  });
}); // prettier-ignore

test('to void names the authorization', async () => {
  const { url, body } = await sent('void');
  expect([url, body]).toEqual([place(`/v2/payments/authorizations/${authorized.id}/void`), '{}']);
});

test('to refund names the capture, the amount, our number and the reason', async () => {
  const call = answering(replied(201, refunded));
  await paypal.refund(call, { ...back, reason: `${'r'.repeat(600)}\n` });
  expect(call.requests.map(({ url }) => url)).toEqual([
    place(`/v2/payments/captures/${captured.id}/refund`),
  ]);
  expect(contentOf(call.requests[0]!)).toEqual({
    amount: { currency_code: 'USD', value: '5.00' },
    invoice_id: back.reference,
    note_to_payer: 'r'.repeat(255),
  });
  await paypal.refund(call, { ...back, reason: '' });
  expect(contentOf(call.requests[1]!)).not.toHaveProperty('note_to_payer');
});

test('to refund a part of a hold is to find its capture by our number', async () => {
  const others = [{ ...partCaptured, id: 'OTHER', invoice_id: 'cap_another' }, partCaptured];
  const call = answering(replied(200, holding(others)), replied(201, refunded));
  await paypal.refund(call, backOfPart);
  expect(call.requests[1]?.url).toBe(place(`/v2/payments/captures/${partCaptured.id}/refund`));
});

test('what was taken under an order in all goes back where it was one capture, and else nowhere', async () => {
  const all = { ...back, receipt_reference: order.handle! };
  const of = async (...captures: object[]) => {
    const call = answering(replied(200, holding(captures)), replied(201, refunded));
    const { kind } = await paypal.refund(call, all);
    return { kind, urls: call.requests.slice(1).map(({ url }) => url) };
  };
  const declined = { ...partCaptured, id: 'DECLINED', status: 'DECLINED' };
  expect(await of(captured, declined)).toEqual({
    kind: 'refund',
    urls: [place(`/v2/payments/captures/${captured.id}/refund`)],
  });
  expect(await of(captured, partCaptured)).toEqual({ kind: 'unknown', urls: [] });
});

test('a number never leaves its place in the address', async () => {
  const call = answering(replied(200, paid));
  await paypal.query(call, { ...order, handle: '../../v1/x?y=1#' });
  expect(new URL(call.requests[0]!.url).pathname).toBe(
    '/v2/checkout/orders/..%2F..%2Fv1%2Fx%3Fy%3D1%23',
  );
});

test.each(['confirm', 'capture', 'void'] as const)(
  '%s without the order’s number is a bug, and sends nothing',
  async (verb) => {
    const call = answering(replied(200, paid));
    await expect(paypal[verb]!(call, { ...part, handle: null })).rejects.toThrow(order.reference);
    expect(call.requests).toEqual([]);
  },
);
