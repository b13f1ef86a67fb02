import { generateKeyPairSync, verify } from 'node:crypto';

import { freshNumber } from '../merchant.ts';
import { accounts, type BankShop, inSeconds, openBankShop, returns } from './shop.ts';
import { digestOf } from './signing.ts';

let shop: BankShop;
beforeAll(async () => {
  shop = await openBankShop();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

const place = () => `${accounts}/${freshNumber()}`;
const stranger = generateKeyPairSync('ed25519');
const strangersKey = stranger.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

test('the example of the page is what RFC 9421 makes of it', () => {
  const body = '{"customer":"CST1","amount":"10.50","currency":"EUR"}';
  const parameters =
    '("@method" "@target-uri" "content-digest");created=1795968000;keyid="test-key-ed25519";alg="ed25519"';
  const base = [
    '"@method": PUT',
    '"@target-uri": https://bank.example/v1/virtual-accounts/att_1',
    `"content-digest": ${digestOf(body)}`,
    `"@signature-params": ${parameters}`,
  ].join('\n');
  const key =
    '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n';
  const signature =
    'BGWL8HsTxPoCpAwbQUT7IS5xD9ka4pDOQqpnQDUJk0PBj9jsTmw2OjyI5blwEbbHFJVpSL89MJDG1n0qxTwDCA==';
  expect(digestOf(body)).toBe('sha-256=:cDDNIqd2bmfqUkx2RnwvX8b6ReXvpbaCsWp1dcKNsxw=:');
  expect(verify(null, Buffer.from(base), key, Buffer.from(signature, 'base64'))).toBe(true);
});

describe('an answer is signed over its status and its bytes', () => {
  test.each([
    ['201', 'PUT', place(), undefined, 201],
    ['404', 'GET', `${accounts}/att_nobody`, undefined, 404],
    ['404 of a path', 'GET', '/v2', undefined, 404],
    ['a statement', 'GET', `/v1/statements/${inSeconds(0).slice(0, 10)}`, undefined, 200],
    ['401', 'GET', `${accounts}/att_nobody`, { keyid: 'nobodys' }, 401],
  ])('%s', async (_what, method, path, wrong, status) => {
    const answer = await shop.call(method, path, shop.asked(), wrong);
    expect(answer).toMatchObject({ status, isGenuine: true });
  });

  test('429 says when to come again', async () => {
    await shop.fault('query', 'rate_limit', { count: 1 });
    const answer = await shop.call('GET', place());
    expect(answer).toMatchObject({
      status: 429,
      isGenuine: true,
      body: { code: 'TOO_MANY_REQUESTS' },
    });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

describe('a request is SIGNATURE_INVALID', () => {
  test.each([
    ['without a signature', { headers: { Signature: '', 'Signature-Input': '' } }],
    ['with a key that is not known', { keyid: 'somebody' }],
    ['with a key that is not the customer’s', { privateKey: strangersKey }],
    ['with a digest of other bytes', { headers: { 'Content-Digest': digestOf('{}') } }],
    ['without its digest', { headers: { 'Content-Digest': '' } }],
    ['that does not cover the digest', { fields: ['@method', '@target-uri'] }],
    ['that covers more', { fields: ['@method', '@target-uri', 'content-digest', 'content-type'] }],
    ['in another order', { fields: ['@target-uri', '@method', 'content-digest'] }],
    ['with parameters in another order', { params: ['keyid', 'created', 'alg'] }],
    ['without a time', { params: ['keyid', 'alg'] }],
    ['with one parameter more', { params: ['created', 'keyid', 'alg', 'expires'] }],
    ['under another label', { name: 'mine' }],
    ['with another algorithm’s name', { alg: 'rsa-pss-sha512' }],
    ['with a signature that is none', { headers: { Signature: 'sig=:AAAA:' } }],
    ['that is stale as well', { privateKey: strangersKey, created: new Date(0) }],
  ])('%s', async (_how, wrong) => {
    const path = place();
    const answer = await shop.call('PUT', path, shop.asked(), wrong);
    expect(answer).toMatchObject({
      status: 401,
      isGenuine: true,
      body: { code: 'SIGNATURE_INVALID' },
    });
    expect((await shop.call('GET', path)).status).toBe(404);
    expect(await shop.violations()).toMatchObject([{ rule: 'unsigned_or_stale_request' }]);
  });

  test('that was signed for another account', async () => {
    const path = place();
    const { headers } = await signedFor(place());
    const response = await fetch(shop.sandbox.bank + path, { headers });
    expect(response.status).toBe(401);
  });
});

/** The headers of a query of another path. */
async function signedFor(path: string) {
  const { signedRequest } = await import('./signing.ts');
  return { headers: await signedRequest(shop.keys, 'GET', shop.sandbox.bank + path, {}) };
}

test.each([-310, 310])('a request signed %i s from now is SIGNATURE_STALE', async (seconds) => {
  const created = new Date(Date.now() + seconds * 1_000);
  const answer = await shop.call('PUT', place(), shop.asked(), { created });
  expect(answer).toMatchObject({ status: 401, body: { code: 'SIGNATURE_STALE' } });
  expect(await shop.violations()).toMatchObject([{ rule: 'unsigned_or_stale_request' }]);
});

test.each([-290, 290])('a request signed %i s from now is in time', async (seconds) => {
  const created = new Date(Date.now() + seconds * 1_000);
  expect((await shop.call('PUT', place(), shop.asked(), { created })).status).toBe(201);
});

describe('a request is MALFORMED', () => {
  const without = (member: string) => {
    const { [member]: _, ...rest } = shop.asked();
    return rest;
  };

  test.each(['customer', 'amount', 'currency', 'expires_at', 'description', 'notify_url'])(
    'without %s, or with null for it',
    async (member) => {
      for (const body of [without(member), shop.asked({ [member]: null })])
        expect(await shop.call('PUT', place(), body)).toMatchObject({
          status: 400,
          body: { code: 'MALFORMED', message: expect.stringContaining(member) },
        });
    },
  );

  test.each([
    [{ amount: 10.5 }],
    [{ amount: '10.5' }],
    [{ amount: '10.500' }],
    [{ amount: '10' }],
    [{ amount: '010.50' }],
    [{ amount: '.50' }],
    [{ amount: '10.' }],
    [{ amount: '+10.50' }],
    [{ amount: '-10.50' }],
    [{ amount: '1e3' }],
    [{ amount: ' 10.50' }],
    [{ amount: '' }],
    [{ amount: '10.00', currency: 'JPY' }],
    [{ amount: '10.50', currency: 'KWD' }],
    [{ currency: 'eur' }],
    [{ expires_at: '2026-12-01T10:00:00+00:00' }],
    [{ expires_at: '2026-12-01T10:00:00.000Z' }],
    [{ expires_at: '2026-02-30T10:00:00Z' }],
    [{ expires_at: 'soon' }],
    [{ description: 'x'.repeat(141) }],
    [{ notify_url: 'ftp://shop.example/' }],
    [{ notify_url: '/hook' }],
    [{ colour: 'red' }],
  ])('with %j', async (more) => {
    const path = place();
    expect(await shop.call('PUT', path, shop.asked(more))).toMatchObject({
      status: 400,
      body: { code: 'MALFORMED' },
    });
    expect((await shop.call('GET', path)).status).toBe(404);
  });

  test.each(['', 'nonsense', '[]', 'null', '{"customer":', '\ufeff{}'])('with the body %j', async (body) => {
    expect(await shop.call('PUT', place(), body)).toMatchObject({
      status: 400,
      body: { code: 'MALFORMED' },
    });
  }); // prettier-ignore

  test.each(['a.b', 'x'.repeat(36), '%41', 'att_1?x=1'])('under the number %s', async (number) => {
    for (const path of [`${accounts}/${number}`, `${returns}/${number}`])
      for (const method of ['GET', 'PUT'])
        expect((await shop.call(method, path, shop.asked())).body.code).toBe('MALFORMED');
  });

  test('and not with 140 characters, however many bytes they have', async () => {
    const { description } = await shop.open({ description: '票'.repeat(139) + '🎫' });
    expect(Array.from(description)).toHaveLength(140);
  });
});

describe('of two things that are wrong the page’s first is said:', () => {
  const nonsense = 'nonsense';
  const unsigned = { headers: { Signature: '' } };
  test.each([
    ['ROUTE_UNKNOWN', 404, 'GET', '/v1/accounts/att_1', undefined, unsigned],
    ['METHOD_NOT_ALLOWED', 405, 'DELETE', `${accounts}/att_1`, nonsense, unsigned],
    ['BODY_TOO_LARGE', 413, 'PUT', `${accounts}/att_1`, 'x'.repeat(65_537), { headers: { 'Content-Type': 'text/plain' } }],
    ['MEDIA_TYPE', 415, 'PUT', `${accounts}/att_1`, nonsense, { headers: { 'Content-Type': 'text/plain', Signature: '' } }],
    ['SIGNATURE_INVALID', 401, 'PUT', `${accounts}/att_1`, nonsense, unsigned],
    ['MALFORMED', 400, 'PUT', `${accounts}/att_1`, { customer: 'CST1' }, {}],
  ])('%s', async (code, status, method, path, body, wrong) => {
    const answer = await shop.call(method, path, body, wrong);
    expect(answer).toMatchObject({ status, isGenuine: true, body: { code } });
    expect(answer.headers.get('allow')).toBe(status === 405 ? 'PUT, GET' : null);
  }); // prettier-ignore

  test('TOO_MANY_REQUESTS, and the body is not looked at', async () => {
    await shop.fault('create', 'rate_limit', { count: 1 });
    expect((await shop.call('PUT', place(), nonsense)).status).toBe(429);
  });

  test('NOT_PERMITTED to who is not the key’s customer', async () => {
    const other = { customer: 'CST1' };
    const refused = { status: 403, body: { code: 'NOT_PERMITTED' } };
    const account = await shop.paid();
    const at = `${accounts}/${account.number}`;
    expect(await shop.call('PUT', at, shop.asked(other))).toMatchObject(refused);
    expect(await shop.call('POST', `${accounts}/att_nobody/closure`, other)).toMatchObject(refused);
    expect(await shop.order(shop.returnOf(account, other))).toMatchObject(refused);
    expect(await shop.query(account.number)).toEqual(account);
  });

  test('NUMBER_CONFLICT, and whether it could be made is not looked at', async () => {
    const { number } = await shop.open();
    const body = shop.asked({ currency: 'BRL', expires_at: inSeconds(-5) });
    expect((await shop.call('PUT', `${accounts}/${number}`, body)).status).toBe(409);
  });
});
