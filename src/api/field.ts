import { extendZodWithOpenApi } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';

import { isCountry } from '../domain/country.ts';
import { isCurrency } from '../domain/currency.ts';
import { amountMax } from '../domain/money.ts';

extendZodWithOpenApi(z);

/** Marks a rule whose breach has a code of its own; anything else is `invalid_field`. */
export const coded = (code: string) => ({ params: { code } });

/** Text that PostgreSQL can keep as it came: no NUL, no half of a surrogate pair. */
export const text = (least: number, most: number) =>
  z.string().min(least).max(most).refine((given) => !/[\0\p{Cs}]/u.test(given), 'no NUL and no lone surrogates'); // prettier-ignore

/** Visible characters of any script: no blanks, no control characters. */
export const visible = (most: number) =>
  z.string().min(1).max(most).refine((given) => !/[\p{Z}\p{C}]/u.test(given), 'visible characters only, no blanks'); // prettier-ignore

export const httpUrl = text(1, 2_048)
  .refine(
    (given) => URL.canParse(given) && /^https?:$/.test(new URL(given).protocol),
    'an http or https URL',
  )
  .openapi({ format: 'uri' });

export const ipAddress = z.union(
  [z.ipv4().openapi({ format: 'ipv4' }), z.ipv6().openapi({ format: 'ipv6' })],
  { error: 'an IPv4 or IPv6 address' },
); // prettier-ignore

/** An address of mail, as browsers take it in a form. */
export const email = z.email({ pattern: z.regexes.html5Email }).max(254);

/** RFC 3339, as the contract writes every time. */
export const time = z.iso.datetime({ offset: true });

/** An instant; PostgreSQL knows neither every zone nor year 0, a Date does. */
export const instant = (description: string) =>
  time.transform((text) => new Date(text)).openapi({ type: 'string', format: 'date-time', description }); // prettier-ignore

/** Seconds to wait for a stable state. */
export const wait = z.int().min(0).max(30).default(10).openapi({ description: 'Seconds to wait for a stable state' }); // prettier-ignore

/** A whole number of minor units; 0 and beyond 10^12 - 1 have codes of their own. */
export const amount = z
  .int()
  .refine((value) => value >= 0, { error: 'a negative amount', abort: true })
  .refine((value) => value > 0, { error: 'at least 1', ...coded('amount_too_small') })
  .refine((value) => value <= amountMax, { error: `at most ${amountMax}`, ...coded('amount_too_large') })
  .openapi({ minimum: 1, maximum: amountMax, description: 'Minor units of the currency' }); // prettier-ignore

export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: 'three upper-case letters of ISO 4217', abort: true })
  .refine((code) => isCurrency(code), { error: 'not a currency of ISO 4217', ...coded('currency_not_supported') })
  .openapi({ description: 'ISO 4217', example: 'CNY' }); // prettier-ignore

export const country = z
  .string()
  .regex(/^[A-Z]{2}$/, { error: 'two upper-case letters of ISO 3166', abort: true })
  .refine((code) => isCountry(code), 'not a country of ISO 3166')
  .openapi({ description: 'ISO 3166-1 alpha-2', example: 'DE' });

/** A zone of the IANA database: where a day of business begins. */
export const zone = z
  .string()
  .regex(/^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/, {
    error: 'a name like Europe/Berlin',
    abort: true,
  })
  .max(64)
  .refine((name) => isZone(name), 'not a zone of the IANA database')
  .openapi({ description: 'IANA; left out: UTC', example: 'Asia/Shanghai' });

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** How long the names of a record may be: JSON Schema's, which the generator's type does not know. */
export const names = (most: number) => ({ propertyNames: { minLength: 1, maxLength: most } });

export const metadata = z
  .record(text(1, 40), text(0, 500))
  .refine((pairs) => Object.keys(pairs).length <= 50, 'at most 50 pairs')
  .openapi({ maxProperties: 50, ...names(40) });

/** A whole number in a query string. */
export const wholeNumber = (least: number, most: number) =>
  z.string().regex(/^\d{1,16}$/, 'a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `a whole number from ${least} to ${most}`)
    .openapi({ type: 'integer', minimum: least, maximum: most }); // prettier-ignore

/** The parameters of a list: its own filters and those of every list (contract section 1). */
export const listQuery = <Filters extends z.ZodRawShape>(filters: Filters) =>
  z
    .strictObject({ ...pageParameters, ...filters })
    .refine((given) => !('starting_after' in given && 'ending_before' in given), {
      error: 'not together with starting_after',
      path: ['ending_before'],
      when: () => true, // also beside other errors: all are named
    });

const pageParameters = {
  limit: wholeNumber(1, 100).optional(),
  starting_after: text(1, 64).optional().openapi({ description: 'Id of the last object of the page before' }),
  ending_before: text(1, 64).optional().openapi({ description: 'Id of the first object of the page after' }),
}; // prettier-ignore
