import fc from 'fast-check';

import { differenceOf, proportionOf } from '../../src/domain/proportion.ts';

const four = (value: number) => Number(value.toFixed(4));

// Newcombe 1998, Statistics in Medicine 17:857, table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%i of %i lie between %d and %d', (hits, cases, low, high) => {
  const found = proportionOf(hits, cases)!;
  expect([four(found.low), four(found.high)]).toEqual([low, high]);
});

// Newcombe 1998, Statistics in Medicine 17:873, table II, method 10.
test.each([
  [56, 70, 48, 80, 0.0524, 0.3339, true],
  [9, 10, 3, 10, 0.1705, 0.809, true],
  [5, 56, 0, 29, -0.0381, 0.1926, false],
])('%i of %i against %i of %i', (hits, cases, others, of, low, high, is_distinguishable) => {
  const found = differenceOf(proportionOf(hits, cases)!, proportionOf(others, of)!);
  expect([four(found.low), four(found.high)]).toEqual([low, high]);
  expect(found.is_distinguishable).toBe(is_distinguishable);
});

const counts = fc.integer({ min: 1, max: 100_000 }).chain((cases) => fc.tuple(fc.nat(cases), fc.constant(cases))); // prettier-ignore

test('an interval holds its share and stays from 0 to 1', () => {
  fc.assert(
    fc.property(counts, ([hits, cases]) => {
      const { rate, low, high } = proportionOf(hits, cases)!;
      expect(low >= 0 && low <= rate && rate <= high && high <= 1).toBe(true);
    }),
  );
});

test('an arm is never distinguished from one like it, and two arms are from either side', () => {
  fc.assert(
    fc.property(counts, counts, (a, b) => {
      const [one, other] = [proportionOf(...a)!, proportionOf(...b)!];
      expect(differenceOf(one, one).is_distinguishable).toBe(false);
      expect(differenceOf(one, other).is_distinguishable).toBe(differenceOf(other, one).is_distinguishable); // prettier-ignore
    }),
  );
});

test('of no cases nothing is told', () => {
  expect(proportionOf(0, 0)).toBeNull();
});
