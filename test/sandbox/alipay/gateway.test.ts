import { createSign, createVerify } from 'node:crypto';

import { freshNumber } from '../merchant.ts';
import { type AlipayShop, openAlipayShop } from './shop.ts';

let shop: AlipayShop;

beforeAll(async () => {
  shop = await openAlipayShop();
});
afterAll(() => shop.finish());
beforeEach(() => shop.reset());

/** A hand-made query, signed here, to be wrong in one chosen way. */
function signed(changed: Record<string, string | undefined> = {}): Record<string, string> {
  const wanted = {
    app_id: shop.keys.app_id,
    method: 'alipay.trade.query',
    format: 'JSON',
    charset: 'utf-8',
    sign_type: 'RSA2',
    timestamp: '2026-11-29 18:00:00',
    version: '1.0',
    biz_content: JSON.stringify({ out_trade_no: 'att_of_nobody' }),
    ...changed,
  };
  const parameters = Object.fromEntries(
    Object.entries(wanted).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const text = Object.keys(parameters)
    .filter((name) => parameters[name] !== '' && name !== 'sign')
    .sort()
    .map((name) => `${name}=${parameters[name]}`)
    .join('&');
  const sign = createSign('RSA-SHA256').update(text).sign(shop.keys.app_private_key, 'base64');
  return { sign, ...parameters };
}

async function send(query: Record<string, string>, body?: Record<string, string>) {
  const url = `${shop.sandbox.alipay}/gateway.do?${new URLSearchParams(query).toString()}`;
  const response = await fetch(url, body && { method: 'POST', body: new URLSearchParams(body) });
  const text = await response.text();
  return { response, text, said: Object.values(JSON.parse(text))[0] as any };
}

describe('the gateway', () => {
  const notExist = { code: '40004', sub_code: 'ACQ.TRADE_NOT_EXIST' };

  test('takes each parameter from the query or from the form', async () => {
    const { biz_content, sign, ...rest } = signed() as any;
    expect((await send(signed())).said).toMatchObject(notExist);
    expect((await send({}, signed())).said).toMatchObject(notExist);
    expect((await send({ sign, ...rest }, { biz_content })).said).toMatchObject(notExist);
    expect((await send({ biz_content }, { ...rest, sign })).said).toMatchObject(notExist);
    expect(await shop.violations()).toEqual([]);
  });

  test('drops empty parameters from what is signed', async () => {
    expect((await send(signed({ app_auth_token: '' }))).said).toMatchObject(notExist);
  });

  test('signs the very bytes of its answer, in which slashes are escaped', async () => {
    const biz = JSON.stringify(shop.order(freshNumber(), { subject: 'a/b "c"' }));
    const asked = signed({ method: 'alipay.trade.precreate', biz_content: biz });
    const { response, text, said } = await send({}, asked);
    expect(response.headers.get('content-type')).toBe('text/html;charset=utf-8');
    const [, inner, sign] = /^\{"alipay_trade_precreate_response":(\{.*\}),"sign":"(.*)"\}$/.exec(
      text,
    )!;
    const isGenuine = (bytes: string) =>
      createVerify('RSA-SHA256').update(bytes).verify(shop.keys.alipay_public_key, sign!, 'base64');
    expect(inner).toContain('"https:\\/\\/qr.alipay.com\\/');
    expect(isGenuine(inner!)).toBe(true);
    expect(isGenuine(JSON.stringify(said))).toBe(false);
  });

  test('signs refusals too', async () => {
    const call = shop.call('alipay.trade.query', { out_trade_no: 'att_of_nobody' });
    expect(await call).toMatchObject(notExist);
  });

  test.each([
    [{ sign: '' }, '40001', 'isv.missing-signature'],
    [{ sign: 'AAAA' }, '40002', 'isv.invalid-signature'],
    [{ app_id: '2021000000000000' }, '40002', 'isv.invalid-app-id'],
  ])('refuses who is not the merchant: %j', async (changed, code, sub_code) => {
    const { text, said } = await send(signed(changed));
    expect(said).toMatchObject({ code, sub_code });
    expect(text).toMatch(/^\{"alipay_trade_query_response":/);
    expect(await shop.violations()).toMatchObject([
      { channel: 'alipay', rule: 'unsigned_request', reference: 'att_of_nobody' },
    ]);
  });

  test('refuses a parameter that was changed after it was signed', async () => {
    const biz_content = JSON.stringify({ out_trade_no: 'att_other' });
    const { said } = await send({ ...signed(), biz_content });
    expect(said).toMatchObject({ sub_code: 'isv.invalid-signature' });
    expect(said.sub_msg).toContain('app_id=');
  });

  test.each([
    [{ app_id: undefined }, '40001', 'isv.missing-app-id'],
    [{ sign_type: undefined }, '40001', 'isv.missing-signature-type'],
    [{ timestamp: undefined }, '40001', 'isv.missing-timestamp'],
    [{ version: undefined }, '40001', 'isv.missing-version'],
    [{ sign_type: 'RSA' }, '40002', 'isv.invalid-signature-type'],
    [{ charset: 'latin1' }, '40002', 'isv.invalid-charset'],
    [{ format: 'XML' }, '40002', 'isv.invalid-format'],
    [{ timestamp: '2026-11-29T10:00:00Z' }, '40002', 'isv.invalid-timestamp'],
    [{ biz_content: undefined }, '40002', 'isv.invalid-parameter'],
    [{ biz_content: '[1]' }, '40002', 'isv.invalid-parameter'],
    [{ biz_content: '{' }, '40002', 'isv.invalid-parameter'],
  ])('refuses %j', async (changed, code, sub_code) => {
    expect((await send(signed(changed))).said).toMatchObject({ code, sub_code });
  });

  test.each([
    [undefined, '40001', 'isv.missing-method'],
    ['alipay.trade.dance', '40002', 'isv.invalid-method'],
    ['constructor', '40002', 'isv.invalid-method'],
  ])('knows no method %s, and says so unsigned', async (method, code, sub_code) => {
    const { text, said } = await send(signed({ method }));
    expect(said).toMatchObject({ code, sub_code });
    expect(Object.keys(JSON.parse(text))).toEqual(['error_response']);
  });

  test('is at one path', async () => {
    expect((await fetch(`${shop.sandbox.alipay}/`)).status).toBe(404);
  });
});
