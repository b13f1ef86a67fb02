import fc from 'fast-check';

import { holds } from '../../../src/channels/bank-transfer/check-digits.ts';

test.each([
  ['DE89370400440532013000'], // ISO 13616, the registry's example
  ['FR1420041010050500013M02606'],
  ['GB82WEST12345698765432'],
  ['RF18539007547034'], // ISO 11649
])('%s holds', (text) => {
  expect(holds(text)).toBe(true);
});

test('one wrong digit, or two that changed places, are noticed', () => {
  const of = fc.constantFrom('DE89370400440532013000', 'FR1420041010050500013M02606', 'RF18539007547034'); // prettier-ignore
  fc.assert(
    fc.property(of, fc.nat(30), fc.integer({ min: 0, max: 9 }), (text, place, other) => {
      const at = place % text.length;
      const [one = '', two = ''] = text.slice(at);
      const changed = (digits: string, written: string) =>
        /^\d+$/.test(digits) ? text.slice(0, at) + written + text.slice(at + digits.length) : text;
      for (const slip of [changed(one, String(other)), changed(one + two, two + one)])
        expect(holds(slip)).toBe(slip === text);
    }),
    { numRuns: 1_000 },
  );
});

test.each(['', 'DE', 'DE89', 'de89370400440532013000', 'DE89 3704 0044 0532 0130 00', 'DE8937040044053201300O', '89370400440532013000'])(
  '%j does not',
  (text) => {
    expect(holds(text)).toBe(false);
  },
); // prettier-ignore
