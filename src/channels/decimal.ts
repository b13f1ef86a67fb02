import type { Moved } from '../domain/bill.ts';
import { exponentOf, isCurrency } from '../domain/currency.ts';
import { amountMax, type Money, toMinor } from '../domain/money.ts';

/**
 * Money as reports and bills write it: a decimal text, with as many digits after the point as they like up to the currency's
 * own, and noughts after those. Null for what is no amount, or in a currency that we do not know.
 */
export function fromDecimal(text: string, currency: string): Money | null {
  const found = /^(\d{1,13})(?:\.(\d{1,6}))?$/.exec(text);
  if (!found || !isCurrency(currency)) return null;
  const exponent = exponentOf(currency);
  const [, whole = '', decimals = ''] = found;
  if (/[1-9]/.test(decimals.slice(exponent))) return null;
  const units = Number(whole + decimals.slice(0, exponent).padEnd(exponent, '0'));
  return units > amountMax ? null : { amount: toMinor(units), currency };
}

/** The same with a sign: what is below nothing went out. */
export function fromSignedDecimal(text: string, currency: string): Moved | null {
  const money = fromDecimal(text.replace(/^-/, ''), currency);
  return money && { ...money, direction: text.startsWith('-') ? 'out' : 'in' };
}
