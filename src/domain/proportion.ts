/** A share of some cases, from 0 to 1, with the bounds between which it truly lies 95 times of 100. */
export interface Proportion {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** The standard normal's 97.5 % point: 2.5 % lie beyond it on either side. */
const z = 1.959964;

/**
 * The interval of Wilson's score (Newcombe 1998, Statistics in Medicine 17:857, method 3): right for few cases and for shares near 0
 * and 1 too, where the textbook's has no width.
 *
 * @returns null of no cases
 */
export function proportionOf(hits: number, cases: number): Proportion | null {
  if (cases === 0) return null;
  const rate = hits / cases;
  const middle = 2 * hits + z * z;
  const half = z * Math.sqrt(z * z + 4 * hits * (1 - rate));
  const whole = 2 * (cases + z * z);
  const [low, high] = [(middle - half) / whole, (middle + half) / whole];
  return { rate, low: hits === 0 ? 0 : low, high: hits === cases ? 1 : high };
}

/** By how much one share is above another, and whether that is more than chance. */
export interface Difference {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Zero lies outside the interval. */
  readonly is_distinguishable: boolean;
}

/** The interval of a difference, of two of Wilson's (Newcombe 1998, Statistics in Medicine 17:873, method 10). */
export function differenceOf(one: Proportion, other: Proportion): Difference {
  const difference = one.rate - other.rate;
  const low = difference - Math.hypot(one.rate - one.low, other.high - other.rate);
  const high = difference + Math.hypot(one.high - one.rate, other.rate - other.low);
  return { difference, low, high, is_distinguishable: low > 0 || high < 0 };
}
