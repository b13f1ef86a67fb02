import { paypal } from '../../../src/channels/paypal/channel.ts';
import { account, replied, settings } from './paypal.ts';

const { request, read } = paypal.grant!;
const given = { scope: 'https://uri.paypal.com/services/x', access_token: 'A21AAF.tok-en_1', token_type: 'Bearer', app_id: 'APP-1', expires_in: 32_400, nonce: '2026-x' }; // prettier-ignore

test('a token is asked for with the app’s keys', () => {
  const secret = Buffer.from(`${settings.client_id}:${settings.client_secret}`).toString('base64');
  expect(request(account)).toEqual({
    method: 'POST',
    url: `${settings.base_url}/v1/oauth2/token`,
    body: 'grant_type=client_credentials',
    headers: {
      Authorization: `Basic ${secret}`,
      Accept: 'application/json',
      'User-Agent': 'holdfast',
      'Content-Type': 'application/x-www-form-urlencoded',
    },
  });
});

test('what is given is the token and how long it lives', () => {
  expect(read(replied(200, given))).toEqual({
    kind: 'granted',
    token: given.access_token,
    lives_ms: 32_400_000,
  });
});

test('refused keys are handed on, so that the verb can say it', () => {
  const refused = replied(401, { error: 'invalid_client', error_description: 'No.' });
  expect(read(refused)).toEqual(refused);
});

test.each([
  ['500', replied(500, '')],
  ['429', replied(429, { name: 'RATE_LIMIT_REACHED' })],
  ['401 without a word', replied(401, '')],
  ['no token', replied(200, { ...given, access_token: '' })],
  ['a token that breaks its header', replied(200, { ...given, access_token: 'a\r\nX: y' })],
  ['another kind of token', replied(200, { ...given, token_type: 'MAC' })],
  ['a token that is over', replied(200, { ...given, expires_in: 0 })],
  ['garbage', replied(200, '<html>')],
  ['nothing', { kind: 'lost', detail: 'TimeoutError' }],
  ['a closed port', { kind: 'never_sent', detail: 'ECONNREFUSED' }],
] as const)('by %s nothing is given, and nothing leaves', (_what, reply) => {
  expect(read(reply)).toEqual({ kind: 'never_sent', detail: expect.stringMatching(/^no token: ./) });
}); // prettier-ignore

test('no token is told in why there is none', () => {
  const read500 = read(replied(500, given));
  expect(JSON.stringify(read500)).not.toContain(given.access_token);
});
