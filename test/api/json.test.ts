import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { launch, type Launched } from '../support/launcher.ts';
import { Merchant, type Reply } from '../support/merchant.ts';

let stack: Launched;
let merchant: Merchant;

beforeAll(async () => {
  stack = await launch();
  merchant = new Merchant(stack.ready);
});
afterAll(() => stack.remove());

const order = () => ({ order_no: randomUUID(), amount: 1_999, currency: 'CNY' });

/** Sends a body as it is written. */
const post = (body: string, headers: Record<string, string> = {}) =>
  merchant.call('POST', '/v1/payments', body, { 'Idempotency-Key': randomUUID(), ...headers });

async function postBytes(body: Buffer, headers: Record<string, string> = {}): Promise<Reply> {
  const response = await fetch(`${stack.ready.api}/v1/payments`, {
    method: 'POST',
    body,
    headers: {
      Authorization: `Bearer ${stack.ready.api_key}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': randomUUID(),
      ...headers,
    },
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

describe('a body', () => {
  test.each([
    ['that is no JSON', '{', 'malformed_json'],
    ['that is empty', '', 'invalid_field'],
    ['that is a list', '[]', 'malformed_json'],
    ['with a comment', '{/* */}', 'malformed_json'],
    ['with a trailing comma', '{"order_no":"A",}', 'malformed_json'],
    ['with a key twice', '{"order_no":"A","order_no":"B"}', 'malformed_json'],
    ['with a key twice further down', '{"metadata":{"a":"1","a":"2"}}', 'malformed_json'],
    [
      'with a key twice, once behind an escape',
      '{"order_no":"A","order\\u005fno":"B"}',
      'malformed_json',
    ],
    ['with something behind it', '{} {}', 'malformed_json'],
    ['in single quotes', "{'amount':1}", 'malformed_json'],
    ['with no number', '{"amount":NaN}', 'malformed_json'],
    ['with a number that is not JSON', '{"amount":0x10}', 'malformed_json'],
    ['with a control character', '{"order_no":"\u0001"}', 'malformed_json'],
    ['with a byte order mark', `\ufeff${JSON.stringify(order())}`, 'malformed_json'],
    ['of twenty-one levels', `{"a":${'['.repeat(20)}${']'.repeat(20)}}`, 'malformed_json'],
    ['of twenty levels', `{"a":${'['.repeat(19)}${']'.repeat(19)}}`, 'invalid_field'],
    ['of sixty thousand brackets', `{"a":${'['.repeat(60_000)}`, 'malformed_json'],
  ])('%s is refused', async (_what, body, code) => {
    expect(await post(body)).toMatchObject({ status: 400, body: { code } });
  });

  test('of 1 MB is answered, not cut off', async () => {
    const answer = await post(JSON.stringify({ description: 'x'.repeat(1_000_000) }));
    expect(answer).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
  });

  test('that is not JSON by its type is refused before it is read', async () => {
    const answer = await post('{', { 'Content-Type': 'text/plain' });
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });

  test('that is not UTF-8 is refused', async () => {
    for (const bytes of [Buffer.from([0xff]), Buffer.from([0xc0, 0xaf]), Buffer.from([0xed, 0xa0, 0x80])]) {
      const body = Buffer.concat([Buffer.from('{"order_no":"'), bytes, Buffer.from('"}')]);
      expect(await postBytes(body)).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
    }
    const utf16 = Buffer.from(`\ufeff${JSON.stringify(order())}`, 'utf16le');
    expect(await postBytes(utf16)).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
  }); // prettier-ignore

  test.each([
    'application/json',
    'Application/JSON',
    'application/json;charset=UTF-8',
    'application/json ; charset="utf-8"',
  ])('is taken as %s', async (type) => {
    expect((await post(JSON.stringify(order()), { 'Content-Type': type })).status).toBe(201);
  });

  test.each([
    'text/plain',
    'application/jsonp',
    'application/merge-patch+json',
    'application/json; charset=iso-8859-1',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
  ])('is not taken as %s', async (type) => {
    const answer = await post(JSON.stringify(order()), { 'Content-Type': type });
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });

  test('that is compressed is not taken', async () => {
    const body = gzipSync(JSON.stringify(order()));
    const answer = await postBytes(body, { 'Content-Encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
  });

  // Each held the process for 2 and for 12 seconds.
  test.each([
    ['quotes that never close', `{"a":"${'\\"'.repeat(32_000)}`],
    ['digits and dashes', JSON.stringify({ description: '4-'.repeat(32_000) })],
    ['commas', `{${','.repeat(65_000)}`],
    ['empty lists', `{"a":[${'[],'.repeat(21_000)}0]}`],
  ])('of 64 KiB of %s holds nobody up', async (_what, body) => {
    const began = performance.now();
    for (let time = 0; time < 5; time += 1) expect((await post(body)).status).toBe(400);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
