import { z } from 'zod';

import { type Measure, measures } from '../domain/limit-count.ts';
import { amountMax } from '../domain/money.ts';
import { yardsticks } from '../domain/ranking.ts';
import { country, currency, text, time, zone } from './field.ts';
import { methodTypes } from './payment-schema.ts';

/** How much one document may hold: evaluated for every payment, and read by people. */
const rulesMost = 200;

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'lower-case letters, digits, . _ -')
  .openapi({ description: 'Of this rule alone; it stands in refusals and on timelines' });
export const minor = z.int().min(0).max(amountMax).openapi({ description: 'Minor units' });
const some = <Of extends z.ZodType>(of: Of) => z.array(of).min(1).max(200);

export const when = z
  .strictObject({
    methods: some(z.enum(methodTypes)).optional(),
    currencies: some(currency).optional(),
    customers: some(text(1, 64)).optional(),
    countries: some(country).optional().openapi({ description: 'Of `customer.country`; a payment that names none fits no such rule' }),
    amount_min: minor.optional(),
    amount_max: minor.optional(),
  })
  .refine(({ amount_min, amount_max, currencies }) => isOfCurrency(currencies, amount_min, amount_max), {
    error: 'amounts are in minor units: name the currencies that they are of',
    path: ['currencies'],
  })
  .openapi({ description: 'Which payments it is about; what is left out fits all' }); // prettier-ignore

/** Are the amounts of currencies that are named? */
export function isOfCurrency(
  currencies: readonly string[] | undefined,
  ...amounts: unknown[]
): boolean {
  return currencies !== undefined || amounts.every((amount) => amount === undefined);
}

/** Sums of a day or a month: beyond one payment's, and far below 2^53. */
const total = z.int().min(1).max(1_000_000_000_000_000).openapi({ description: 'Minor units' });
const payments = z.int().min(1).max(1_000_000_000).openapi({ description: 'Payments' });

const limit = z
  .strictObject({
    name,
    when: when.prefault({}),
    min: minor.optional(),
    max: minor.optional(),
    max_per_day: total.optional(),
    max_per_month: total.optional(),
    count_per_day: payments.optional(),
    count_per_month: payments.optional(),
    per: z
      .enum(['app', 'customer', 'method'])
      .optional()
      .openapi({ description: 'Whose payments are counted together; left out: the app’s' }),
    zone: zone.optional(),
  })
  .refine(
    ({ when, min, max, max_per_day, max_per_month }) =>
      isOfCurrency(when.currencies, min, max, max_per_day, max_per_month),
    {
      error: 'amounts are in minor units: name the currencies that they are of',
      path: ['when', 'currencies'],
    },
  )
  .refine((given) => given.min !== undefined || given.max !== undefined || isOverTime(given), {
    error: 'min, max, or one of a day or a month',
    path: ['max'],
  })
  .refine((given) => isOverTime(given) || (given.per === undefined && given.zone === undefined), {
    error: 'per and zone are of what a day or a month may bring: name that, too',
    path: ['max_per_day'],
  })
  .refine(({ min = 0, max = amountMax }) => min <= max, {
    error: 'min or more',
    path: ['max'],
  });

function isOverTime(given: Readonly<Partial<Record<Measure, unknown>>>): boolean {
  return measures.some((measure) => given[measure] !== undefined);
}

const methodRule = z
  .strictObject({
    name,
    when: when.optional(),
    deny: some(z.enum(methodTypes)).optional(),
    release: some(z.enum(methodTypes)).optional(),
    percent: z.int().min(0).max(100).optional().openapi({ description: 'Of the customers that `release` is for' }),
  })
  .refine(({ deny, release }) => (deny === undefined) !== (release === undefined), { error: 'deny, or release with a percent', path: ['deny'] })
  .refine(({ release, percent }) => (release === undefined) === (percent === undefined), {
    error: 'release goes with a percent of the customers',
    path: ['percent'],
  }); // prettier-ignore

const account = z.strictObject({
  channel_account: z.string().regex(/^cha_\w{1,60}$/, 'the id of a channel account'),
  percent: z.int().min(1).max(100).optional(),
});

const route = z
  .strictObject({
    name,
    when: when.optional(),
    by: z
      .enum(['preference', ...yardsticks])
      .optional()
      .openapi({
        description:
          '`preference`: the order of the list; `cost`: the least expected fee first; `success_rate`, `score`: the best of the last minute',
      }),
    accounts: z.array(account).min(1).max(20),
  })
  .refine(({ accounts }) => isWhole(accounts), {
    error: 'shares of 100 % in all, or none at all',
    path: ['accounts'],
  })
  .refine(
    ({ by, accounts }) =>
      by === undefined || accounts.every(({ percent }) => percent === undefined),
    {
      error: 'shares are dealt: leave `by` out, or the percents',
      path: ['by'],
    },
  );

function isWhole(accounts: readonly z.infer<typeof account>[]): boolean {
  const shares = accounts.flatMap(({ percent }) => (percent === undefined ? [] : [percent]));
  if (shares.length === 0) return true;
  return shares.length === accounts.length && shares.reduce((sum, one) => sum + one, 0) === 100;
}

const refund = z
  .strictObject({
    name,
    when: when.optional(),
    window_days: z.int().min(1).max(3_650).optional().openapi({ description: 'Days of 24 hours from the payment on' }),
    partial: z.literal(false).optional().openapi({ description: 'Only all that is left, at once' }),
    approval_above: minor.optional().openapi({ description: 'Minor units; when the refunds of a payment are more in all, a person is asked first' }),
  })
  .refine(({ when, approval_above }) => isOfCurrency(when?.currencies, approval_above), {
    error: 'approval_above is in minor units: name the currencies that it is of',
    path: ['when', 'currencies'],
  })
  .refine((given) => [given.window_days, given.partial, given.approval_above].some((one) => one !== undefined), {
    error: 'window_days, partial: false, approval_above, or several of them',
    path: ['window_days'],
  }); // prettier-ignore

const sections = {
  limits: z.array(limit).max(rulesMost).default([]),
  methods: z.array(methodRule).max(rulesMost).default([]),
  routes: z.array(route).max(rulesMost).default([]),
  refunds: z.array(refund).max(rulesMost).default([]),
};

/** The whole of an app's rules, as people write it. */
export const rulesDocument = z
  .strictObject({
    ...sections,
    description: text(0, 500).optional(),
    effective_at: time.optional().openapi({ description: 'Left out: at once' }),
  })
  .superRefine((given, context) => {
    const all = [...given.limits, ...given.methods, ...given.routes, ...given.refunds];
    if (all.length > rulesMost)
      context.addIssue({ code: 'custom', path: ['routes'], message: `at most ${rulesMost} rules in all` });
    for (const section of ['limits', 'methods', 'routes', 'refunds'] as const)
      for (const [at, rule] of given[section].entries())
        if (all.find((one) => one.name === rule.name) !== rule)
          context.addIssue({ code: 'custom', path: [section, at, 'name'], message: 'a rule before it has this name' });
  }); // prettier-ignore

/** `POST /v1/rules`: what takes the place of the rules before. */
export const createRules = rulesDocument.openapi('CreateRules');
export type CreateRules = z.infer<typeof createRules>;

/** One version of the rules. */
export const ruleSet = z
  .strictObject({
    id: z.string().startsWith('rul_'),
    object: z.literal('rules'),
    version: z.int().min(1),
    status: z.enum(['planned', 'current', 'superseded']),
    ...sections,
    description: z.string().nullable(),
    effective_at: time,
    created_at: time,
    livemode: z.boolean(),
  })
  .openapi('Rules');
