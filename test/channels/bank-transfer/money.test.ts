import fc from 'fast-check';

import { bankTransfer } from '../../../src/channels/bank-transfer/channel.ts';
import { fromWire, toWire } from '../../../src/channels/bank-transfer/money.ts';
import { isCurrency, toCurrency } from '../../../src/domain/currency.ts';
import { amountMax, toMinor } from '../../../src/domain/money.ts';

const served = bankTransfer.facts.methods['bank_transfer']!;

test('the currencies are those of section 1, all known to ISO 4217', () => {
  const page =
    'AED AUD BHD CAD CHF CNY CZK DKK EUR GBP HKD JPY KRW KWD NOK NZD PLN SEK SGD THB USD';
  expect(served.join(' ')).toBe(page);
  expect(served.every(isCurrency)).toBe(true);
});

test.each([
  ['EUR', 1_050, '10.50'],
  ['EUR', 50, '0.50'],
  ['EUR', 1, '0.01'],
  ['JPY', 10, '10'],
  ['KWD', 10_500, '10.500'],
  ['KWD', 1, '0.001'],
  ['EUR', 999_999_999_999, '9999999999.99'],
  ['JPY', 999_999_999_999, '999999999999'],
])('in %s %d minor units are %s', (code, amount, text) => {
  const money = { amount: toMinor(amount), currency: toCurrency(code) };
  expect(toWire(money)).toBe(text);
  expect(fromWire(text, code)).toEqual(money);
});

test('there and back every amount of every currency is the same', () => {
  const money = fc.record({
    amount: fc.integer({ min: 1, max: amountMax }).map(toMinor),
    currency: fc.constantFrom(...served).map(toCurrency),
  });
  fc.assert(fc.property(money, (one) => expect(fromWire(toWire(one), one.currency)).toEqual(one)));
});

test('of every text that is an amount there is one form, and no other text is one', () => {
  const digits = fc.string({ unit: fc.constantFrom(...Array.from('0159.-+e ')), maxLength: 14 });
  fc.assert(
    fc.property(digits, fc.constantFrom('EUR', 'JPY', 'KWD'), (text, code) => {
      const money = fromWire(text, code);
      if (money) expect([toWire(money), money.currency, money.amount > 0]).toEqual([text, code, true]);
    }),
    { numRuns: 3_000 },
  );
}); // prettier-ignore

test.each([
  ['EUR', '10.5'],
  ['EUR', '10'],
  ['EUR', '010.50'],
  ['EUR', '10.500'],
  ['EUR', '0.00'],
  ['EUR', '-1.00'],
  ['EUR', '1e3'],
  ['EUR', '.50'],
  ['EUR', ' 1.00'],
  ['EUR', ''],
  ['EUR', '10000000000.00'],
  ['JPY', '10.'],
  ['JPY', '10.0'],
  ['JPY', '1000000000000'],
  ['KWD', '10.50'],
  ['XXY', '1.00'],
  ['eur', '1.00'],
])('%s %j is no amount', (code, text) => {
  expect(fromWire(text, code)).toBeNull();
});
