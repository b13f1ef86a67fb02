import { reportsAt } from '../../../src/channels/adyen/account.ts';
import { adyen } from '../../../src/channels/adyen/channel.ts';
import { settings } from './adyen.ts';

const parse = (given: object) => adyen.parseAccount({ ...settings, ...given });
const live = 'https://1797a841fbb37ca7-Shop-checkout-live.adyenpayments.com/checkout';

test.each([
  [{ merchant_account: 'two words' }, 'merchant_account'],
  [{ api_key: '' }, 'api_key'],
  [{ hmac_keys: [] }, 'hmac_keys'],
  [{ hmac_keys: ['not hexadecimal'] }, 'hmac_keys'],
  [{ base_url: 'ftp://x' }, 'base_url'],
  [{ client_key: 'x' }, 'client_key'],
  [{ settlement_delay_days: -1 }, 'settlement_delay_days: must be 0 to 45 business days'],
  [{ settlement_delay_days: 46 }, 'settlement_delay_days: must be 0 to 45 business days'],
  [{ settlement_delay_days: 1.5 }, 'settlement_delay_days: must be 0 to 45 business days'],
  [{ settlement_delay_days: '12' }, 'settlement_delay_days: must be 0 to 45 business days'],
])('%j is refused by name, and not shown', (given, name) => {
  expect(() => parse(given)).toThrow(new RegExp(`^adyen account: ${name}`));
});

test.each([
  ['https://checkout-test.adyen.com', false, 'https://ca-test.adyen.com'],
  [live, true, 'https://ca-live.adyen.com'],
  ['http://127.0.0.1:8096', null, 'http://127.0.0.1:8096'],
])('%s is live: %s, and its reports are at %s', (base_url, isLive, reports) => {
  const account = parse({ base_url });
  expect(adyen.isLive!(account)).toBe(isLive);
  expect(reportsAt(account)).toBe(reports);
});

test('an account that names no address is one of the test world', () => {
  const { base_url: _, ...bare } = settings;
  expect(adyen.isLive!(adyen.parseAccount(bare))).toBe(false);
});
