import { z } from 'zod';

import { isCurrency } from '../../domain/currency.ts';
import { type Money, toMinor } from '../../domain/money.ts';

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
