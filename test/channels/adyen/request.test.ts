import { adyen } from '../../../src/channels/adyen/channel.ts';
import type { Call } from '../../../src/channels/channel.ts';
import type { HttpReply } from '../../../src/channels/exchange.ts';
import { browser } from '../../support/payment.ts';
import { answering, back, held, order, psp, replied, settings } from './adyen.ts';

const calls: Record<string, (call: Call<any>) => Promise<any>> = {
  create: (call) => adyen.create(call, order),
  confirm: (call) => adyen.confirm!(call, { ...order, channel_key: 'cbk_1' }),
  capture: (call) => adyen.capture!(call, held),
  void: (call) => adyen.void!(call, { ...held, channel_key: `${order.reference}.void` }),
  refund: (call) => adyen.refund(call, back),
};
const verbs = Object.keys(calls);
const speak = (verb: string, reply: HttpReply) => calls[verb]!(answering(reply));
const sent = async (verb: string) => {
  const call = answering(replied(500, ''));
  await calls[verb]!(call);
  return call.requests[0]!;
};
const failed = (errorCode: string) => ({ status: 422, errorCode, message: 'in words', errorType: 'validation' }); // prettier-ignore

test.each([
  ['create', '/v71/payments', order.channel_key],
  ['confirm', '/v71/payments/details', 'cbk_1'],
  ['capture', `/v71/payments/${psp}/captures`, held.channel_key],
  ['void', `/v71/payments/${psp}/cancels`, `${order.reference}.void`],
  ['refund', `/v71/payments/${psp}/refunds`, back.channel_key],
])('%s is a POST to %s under its key', async (verb, path, key) => {
  const { method, url, headers, body } = await sent(verb);
  expect([method, url]).toEqual(['POST', settings.base_url + path]);
  expect(headers).toMatchObject({ 'X-API-Key': settings.api_key, 'idempotency-key': key });
  expect(key.length).toBeLessThanOrEqual(64);
  const ofAccount = verb === 'confirm' ? undefined : settings.merchant_account; // PaymentDetailsRequest has no such member
  expect(JSON.parse(body).merchantAccount).toBe(ofAccount);
});

test('a payment says from which browser it comes where that is known, and of a resend the same', async () => {
  const call = answering(replied(500, ''), replied(500, ''));
  for (const _ of ['sent', 'again']) await adyen.create(call, { ...order, browser, payer_ip: '192.0.2.7' });
  const [first, again] = call.requests.map(({ body }) => body);
  expect(again).toBe(first);
  expect(JSON.parse(first!)).toMatchObject({
    shopperIP: '192.0.2.7',
    browserInfo: {
      userAgent: browser.user_agent, acceptHeader: browser.accept_header, language: 'de-DE', colorDepth: 24,
      screenHeight: 1_080, screenWidth: 1_920, timeZoneOffset: -60, javaEnabled: false,
    },
  });
  const kept = adyen.redact(first!);
  for (const told of ['192.0.2.7', 'Mozilla', 'application/xhtml+xml', 'de-DE', '1080', '1920', '-60']) expect(kept).not.toContain(told);
  expect(JSON.parse((await sent('create')).body)).not.toHaveProperty('browserInfo');
}); // prettier-ignore

test('a payment says what is taken, by which card, and that its payer is authenticated on a page', async () => {
  expect(JSON.parse((await sent('create')).body)).toMatchObject({
    amount: { value: 1_999, currency: 'KWD' },
    reference: order.reference,
    paymentMethod: { type: 'scheme', storedPaymentMethodId: 'tok_ok' },
    captureDelayHours: 0,
    authenticationData: { threeDSRequestData: { nativeThreeDS: 'disabled' } },
  });
  const call = answering(replied(500, ''));
  await adyen.create(call, { ...order, capture: 'manual' });
  const manual = JSON.parse(call.requests[0]!.body);
  expect(manual.additionalData).toEqual({ manualCapture: 'true' });
  expect(manual).not.toHaveProperty('captureDelayHours');
});

test.each([
  ['shopper-7:8416038790273850', 'shopper-7', '8416038790273850'],
  ['crm:7:M5N7TQ4TG5PFWR50', 'crm:7', 'M5N7TQ4TG5PFWR50'],
  ['tok_ok', order.reference, 'tok_ok'],
  [':tok_ok', order.reference, 'tok_ok'],
])('%s is a stored card, and names the shopper to whom it belongs: %s', async (token, shopperReference, storedPaymentMethodId) => {
  const call = answering(replied(500, ''));
  await adyen.create(call, { ...order, token });
  expect(JSON.parse(call.requests[0]!.body)).toMatchObject({
    shopperReference,
    shopperInteraction: 'ContAuth',
    recurringProcessingModel: 'CardOnFile',
    paymentMethod: { type: 'scheme', storedPaymentMethodId },
  });
}); // prettier-ignore

describe('money goes back out of the payment that took it:', () => {
  const another = 'NPSMZ9CRT65ZGN82';
  const sentBack = async (given: object) => {
    const call = answering(replied(500, ''));
    await adyen.refund(call, { ...back, ...given });
    const { url, body } = call.requests[0]!;
    return [url.slice(`${settings.base_url}/v71/payments/`.length), JSON.parse(body)];
  };
  const { amount, receipt_amount: all } = back;
  const part = { amount: { value: 500, currency: 'KWD' }, reference: back.reference };

  test.each([
    ['the one that we know', psp],
    ['the one of our capture', held.capture_reference],
    ['the one for which a person vouched', 'case_01kbx6h0000000000000000004'],
  ])('%s, whole or in part', async (_, receipt_reference) => {
    expect(await sentBack({ receipt_reference, amount })).toMatchObject([`${psp}/refunds`, part]);
    expect(await sentBack({ receipt_reference, amount: all })).toMatchObject([`${psp}/refunds`, { amount: { value: all } }]); // prettier-ignore
  });

  test.each([psp, null])('a second one under our number, be it taken or held, whatever ours is (%s)', async (handle) => {
    const [path, body] = await sentBack({ handle, receipt_reference: another, amount: all });
    expect(path).toBe(`${another}/reversals`);
    expect(body).toEqual({ merchantAccount: settings.merchant_account, reference: back.reference });
  }); // prettier-ignore

  test('without a reason, for which Adyen has five words and no text', async () => {
    const ofAccount = { merchantAccount: settings.merchant_account };
    expect(await sentBack({ reason: 'Did not fit' })).toEqual([expect.any(String), { ...ofAccount, ...part }]); // prettier-ignore
  });

  test('a part of a second one can only be of what was taken', async () => {
    expect(await sentBack({ receipt_reference: another })).toMatchObject([`${another}/refunds`, part]); // prettier-ignore
  });
});

test.each(verbs)('%s sent again, later, has the same bytes', async (verb) => {
  const [one, two] = await Promise.all(
    [0, 60_000].map(async (ms) => {
      const call = { ...answering(replied(500, '')), now: () => new Date(Date.now() + ms) };
      await calls[verb]!(call);
      return call.requests[0];
    }),
  );
  expect(two).toEqual(one);
});

test.each(verbs)('%s that was lost, or answered with what says nothing certain, is unknown', async (verb) => {
  for (const reply of [
    { kind: 'lost', detail: 'ECONNRESET' } as const,
    replied(500, failed('000')),
    replied(503, ''),
    replied(200, ''),
    replied(200, '{"resultCode":1}'),
    replied(302, ''),
    replied(409, failed('1')),
    replied(422, 'no JSON'),
    replied(422, failed('704')), // the key is with another request of ours, or was
    replied(422, failed('137'), { 'transient-error': 'true' }),
  ])
    expect((await speak(verb, reply)).kind).toBe('unknown');
}); // prettier-ignore

test.each(verbs)('%s that did not leave, or came too fast, was never sent', async (verb) => {
  expect(await speak(verb, { kind: 'never_sent', detail: 'ECONNREFUSED' })).toEqual({ kind: 'never_sent', detail: 'ECONNREFUSED' }); // prettier-ignore
  expect((await speak(verb, replied(429, failed('1000')))).kind).toBe('never_sent');
});

test.each([
  ['create', 'declined', 'channel_unavailable'],
  ['confirm', 'declined', 'channel_unavailable'],
  ['capture', 'unknown', undefined],
  ['void', 'unknown', undefined],
  ['refund', 'unknown', undefined],
])('%s with keys that are refused is %s', async (verb, kind, code) => {
  for (const status of [401, 403]) {
    const answer = await speak(verb, replied(status, failed('000')));
    expect([answer.kind, answer.failure?.code]).toEqual([kind, code]);
  }
});

test.each([
  ['create', '803', { kind: 'declined', failure: { code: 'invalid_method', channel_code: '803' } }],
  ['create', '129', { kind: 'declined', failure: { code: 'expired_card' } }],
  ['create', '9999', { kind: 'declined', failure: { code: 'processing_error', channel_code: '9999' } }],
  ['capture', '137', { kind: 'declined', failure: { channel_code: '137' } }],
  ['void', '167', { kind: 'unknown', detail: '422 167' }], // not found, and it is held: asked for again
  ['void', '175', { kind: 'refused', detail: '422 175' }],
  ['refund', '137', { kind: 'declined', failure: { channel_code: '137' } }],
])('%s refused with %s is %j', async (verb, code, answer) => {
  expect(await speak(verb, replied(422, failed(code)))).toMatchObject(answer);
}); // prettier-ignore

test('a modification is only received: what becomes of it is told later', async () => {
  const received = replied(201, { pspReference: 'MOD1', status: 'received', paymentPspReference: psp }); // prettier-ignore
  expect(await speak('capture', received)).toEqual({ kind: 'pending' });
  expect(await speak('void', received)).toEqual({ kind: 'closed' });
  expect(await speak('refund', received)).toEqual({
    kind: 'refund',
    status: 'processing',
    channel_reference: 'MOD1',
    amount: 500,
    currency: 'KWD',
  });
  for (const verb of ['capture', 'void', 'refund'])
    expect((await speak(verb, replied(201, { pspReference: 'MOD1', status: 'done' }))).kind).toBe('unknown'); // prettier-ignore
});
