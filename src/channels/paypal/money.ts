import { z } from 'zod';

import { exponentOf, isCurrency } from '../../domain/currency.ts';
import { type Money, toMinor } from '../../domain/money.ts';

/** An amount as PayPal writes it: decimals as a text. */
export const wireMoney = z.object({ currency_code: z.string(), value: z.string() });
type WireMoney = z.infer<typeof wireMoney>;

/** Minor units as PayPal writes them: with all decimals that the currency has. */
export function toWire({ amount, currency }: Money): WireMoney {
  const exponent = exponentOf(currency);
  const digits = String(amount).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const value = exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`;
  return { currency_code: currency, value };
}

/** In minor units, exactly; null for what is none, or is finer than the currency. At most 12 digits before the point: all of them are safe. */
export function fromWire({ currency_code, value }: WireMoney): Money | null {
  if (!isCurrency(currency_code)) return null;
  const exponent = exponentOf(currency_code);
  const [, whole, part = ''] = /^(\d{1,12})(?:\.(\d{1,4}))?$/.exec(value) ?? [];
  const kept = part.slice(0, exponent).padEnd(exponent, '0');
  if (whole === undefined || /[1-9]/.test(part.slice(exponent))) return null;
  return { amount: toMinor(Number(whole + kept)), currency: currency_code };
}
