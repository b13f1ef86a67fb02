import { z } from 'zod';

import { isOfCurrency, minor, when } from './rule-schema.ts';

const fee = z
  .strictObject({
    when: when.optional(),
    rate_ppm: z.int().min(0).max(1_000_000).default(0)
      .openapi({ description: 'Millionths of the amount: 29000 are 2.9 %' }),
    fixed: minor.optional(),
    min: minor.optional(),
    max: minor.optional(),
  })
  .refine(({ when, fixed, min, max }) => isOfCurrency(when?.currencies, fixed, min, max), {
    error: 'fixed, min and max are in minor units: name the currencies that they are of',
    path: ['when', 'currencies'],
  })
  .refine(({ min = 0, max = Infinity }) => min <= max, { error: 'min or more', path: ['max'] })
  .openapi('Fee'); // prettier-ignore

/** What a channel is expected to take of the payments of an account. */
export const fees = z.array(fee).max(100).openapi({
  description: 'What the channel is expected to take, by the agreement with it: of a payment the first that fits counts',
  example: [{ when: { methods: ['card'], currencies: ['USD'] }, rate_ppm: 29_000, fixed: 30 }],
}); // prettier-ignore
