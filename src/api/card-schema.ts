import { z } from 'zod';

import { ipAddress, text } from './field.ts';

/** What the customer agreed to, in the words that he was shown; when, we write down ourselves. */
const consent = z
  .strictObject({ text: text(1, 2_000), ip: ipAddress.optional() })
  .openapi('Consent', { description: 'To later payments with this method' });

/** By a token, which may be kept for later payments; or by a method that was kept. */
export const card = z
  .strictObject({
    type: z.literal('card'),
    token: text(1, 255).optional(),
    save: z.strictObject({ consent }).optional(),
    payment_method: text(1, 64).optional(),
    off_session: z.boolean().optional(),
  })
  .superRefine(({ token, save, payment_method, off_session }, context) => {
    const refuse = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message });
    if (token === undefined && payment_method === undefined) refuse('token', 'a token, or payment_method'); // prettier-ignore
    if (payment_method === undefined && off_session !== undefined) refuse('off_session', 'goes with payment_method'); // prettier-ignore
    if (payment_method === undefined) return;
    if (token !== undefined) refuse('token', 'not beside payment_method');
    if (save !== undefined) refuse('save', 'payment_method is saved already');
  });
