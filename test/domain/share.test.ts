import { placeOf } from '../../src/domain/share.ts';

test('places are even and depend on the whole text', () => {
  const places = Array.from({ length: 20_000 }, (_, at) => placeOf(`split A-${at}`));
  expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...places)).toBeLessThan(10_000);
  expect(new Set(places).size).toBeGreaterThan(8_400); // 10,000 × (1 − e⁻²) = 8,647 of chance
});
