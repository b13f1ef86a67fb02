import { holdsCardNumber, redactCardNumbers } from '../../src/domain/card-number.ts';

test.each([
  '4242424242424242',
  'card 4242 4242 4242 4242 please',
  '5555-5555-5555-4444',
  '2223003122003222',
  '378282246310005',
  '6011111111111117',
  '3530111333300000',
  '6200000000000005',
])('%s is found, whatever stands around it', (text) => {
  expect(holdsCardNumber(text)).toBe(true);
  expect(redactCardNumbers(text)).not.toMatch(/\d{4}/);
});

test.each([
  ['a number that fails Luhn', '4242424242424241'],
  ['one without a network', '9999999999999995'],
  ['a longer run of digits', '42424242424242424242424'],
  ['an order number', '20261124000123'],
  ['nothing', ''],
])('%s is no card number', (_what, text) => {
  expect(holdsCardNumber(text)).toBe(false);
});
