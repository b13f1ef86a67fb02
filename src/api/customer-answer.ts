import { z } from 'zod';

import { id, text } from './answer-schema.ts';
import { time } from './field.ts';

/** Whom a merchant knows (contract section 1). */
export const customer = z
  .strictObject({
    id: id('cus'),
    object: z.literal('customer'),
    reference: text.openapi({ description: 'Your own number of the customer' }),
    name: text,
    email: text,
    metadata: z.record(z.string(), z.string()),
    livemode: z.boolean(),
    created_at: time,
    updated_at: time,
  })
  .openapi('Customer');

export const deletedCustomer = z
  .strictObject({ id: id('cus'), object: z.literal('customer'), deleted: z.literal(true) })
  .openapi('DeletedCustomer');
