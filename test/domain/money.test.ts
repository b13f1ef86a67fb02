import fc from 'fast-check';

import { allCurrencies, exponentOf, isCurrency, toCurrency } from '../../src/domain/currency.ts';
import { format, subtract, sum, toMinor } from '../../src/domain/money.ts';

describe('currencies', () => {
  test.each([
    ['CNY', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['CLF', 4],
    ['ISK', 0],
    ['HUF', 2],
  ])('%s has %i digits after the point', (code, exponent) => {
    expect(exponentOf(toCurrency(code))).toBe(exponent);
  });

  test('are upper-case and listed, or none at all', () => {
    for (const code of ['cny', 'XXX', 'USDT', '', 'CN']) expect(isCurrency(code)).toBe(false);
    expect(allCurrencies().length).toBeGreaterThan(150);
    expect(() => toCurrency('USDT')).toThrow("'USDT' is not an ISO 4217 currency");
  });
});

describe('money', () => {
  test.each([
    [1_999, 'CNY', '19.99 CNY'],
    [100, 'JPY', '100 JPY'],
    [5, 'KWD', '0.005 KWD'],
    [0, 'CNY', '0.00 CNY'],
  ])('of %i in %s reads %s', (amount, code, text) => {
    expect(format({ amount: toMinor(amount), currency: toCurrency(code) })).toBe(text);
  });

  test('is a whole, safe number of at least 0 or it is refused', () => {
    for (const value of [-1, 1.5, NaN, Infinity, 2 ** 53])
      expect(() => toMinor(value)).toThrow(RangeError);
  });

  test('survives formatting in every currency', () => {
    fc.assert(
      fc.property(fc.nat(10 ** 9), fc.constantFrom(...allCurrencies()), (amount, currency) => {
        const text = format({ amount: toMinor(amount), currency });
        expect(Number(text.replace(/[^\d]/g, ''))).toBe(amount);
      }),
    );
  });

  test('never sums or subtracts beyond what can be counted', () => {
    expect(sum([toMinor(1), toMinor(2)])).toBe(3);
    expect(() => sum([toMinor(Number.MAX_SAFE_INTEGER), toMinor(1)])).toThrow(RangeError);
    expect(() => subtract(toMinor(1), toMinor(2))).toThrow(RangeError);
  });
});
