import { verbs } from './verbs.ts';
import {
  madeRefund,
  now,
  paidTransaction,
  refusedWith,
  replied,
  rotated,
  stranger,
} from './wechat.ts';

const all = Object.entries(verbs);

describe('a refusal', () => {
  // Each code in both spellings that are live (channels.md 1.8).
  test.each([
    [400, 'PARAM_ERROR', 'declined', 'refused', 'declined'],
    [400, 'INVALID_REQUEST', 'unknown', 'refused', 'declined'], // also "201 商户订单号重复"
    [400, 'APPID_MCHID_NOT_MATCH', 'declined', 'refused', 'declined'],
    [400, 'MCH_NOT_EXISTS', 'declined', 'refused', 'declined'],
    [400, 'ORDER_CLOSED', 'unknown', 'refused', 'declined'],
    [400, 'ORDER_PAID', 'unknown', 'refused', 'declined'],
    [401, 'SIGN_ERROR', 'declined', 'refused', 'declined'],
    [403, 'NO_AUTH', 'declined', 'refused', 'declined'],
    [403, 'OUT_TRADE_NO_USED', 'unknown', 'refused', 'declined'],
    [403, 'RULE_LIMIT', 'declined', 'refused', 'declined'],
    [403, 'TRADE_ERROR', 'declined', 'refused', 'declined'],
    [403, 'NOT_ENOUGH', 'declined', 'refused', 'declined'],
    [403, 'USER_ACCOUNT_ABNORMAL', 'declined', 'refused', 'declined'],
    [404, 'ORDER_NOT_EXIST', 'declined', 'refused', 'declined'],
    [404, 'RESOURCE_NOT_EXISTS', 'declined', 'refused', 'declined'],
    [400, 'ORDER_NOT_EXIST', 'declined', 'refused', 'declined'], // by another status than its own it denies nothing
    [400, 'USER_PAYING', 'unknown', 'refused', 'declined'],
    [403, 'A_CODE_OF_TOMORROW', 'declined', 'refused', 'declined'],
    [400, 'SYSTEM_ERROR', 'unknown', 'unknown', 'unknown'],
    [400, 'BANK_ERROR', 'unknown', 'unknown', 'unknown'],
    [500, 'SYSTEM_ERROR', 'unknown', 'unknown', 'unknown'],
    [500, 'BANK_ERROR', 'unknown', 'unknown', 'unknown'],
    [500, 'OPENID_MISMATCH', 'declined', 'refused', 'declined'], // it says what is wrong, whatever the status
    [502, 'PARAM_ERROR', 'unknown', 'unknown', 'unknown'],
    [429, 'FREQUENCY_LIMITED', 'never_sent', 'never_sent', 'never_sent'],
    [429, 'RATELIMIT_EXCEEDED', 'never_sent', 'never_sent', 'never_sent'],
    [403, 'FREQUENCY_LIMITED', 'never_sent', 'never_sent', 'never_sent'],
  ])('%d %s: create %s, close %s, refund %s', async (status, code, create, close, refund) => {
    for (const spelling of [code, code.replaceAll('_', '')]) {
      const reply = refusedWith(status, spelling);
      for (const made of [verbs.create, verbs.create_h5, verbs.create_jsapi])
        expect((await made(reply)).kind).toBe(create);
      expect((await verbs.close(reply)).kind).toBe(close);
      expect((await verbs.refund(reply)).kind).toBe(refund);
      const isDenial = (denied: string) => status === 404 && code === denied;
      const query = isDenial('ORDER_NOT_EXIST') ? 'not_found' : 'unknown';
      expect((await verbs.query(reply)).kind).toBe(query);
      const queryRefund = isDenial('RESOURCE_NOT_EXISTS') ? 'not_found' : 'unknown';
      expect((await verbs.query_refund(reply)).kind).toBe(queryRefund);
    }
  });

  test('keeps the channel’s code as it was spelt, and its message', async () => {
    expect(await verbs.refund(refusedWith(403, 'NOT_ENOUGH'))).toMatchObject({
      kind: 'declined',
      failure: {
        code: 'insufficient_funds',
        channel_code: 'NOT_ENOUGH',
        channel_message: '原因',
        retryable: true,
      },
    });
  });

  test.each(['constructor', '__proto__', 'toString'])('may be called %s', async (code) => {
    const answer = await verbs.create(refusedWith(403, code));
    expect(answer).toMatchObject({ kind: 'declined', failure: { code: 'processing_error' } });
  });

  test.each(['', '<html>', '{}', '{"code":""}', '{"code":7}', 'null', '[]'])(
    'that names no code (%j) is none',
    async (body) => {
      for (const status of [400, 403, 404])
        for (const [, speak] of all)
          expect((await speak(replied(status, body))).kind).toBe('unknown');
    },
  );

  test.each(['REFUND_NOT_EXISTS', 'REFUNDNOTEXIST'])('%s denies a refund', async (code) => {
    expect(await verbs.query_refund(refusedWith(404, code))).toEqual({ kind: 'not_found' });
    expect((await verbs.query_refund(refusedWith(400, code))).kind).toBe('unknown');
  });
});

describe.each(all)('%s', (_verb, speak) => {
  const lies = [
    [
      200,
      {
        ...paidTransaction,
        ...madeRefund,
        code_url: 'weixin://x',
        h5_url: 'https://x',
        prepay_id: 'x',
      },
    ],
    [204, ''],
    [400, { code: 'PARAM_ERROR' }],
    [401, { code: 'SIGN_ERROR' }],
    [404, { code: 'ORDER_NOT_EXIST' }],
    [404, { code: 'RESOURCE_NOT_EXISTS' }],
    [429, { code: 'FREQUENCY_LIMITED' }],
  ] as const;
  test.each([
    ['by a stranger', { key: stranger.privateKey }],
    ['with the other key than it says', { key: rotated.privateKey }],
    ['by an unknown serial', { serial: 'NOBODY' }],
    ['by a serial named constructor', { serial: 'constructor' }],
    ['by a serial named __proto__', { serial: '__proto__' }],
    ['six minutes ago', { at: new Date(now.getTime() - 360_000) }],
    ['six minutes ahead', { at: new Date(now.getTime() + 360_000) }],
    ['as a probe', { signature: 'WECHATPAY/SIGNTEST/abcd' }],
    ['not at all', { signature: '' }],
  ])('believes no reply that is signed %s', async (_how, signing) => {
    for (const [status, body] of lies) {
      const answer = await speak(replied(status, body, signing));
      expect(answer).toEqual({ kind: 'unknown', detail: expect.stringContaining('signature') });
    }
  });

  test.each([201, 202, 301, 307])('has no answer in a %d', async (status) => {
    for (const body of [{ code: 'USERPAYING' }, lies[0][1]])
      expect((await speak(replied(status, body))).kind).toBe('unknown');
  });

  test.each(['', 'no json', 'null', '7', '[]', '{}', `{"a":${'['.repeat(9_000)}`])(
    'has no answer in a signed %s',
    async (body) => {
      expect((await speak(replied(200, body))).kind).toBe('unknown');
    },
  );

  test('passes on what was lost, and what never left', async () => {
    expect((await speak({ kind: 'lost', detail: 'ECONNRESET' })).kind).toBe('unknown');
    const isQuery = _verb.startsWith('query');
    const { kind } = await speak({ kind: 'never_sent', detail: 'ECONNREFUSED' });
    expect(kind).toBe(isQuery ? 'unknown' : 'never_sent');
  });

  test('believes the new key while keys rotate', async () => {
    const signing = { key: rotated.privateKey, serial: 'PUB_KEY_ID_2' };
    const answer = await speak(replied(404, { code: 'ORDER_NOT_EXIST' }, signing));
    expect(answer).not.toHaveProperty('detail', expect.stringContaining('signature'));
  });
});
