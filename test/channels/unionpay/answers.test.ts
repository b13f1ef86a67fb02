import { parseAccount } from '../../../src/channels/unionpay/account.ts';
import { unionpay } from '../../../src/channels/unionpay/channel.ts';
import { formatId } from '../../../src/domain/id.ts';
import { answeringAs } from '../answering.ts';
import { account, answering, back, gateway, order, paid, readRequest, replied, returned, rotated, settings, stranger, txnTime, verbs } from './unionpay.ts'; // prettier-ignore

const asked = (change: object) =>
  replied({ ...paid, respCode: '00', origRespCode: '00', ...change });
const told = (change: object) => verbs.query(asked(change));
const number = { orderId: paid.orderId, txnTime };

describe('an order', () => {
  const made = { ...number, merId: settings.mer_id, respCode: '00' };
  const code = { ...made, qrCode: 'https://qr.95516.com/00010000/621' };

  test('is a code that is payable until the payment ends', async () => {
    expect(await verbs.create(replied(code))).toEqual({
      kind: 'action_required',
      next_action: { type: 'display_qr_code', data: code.qrCode },
      code_ends_at: null,
    });
  });

  test('for a client is a number that the client opens', async () => {
    const call = answering(replied({ ...made, tn: '872331152594187318201' }));
    expect(await unionpay.create(call, { ...order, method: 'unionpay_app' })).toMatchObject({
      next_action: { type: 'sdk_params', params: { tn: '872331152594187318201' } },
    });
    const without = answering(replied(made));
    expect((await unionpay.create(without, { ...order, method: 'unionpay_app' })).kind).toBe(
      'unknown',
    );
    expect(call.requests[0]!.url).toBe(`${settings.base_url}/gateway/api/appTransReq.do`);
    expect(readRequest(call.requests[0]!).members).toMatchObject({ bizType: '000201', txnSubType: '01', channelType: '08' }); // prettier-ignore
  });

  test('names number, time in Beijing, amount and end, signed, and the same at each resend', async () => {
    const call = answering(replied(code));
    const later = answeringAs(account, new Date('2025-11-25T00:00:00Z'))(replied(code));
    await unionpay.create(call, order);
    await unionpay.create(later, order);
    const { members, isSigned } = readRequest(call.requests[0]!);
    expect(isSigned).toBe(true);
    expect(members).toMatchObject({
      ...number, txnType: '01', txnSubType: '07', bizType: '000000', channelType: '08', txnAmt: '1999', currencyCode: '156',
      payTimeout: '20251125070300', backUrl: order.notify_url, orderDesc: 'Two tickets', merId: settings.mer_id, certId: settings.cert_id,
    }); // prettier-ignore
    expect(later.requests).toEqual(call.requests);
  });

  test.each(['03', '04', '05', '12', '34', '37', 'A6', 'ZZ', '', 'constructor'])(
    'answered with respCode %s and no code is asked about',
    async (respCode) => {
      expect((await verbs.create(replied({ ...made, respCode }))).kind).toBe('unknown');
    },
  );

  test('that is refused is none, whatever code the refusal bears', async () => {
    expect((await verbs.create(replied({ ...code, respCode: '11' }))).kind).toBe('declined');
    expect((await verbs.create(replied({ ...code, respCode: '03' }))).kind).toBe('unknown');
  });

  test('that UnionPay was too busy for may be sent again', async () => {
    expect((await verbs.create(replied({ ...made, respCode: '06' }))).kind).toBe('never_sent');
  });

  test('of another number is asked about, though it has a code', async () => {
    expect((await verbs.create(replied({ ...code, orderId: 'att01' }))).kind).toBe('unknown');
    expect((await verbs.create(replied({ ...code, txnTime: '20251125063320' }))).kind).toBe('unknown');
  }); // prettier-ignore

  test.each([
    ['11', 'channel_unavailable'],
    ['33', 'limit_exceeded'],
    ['99', 'processing_error'],
  ])('that is refused with %s is declined', async (respCode, failure) => {
    const answer = await verbs.create(replied({ ...made, respCode, respMsg: '失败[1000033]' }));
    expect(answer).toMatchObject({ kind: 'declined', failure: { code: failure, channel_code: respCode, channel_message: '失败[1000033]' } }); // prettier-ignore
  });

  test('cannot be closed, and nothing is sent to do it', async () => {
    const call = answering(replied(code));
    expect((await unionpay.close(call, order)).kind).toBe('refused');
    expect(call.requests).toEqual([]);
  });
});

describe('what became of an order', () => {
  const at = (minute: string, origRespCode: string) => {
    const now = new Date(`2025-11-24T23:${minute}:01Z`);
    return unionpay.query(answeringAs(account, now)(asked({ origRespCode })), order);
  };

  test('that is paid has UnionPay’s number, the amount, and the time in UTC', async () => {
    const receipt = { channel_reference: paid.queryId, amount: 1999, currency: 'CNY', paid_at: '2025-11-24T22:34:01.000Z' }; // prettier-ignore
    expect(await told({})).toEqual({ kind: 'approved', receipt });
    expect(await told({ origRespCode: 'A6' })).toEqual({ kind: 'approved', receipt });
    expect(await told({ txnAmt: '1998' })).toMatchObject({ kind: 'approved', receipt: { amount: 1998 } }); // prettier-ignore
  });

  test('that was made on New Year’s Eve and paid on New Year’s Day is paid in the new year', async () => {
    const drawn = Buffer.alloc(16);
    drawn.writeUIntBE(Date.parse('2026-12-31T15:59:50Z'), 0, 6);
    const reference = formatId('att', drawn);
    const { members } = readRequest(await sent({ ...order, reference }));
    const change = { orderId: members['orderId'], txnTime: members['txnTime'], traceTime: '0101000102' }; // prettier-ignore
    expect(members['txnTime']).toBe('20261231235950');
    expect(await unionpay.query(answering(asked(change)), { ...order, reference })).toMatchObject({ receipt: { paid_at: '2026-12-31T16:01:02.000Z' } }); // prettier-ignore
  });

  const sent = async (given: typeof order) => {
    const call = answering(asked({}));
    await unionpay.query(call, given);
    return call.requests[0]!;
  };

  test.each([
    ['03', 'pending'],
    ['04', 'pending'],
    ['05', 'pending'],
    ['42', 'closed'], // UnionPay gives it back by itself
    ['ZZ', 'unknown'],
    ['12', 'unknown'],
    ['constructor', 'unknown'],
    ['', 'unknown'],
  ])('with origRespCode %s is %s', async (origRespCode, kind) => {
    expect((await told({ origRespCode })).kind).toBe(kind);
  });

  test('that failed once is payable until its end, and over when no page can be open any more', async () => {
    expect((await at('02', '64')).kind).toBe('open');
    expect((await at('07', '64')).kind).toBe('open');
    expect((await at('08', '64')).kind).toBe('closed');
  });

  test('that is unpaid and of another amount or currency is not ours', async () => {
    for (const change of [{ txnAmt: '1998' }, { currencyCode: '840' }])
      for (const origRespCode of ['05', '64'])
        expect((await told({ ...change, origRespCode })).kind).toBe('disagrees');
    for (const unsaid of [{ txnAmt: undefined }, { currencyCode: undefined }])
      expect((await told({ ...unsaid, origRespCode: '05' })).kind).toBe('pending');
  });

  test('that nobody has opened is not found', async () => {
    expect(await told({ respCode: '34', origRespCode: undefined })).toEqual({ kind: 'not_found' });
  });

  test.each(['03', '06', '10', '37', '99', ''])('that was not answered (%s) is unknown', async (respCode) => {
    expect((await told({ respCode })).kind).toBe('unknown');
  }); // prettier-ignore

  test.each([
    ['another order', { orderId: 'att01kaw000000000000000000009' }],
    ['another time', { txnTime: '20251125063320' }],
    ['another merchant', { merId: '777290058110098' }],
  ])('disagrees when it is told of %s', async (_what, change) => {
    expect((await told(change)).kind).toBe('disagrees');
  });

  test.each([
    ['number', { queryId: undefined }],
    ['time', { traceTime: '1332000000' }],
    ['time in digits', { traceTime: '11-25 06:34' }],
    ['amount', { txnAmt: undefined }],
    ['whole amount', { txnAmt: '19.99' }],
    ['safe amount', { txnAmt: '9999999999999999' }],
    ['currency that we have', { currencyCode: '840' }],
  ])('that is paid without a %s is unknown', async (_what, change) => {
    expect((await told(change)).kind).toBe('unknown');
  });
});

describe('a refund', () => {
  const taken = (change: object) =>
    verbs.refund(replied({ ...returned, respCode: '00', ...change }));
  const said = (change: object) => verbs.query_refund(replied({ ...returned, respCode: '00', origRespCode: '00', ...change })); // prettier-ignore
  const ours = {
    kind: 'refund',
    channel_reference: returned.queryId,
    amount: 500,
    currency: 'CNY',
  };

  test('is taken first, and done when the question says so', async () => {
    expect(await taken({})).toEqual({ ...ours, status: 'processing' });
    expect(await said({ origRespCode: '05' })).toEqual({ ...ours, status: 'processing' });
    expect(await said({})).toEqual({ ...ours, status: 'succeeded' });
    expect(await said({ txnAmt: '400' })).toMatchObject({ status: 'succeeded', amount: 400 });
  });

  test('names the receipt, its own number and the kind of the order', async () => {
    const call = answering(replied({ ...returned, respCode: '00' }));
    await unionpay.refund(call, { ...back, method: 'unionpay_app' });
    expect(readRequest(call.requests[0]!)).toMatchObject({
      isSigned: true,
      members: { txnType: '04', txnSubType: '00', bizType: '000201', origQryId: paid.queryId, orderId: returned.orderId, txnTime, txnAmt: '500', backUrl: back.notify_url },
    }); // prettier-ignore
  });

  test('that failed says why', async () => {
    expect(await said({ origRespCode: '63' })).toMatchObject({ ...ours, status: 'failed', failure: { code: 'invalid_account', channel_code: '63' } }); // prettier-ignore
    expect(await taken({ respCode: '36' })).toMatchObject({ kind: 'declined', failure: { code: 'not_permitted' } }); // prettier-ignore
  });

  test('is unknown, not found, or of another number, as UnionPay says it', async () => {
    for (const respCode of ['03', '05', '12', 'ZZ'])
      expect((await taken({ respCode })).kind).toBe('unknown');
    expect((await taken({ respCode: '06' })).kind).toBe('never_sent');
    expect((await said({ respCode: '34' })).kind).toBe('not_found');
    expect((await said({ origRespCode: 'ZZ' })).kind).toBe('unknown');
    expect((await said({ respCode: '12' })).kind).toBe('unknown'); // the question, whatever stands beside it
    expect((await said({ currencyCode: '840' })).kind).toBe('unknown');
    expect((await said({ orderId: paid.orderId })).kind).toBe('disagrees');
    expect((await taken({ orderId: paid.orderId })).kind).toBe('disagrees');
  });
});

describe('a reply', () => {
  const kinds = async (reply: Parameters<typeof verbs.query>[0]) =>
    Promise.all(Object.values(verbs).map(async (verb) => (await verb(reply)).kind));

  test('is believed when one of the account’s certificates has signed it, and no other', async () => {
    for (const key of [gateway.privateKey, rotated.privateKey])
      expect((await verbs.query(replied({ ...paid, respCode: '00', origRespCode: '00' }, key))).kind).toBe('approved'); // prettier-ignore
    const forged = { ...paid, respCode: '00', signPubKeyCert: stranger.publicKey };
    expect(new Set(await kinds(replied(forged, stranger.privateKey)))).toEqual(
      new Set(['unknown']),
    );
  });

  test('with a changed, doubled or missing member says nothing', async () => {
    const good = replied({ ...paid, respCode: '00', origRespCode: '00' }) as { body: string };
    for (const body of [
      good.body.replace('1999', '1998'),
      good.body.replace('&txnAmt=1999', ''),
      `${good.body}&txnAmt=1`,
      `${good.body}&txnAmt=1999`,
      good.body.replace(/signature=[^&]*/, 'signature='),
      good.body.replace(/&signature=[^&]*/, ''),
      good.body.slice(0, -20),
      'respCode=00',
      '{"respCode":"00"}',
      '<html>Bad Gateway</html>',
      '',
    ])
      expect(new Set(await kinds({ kind: 'reply', status: 200, headers: {}, body }))).toEqual(new Set(['unknown'])); // prettier-ignore
  });

  test('of another status says nothing, and what never left says so', async () => {
    const signed = { ...(replied({ ...paid, respCode: '00' }) as object), status: 500 } as never;
    expect(new Set(await kinds(signed))).toEqual(new Set(['unknown']));
    expect(new Set(await kinds({ kind: 'lost', detail: 'timeout' }))).toEqual(new Set(['unknown']));
    expect((await verbs.create({ kind: 'never_sent', detail: 'refused' })).kind).toBe('never_sent');
    expect((await verbs.refund({ kind: 'never_sent', detail: 'refused' })).kind).toBe('never_sent');
  });

  test('may hold signs of equality and lists in braces', async () => {
    expect((await told({ reserved: '{a=1&b=2}', reqReserved: 'x=y==' })).kind).toBe('approved');
  });
});

describe('the settings', () => {
  test('name every wrong member and show none', () => {
    const wrong = { ...settings, mer_id: '1', cert_id: 'ff', merchant_private_key: 'secret', unionpay_certificates: [], more: 1 }; // prettier-ignore
    expect(() => parseAccount(wrong)).toThrow(/mer_id.*cert_id.*merchant_private_key.*unionpay_certificates.*more/); // prettier-ignore
    expect(() => parseAccount(wrong)).not.toThrow(/secret/);
  });

  test('say by their host whether the money is real', () => {
    const live = (base_url: string) => unionpay.isLive!(parseAccount({ ...settings, base_url }));
    expect(live('https://gateway.95516.com')).toBe(true);
    expect(live(settings.base_url)).toBe(false);
    expect(live('http://127.0.0.1:8097')).toBeNull();
  });
});
