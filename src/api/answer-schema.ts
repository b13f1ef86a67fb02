import { z } from 'zod';

import { advices, failureCodes } from '../domain/failure.ts';
import { time } from './field.ts';

/** An amount in minor units. */
export const minor = z.int().min(0);

/** An id of the kind that bears this prefix. */
export const id = (prefix: string) => z.string().startsWith(`${prefix}_`);

export const text = z.string().nullable();

export const failure = z
  .strictObject({
    code: z.enum(failureCodes),
    message: z.string(),
    advice: z.enum(advices),
    channel_code: text,
    channel_message: text,
    retryable: z.boolean(),
  })
  .openapi('Failure');

export const nextAction = z
  .union([
    z.strictObject({ type: z.literal('display_qr_code'), data: z.string(), expires_at: time }),
    z.strictObject({ type: z.literal('redirect'), url: z.string() }),
    z.strictObject({ type: z.literal('sdk_params'), params: z.record(z.string(), z.string()) }),
    z.strictObject({
      type: z.literal('await_transfer'),
      bank_account: z.strictObject({ iban: z.string(), bic: z.string(), holder: z.string() }),
      reference: z.string(),
    }),
  ])
  .openapi('NextAction');

/** A list of these (contract section 1). */
export const listOf = (one: z.ZodType) =>
  z.strictObject({ object: z.literal('list'), data: z.array(one), has_more: z.boolean() });
