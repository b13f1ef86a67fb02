import { routing } from '../../bench/routing.ts';

test('choosing among 200 rules of 20 accounts stays far below what a create takes', () => {
  const { rules, accounts, one_fits_us, all_fit_us } = routing(2_000);
  expect([rules, accounts]).toEqual([200, 20]);
  // The aim is 1 ms (docs/performance.md); a loaded machine may take five times that, a search that grew with the square not.
  for (const { p50 } of [one_fits_us, all_fit_us]) expect(p50).toBeLessThan(5_000);
  expect(one_fits_us.p50).toBeLessThan(all_fit_us.p50);
});
