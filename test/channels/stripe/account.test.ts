import { parseAccount } from '../../../src/channels/stripe/account.ts';
import { stripe } from '../../../src/channels/stripe/channel.ts';
import { exponentOf, toCurrency } from '../../../src/domain/currency.ts';
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

describe('the currencies', () => {
  // docs.stripe.com/currencies: what Stripe takes whole units of, and what it treats apart.
  const whole = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
  const apart = 'ISK HUF TWD UGX BHD JOD KWD OMR TND MGA'.split(' ');
  const served = stripe.facts.methods['card'] ?? [];

  test.each(served)('%s has the same smallest unit at Stripe as in ISO 4217', (code) => {
    expect(exponentOf(toCurrency(code))).toBe(whole.includes(code) ? 0 : 2);
    expect(apart).not.toContain(code);
  });

  test('are many, and each is named once', () => {
    expect(served).toEqual(expect.arrayContaining(['USD', 'EUR', 'GBP', 'CNY', 'JPY']));
    expect(new Set(served).size).toBe(served.length);
  });
});
