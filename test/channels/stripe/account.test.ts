import { parseAccount } from '../../../src/channels/stripe/account.ts';
import { settings } from './stripe.ts';

test('good settings are the account', () => {
  expect(parseAccount(settings)).toEqual(settings);
  expect(parseAccount({ ...settings, api_key: 'rk_live_1' }).api_key).toBe('rk_live_1');
});

test.each([
  ['base_url', { base_url: 'ftp://api.stripe.com' }],
  ['base_url', { base_url: 'somewhere' }],
  ['api_key', { api_key: 'pk_test_publishable' }],
  ['api_key', { api_key: 'sk_test_1\r\nX: injected' }],
  ['api_key', { api_key: undefined }],
  ['webhook_secrets', { webhook_secrets: [] }],
  ['webhook_secrets.0', { webhook_secrets: ['no_secret_of_an_endpoint'] }],
  ['webhook_secrets', { webhook_secrets: 'whsec_not_a_list' }],
  ['colour', { colour: 'red_and_green' }],
])('a wrong %s is named (%#), and its value is not', (member, change) => {
  const parse = () => parseAccount({ ...settings, ...change });
  expect(parse).toThrow(member);
  const [value] = Object.values(change).flat();
  if (value) expect(parse).not.toThrow(value);
});

test('all that is wrong is named at once', () => {
  const parse = () => parseAccount({ ...settings, api_key: '', webhook_secrets: [] });
  expect(parse).toThrow(/api_key.*webhook_secrets/);
});
