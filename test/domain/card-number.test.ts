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

// 16 of 100,000 random UUIDs hold such a run.
test.each(['d8e7b13e-41b4-4088-9975-3819e34f34d6', '874b8453-071e-42f4-8499-24798313c3a4'])(
  'the UUID %s is no card number, one beside it is',
  (uuid) => {
    expect(holdsCardNumber(uuid)).toBe(false);
    expect(holdsCardNumber(`${uuid} 4242424242424242`)).toBe(true);
  },
);

test.each([
  'card=%223528336411338705%22',
  'a=4242+4242+4242+4242&b=1',
  'a=4242%204242%204242%204242',
  '%20%204242424242424242',
])('%s, an encoded form, loses its card number', (text) => {
  expect(redactCardNumbers(text)).toContain('[card number]');
  expect(redactCardNumbers(text)).not.toMatch(/\d{8}/);
});

test('an encoded form without one stays as it is', () => {
  const form = 'amount=%221999%22&order=A%2D1001&at=2026-11-24+10%3A00%3A00&id=20261124000123';
  expect(redactCardNumbers(form)).toBe(form);
});
