import { accountWith, asking, refusedWith, replied, returned, signed, speak, stranger, type Verb, verbs } from './bank.ts'; // prettier-ignore

/** Section 6, and for what a definite refusal stands. */
const definite: readonly (readonly [number, string, string])[] = [
  [404, 'ROUTE_UNKNOWN', 'processing_error'],
  [405, 'METHOD_NOT_ALLOWED', 'processing_error'],
  [413, 'BODY_TOO_LARGE', 'processing_error'],
  [415, 'MEDIA_TYPE', 'processing_error'],
  [401, 'SIGNATURE_INVALID', 'channel_unavailable'],
  [400, 'MALFORMED', 'processing_error'],
  [403, 'NOT_PERMITTED', 'channel_unavailable'],
  [404, 'VIRTUAL_ACCOUNT_UNKNOWN', 'not_permitted'],
  [422, 'CURRENCY_NOT_OFFERED', 'invalid_method'],
  [422, 'AMOUNT_OUT_OF_RANGE', 'limit_exceeded'],
  [422, 'EXPIRY_OUT_OF_RANGE', 'processing_error'],
  [422, 'CUSTOMER_BLOCKED', 'channel_unavailable'],
  [422, 'CREDIT_UNKNOWN', 'not_permitted'],
  [422, 'RETURN_EXCEEDS_CREDIT', 'not_permitted'],
  [422, 'INSUFFICIENT_BALANCE', 'insufficient_funds'],
  [422, 'CODE_OF_TOMORROW', 'processing_error'],
  [422, 'constructor', 'processing_error'],
];

describe.each(definite)('%d %s', (status, code, ours) => {
  test.each(['create', 'refund'] as const)('declines a %s, in the words of the catalogue and its own', async (verb) => {
    expect(await speak(verb, refusedWith(status, code))).toMatchObject({
      kind: 'declined',
      failure: { code: ours, channel_code: code, channel_message: 'No.' },
    });
  }); // prettier-ignore

  test('refuses a close, and says nothing of what it was asked about', async () => {
    expect((await speak('close', refusedWith(status, code))).kind).toBe('refused');
    const isMissing = code === 'VIRTUAL_ACCOUNT_UNKNOWN';
    expect((await speak('query', refusedWith(status, code))).kind).toBe(isMissing ? 'not_found' : 'unknown'); // prettier-ignore
    expect((await speak('query_refund', refusedWith(status, code))).kind).toBe('unknown');
  });
});

test('only the bank’s own word for it means that there is none', async () => {
  expect(await speak('query', refusedWith(404, 'VIRTUAL_ACCOUNT_UNKNOWN'))).toEqual({ kind: 'not_found' }); // prettier-ignore
  expect(await speak('query_refund', refusedWith(404, 'RETURN_UNKNOWN'))).toEqual({ kind: 'not_found' }); // prettier-ignore
  for (const verb of asking)
    for (const body of ['', '<html>', '{"code":""}', '{"message":"RETURN_UNKNOWN"}'])
      expect((await speak(verb, replied(404, body))).kind).toBe('unknown');
});

test.each(['create', 'refund'] as const)(
  'a number that is taken is no decline of a %s: it is asked about',
  async (verb) => {
    expect((await speak(verb, refusedWith(409, 'NUMBER_CONFLICT'))).kind).toBe('unknown');
  },
);

describe.each(verbs)('%s', (verb) => {
  const done = verb.includes('refund') ? returned('booked') : accountWith();
  const notDone = asking.includes(verb) ? 'unknown' : 'never_sent';

  test.each([
    [429, 'TOO_MANY_REQUESTS'],
    [401, 'SIGNATURE_STALE'], // with another date it may be done
  ])('that is answered %d %s did nothing', async (status, code) => {
    expect((await speak(verb, refusedWith(status, code))).kind).toBe(notDone);
  });

  test.each([202, 204, 301, 302, 307, 500, 502, 503, 504])('has no answer in a %d', async (status) => {
    for (const body of [done, { code: 'INTERNAL_ERROR', message: 'No.' }, { code: 'UNAVAILABLE' }, '', '<html>'])
      expect(await speak(verb, replied(status, body))).toEqual({ kind: 'unknown', detail: expect.any(String) });
  }); // prettier-ignore

  test.each(['no json', 'null', '7', '[]', '{}', `{"a":${'['.repeat(9_000)}`])(
    'has no answer in %s',
    async (body) => {
      for (const status of [200, 201, 400, 404, 409, 422])
        expect((await speak(verb, replied(status, body))).kind).toBe('unknown');
    },
  );

  test('has no answer in a reply that the bank did not sign, whatever it says', async () => {
    const replies = [
      [200, JSON.stringify(done)],
      [422, '{"code":"CUSTOMER_BLOCKED","message":"No."}'],
      [404, '{"code":"VIRTUAL_ACCOUNT_UNKNOWN","message":"No."}'],
      [429, '{"code":"TOO_MANY_REQUESTS","message":"No."}'],
    ] as const;
    for (const [status, body] of replies) {
      const first = ['@status', String(status)] as const;
      const unsigned = { kind: 'reply', status, body, headers: {} } as const;
      for (const reply of [
        unsigned,
        replied(status, body, { key: stranger.privateKey }),
        replied(status, body, { at: new Date('2026-11-29T16:00:00Z') }),
        { ...unsigned, headers: signed(['@status', '202'], body) },
        { ...unsigned, headers: signed(first, `${body} `) },
      ])
        expect((await speak(verb, reply)).kind).toBe('unknown');
    }
  });

  test('passes on what was lost, and what never left', async () => {
    expect((await speak(verb, { kind: 'lost', detail: 'ECONNRESET' })).kind).toBe('unknown');
    const { kind } = await speak(verb, { kind: 'never_sent', detail: 'ECONNREFUSED' });
    expect(kind).toBe(notDone);
  });
});

test('every verb is tried here', () => {
  expect([...verbs].sort()).toEqual<Verb[]>(['close', 'create', 'query', 'query_refund', 'refund']);
});
