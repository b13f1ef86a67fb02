import { exponentOf, isCurrency } from '../../domain/currency.ts';
import { amountMax, type Money, toMinor } from '../../domain/money.ts';

/** Minor units as the bank writes them: a text with all decimals that ISO 4217 gives the currency (section 1). */
export function toWire({ amount, currency }: Money): string {
  const exponent = exponentOf(currency);
  const digits = String(amount).padStart(exponent + 1, '0');
  return exponent === 0 ? digits : `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** In minor units; null for what is not the one form of an amount that can be: another one is no amount of this bank. */
export function fromWire(amount: string, currency: string): Money | null {
  if (!isCurrency(currency) || !/^\d{1,12}(\.\d{1,4})?$/.test(amount)) return null;
  const units = Number(amount.replace('.', ''));
  if (units < 1 || units > amountMax) return null;
  const money = { amount: toMinor(units), currency };
  return toWire(money) === amount ? money : null;
}
