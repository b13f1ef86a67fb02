import { done, refusedBy, replied, stranger, trade } from './alipay.ts';
import { methods, verbNames, verbs } from './verbs.ts';

const isQuery = (verb: string) => verb.startsWith('query');

describe('a refusal', () => {
  // code and sub_code; then what create, close and refund make of it. A query is never answered by one but TRADE_NOT_EXIST.
  test.each([
    ['40004', 'ACQ.TRADE_NOT_EXIST', 'declined', 'refused', 'declined'],
    ['40004', 'ACQ.TRADE_HAS_SUCCESS', 'unknown', 'refused', 'declined'], // there is an order: ask
    ['40004', 'ACQ.TRADE_HAS_CLOSE', 'unknown', 'refused', 'declined'],
    ['40004', 'ACQ.CONTEXT_INCONSISTENT', 'unknown', 'refused', 'declined'],
    ['40004', 'ACQ.TRADE_STATUS_ERROR', 'declined', 'refused', 'declined'],
    ['40004', 'ACQ.REASON_TRADE_STATUS_INVALID', 'declined', 'refused', 'declined'],
    ['40004', 'ACQ.TRADE_HAS_FINISHED', 'declined', 'refused', 'declined'],
    ['40004', 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', 'declined', 'refused', 'declined'],
    ['40004', 'ACQ.SELLER_BALANCE_NOT_ENOUGH', 'declined', 'refused', 'declined'],
    ['40004', 'ACQ.DISCORDANT_REPEAT_REQUEST', 'declined', 'refused', 'unknown'], // there is a refund: ask
    ['40004', 'ACQ.INVALID_PARAMETER', 'declined', 'refused', 'declined'],
    ['40004', 'ACQ.A_CODE_OF_TOMORROW', 'declined', 'refused', 'declined'],
    ['40004', 'ACQ.SYSTEM_ERROR', 'unknown', 'unknown', 'unknown'],
    ['40004', 'AQC.SYSTEM_ERROR', 'unknown', 'unknown', 'unknown'],
    ['40004', 'aop.ACQ.SYSTEM_ERROR', 'unknown', 'unknown', 'unknown'],
    ['20000', 'isp.unknow-error', 'unknown', 'unknown', 'unknown'],
    ['20000', 'ACQ.TRADE_NOT_EXIST', 'unknown', 'unknown', 'unknown'],
    ['20001', 'aop.invalid-app-auth-token', 'declined', 'refused', 'declined'],
    ['40001', 'isv.missing-app-id', 'declined', 'refused', 'declined'],
    ['40002', 'isv.invalid-signature', 'declined', 'refused', 'declined'],
    ['40005', 'isv.app-call-limited', 'never_sent', 'never_sent', 'never_sent'],
    ['40006', 'isv.insufficient-isv-permissions', 'declined', 'refused', 'declined'],
    ['10003', '', 'pending', 'unknown', 'unknown'],
    ['90000', 'ACQ.TRADE_NOT_EXIST', 'unknown', 'unknown', 'unknown'],
    ['constructor', '', 'unknown', 'unknown', 'unknown'],
    ['', '', 'unknown', 'unknown', 'unknown'],
  ])('%s %s: create %s, close %s, refund %s', async (code, sub_code, create, close, refund) => {
    const answer = refusedBy(sub_code, code);
    const said = async (verb: keyof typeof verbs) =>
      (await verbs[verb](replied(methods[verb], answer))).kind;
    expect(await said('create')).toBe(create);
    expect(await said('close')).toBe(close);
    expect(await said('refund')).toBe(refund);
    const isDenied = code === '40004' && sub_code === 'ACQ.TRADE_NOT_EXIST';
    expect(await said('query')).toBe(isDenied ? 'not_found' : 'unknown');
    expect(await said('query_refund')).toBe('unknown');
  });

  test.each([
    ['ACQ.SELLER_BALANCE_NOT_ENOUGH', 'insufficient_funds', true], // held, and sent again
    ['ACQ.TRADE_HAS_FINISHED', 'not_permitted', false],
    ['ACQ.REASON_TRADE_REFUND_FEE_ERR', 'not_permitted', false],
    ['ACQ.A_CODE_OF_TOMORROW', 'processing_error', true],
    ['constructor', 'processing_error', true],
  ])('of a refund by %s is %s, with the channel’s own words', async (sub_code, code, retryable) => {
    expect(await verbs.refund(replied(methods.refund, refusedBy(sub_code)))).toEqual({
      kind: 'declined',
      failure: expect.objectContaining({
        code,
        retryable,
        channel_code: sub_code,
        channel_message: '原因',
      }),
    });
  });

  test('without a sub_code is told by its code', async () => {
    const reply = replied(methods.create, { code: '40006', msg: 'Insufficient Permissions' });
    expect(await verbs.create(reply)).toMatchObject({
      kind: 'declined',
      failure: { code: 'channel_unavailable', channel_code: '40006' },
    });
  });
});

describe.each(verbNames)('%s', (verb) => {
  const say = verbs[verb];
  const lies = [{ ...trade, qr_code: 'https://qr.alipay.com/1' }, done, refusedBy('ACQ.TRADE_NOT_EXIST'), refusedBy('', '40005')]; // prettier-ignore

  test.each([
    ['by a stranger', { key: stranger.privateKey }],
    ['not at all', { signature: '' }],
    ['by nonsense', { signature: 'AAAA' }],
  ])('believes no reply that is signed %s', async (_how, signing) => {
    for (const answer of lies) {
      const reply = await say(replied(methods[verb], answer, signing));
      expect(reply).toEqual({ kind: 'unknown', detail: expect.stringContaining('signature') });
    }
  });

  test('believes no reply to another method, and no bare error', async () => {
    const [other] = verbNames.filter((name) => name !== verb);
    for (const answer of lies)
      expect((await say(replied(methods[other!], answer))).kind).toBe('unknown');
    const body = JSON.stringify({ error_response: refusedBy('isv.invalid-signature', '40002') });
    expect((await say({ kind: 'reply', status: 200, headers: {}, body })).kind).toBe('unknown');
  });

  test.each([201, 301, 400, 429, 500, 503])('has no answer in a %d', async (status) => {
    const reply = { ...replied(methods[verb], trade), status } as any;
    expect((await say(reply)).kind).toBe('unknown');
  });

  test.each(['null', '7', '[]', '{}', '""'])('has no answer in a signed %s', async (answer) => {
    expect((await say(replied(methods[verb], answer))).kind).toBe('unknown');
  });

  test('passes on what was lost, and what never left', async () => {
    expect((await say({ kind: 'lost', detail: 'ECONNRESET' })).kind).toBe('unknown');
    const { kind } = await say({ kind: 'never_sent', detail: 'ECONNREFUSED' });
    expect(kind).toBe(isQuery(verb) ? 'unknown' : 'never_sent');
  });
});
