import { z } from 'zod';

import { isCurrency } from '../../domain/currency.ts';
import { exponentOf } from '../../domain/currency.ts';
import { amountMax, type Money, toMinor } from '../../domain/money.ts';

/** Money as Adyen writes it: whole minor units. */
export const wireMoney = z.object({ value: z.number(), currency: z.string() });
type WireMoney = z.infer<typeof wireMoney>;

/** As Adyen wants it. Its minor units are ISO 4217's for every currency that we offer there. */
export function toWire({ amount: value, currency }: Money): WireMoney {
  return { value, currency };
}

/** As Adyen says it; null for what is no amount, or in a currency that we do not know. */
export function fromWire({ value, currency }: WireMoney): Money | null {
  if (!Number.isSafeInteger(value) || value < 0 || !isCurrency(currency)) return null;
  return { amount: toMinor(value), currency };
}

/** As its reports write it: a decimal text, with as many digits after the point as they like up to the currency's own. */
export function fromReport(text: string, currency: string): Money | null {
  const found = /^(\d{1,13})(?:\.(\d{1,4}))?$/.exec(text);
  if (!found || !isCurrency(currency)) return null;
  const exponent = exponentOf(currency);
  const [, whole = '', decimals = ''] = found;
  if (/[1-9]/.test(decimals.slice(exponent))) return null;
  const units = Number(whole + decimals.slice(0, exponent).padEnd(exponent, '0'));
  return units > amountMax ? null : { amount: toMinor(units), currency };
}
