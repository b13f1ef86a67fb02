import fc from 'fast-check';

import { fromDecimal, fromSignedDecimal } from '../../src/channels/decimal.ts';
import { amountMax } from '../../src/domain/money.ts';

test.each([
  ['19.99', 'USD', 1_999],
  ['19.9', 'USD', 1_990],
  ['19', 'USD', 1_900],
  ['19.990000', 'USD', 1_999],
  ['1999', 'JPY', 1_999],
  ['1999.00', 'JPY', 1_999],
  ['1.999', 'KWD', 1_999],
  ['0.00', 'USD', 0],
  ['9999999999.99', 'USD', amountMax],
])('%s %s is %d of its smallest unit', (text, currency, amount) => {
  expect(fromDecimal(text, currency)).toEqual({ amount, currency });
});

test.each([
  ['19.991', 'USD'],
  ['19.5', 'JPY'],
  ['1.9999', 'KWD'],
  ['10000000000.00', 'USD'],
  ['-19.99', 'USD'],
  ['+19.99', 'USD'],
  ['1,999', 'USD'],
  ['1e3', 'USD'],
  ['.99', 'USD'],
  ['19.', 'USD'],
  ['', 'USD'],
  ['19.99', 'XXY'],
  ['19.99', 'usd'],
  ['19.99', ''],
])('%j in %j is no amount', (text, currency) => {
  expect(fromDecimal(text, currency)).toBeNull();
});

test('whatever is below nothing went out, and anything else came in', () => {
  fc.assert(
    fc.property(fc.nat({ max: amountMax }), fc.boolean(), (amount, isOut) => {
      const text = `${isOut ? '-' : ''}${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
      const direction = isOut ? 'out' : 'in';
      expect(fromSignedDecimal(text, 'EUR')).toEqual({ amount, currency: 'EUR', direction });
    }),
  );
  expect(fromSignedDecimal('--1.00', 'EUR')).toBeNull();
  expect(fromSignedDecimal('-', 'EUR')).toBeNull();
});
