import { z } from 'zod';

import { id, minor } from './answer-schema.ts';
import { time } from './field.ts';
import { rulesDocument } from './rule-schema.ts';

/** `POST /v1/rules/dry_run`: a document of rules as it could be put, and the payments that it is tried on. */
export const dryRunBody = rulesDocument
  .safeExtend({
    created_after: time.optional().openapi({ description: 'Of the payments; left out: from the beginning' }),
    created_before: time.optional(),
    limit: z.int().min(1).max(1_000).default(1_000).openapi({ description: 'So many of the newest payments' }),
  })
  .openapi('DryRunRules'); // prettier-ignore
export type DryRunBody = z.infer<typeof dryRunBody>;

const change = z.strictObject({ before: minor, after: minor });
const changes = (what: string) => z.record(z.string(), change).openapi({ description: what });

const example = z.strictObject({
  payment_id: id('pay'),
  before: z.string().openapi({ description: 'A channel account, or the code of a refusal' }),
  after: z.string(),
  reason: z.string().openapi({ description: 'Of what would become of it' }),
});

/** What the rules would do with past payments, beside those in force. */
export const dryRun = z
  .strictObject({
    object: z.literal('dry_run'),
    rules_version: z.int().min(1).nullable().openapi({ description: 'The version in force, which `before` is by; null where there is none' }),
    payments: minor,
    moved: minor.openapi({ description: 'Of them, those that would go elsewhere, or be refused or not' }),
    accounts: changes('Payments per channel account'),
    refused: changes('Payments per code of refusal'),
    expected_fees: changes('Minor units per currency, of payments whose fee is known'),
    examples: z.array(example).max(50),
    not_evaluated: z.array(z.string()).openapi({ description: 'Rules of either document that hang on more than the payment: limits over time, and routes by a figure of the last minute, which take the first of their list here, but for 5 of 100' }),
  })
  .openapi('DryRun'); // prettier-ignore
