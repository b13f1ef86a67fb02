import { isLive, parseAccount } from '../../../src/channels/paypal/account.ts';
import { settings } from './paypal.ts';
import { certificate } from './vector.ts';

test('good settings are the account, with keys or certificates to verify by', () => {
  const parsed = parseAccount({ ...settings, webhook_certificates: [certificate] });
  expect(parsed).toMatchObject({ ...settings, webhook_certificates: [{ asymmetricKeyType: 'rsa' }] });
  expect(parseAccount(settings).webhook_certificates).toHaveLength(2);
}); // prettier-ignore

test.each([
  ['https://api-m.paypal.com', true],
  ['https://api-m.sandbox.paypal.com', false],
  ['http://127.0.0.1:8094', null],
  [undefined, true],
])('an account at %s is live: %s', (base_url, live) => {
  expect(isLive(parseAccount({ ...settings, base_url }))).toBe(live);
});

test.each([
  ['base_url', { base_url: 'ftp://api-m.paypal.com' }],
  ['base_url', { base_url: 'somewhere' }],
  ['client_id', { client_id: 'two words' }],
  ['client_secret', { client_secret: 'a\r\nX: injected' }],
  ['client_secret', { client_secret: undefined }],
  ['merchant_id', { merchant_id: 'A|B_injected' }],
  ['webhook_id', { webhook_id: 'A|B_injected' }],
  ['webhook_certificates', { webhook_certificates: [] }],
  ['webhook_certificates.0', { webhook_certificates: ['-----BEGIN nothing-----'] }],
  ['colour', { colour: 'red_and_green' }],
])('a wrong %s is named (%#), and its value is not', (member, change) => {
  const parse = () => parseAccount({ ...settings, ...change });
  expect(parse).toThrow(member);
  const [value] = Object.values(change).flat();
  if (value) expect(parse).not.toThrow(value);
});
