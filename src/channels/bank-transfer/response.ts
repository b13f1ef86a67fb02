import { z } from 'zod';

import { read } from '../text.ts';
import { holds } from './check-digits.ts';

const text = z.string().min(1);
/** RFC 3339 in UTC. */
const instant = z.iso.datetime().transform((at) => new Date(at).toISOString());

/** Money that came; who sent it and what he wrote is for people. */
const credit = z.object({ id: text, amount: text, currency: text, booked_at: instant });

/** Section 2: where the payer transfers to, and what he did. */
export const virtualAccount = z.object({
  number: text,
  customer: text,
  status: text,
  amount: text,
  currency: text,
  iban: text.refine(holds),
  bic: z.string().regex(/^[0-9A-Z]{8}([0-9A-Z]{3})?$/),
  holder: text,
  creditor_reference: text.regex(/^RF/).refine(holds),
  credits: z.array(credit),
});
export type VirtualAccount = z.infer<typeof virtualAccount>;

/** Section 3: money that goes back. */
export const wireReturn = z.object({
  number: text,
  id: text,
  customer: text,
  virtual_account: text,
  credit: text,
  amount: text,
  currency: text,
  status: text,
  reason_code: text.nullable(),
});
export type WireReturn = z.infer<typeof wireReturn>;

const wireError = z.object({ code: text, message: z.string().nullish().transform((said) => said ?? null) }); // prettier-ignore
export type WireError = z.infer<typeof wireError>;

/** The error in a reply's body, or null when it names none. */
export const readError = (body: string): WireError | null => read(wireError, body);
