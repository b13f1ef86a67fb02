import { z } from 'zod';

import { id } from './answer-schema.ts';
import { time } from './field.ts';

const delivery = z
  .strictObject({
    id: id('dlv'),
    endpoint: z.string().openapi({ description: 'The webhook endpoint, or `notify_url`: the one of the payment' }),
    status: z.enum(['pending', 'delivered', 'failed', 'canceled']),
    attempts: z.int().min(0),
    last_status_code: z.int().nullable(),
    next_try_at: time.nullable(),
  })
  .openapi('Delivery'); // prettier-ignore

/** Something that happened, and whom it was told (contract section 5). */
export const event = z
  .strictObject({
    id: id('evt'),
    object: z.literal('event'),
    type: z.string(),
    created_at: time,
    sequence: z.int().min(1),
    data: z.strictObject({ object: z.record(z.string(), z.unknown()) }),
    deliveries: z.array(delivery),
  })
  .openapi('Event');
