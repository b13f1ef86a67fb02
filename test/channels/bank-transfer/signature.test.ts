import { createPrivateKey, sign } from 'node:crypto';

import { createSigner, createVerifier, httpbis } from 'http-message-signatures';

import { parseAccount } from '../../../src/channels/bank-transfer/account.ts';
import { type Component, signatureBase, signatureOf, verification } from '../../../src/channels/bank-transfer/signature.ts'; // prettier-ignore
import { account, bank, customer, now, rotated, settings, signed, stranger } from './bank.ts'; // prettier-ignore

/** `test-key-ed25519` of RFC 9421, appendix B.1.4. */
const testKey = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
`;

test('the example of RFC 9421, appendix B.2.6, has the signature that it shows', () => {
  const covered: Component[] = [
    ['date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
    ['@method', 'POST'],
    ['@path', '/foo'],
    ['@authority', 'example.com'],
    ['content-type', 'application/json'],
    ['content-length', '18'],
  ];
  const parameters =
    '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"';
  const base = Buffer.from(signatureBase(covered, parameters));
  expect(sign(null, base, createPrivateKey(testKey)).toString('base64')).toBe(
    'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
  );
});

test('the request of the bank’s page, section 1, has the headers that it shows', () => {
  const example = parseAccount({
    ...settings,
    customer_key_id: 'test-key-ed25519',
    customer_private_key: testKey,
  });
  const request = {
    method: 'PUT',
    url: 'https://bank.example/v1/virtual-accounts/att_1',
    body: '{"customer":"CST1","amount":"10.50","currency":"EUR"}',
  } as const;
  expect(signatureOf(example, request, new Date(1_795_968_000_999))).toEqual({
    'Content-Digest': 'sha-256=:cDDNIqd2bmfqUkx2RnwvX8b6ReXvpbaCsWp1dcKNsxw=:',
    'Signature-Input':
      'sig=("@method" "@target-uri" "content-digest");created=1795968000;keyid="test-key-ed25519";alg="ed25519"',
    Signature:
      'sig=:BGWL8HsTxPoCpAwbQUT7IS5xD9ka4pDOQqpnQDUJk0PBj9jsTmw2OjyI5blwEbbHFJVpSL89MJDG1n0qxTwDCA==:',
  });
});

describe('our signature', () => {
  const keyLookup = ({ keyid }: { keyid?: string }) =>
    Promise.resolve(
      keyid === settings.customer_key_id
        ? { algs: ['ed25519'], verify: createVerifier(customer.publicKey, 'ed25519') }
        : null,
    );
  const isBelieved = (request: { method: string; url: string; headers: Record<string, string> }) =>
    httpbis.verifyMessage({ keyLookup, notAfter: now, requiredParams: ['created', 'keyid', 'alg'], requiredFields: ['@method', '@target-uri'] }, request); // prettier-ignore

  test.each([
    ['GET', 'https://bank.example/v1/virtual-accounts/att_1', ''],
    ['PUT', 'https://bank.example/v1/virtual-accounts/att_1', '{"description":"Zwei Karten 🎫"}'],
    ['POST', 'http://127.0.0.1:8095/a/v1/virtual-accounts/att_1/closure?b=1', '{}'],
  ] as const)('of %s %s is believed by a third-party library', async (method, url, body) => {
    const headers = signatureOf(account, { method, url, body }, now);
    expect(await isBelieved({ method, url, headers })).toBe(true);
    expect(await isBelieved({ method, url: `${url}x`, headers })).toBe(false);
    expect(await isBelieved({ method: 'DELETE', url, headers })).toBe(false);
    expect('Content-Digest' in headers).toBe(method !== 'GET');
  });
});

describe('what a third-party library signed as the bank', () => {
  const body = '{"object":"virtual_account","name":"Zürich 🎫"}';
  const own = signed(['@status', '200'], body);
  const byLibrary = async (fields: string[], name = 'sig') => {
    const key = createSigner(bank.privateKey, 'ed25519', 'bank-1');
    const params = ['created', 'keyid', 'alg'];
    const config = { key, name, fields, params, paramValues: { created: now } };
    const headers = { 'content-type': own['content-type']!, 'content-digest': own['content-digest']! }; // prettier-ignore
    const message = await httpbis.signMessage(config, { status: 200, headers });
    const lower = Object.entries(message.headers).map(([key, value]) => [key.toLowerCase(), value]);
    return Object.fromEntries(lower) as Record<string, string>;
  };
  const trust = (
    headers: Record<string, string>,
    at = now,
    first: Component = ['@status', '200'],
  ) => verification(account, { headers, body: Buffer.from(body), first }, at);

  test('as a reply or as a callback is genuine', async () => {
    expect(trust(await byLibrary(['@status', 'content-digest']))).toBe('genuine');
    const callback = await byLibrary(['content-type', 'content-digest']);
    expect(trust(callback, now, ['content-type', 'application/json'])).toBe('genuine');
  });

  test('is to the byte what the tests of this folder sign', async () => {
    expect(await byLibrary(['@status', 'content-digest'])).toEqual(own);
  });

  test.each([
    ['other components', ['@status']],
    ['them in another order', ['content-digest', '@status']],
    ['one more', ['@status', 'content-digest', 'content-type']],
    ['those of a callback', ['content-type', 'content-digest']],
  ])('over %s is forged', async (_what, fields) => {
    expect(trust(await byLibrary(fields))).toBe('forged');
  });

  test('under another label is forged', async () => {
    expect(trust(await byLibrary(['@status', 'content-digest'], 'sig1'))).toBe('forged');
  });
});

describe('a reply of the bank', () => {
  const body = '{"a":1}';
  const reply = (signing = {}) => signed(['@status', '200'], body, signing);
  const trust = (
    headers: Record<string, string | undefined>,
    at = now,
    bytes = Buffer.from(body),
  ) => verification(account, { headers, body: bytes, first: ['@status', '200'] }, at);

  test('is genuine, also with the second key while keys rotate, and when it is empty', () => {
    expect(trust(reply())).toBe('genuine');
    expect(trust(reply({ key: rotated.privateKey, keyid: 'bank-2' }))).toBe('genuine');
    expect(trust(signed(['@status', '200'], ''), now, Buffer.alloc(0))).toBe('genuine');
  });

  test.each([
    [300, 'genuine'],
    [-300, 'genuine'],
    [301, 'stale'],
    [-301, 'stale'],
  ])('is, %d seconds later, %s', (seconds, expected) => {
    expect(trust(reply(), new Date(now.getTime() + seconds * 1_000))).toBe(expected);
  });

  test.each([
    ['by a stranger', { key: stranger.privateKey }],
    ['under the id of another key', { keyid: 'bank-2' }],
    ['under an id that nobody has', { keyid: 'bank-9' }],
    ['under an id named constructor', { keyid: 'constructor' }],
    ['under an id named __proto__', { keyid: '__proto__' }],
  ])('signed %s is forged', (_how, signing) => {
    expect(trust(reply(signing))).toBe('forged');
  });

  test('with another status, other bytes or another digest is forged', () => {
    expect(trust(signed(['@status', '201'], body))).toBe('forged');
    expect(trust(reply(), now, Buffer.from('{"a":2}'))).toBe('forged');
    const of = signed(['@status', '200'], '{"a":2}');
    expect(trust({ ...reply(), 'content-digest': of['content-digest'] })).toBe('forged');
    expect(trust({ ...of, 'content-digest': reply()['content-digest'] })).toBe('forged');
  });

  test.each(['signature', 'signature-input', 'content-digest'])('without %s is forged', (name) => {
    expect(trust({ ...reply(), [name]: undefined })).toBe('forged');
  });

  test('is forged when a header says the same in another form', () => {
    const headers = reply();
    const forms = {
      signature: (text: string) => [text.replace('=:', ':'), `${text}, ${text}`, `${text};a=1`, text.replace('sig=:', 'sig=: ')],
      'signature-input': (text: string) => [
        text.replace(' "content', '  "content'), text.replace(';alg', '; alg'), `${text};nonce="1"`, `${text}, ${text}`,
        text.replace(/;created=\d+/, ''), text.replace(/(;created=\d+)(;keyid="[^"]+")/, '$2$1'), text.replace(/created=(\d+)/, 'created=$1.0'),
        text.replace('ed25519', 'rsa-v1_5-sha256'), text.replace(/;alg=.*/, ''),
      ],
      'content-digest': (text: string) => [text.toUpperCase(), `${text}, ${text}`, text.replace('sha-256', 'sha-512'), text.replace('=:', ':')],
    };
    for (const [name, spellings] of Object.entries(forms))
      for (const other of spellings(headers[name]!)) expect([other, trust({ ...headers, [name]: other })]).toEqual([other, 'forged']);
  }); // prettier-ignore
});
