import { stripe } from '../../../src/channels/stripe/channel.ts';
import { toMinor } from '../../../src/domain/money.ts';
import { answering, back, order, paid, part, refunded, replied, settings } from './stripe.ts';
import { asking, calls, moving } from './verbs.ts';

const sent = async (verb: keyof typeof calls) => {
  const call = answering(replied(200, verb.includes('refund') ? refunded : paid));
  await calls[verb](call);
  return call.requests[0]!;
};
const formOf = ({ body }: { body: string }) => Object.fromEntries(new URLSearchParams(body));

test.each(moving)(
  '%s is a form under its key, by our key, in the version we read',
  async (verb) => {
    const { method, url, headers } = await sent(verb);
    expect(method).toBe('POST');
    expect(url).toMatch(/^https:\/\/api\.stripe\.com\/v1\/[^?]+$/);
    const key = { refund: back.channel_key, capture: part.channel_key }[verb as string];
    expect(headers).toEqual({
      Authorization: `Bearer ${settings.api_key}`,
      'Stripe-Version': '2026-10-28.endive',
      'Idempotency-Key': key ?? order.channel_key,
      'Content-Type': 'application/x-www-form-urlencoded',
      Accept: 'application/json',
      'User-Agent': 'holdfast',
    });
  },
);

test.each(asking)('%s has neither key nor body', async (verb) => {
  const { method, headers, body } = await sent(verb);
  expect([method, body]).toEqual(['GET', '']);
  expect(headers).not.toHaveProperty('Idempotency-Key');
  expect(headers).not.toHaveProperty('Content-Type');
});

test.each(moving)('%s sent again, later, has the same bytes', async (verb) => {
  const call = answering(replied(500, ''));
  await calls[verb](call);
  await calls[verb]({ ...call, now: () => new Date('2027-01-01T00:00:00Z') });
  const [one, two] = call.requests;
  expect(two).toEqual(one);
});

test('to create is the stored order, unconfirmed', async () => {
  expect(formOf(await sent('create'))).toEqual({
    amount: '1999',
    currency: 'usd',
    'payment_method_types[]': 'card',
    capture_method: 'automatic',
    description: 'Two tickets',
    'metadata[reference]': order.reference,
  });
});

test('to create a hold asks for several captures and increments where the card allows them', async () => {
  const call = answering(replied(200, paid));
  await stripe.create(call, { ...order, capture: 'manual' });
  expect(formOf(call.requests[0]!)).toMatchObject({
    capture_method: 'manual',
    'payment_method_options[card][request_multicapture]': 'if_available',
    'payment_method_options[card][request_incremental_authorization]': 'if_available',
  });
});

test.each(['100% & more=1', 'a\r\nb', '"[]', '票🎫', 'x'.repeat(1_000)])(
  'a description %j arrives as it is',
  async (description) => {
    const call = answering(replied(200, paid));
    await stripe.create(call, { ...order, description });
    expect(formOf(call.requests[0]!)['description']).toBe(description);
  },
);

test('to confirm names what is paid with, and where the payer comes back to', async () => {
  const request = await sent('confirm');
  expect(request.url).toBe(`${settings.base_url}/v1/payment_intents/${order.handle}/confirm`);
  expect(formOf(request)).toEqual({
    payment_method: 'pm_1QHoldfast',
    return_url: order.return_url,
    'expand[]': 'latest_charge',
  });
  const call = answering(replied(200, paid));
  await stripe.confirm!(call, { ...order, return_url: null });
  expect(formOf(call.requests[0]!)).not.toHaveProperty('return_url');
});

test.each([
  ['a part', {}, 'false'],
  ['the last part', { is_final: true }, 'true'],
  ['all', { capture_amount: order.amount }, 'true'],
  ['the rest', { captured_before: toMinor(1_499) }, 'true'],
  ['all but one', { captured_before: toMinor(1_498) }, 'false'],
])('to capture %s says whether the rest goes back', async (_what, given, final_capture) => {
  const call = answering(replied(200, paid));
  const asked = { ...part, ...given };
  await stripe.capture!(call, asked);
  expect(call.requests[0]?.url).toBe(
    `${settings.base_url}/v1/payment_intents/${order.handle}/capture`,
  );
  expect(formOf(call.requests[0]!)).toEqual({
    amount_to_capture: String(asked.capture_amount),
    final_capture,
    'expand[]': 'latest_charge',
  });
});

test('to raise a hold names the new total', async () => {
  const request = await sent('increment');
  expect(request.url).toBe(`${settings.base_url}/v1/payment_intents/${order.handle}/increment_authorization`); // prettier-ignore
  expect(formOf(request)).toEqual({ amount: '2999', 'expand[]': 'latest_charge' });
});

test.each(['close', 'void'] as const)('to %s cancels the order', async (verb) => {
  const { url, body } = await sent(verb);
  expect([url, body]).toEqual([
    `${settings.base_url}/v1/payment_intents/${order.handle}/cancel`,
    '',
  ]);
});

test('to refund names the order, the amount, our number and the reason', async () => {
  const call = answering(replied(200, refunded));
  await stripe.refund(call, { ...back, reason: 'r'.repeat(600) });
  expect(formOf(call.requests[0]!)).toEqual({
    payment_intent: back.handle,
    amount: '500',
    'metadata[reference]': back.reference,
    'metadata[reason]': 'r'.repeat(500),
  });
  await stripe.refund(call, { ...back, reason: '' });
  expect(formOf(call.requests[1]!)).not.toHaveProperty('metadata[reason]');
});

test('a number never leaves its place in the address', async () => {
  const call = answering(replied(200, paid));
  await stripe.query(call, { ...order, handle: '../../v1/balance?x=1#' });
  expect(new URL(call.requests[0]!.url).pathname).toBe(
    '/v1/payment_intents/..%2F..%2Fv1%2Fbalance%3Fx%3D1%23',
  );
});

test.each(['confirm', 'close', 'void', 'capture'] as const)(
  '%s without the order’s number is a bug, and sends nothing',
  async (verb) => {
    const call = answering(replied(200, paid));
    const asked = { ...part, handle: null };
    await expect(stripe[verb]!(call, asked)).rejects.toThrow(order.reference);
    expect(call.requests).toEqual([]);
  },
);

test('a confirmation without a token is a bug, and sends nothing', async () => {
  const call = answering(replied(200, paid));
  await expect(stripe.confirm!(call, { ...order, token: null })).rejects.toThrow('token');
  expect(call.requests).toEqual([]);
});
