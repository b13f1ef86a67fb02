import { type Minor, toMinor } from './money.ts';
import { fits, type Paying, type When } from './rule.ts';

/** What a channel is expected to take of a payment, by the merchant's agreement with it. */
export interface Fee {
  /** Which payments it is about; left out: all. */
  readonly when?: When | undefined;
  /** Millionths of the amount: 29,000 are 2.9 %. */
  readonly rate_ppm: number;
  /** Minor units on top of the rate, as are the bounds of the sum. */
  readonly fixed?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

const million = 1_000_000n;

/**
 * What a payment is expected to cost at an account, in minor units of its currency: the first of the account's fees that
 * fits it. The rate's part is rounded half to even, so that sums of many payments lean to neither side.
 *
 * @returns null where no fee fits: what it costs is not known
 */
export function expectedFee(fees: readonly Fee[] | null, paying: Paying): Minor | null {
  const fee = fees?.find((one) => fits(one, paying));
  if (!fee) return null;
  const { rate_ppm, fixed = 0, min = 0, max = Infinity } = fee;
  const charged = rated(paying.amount, rate_ppm) + fixed;
  return toMinor(Math.max(min, Math.min(max, charged)));
}

function rated(amount: number, ratePpm: number): number {
  const product = BigInt(amount) * BigInt(ratePpm);
  const [whole, rest] = [product / million, product % million];
  const isUp = rest * 2n > million || (rest * 2n === million && whole % 2n === 1n);
  return Number(isUp ? whole + 1n : whole);
}
