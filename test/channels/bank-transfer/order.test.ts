import { bankTransfer } from '../../../src/channels/bank-transfer/channel.ts';
import { policyByDefault } from '../../../src/domain/credit-policy.ts';
import { accountWith, answering, back, calls, credit, moving, order, replied, settings, speak } from './bank.ts'; // prettier-ignore

const contentOf = ({ body }: { body: string }) => JSON.parse(body);

describe('what is sent', () => {
  test('to create is the stored order, under our number', async () => {
    const call = answering(replied(201, accountWith()));
    await calls.create(call);
    const [request] = call.requests;
    expect(request).toMatchObject({
      method: 'PUT',
      url: `https://bank.example/v1/virtual-accounts/${order.reference}`,
    });
    expect(request!.headers).toEqual({
      Accept: 'application/json',
      'User-Agent': 'holdfast',
      'Content-Type': 'application/json',
      'Content-Digest': expect.any(String),
      'Signature-Input': expect.any(String),
      Signature: expect.any(String),
    });
    expect(contentOf(request!)).toEqual({
      customer: 'CST1',
      amount: '10.50',
      currency: 'EUR',
      expires_at: '2026-11-29T17:00:00Z',
      description: 'Two tickets',
      notify_url: order.notify_url,
    });
  });

  test('to close names the customer; to ask has no body', async () => {
    const call = answering(replied(200, accountWith()));
    for (const verb of ['close', 'query', 'query_refund'] as const) await calls[verb](call);
    expect(call.requests.map(({ method, url, body }) => [method, url.replace(settings.base_url, ''), body])).toEqual([
      ['POST', `/v1/virtual-accounts/${order.reference}/closure`, '{"customer":"CST1"}'],
      ['GET', `/v1/virtual-accounts/${order.reference}`, ''],
      ['GET', `/v1/returns/${back.reference}`, ''],
    ]);
  }); // prettier-ignore

  test.each(moving)('to %s again, later, has the same bytes', async (verb) => {
    const sent = await Promise.all(
      [new Date('2026-11-29T16:45:00Z'), new Date('2027-01-01T00:00:00Z')].map(async (at) => {
        const call = answering(replied(500, ''));
        await calls[verb]({ ...call, now: () => at });
        return call.requests.map(({ method, url, body }) => ({ method, url, body }));
      }),
    );
    expect(sent[1]).toEqual(sent[0]);
  });

  test('goes below the path of the account’s address', async () => {
    const call = answering(replied(500, ''));
    const account = { ...call.account, base_url: 'https://bridge.example/bank/' };
    await calls.query({ ...call, account });
    expect(call.requests[0]!.url).toBe(
      `https://bridge.example/bank/v1/virtual-accounts/${order.reference}`,
    );
  });

  test('describes the order in at most 140 characters, and never half of one', async () => {
    const call = answering(replied(201, accountWith()));
    await bankTransfer.create(call, { ...order, description: '🎫'.repeat(100) });
    expect(contentOf(call.requests[0]!).description).toBe('🎫'.repeat(70));
  });
});

describe('a create', () => {
  const next_action = {
    type: 'await_transfer',
    bank_account: { iban: 'DE89370400440532013000', bic: 'COBADEFFXXX', holder: 'Demo Ltd' },
    reference: 'RF18539007547034',
  };

  test.each([
    [201, accountWith()],
    [200, accountWith()],
    [200, accountWith([credit('CR1', '4.00')])],
    [201, { ...accountWith(), tomorrow: { a: 1 } }],
  ])('that is answered %d says where the payer transfers to (%#)', async (status, made) => {
    const answer = await speak('create', replied(status, made));
    expect(answer).toEqual({ kind: 'action_required', next_action, code_ends_at: null });
  });

  test.each([
    ['closed already', accountWith([], { status: 'closed', closed_at: '2026-11-29T16:40:00Z' })],
    ['in a state of tomorrow', accountWith([], { status: 'dormant' })],
    ['of another number', accountWith([], { number: 'att_2' })],
    ['of another customer', accountWith([], { customer: 'CST2' })],
    ['of another amount', accountWith([], { amount: '10.51' })],
    ['of another currency', accountWith([], { currency: 'USD' })],
    ['with an IBAN that cannot be', accountWith([], { iban: 'DE89370400440532013001' })],
    ['with a reference that cannot be', accountWith([], { creditor_reference: 'RF19539007547034' })],
    ['with an IBAN for a reference', accountWith([], { creditor_reference: 'DE89370400440532013000' })],
    ['with no BIC', accountWith([], { bic: 'COBA' })],
    ['with no credits', accountWith([], { credits: null })],
  ])('answered with an account %s is asked about', async (_what, made) => {
    expect(await speak('create', replied(200, made))).toEqual({ kind: 'unknown', detail: expect.any(String) });
  }); // prettier-ignore
});

describe('a query', () => {
  const receipt = (channel_reference: string, amount: number, currency = 'EUR') => ({ channel_reference, amount, currency, paid_at: '2026-11-29T16:41:07.000Z' }); // prettier-ignore

  test.each([
    ['open', accountWith()],
    ['closed', accountWith([], { status: 'closed' })],
  ])('of an account without a credit says that it is %s', async (kind, found) => {
    expect(await speak('query', replied(200, found))).toEqual({ kind });
  });

  test.each([
    [false, 'open'],
    [true, 'closed'],
  ])(
    'tells every credit, of any amount and currency; is it over: %s',
    async (is_closed, status) => {
      const credits = [credit('CR1', '4.00'), credit('CR2', '6.50'), credit('CR3', '1', 'JPY')];
      const answer = await speak('query', replied(200, accountWith(credits, { status })));
      const receipts = [receipt('CR1', 400), receipt('CR2', 650), receipt('CR3', 1, 'JPY')];
      expect(answer).toEqual({ kind: 'credited', receipts, is_closed, policy: policyByDefault });
    },
  );

  test.each([
    ['of an amount that is none', credit('CR1', '4.0')],
    ['of nothing', credit('CR1', '0.00')],
    ['in a currency that is none', credit('CR1', '4.00', 'XXY')],
    ['without a number', { ...credit('CR1', '4.00'), id: '' }],
    ['without a time', { ...credit('CR1', '4.00'), booked_at: 'yesterday' }],
    ['that is none', null],
  ])('in which one credit is %s says nothing of the others either', async (_what, odd) => {
    const found = accountWith([credit('CR0', '4.00'), odd as object]);
    expect((await speak('query', replied(200, found))).kind).toBe('unknown');
  });

  test.each([
    ['number', { number: 'att_2' }],
    ['customer', { customer: 'CST2' }],
    ['amount', { amount: '10.51' }],
    ['currency', { currency: 'USD' }],
  ])('that tells another %s disagrees', async (_what, change) => {
    const answer = await speak('query', replied(200, accountWith([credit('CR1', '10.50')], change)));
    expect(answer).toEqual({ kind: 'disagrees', detail: expect.stringMatching(/^asked about .*, told about /) });
  }); // prettier-ignore

  test('of an account in a state of tomorrow says nothing', async () => {
    const found = accountWith([credit('CR1', '10.50')], { status: 'dormant' });
    expect((await speak('query', replied(200, found))).kind).toBe('unknown');
  });
});

describe('a close', () => {
  test('is one whatever was credited: what that was is asked', async () => {
    const closed = { status: 'closed', closed_at: '2026-11-29T16:45:00Z' };
    for (const credits of [[], [credit('CR1', '10.50')]])
      expect(await speak('close', replied(200, accountWith(credits, closed)))).toEqual({ kind: 'closed' }); // prettier-ignore
  });

  test.each([
    ['open', accountWith()],
    ['another one', accountWith([], { status: 'closed', number: 'att_2' })],
  ])('after which the account is %s is asked about', async (_what, found) => {
    expect((await speak('close', replied(200, found))).kind).toBe('unknown');
  });
});
