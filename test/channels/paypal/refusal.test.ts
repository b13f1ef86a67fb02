import { failureCodes } from '../../../src/domain/failure.ts';
import { agreed, answering, captured, holding, order, orderOf, page, paid, partCaptured, refunded, refusedWith, replied, unitWith, waiting } from './paypal.ts'; // prettier-ignore
import { asking, calls, lookingUp, moving, speak, type Verb } from './verbs.ts';

const all = [...moving, ...asking];
const beginning: readonly Verb[] = ['create', 'confirm'];
const declining: readonly Verb[] = ['create', 'confirm', 'capture', 'refund', 'refund_of_part'];

describe.each(all)('%s', (verb) => {
  test.each([202, 301, 302, 307, 405, 406, 409, 413, 415, 500, 502, 503, 504])(
    'has no answer in a %d',
    async (status) => {
      for (const body of [paid, refunded, { name: 'INTERNAL_SERVER_ERROR' }, '', '<html>'])
        expect(await speak(verb, replied(status, body))).toEqual({
          kind: 'unknown',
          detail: expect.any(String),
        });
    },
  );

  test.each(['no json', 'null', '7', '[]', '{}', `{"a":${'['.repeat(9_000)}`])(
    'has no answer in %s',
    async (body) => {
      for (const status of [400, 401, 403, 404, 422, ...(verb === 'void' ? [] : [200, 201])])
        expect((await speak(verb, replied(status, body))).kind).toBe('unknown');
    },
  );

  test('passes on what was lost, and what never left', async () => {
    expect((await speak(verb, { kind: 'lost', detail: 'ECONNRESET' })).kind).toBe('unknown');
    const { kind } = await speak(verb, { kind: 'never_sent', detail: 'ECONNREFUSED' });
    expect(kind).toBe(asking.includes(verb) ? 'unknown' : 'never_sent');
  });

  test.each([
    ['over the rate', replied(429, { name: 'RATE_LIMIT_REACHED' })],
    ['over the rate, without a word', replied(429, '')],
    ['with a token that is over', replied(401, { error: 'invalid_token', error_description: 'Token expired' })],
    ['without a token', replied(401, { name: 'AUTHENTICATION_FAILURE', message: 'No.' })],
  ])('%s did nothing', async (_what, reply) => {
    const { kind } = await speak(verb, reply);
    expect(kind).toBe(asking.includes(verb) ? 'unknown' : 'never_sent');
  }); // prettier-ignore

  test.each([
    [401, 'invalid_client', replied(401, { error: 'invalid_client' })],
    [401, 'INVALID_ACCOUNT_STATUS', refusedWith(401, 'INVALID_ACCOUNT_STATUS')],
    [403, 'PERMISSION_DENIED', refusedWith(403, 'PERMISSION_DENIED')],
    [403, 'NOT_AUTHORIZED', replied(403, { name: 'NOT_AUTHORIZED' })],
  ])('with keys that are refused (%d %s) says nothing of what exists', async (_status, issue, reply) => {
    const answer = await speak(verb, reply);
    if (beginning.includes(verb))
      expect(answer).toMatchObject({
        kind: 'declined',
        failure: { code: 'channel_unavailable', channel_code: issue },
      });
    else expect(answer.kind).toBe('unknown');
  }); // prettier-ignore
});

describe.each(declining)('%s', (verb) => {
  test.each([['DUPLICATE_INVOICE_ID'], ['DUPLICATE_REQUEST_ID'], ['PREVIOUS_REQUEST_IN_PROGRESS']])(
    'under a number that is used (%s) is asked about',
    async (issue) => {
      const { kind } = await speak(verb, refusedWith(422, issue));
      expect(kind).toBe(verb === 'capture' ? 'refused' : 'unknown');
    },
  );

  test.each([
    ['AN_ISSUE_OF_TOMORROW', 'processing_error'],
    ['constructor', 'processing_error'],
    ['PAYEE_ACCOUNT_RESTRICTED', 'channel_unavailable'],
    ['TRANSACTION_REFUSED', 'risk_blocked'],
  ])('that is refused for %s is declined: %s', async (issue, code) => {
    expect(await speak(verb, refusedWith(422, issue))).toMatchObject({
      kind: 'declined',
      failure: { code, channel_code: issue, channel_message: 'No.' },
    });
    expect(failureCodes).toContain(code);
  });

  test('that is wrong in itself is declined in the most exact words that there are', async () => {
    const plain = replied(400, { name: 'INVALID_REQUEST', message: 'Not well-formed.' });
    expect(await speak(verb, plain)).toMatchObject({
      kind: 'declined',
      failure: { channel_code: 'INVALID_REQUEST', channel_message: 'Not well-formed.' },
    });
  });
});

describe.each(lookingUp)('%s', (verb) => {
  test.each([
    [500, replied(500, '')],
    [429, replied(429, '')],
    ['garbage', replied(200, 'garbage')],
    ['lost', { kind: 'lost', detail: 'ECONNRESET' }],
    ['denied', refusedWith(403, 'PERMISSION_DENIED')],
  ] as const)('whose question before it fails (%s) has not left', async (_what, reply) => {
    const call = answering(reply);
    expect((await calls[verb](call)).kind).toBe('never_sent');
    expect(call.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  test.each([
    ['no order', refusedWith(404, 'INVALID_RESOURCE_ID')],
    ['another order', replied(200, { ...holding([partCaptured]), id: 'ANOTHER' })],
    ['another merchant’s', replied(200, { ...holding(), ...unitWith({ payee: { merchant_id: 'X' } }) })],
    ['nothing to do it with', replied(200, agreed)],
  ])('that finds %s is no yes, and sends nothing more', async (_what, reply) => {
    const call = answering(reply);
    expect((await calls[verb](call)).kind).toBe(verb === 'refund_of_part' ? 'unknown' : 'refused');
    expect(call.requests).toHaveLength(1);
  }); // prettier-ignore
});

describe.each(['capture', 'void'] as const)('%s', (verb) => {
  test.each(['CAPTURED', 'VOIDED', 'EXPIRED', 'DENIED', 'PENDING'])(
    'of a hold that is %s is refused without a call: ask',
    async (status) => {
      const call = answering(replied(200, holding([], { status })));
      expect((await calls[verb](call)).kind).toBe('refused');
      expect(call.requests).toHaveLength(1);
    },
  );

  test.each(['AUTHORIZATION_VOIDED', 'AUTHORIZATION_ALREADY_CAPTURED', 'AUTHORIZATION_EXPIRED', 'PREVIOUSLY_VOIDED', 'PREVIOUSLY_CAPTURED'])(
    'that comes too late (%s) is refused: ask',
    async (issue) => {
      expect(await speak(verb, refusedWith(422, issue))).toEqual({ kind: 'refused', detail: `422 ${issue}` });
    },
  ); // prettier-ignore
});

test('a hold is released by a 204 as by a 200', async () => {
  expect(await speak('void', replied(204, ''))).toEqual({ kind: 'closed' });
  expect(await speak('void', replied(200, { status: 'VOIDED' }))).toEqual({ kind: 'closed' });
  expect(await speak('void', refusedWith(422, 'CANNOT_BE_VOIDED'))).toMatchObject({ kind: 'refused' });
}); // prettier-ignore

describe('a capture', () => {
  const found = replied(200, holding([{ ...partCaptured, id: '1', invoice_id: 'cap_another' }]));
  const made = (change: object) =>
    calls.capture(answering(found, replied(201, { ...partCaptured, ...change })));

  test('tells the hold’s total, with what was captured before', async () => {
    expect(await made({})).toMatchObject({ kind: 'held', captured: 1_000, held: 1_999, is_over: false }); // prettier-ignore
    expect(await made({ final_capture: true })).toMatchObject({ captured: 1_000, is_over: true, ends_at: null }); // prettier-ignore
  });

  test('that is told in the order already is counted once', async () => {
    expect(await speak('capture', replied(200, partCaptured))).toMatchObject({ kind: 'held', captured: 500 }); // prettier-ignore
  });

  test.each([
    [{ status: 'PENDING' }, 'unknown'],
    [{ status: 'TOMORROW' }, 'unknown'],
    [{ invoice_id: 'cap_another' }, 'unknown'],
    [{ amount: { currency_code: 'EUR', value: '5.00' } }, 'unknown'],
  ])('with %j is %s', async (change, kind) => {
    expect((await made(change)).kind).toBe(kind);
  });

  test.each(['DECLINED', 'FAILED'])(
    'that is made, and %s, is declined in that word',
    async (status) => {
      const failure = { code: 'card_declined', channel_code: status };
      expect(await made({ status })).toMatchObject({ kind: 'declined', failure });
    },
  );

  test('of a hold that is gone when it is to be captured is refused: ask', async () => {
    expect((await speak('capture', refusedWith(404, 'RESOURCE_NOT_FOUND'))).kind).toBe('refused');
  });

  test.each([
    ['MAX_CAPTURE_AMOUNT_EXCEEDED', 'limit_exceeded'],
    ['PAYER_CANNOT_PAY', 'invalid_method'],
  ])('that is refused for %s is declined: %s', async (issue, code) => {
    expect(await speak('capture', refusedWith(422, issue))).toMatchObject({ failure: { code } });
  });
});

describe('a create', () => {
  test.each([
    ['payer-action', waiting],
    ['approve', orderOf('CREATED', undefined, { links: [{ rel: 'approve', href: page }] })],
  ])('shows the payer PayPal’s page (%s), and tells the order’s number', async (_rel, made) => {
    for (const status of [200, 201])
      expect(await speak('create', replied(status, made))).toEqual({
        kind: 'action_required',
        next_action: { type: 'redirect', url: page },
        code_ends_at: null,
        handle: order.handle,
      });
  });

  test('that finds its order without a page, agreed to since, still tells its number', async () => {
    expect(await speak('create', replied(200, agreed))).toEqual({ kind: 'created', handle: order.handle }); // prettier-ignore
  });

  test.each([
    ['reference', unitWith({ custom_id: undefined })],
    ['amount', unitWith({ amount: { currency_code: 'USD', value: '0.01' } })],
    ['merchant', unitWith({ payee: { merchant_id: 'ANOTHER' } })],
    ['page', { links: [{ rel: 'payer-action', href: 'javascript:alert(1)' }] }],
    ['page', { links: [] }],
    ['status', { status: 'VOIDED' }],
    ['number', { id: '' }],
  ])('that made one with another %s is unknown', async (_what, change) => {
    expect((await speak('create', replied(201, { ...waiting, ...change }))).kind).toBe('unknown');
  });
});

describe('a confirmation', () => {
  const made = (found: object) => speak('confirm', replied(201, found));

  test.each([
    ['approved', paid],
    ['pending', orderOf('COMPLETED', { captures: [{ ...captured, status: 'PENDING' }] })],
    ['declined', orderOf('COMPLETED', { captures: [{ ...captured, status: 'DECLINED' }] })],
    ['held', holding()],
    ['pending', holding([], { status: 'PENDING' })],
  ])('is %s as the query would say', async (kind, found) => {
    const answer = await made(found);
    expect(answer.kind).toBe(kind);
    expect(answer).toEqual(await speak('query', replied(200, found)));
  });

  test.each([
    ['agreed', agreed],
    ['open', waiting],
    ['closed', orderOf('VOIDED')],
    ['another', { ...paid, id: 'ANOTHER' }],
    ['completed, and nothing was made', orderOf('COMPLETED')],
  ])('whose order is then %s is asked about', async (_what, found) => {
    expect((await made(found)).kind).toBe('unknown');
  });

  test.each([
    [422, 'ORDER_ALREADY_CAPTURED'],
    [422, 'ORDER_ALREADY_AUTHORIZED'],
    [422, 'ORDER_COMPLETION_IN_PROGRESS'],
    [422, 'ORDER_COMPLETED_OR_VOIDED'],
    [422, 'ORDER_EXPIRED'],
    [422, 'ORDER_NOT_APPROVED'],
    [404, 'INVALID_RESOURCE_ID'],
  ])('that does not fit the order’s state (%d %s) is asked about', async (status, issue) => {
    expect((await speak('confirm', refusedWith(status, issue))).kind).toBe('unknown');
  });

  test.each([
    ['INSTRUMENT_DECLINED', 'card_declined'],
    ['REDIRECT_PAYER_FOR_ALTERNATE_FUNDING', 'card_declined'],
    ['PAYER_ACCOUNT_LOCKED_OR_CLOSED', 'invalid_account'],
    ['PAYER_CANNOT_PAY', 'invalid_method'],
    ['TRANSACTION_LIMIT_EXCEEDED', 'limit_exceeded'],
    ['COMPLIANCE_VIOLATION', 'risk_blocked'],
    ['CARD_EXPIRED', 'expired_card'],
  ])('that is refused for %s is declined: %s', async (issue, code) => {
    expect(await speak('confirm', refusedWith(422, issue))).toMatchObject({
      kind: 'declined',
      failure: { code, channel_code: issue },
    });
  });

  test('that needs the payer once more shows him the page, or is asked about without one', async () => {
    const links = [{ rel: 'information_link', href: 'https://x.example' }, { rel: 'payer-action', href: page }];
    expect(await speak('confirm', refusedWith(422, 'PAYER_ACTION_REQUIRED', { links }))).toEqual({
      kind: 'action_required',
      next_action: { type: 'redirect', url: page },
      code_ends_at: null,
    });
    for (const without of [undefined, [], [{ rel: 'payer-action', href: 'javascript:x' }]])
      expect((await speak('confirm', refusedWith(422, 'PAYER_ACTION_REQUIRED', { links: without }))).kind).toBe('unknown');
  }); // prettier-ignore
});

test('a message that names the payer is kept without him', async () => {
  const details = [{ issue: 'PAYER_CANNOT_PAY', description: 'ada@example.org cannot pay' }];
  const answer: any = await speak('confirm', refusedWith(422, '', { details }));
  expect(answer.failure.channel_message).toBe('[redacted] cannot pay');
});
