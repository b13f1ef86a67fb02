import { z } from 'zod';

import type { Answer } from '../call.ts';
import { isCanonical, minorOf } from './money.ts';
import { malformed, wireTime } from './wording.ts';

/** A number of the customer's, of a virtual account or a return. */
export const number = z.string().regex(/^[0-9A-Za-z_-]{1,35}$/, 'is no number of a customer');

const text = z
  .string()
  .refine((given) => Array.from(given).length <= 140, 'has more than 140 characters');

const time = z
  .string()
  .refine(
    (given) => given === wireTime(Date.parse(given) || 0),
    'is no RFC 3339 time in UTC with whole seconds',
  );

const money = {
  amount: z.string().max(64),
  currency: z.string().regex(/^[A-Z]{3}$/, 'is no ISO 4217 code'),
};
const notForm = { path: ['amount'], error: 'is not in the form of its currency' };

const customer = z.string().max(35);
const notify_url = z.url({ protocol: /^https?$/, error: 'is no http or https address' });

export const accountRequest = z
  .strictObject({ customer, ...money, expires_at: time, description: text, notify_url })
  .refine(isCanonical, notForm);
export type AccountRequest = z.infer<typeof accountRequest>;

export const closureRequest = z.strictObject({ customer });

export const returnRequest = z
  .strictObject({
    customer,
    virtual_account: number,
    credit: z.string().regex(/^[0-9A-Za-z]{1,35}$/, 'is no id of the bank'),
    ...money,
    reason: text,
    notify_url,
  })
  .refine((given) => isCanonical(given) && minorOf(given) > 0, notForm);
export type ReturnRequest = z.infer<typeof returnRequest>;

/** A request's body, or 400 that names all that is wrong with it. */
export function read<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): { readonly value: z.infer<Schema> } | { readonly refused: Answer } {
  const parsed = schema.safeParse(body);
  if (parsed.success) return { value: parsed.data };
  const line = ({ path, message }: z.core.$ZodIssue) => `${path.join('.') || 'body'}: ${message}`;
  return { refused: malformed(parsed.error.issues.map(line).join('; ')) };
}
