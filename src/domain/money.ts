import { type Currency, exponentOf } from './currency.ts';

declare const minorBrand: unique symbol;
/** A whole, safe, non-negative number of a currency's smallest unit. Only `toMinor` makes one. */
export type Minor = number & { readonly [minorBrand]: true };

export interface Money {
  readonly amount: Minor;
  readonly currency: Currency;
}

/** The most one payment may ask for: 10^12 - 1 minor units (contract section 1, `amount_too_large`). */
export const amountMax = 999_999_999_999;

/** A number as minor units. Throws a RangeError unless it is a safe integer of at least 0. */
export function toMinor(value: number): Minor {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(
      `${value} is not an amount in minor units: a whole number from 0 to 2^53 - 1`,
    );
  }
  return value as Minor;
}

export const zero = toMinor(0);

/** The sum, through BigInt. Throws a RangeError beyond 2^53 - 1. */
export function sum(amounts: readonly Minor[]): Minor {
  return toMinor(Number(amounts.reduce((total, amount) => total + BigInt(amount), 0n)));
}

/** `from - taken`. Throws a RangeError if that is negative: money that is not there cannot be taken. */
export function subtract(from: Minor, taken: Minor): Minor {
  return toMinor(Number(BigInt(from) - BigInt(taken)));
}

/** "19.99 CNY" for 1999, "100 JPY" for 100: for people, never for a wire. */
export function format({ amount, currency }: Money): string {
  const exponent = exponentOf(currency);
  const digits = String(amount).padStart(exponent + 1, '0');
  if (exponent === 0) return `${digits} ${currency}`;
  return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)} ${currency}`;
}

/** Same amount and same currency. */
export function equal(a: Money, b: Money): boolean {
  return a.amount === b.amount && a.currency === b.currency;
}
