import { AlipaySdk } from 'alipay-sdk';
import fc from 'fast-check';

import { alipay } from '../../../src/channels/alipay/channel.ts';
import { signedAnswer } from '../../../src/channels/alipay/response.ts';
import { isGenuine, signatureOf } from '../../../src/channels/alipay/signature.ts';
import { contentOf } from '../../../src/channels/form.ts';
import { account, answering, app, isSignedByApp, notice, notified, parametersOf, platform, replied, rotated, settings, stranger, trade } from './alipay.ts'; // prettier-ignore
import { back, order } from './verbs.ts';

const sdk = new AlipaySdk({
  appId: settings.app_id,
  privateKey: app.privateKey,
  keyType: 'PKCS8',
  alipayPublicKey: platform.publicKey,
  gateway: `${settings.base_url}/gateway.do`,
});

const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constantFrom('50% off+ & more=1', '两张票 🎫', '"\\\n', ' ', '%2B', '__proto__'),
);

describe('what we sign', () => {
  test('is what Alipay’s own SDK signs, whatever stands in it', () => {
    const content = fc.record({ out_trade_no: text, subject: text, total_amount: text });
    fc.assert(
      fc.property(content, text, text, (bizContent, notifyUrl, returnUrl) => {
        const url = sdk.pageExec('alipay.trade.page.pay', 'GET', { bizContent, notifyUrl, returnUrl });
        const { sign, ...parameters } = parametersOf({ url, body: '' });
        expect(signatureOf(parameters, account)).toBe(sign);
      }),
      { numRuns: 200 },
    );
  }); // prettier-ignore

  test.each([
    ['create', (call: any) => alipay.create(call, order)],
    ['query', (call: any) => alipay.query(call, order)],
    ['close', (call: any) => alipay.close(call, order)],
    ['refund', (call: any) => alipay.refund(call, back)],
    ['query_refund', (call: any) => alipay.queryRefund(call, back)],
  ])('goes out with each %s: every parameter, and its app and time', async (_verb, speak) => {
    const call = answering({ kind: 'lost', detail: 'ECONNRESET' });
    await speak(call);
    const parameters = parametersOf(call.requests[0]!);
    expect(isSignedByApp(parameters)).toBe(true);
    expect(isSignedByApp({ ...parameters, biz_content: '{}' })).toBe(false);
    expect(parameters).toMatchObject({
      app_id: settings.app_id,
      format: 'JSON',
      charset: 'utf-8',
      sign_type: 'RSA2',
      version: '1.0',
      timestamp: '2026-11-25 10:00:00',
    });
  });

  test('leaves out what is empty, and is sorted by the bytes of its names', () => {
    expect(contentOf({ b: '2', a: '1', B: '', ab: '=', A: '&' })).toBe('A=&&a=1&ab==&b=2');
  });
});

describe('a reply', () => {
  const method = 'alipay.trade.query';
  const answerOf = (body: string) => signedAnswer(account, method, body);
  const bodyOf = (answer: object | string, signing = {}) =>
    (replied(method, answer, signing) as { body: string }).body;

  test('is believed over its exact bytes, as the SDK does', () => {
    const inner = '{ "code":"10000",  "msg":"Success","subject":"a \\"sign\\":{ \\u4e24 }\\/","n":[{"a":[]}] }';
    const body = bodyOf(inner);
    expect(answerOf(body)).toBe(inner);
    expect(() => sdk.checkResponseSign(body, 'alipay_trade_query_response', JSON.parse(body).sign, '')).not.toThrow();
    expect(answerOf(body.replace('Success', 'success'))).toBeNull();
    expect(answerOf(body.replace(',  "msg"', ', "msg"'))).toBeNull();
  }); // prettier-ignore

  test('may be spread over lines, in another order, with more beside it, with an escaped signature', () => {
    const { sign } = JSON.parse(bodyOf(trade));
    const inner = JSON.stringify(trade);
    const escaped = JSON.stringify(sign).replaceAll('/', '\\/');
    for (const body of [
      `\n{ "sign" : ${escaped} ,\n"alipay_cert_sn":"a,b}","alipay_trade_query_response" : ${inner}\n}\n`,
      `{"error_response":${inner},"sign":${escaped}}`,
    ])
      expect(answerOf(body)).toBe(inner);
  });

  test('is believed by the new key while keys change, and by no stranger’s', () => {
    expect(answerOf(bodyOf(trade, { key: rotated.privateKey }))).not.toBeNull();
    expect(answerOf(bodyOf(trade, { key: stranger.privateKey }))).toBeNull();
    expect(answerOf(bodyOf(trade, { key: app.privateKey }))).toBeNull();
  });

  test('is not the answer to another question', () => {
    expect(signedAnswer(account, 'alipay.trade.close', bodyOf(trade))).toBeNull();
  });

  test.each(['', 'no json', '{}', '{"sign":"x"}', '{"alipay_trade_query_response":{}}', '{"alipay_trade_query_response":{},"sign":""}', '{"alipay_trade_query_response":{},"sign":7}', '[]', '}{', '{"'])(
    'that reads %j is not believed',
    (body) => {
      expect(answerOf(body)).toBeNull();
    },
  ); // prettier-ignore

  test('whatever it is, is cut without a throw, and only where it was signed', () => {
    const good = bodyOf(trade);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.string({ maxLength: 3 }), fc.nat(3), (at, put, less) => {
        const answer = answerOf(good.slice(0, at) + put + good.slice(at + less));
        expect([null, JSON.stringify(trade)]).toContain(answer);
      }),
      { numRuns: 2_000 },
    );
  }); // prettier-ignore
});

describe('a notice', () => {
  const parse = (raw: { body: Buffer }) =>
    parametersOf({ url: 'http://x', body: raw.body.toString() });

  test('that we believe, Alipay’s own SDK believes too, and the other way round', () => {
    const parameters = fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/), text, { maxKeys: 8 });
    const kept = fc.constantFrom<string[]>([], ['sign_type']);
    const keys = fc.constantFrom(platform.privateKey, stranger.privateKey);
    fc.assert(
      fc.property(parameters, kept, keys, (given, without, key) => {
        const { sign: _, sign_type: __, ...rest } = given;
        const read = parse(notified(rest, { without, key }));
        expect(isGenuine(account, read)).toBe(key === platform.privateKey);
        expect(sdk.checkNotifySignV2(read)).toBe(key === platform.privateKey);
      }),
      { numRuns: 200 },
    );
  });

  test('is not believed with anything added, taken away or changed', () => {
    const good = parse(notified(notice));
    expect(isGenuine(account, good)).toBe(true);
    for (const name of Object.keys(good)) {
      const { [name]: _, ...less } = good;
      expect(isGenuine(account, less)).toBe(false);
      expect(isGenuine(account, { ...good, [name]: `${good[name]}x` })).toBe(false);
    }
    expect(isGenuine(account, { ...good, refund_fee: '1.00' })).toBe(false);
  });

  test('is not believed for SHA-1, nor for a signature that only decodes to the same bytes', () => {
    const good = parse(notified(notice));
    expect(isGenuine(account, { ...good, sign_type: 'RSA' })).toBe(false);
    for (const sign of [`${good['sign']}=`, ` ${good['sign']}`, `${good['sign']}\n`, ''])
      expect(isGenuine(account, { ...good, sign })).toBe(false);
  });
});
