/** Currencies whose smallest unit on Stripe's wire is not ISO 4217's: Stripe's units in one of ISO's. */
const wireUnits: Readonly<Record<string, number>> = { isk: 100, ugx: 100, mga: 0.01 };

/** Stripe wants the last digit of three-decimal amounts to be 0. */
const threeDecimals = ['bhd', 'jod', 'kwd', 'omr', 'tnd'];

/**
 * An amount of the wire in ISO 4217 minor units, as the books have it.
 *
 * @param currency lower case, as on the wire
 */
export function isoMinor(amount: number, currency: string): number {
  return Math.round(amount / (wireUnits[currency] ?? 1));
}

/** The same the other way round. */
export function wireAmount(minor: number, currency: string): number {
  return Math.round(minor * (wireUnits[currency] ?? 1));
}

/**
 * Can there be such an amount? The smallest unit may be ten or a hundred of the wire's.
 *
 * @param currency lower case, as on the wire
 */
export function isPayable(amount: number, currency: string): boolean {
  const step = threeDecimals.includes(currency) ? 10 : Math.max(1, wireUnits[currency] ?? 1);
  return amount > 0 && amount % step === 0;
}
