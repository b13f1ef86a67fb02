import { failureCodes } from '../../../src/domain/failure.ts';
import { order, paid, refunded, refusedWith, replayed, replied, waiting } from './stripe.ts';
import { asking, moving, speak, type Verb } from './verbs.ts';

const all = [...moving, ...asking];
const beginning: readonly Verb[] = ['create', 'confirm'];

describe.each(all)('%s', (verb) => {
  test.each([201, 202, 204, 301, 302, 307, 405, 409, 413, 424, 500, 502, 503, 504])(
    'has no answer in a %d',
    async (status) => {
      for (const body of [paid, refunded, { error: { type: 'api_error' } }, '', '<html>'])
        expect(await speak(verb, replied(status, body))).toEqual({
          kind: 'unknown',
          detail: expect.any(String),
        });
    },
  );

  test.each(['', 'no json', 'null', '7', '[]', '{}', `{"a":${'['.repeat(9_000)}`])(
    'has no answer in %s',
    async (body) => {
      for (const status of [200, 400, 402, 404])
        expect((await speak(verb, replied(status, body))).kind).toBe('unknown');
    },
  );

  test('passes on what was lost, and what never left', async () => {
    expect((await speak(verb, { kind: 'lost', detail: 'ECONNRESET' })).kind).toBe('unknown');
    const { kind } = await speak(verb, { kind: 'never_sent', detail: 'ECONNREFUSED' });
    expect(kind).toBe(asking.includes(verb) ? 'unknown' : 'never_sent');
  });

  test.each([429])('over the rate (%d) did nothing', async (status) => {
    const { kind } = await speak(verb, refusedWith(status, { code: 'rate_limit' }));
    expect(kind).toBe(asking.includes(verb) ? 'unknown' : 'never_sent');
  });

  test.each([401, 403])('with a key that is refused (%d) says nothing of what exists', async (status) => {
    const answer = await speak(verb, refusedWith(status, { code: 'api_key_expired' }));
    if (beginning.includes(verb))
      expect(answer).toMatchObject({
        kind: 'declined',
        failure: { code: 'channel_unavailable', channel_code: 'api_key_expired' },
      });
    else expect(answer.kind).toBe('unknown');
  }); // prettier-ignore
});

describe.each(moving)('%s', (verb) => {
  test('of which a failure was kept says that its key is of no more use', async () => {
    const kept = { kind: 'unknown', detail: expect.any(String), is_stored: true };
    for (const status of [500, 503])
      expect(await speak(verb, replied(status, { error: { type: 'api_error' } }, replayed))).toEqual(kept);
    const otherBody = { type: 'idempotency_error' };
    expect(await speak(verb, refusedWith(400, otherBody))).toEqual(kept);
  }); // prettier-ignore
});

describe.each(['close', 'void', 'capture'] as const)('%s', (verb) => {
  const wrong = { code: 'payment_intent_unexpected_state', payment_intent: paid };

  test('in the wrong state is refused: ask', async () => {
    expect(await speak(verb, refusedWith(400, wrong))).toEqual({
      kind: 'refused',
      detail: '400 payment_intent_unexpected_state',
    });
  });

  test('that was refused when its key was first used is not refused now, but unknown for ever', async () => {
    expect(await speak(verb, refusedWith(400, wrong, replayed))).toMatchObject({
      kind: 'unknown',
      is_stored: true,
    });
  });
});

test.each(['close', 'void'] as const)('%s is done when the order takes no more money', async (verb) => {
  const manual = { ...paid, capture_method: 'manual', amount_received: 500 };
  for (const over of [{ ...waiting, status: 'canceled' }, manual])
    expect(await speak(verb, replied(200, over))).toEqual({ kind: 'closed' });
  const held = { ...manual, status: 'requires_capture' };
  for (const going of [waiting, paid, held, { ...waiting, status: 'processing' }, { ...waiting, status: 'canceled', livemode: true }])
    expect((await speak(verb, replied(200, going))).kind).toBe('unknown');
}); // prettier-ignore

describe('a capture', () => {
  test.each([
    [{ param: 'amount_to_capture', code: 'amount_too_large' }, 'limit_exceeded'],
    [{ param: 'final_capture' }, 'processing_error'],
  ])('that is wrong in itself (%j) is declined', async (error, code) => {
    expect(await speak('capture', refusedWith(400, error))).toMatchObject({
      kind: 'declined',
      failure: { code },
    });
  });

  test('tells the hold’s total', async () => {
    const held = { ...paid, capture_method: 'manual', status: 'requires_capture', amount_received: 500 };
    expect(await speak('capture', replied(200, held))).toMatchObject({ kind: 'held', captured: 500 });
    for (const strange of [paid, waiting, { ...held, metadata: {} }])
      expect((await speak('capture', replied(200, strange))).kind).toBe('unknown');
  }); // prettier-ignore
});

describe('an increment', () => {
  test.each([
    [402, { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' }, 'insufficient_funds'],
    [400, { code: 'payment_intent_unexpected_state' }, 'processing_error'],
    [400, { param: 'amount' }, 'processing_error'],
  ])('that is refused (%d %j) has raised nothing', async (status, error, code) => {
    expect(await speak('increment', refusedWith(status, error))).toMatchObject({
      kind: 'declined',
      failure: { code },
    });
  });

  test('tells what is held now', async () => {
    const held = { ...paid, amount: 2_999, capture_method: 'manual', status: 'requires_capture', amount_received: 0 };
    expect(await speak('increment', replied(200, held))).toMatchObject({ kind: 'held', held: 2_999, captured: 0 });
    for (const strange of [paid, waiting, { ...held, metadata: {} }])
      expect((await speak('increment', replied(200, strange))).kind).toBe('unknown');
  });
}); // prettier-ignore

describe('a create', () => {
  test('tells the order’s number, whatever has become of it', async () => {
    for (const made of [waiting, paid, { ...waiting, status: 'canceled' }])
      expect(await speak('create', replied(200, made))).toEqual({ kind: 'created', handle: paid.id });
  }); // prettier-ignore

  test.each([
    { metadata: {} },
    { amount: 1 },
    { currency: 'eur' },
    { livemode: true },
    { id: 'ch_1' },
  ])('that made another one (%j) is unknown', async (change) => {
    expect((await speak('create', replied(200, { ...waiting, ...change }))).kind).toBe('unknown');
  });

  test('that is refused is declined in the channel’s words', async () => {
    const answer = await speak('create', refusedWith(400, { code: 'amount_too_large' }));
    expect(answer).toMatchObject({
      kind: 'declined',
      failure: { code: 'limit_exceeded', channel_code: 'amount_too_large', channel_message: 'No.' },
    });
  });
});

describe('a confirmation', () => {
  const confirmed = (change: object) => speak('confirm', replied(200, { ...paid, ...change }));

  test.each([
    [{}, 'approved'],
    [{ capture_method: 'manual', status: 'requires_capture' }, 'held'],
    [{ status: 'processing' }, 'pending'],
    [{ status: 'requires_payment_method', last_payment_error: { type: 'card_error' } }, 'declined'],
    [{ status: 'requires_payment_method' }, 'unknown'],
    [{ status: 'requires_confirmation' }, 'unknown'],
    [{ status: 'canceled' }, 'unknown'],
    [{ metadata: {} }, 'unknown'],
  ])('answered with %j is %s', async (change, kind) => {
    expect((await confirmed(change)).kind).toBe(kind);
  });

  test.each([
    [paid, 'approved'],
    [{ ...paid, latest_charge: 'ch_3QHoldfast' }, 'unknown'], // when it was paid is asked for
    [{ ...paid, capture_method: 'manual', status: 'requires_capture' }, 'held'],
    [{ ...waiting, status: 'processing' }, 'pending'],
    [{ ...waiting, status: 'canceled' }, 'unknown'],
    [undefined, 'unknown'],
  ])('in the wrong state says how the order stands (%#)', async (payment_intent, kind) => {
    const error = { code: 'payment_intent_unexpected_state', payment_intent };
    expect((await speak('confirm', refusedWith(400, error))).kind).toBe(kind);
  });

  test.each([
    ['insufficient_funds', 'insufficient_funds'],
    ['lost_card', 'lost_or_stolen'],
    ['stolen_card', 'lost_or_stolen'],
    ['fraudulent', 'fraud_suspected'],
    ['do_not_honor', 'card_declined'],
    ['generic_decline', 'card_declined'],
    ['a_code_of_tomorrow', 'card_declined'],
    ['authentication_required', 'authentication_failed'],
    ['card_velocity_exceeded', 'limit_exceeded'],
    ['issuer_not_available', 'issuer_unavailable'],
    ['constructor', 'card_declined'],
  ])('that the issuer declined for %s is %s', async (decline_code, code) => {
    const error = { type: 'card_error', code: 'card_declined', decline_code };
    expect(await speak('confirm', refusedWith(402, error))).toMatchObject({
      kind: 'declined',
      failure: { code, channel_code: decline_code },
    });
  });

  test.each([
    ['expired_card', 'expired_card'],
    ['incorrect_number', 'invalid_account'],
    ['incorrect_cvc', 'invalid_account'],
    ['processing_error', 'processing_error'],
    ['payment_intent_authentication_failure', 'authentication_failed'],
    ['payment_method_unactivated', 'invalid_method'],
  ])('that failed with %s is %s', async (channel_code, code) => {
    const error = { type: 'card_error', code: channel_code };
    expect(await speak('confirm', refusedWith(402, error))).toMatchObject({
      kind: 'declined',
      failure: { code, channel_code },
    });
  });

  test('with a token that nobody knows is declined, and the token is not told on', async () => {
    const error = {
      code: 'resource_missing',
      param: 'payment_method',
      message: `No such PaymentMethod: '${order.token}'`,
    };
    const answer = await speak('confirm', refusedWith(400, error));
    expect(answer).toMatchObject({ kind: 'declined', failure: { code: 'invalid_method' } });
    expect(JSON.stringify(answer)).not.toContain(order.token);
  });

  test('of an order that this account does not have finds no channel', async () => {
    const error = { code: 'resource_missing', param: 'intent' };
    expect(await speak('confirm', refusedWith(404, error))).toMatchObject({
      kind: 'declined',
      failure: { code: 'channel_unavailable' },
    });
  });

  test('never ends in a code that the catalogue lacks', async () => {
    for (const code of ['__proto__', 'toString', '', null]) {
      const answer = await speak('confirm', refusedWith(402, { type: 'card_error', code }));
      if (answer.kind === 'declined') expect(failureCodes).toContain(answer.failure.code);
      else expect(answer.kind).toBe('unknown');
    }
  });
});

test.each([
  ['query', 'not_found'],
  ['query_refund', 'not_found'],
  ['search', 'unknown'],
  ['search_refund', 'unknown'],
] as const)('%s of what is missing is %s', async (verb, kind) => {
  expect((await speak(verb, refusedWith(404, { code: 'resource_missing' }))).kind).toBe(kind);
  expect((await speak(verb, refusedWith(404, {}))).kind).toBe('unknown');
});
