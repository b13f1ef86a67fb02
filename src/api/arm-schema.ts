import { z } from 'zod';

import { id, minor } from './answer-schema.ts';
import { time } from './field.ts';

/** The query of `GET /v1/rules/{id}/figures`. */
export const figuresQuery = z.strictObject({
  created_after: time.optional().openapi({ description: 'Of the first attempt; left out: from the beginning' }),
  created_before: time.optional(),
}); // prettier-ignore
export type FiguresQuery = z.infer<typeof figuresQuery>;

const rate = z.number().min(0).max(1);
const proportion = z
  .strictObject({ rate, low: rate, high: rate })
  .nullable()
  .openapi({ description: 'Of those that are decided, with the 95 % interval (Wilson)' });
const difference = z
  .strictObject({ difference: z.number(), low: z.number(), high: z.number(), is_distinguishable: z.boolean() })
  .nullable(); // prettier-ignore

const arm = z
  .strictObject({
    channel_account: id('cha'),
    percent: z.int().min(1).max(100).nullable(),
    payments: minor.openapi({ description: 'That the rule meant for it, and sent there first' }),
    passed_over: minor.openapi({ description: 'Meant for it, and taken by another, which it could not take: in no other figure of any arm' }),
    paid: minor.openapi({ description: 'By the first attempt itself; held money counts' }),
    declined: minor,
    open: minor,
    paid_elsewhere: minor.openapi({ description: 'Paid by a later attempt: it speaks for another account' }),
    success: proportion,
    against_first: difference.openapi({ description: 'How far it is above the first arm, with the 95 % interval (Newcombe); null of the first, and where one has no figures' }),
    mean_ms_to_paid: z.int().nullable(),
    mean_expected_fee_ppm: z.int().nullable().openapi({ description: 'Millionths of the amounts, of payments whose fee was known' }),
  })
  .openapi('Arm'); // prettier-ignore

const releaseArm = z
  .strictObject({
    arm: z.enum(['held_back', 'released']),
    payments: minor,
    paid: minor.openapi({ description: 'With whatever method; held money counts' }),
    open: minor,
    success: proportion,
    against_held_back: difference.openapi({ description: 'How far it is above those who go without, with the 95 % interval (Newcombe)' }),
  })
  .openapi('ReleaseArm'); // prettier-ignore

/** What became of the payments that each route of a version chose for, and of those of customers with and without what it releases. */
export const ruleFigures = z
  .strictObject({
    object: z.literal('rule_figures'),
    rules: id('rul'),
    version: z.int().min(1),
    routes: z.array(z.strictObject({ name: z.string(), arms: z.array(arm) })),
    releases: z.array(z.strictObject({ name: z.string(), methods: z.array(z.string()), percent: z.int().min(0).max(100), arms: z.array(releaseArm) }))
      .openapi({ description: 'Over the newest 50,000 payments of the time in which the version was in force' }),
  })
  .openapi('RuleFigures'); // prettier-ignore
