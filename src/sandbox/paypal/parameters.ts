import { z } from 'zod';

import type { Answer } from '../call.ts';
import { minorOf, type Money } from './money.ts';
import { type Detail, invalid, unprocessable } from './wording.ts';

const money = z.looseObject({
  currency_code: z.string().regex(/^[A-Z]{3}$/),
  value: z
    .string()
    .max(32)
    .regex(/^(-?\d+|-?\d*\.\d+)$/),
});

/** PayPal counts characters, not UTF-16 units. */
const text = (most: number) =>
  z
    .string()
    .min(1)
    .refine((given) => Array.from(given).length <= most);

const experience_context = z.looseObject({
  return_url: z.url().optional(),
  cancel_url: z.url().optional(),
  user_action: z.enum(['PAY_NOW', 'CONTINUE']).optional(),
  shipping_preference: z.enum(['GET_FROM_FILE', 'NO_SHIPPING', 'SET_PROVIDED_ADDRESS']).optional(),
});

const purchaseUnit = z.looseObject({
  reference_id: text(256).default('default'),
  custom_id: text(127).optional(),
  invoice_id: text(127).optional(),
  description: text(127).optional(),
  amount: money,
});

export const createRequest = z.looseObject({
  intent: z.enum(['CAPTURE', 'AUTHORIZE']),
  purchase_units: z.tuple([purchaseUnit]), // more are not played
  payment_source: z
    .looseObject({ paypal: z.looseObject({ experience_context: experience_context.optional() }) })
    .optional(),
});
export type CreateRequest = z.infer<typeof createRequest>;

/** The capture of an order names nothing that is played here, and may have no body at all. */
export const emptyRequest = z.looseObject({}).default({});

export const captureRequest = z
  .looseObject({
    amount: money.optional(),
    final_capture: z.boolean().default(false),
    invoice_id: text(127).optional(),
    note_to_payer: text(255).optional(),
  })
  .prefault({});

export const refundRequest = z
  .looseObject({
    amount: money.optional(),
    invoice_id: text(127).optional(),
    custom_id: text(127).optional(),
    note_to_payer: text(255).optional(),
  })
  .prefault({});
export type RefundRequest = z.infer<typeof refundRequest>;

export const evidenceRequest = z.looseObject({
  evidences: z.array(z.looseObject({ evidence_type: z.string().min(1).max(255) })).min(1),
});
export type EvidenceRequest = z.infer<typeof evidenceRequest>;

export const disputeListRequest = z.looseObject({
  disputed_transaction_id: text(255).optional(),
  page_size: z.coerce.number().int().min(1).max(50).default(10),
});

/** RFC 3339, also with the zone that PayPal itself writes, `+0000`; in milliseconds. */
const reportTime = z
  .string()
  .transform((text) => text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  .pipe(z.iso.datetime({ offset: true }))
  .transform((text) => Date.parse(text));

export const billRequest = z.looseObject({
  start_date: reportTime,
  end_date: reportTime,
  fields: z.string().default('transaction_info'),
  balance_affecting_records_only: z.enum(['Y', 'N']).default('Y'),
  page_size: z.coerce.number().int().min(1).max(500).default(100),
  page: z.coerce.number().int().min(1).default(1),
});
export type BillRequest = z.output<typeof billRequest>;

/**
 * The parameters of a call, or PayPal's 400 that names all that is wrong with them.
 *
 * @param schema one of this page
 * @param body what came, parsed; undefined when there was none
 */
export function read<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): { readonly value: z.infer<Schema> } | { readonly refused: Answer } {
  const parsed = schema.safeParse(body);
  if (parsed.success) return { value: parsed.data };
  return { refused: invalid(...parsed.error.issues.map((issue) => complaint(issue, body))) };
}

function complaint(issue: z.core.$ZodIssue, body: unknown): Detail {
  const value = issue.path.reduce<unknown>(
    (from, name) => (from as Readonly<Record<PropertyKey, unknown>> | undefined)?.[name],
    body,
  );
  const field = `/${issue.path.map(String).join('/')}`;
  return { field, value, location: 'body', ...wrong(issue, value) };
}

function wrong(issue: z.core.$ZodIssue, value: unknown): Pick<Detail, 'issue' | 'description'> {
  if (value === undefined)
    return {
      issue: 'MISSING_REQUIRED_PARAMETER',
      description: 'A required field / parameter is missing.',
    };
  if (Array.isArray(value))
    return {
      issue: value.length === 0 ? 'INVALID_ARRAY_MIN_ITEMS' : 'INVALID_ARRAY_MAX_ITEMS',
      description: 'The number of items in an array parameter is too small or too large.',
    };
  if (issue.code === 'too_big' || issue.code === 'too_small' || issue.code === 'custom')
    return {
      issue: 'INVALID_STRING_LENGTH',
      description: 'The value of a field is either too short or too long.',
    };
  if (issue.code === 'invalid_value')
    return { issue: 'INVALID_PARAMETER_VALUE', description: 'The value of a field is invalid.' };
  return {
    issue: 'INVALID_PARAMETER_SYNTAX',
    description: 'The value of a field does not conform to the expected format.',
  };
}

/**
 * An amount in ISO 4217 minor units, or PayPal's 422 for one that cannot be.
 *
 * @param field where it stands in the body
 */
export function payable(
  amount: Money,
  field: string,
): { readonly minor: number } | { readonly refused: Answer } {
  const minor = minorOf(amount);
  if (typeof minor === 'number') return { minor };
  return { refused: unprocessable(minor.issue, { field, value: amount.value, location: 'body' }) };
}
