import { z } from 'zod';

import { isCurrency } from '../../domain/currency.ts';
import { type Money, toMinor } from '../../domain/money.ts';

/** Minor units: whole and safe; anything else makes the message unreadable. */
export const minor = z.int().nonnegative();

/** Stripe writes ISO 4217 in lower case. */
export const currency = z
  .string()
  .regex(/^[a-z]{3}$/)
  .transform((code) => code.toUpperCase());

/** Unix time, up to the year 9999. */
export const seconds = z.int().nonnegative().max(253_402_300_799);

/** What we wrote on the object when we made it. */
export const metadata = z.record(z.string(), z.unknown());

/** The value as this shape, or null. */
export function parse<T>(shape: z.ZodType<T>, value: unknown): T | null {
  const parsed = shape.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** An amount in a currency that ISO 4217 lists, or null. */
export function money(amount: number, code: string): Money | null {
  return isCurrency(code) ? { amount: toMinor(amount), currency: code } : null;
}

/** Unix seconds as RFC 3339. */
export function instant(unix: number): string {
  return new Date(unix * 1_000).toISOString();
}
