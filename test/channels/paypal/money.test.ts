import fc from 'fast-check';

import { paypal } from '../../../src/channels/paypal/channel.ts';
import { fromWire, toWire } from '../../../src/channels/paypal/money.ts';
import { exponentOf, toCurrency } from '../../../src/domain/currency.ts';
import { amountMax, toMinor } from '../../../src/domain/money.ts';

const served = paypal.facts.methods['paypal']!;

/** developer.paypal.com/api/rest/reference/currency-codes: all of them, and how many decimals PayPal takes. */
const golden: readonly (readonly [string, number])[] = [
  ['AUD', 2], ['BRL', 2], ['CAD', 2], ['CNY', 2], ['CZK', 2], ['DKK', 2], ['EUR', 2], ['HKD', 2], ['HUF', 0], ['ILS', 2],
  ['JPY', 0], ['MYR', 2], ['MXN', 2], ['TWD', 0], ['NZD', 2], ['NOK', 2], ['PHP', 2], ['PLN', 2], ['GBP', 2], ['SGD', 2],
  ['SEK', 2], ['CHF', 2], ['THB', 2], ['USD', 2],
]; // prettier-ignore

test.each(golden)('%s, of which PayPal takes %d decimals, is served where ISO 4217 says the same', (code, wire) => {
  expect(served.includes(code)).toBe(exponentOf(toCurrency(code)) === wire);
}); // prettier-ignore

test('nothing else is served, and nothing twice', () => {
  const known = golden.map(([code]) => code);
  expect(served.filter((code) => !known.includes(code))).toEqual([]);
  expect(new Set(served).size).toBe(served.length);
});

test.each([
  ['USD', 1, '0.01'],
  ['USD', 1_999, '19.99'],
  ['USD', 2_000, '20.00'],
  ['JPY', 1_999, '1999'],
  ['JPY', 0, '0'],
])('in %s %d minor units are %s', (code, amount, value) => {
  const money = { amount: toMinor(amount), currency: toCurrency(code) };
  expect(toWire(money)).toEqual({ currency_code: code, value });
  expect(fromWire({ currency_code: code, value })).toEqual(money);
});

test('there and back every amount of every currency is the same', () => {
  const money = fc.record({
    amount: fc.integer({ min: 0, max: amountMax }).map(toMinor),
    currency: fc.constantFrom(...served).map(toCurrency),
  });
  fc.assert(fc.property(money, (one) => expect(fromWire(toWire(one))).toEqual(one)));
});

test.each([
  ['USD', '20', 2_000],
  ['USD', '19.9', 1_990],
  ['USD', '19.990', 1_999],
  ['JPY', '1999.00', 1_999],
])('%s %s is %d', (currency_code, value, amount) => {
  expect(fromWire({ currency_code, value })?.amount).toBe(amount);
});

test.each([
  ['USD', '19.999'],
  ['JPY', '19.5'],
  ['USD', '-1.00'],
  ['USD', '1e3'],
  ['USD', '.50'],
  ['USD', '1,000.00'],
  ['USD', ' 1.00'],
  ['USD', ''],
  ['USD', '9999999999999.00'],
  ['XXY', '1.00'],
  ['usd', '1.00'],
])('%s %j is no amount', (currency_code, value) => {
  expect(fromWire({ currency_code, value })).toBeNull();
});
