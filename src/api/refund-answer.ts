import { z } from 'zod';

import { refundStates } from '../domain/outcome.ts';
import { refundOrigins } from '../domain/refund.ts';
import { failure, id, minor, text } from './answer-schema.ts';
import { currency, time } from './field.ts';

/** Contract section 3. */
export const refund = z
  .strictObject({
    id: id('ref'),
    object: z.literal('refund'),
    payment_id: id('pay'),
    amount: minor,
    currency,
    status: z.enum(refundStates),
    origin: z.enum(refundOrigins),
    failure: failure.nullable(),
    channel_reference: text,
    reason: text,
    retry_of: id('ref').nullable(),
    rules_version: z.int().optional().openapi({ description: 'Of the rules that judged it' }),
    approval: z.enum(['awaited', 'given', 'denied']).nullable().optional().openapi({ description: 'Must a person approve it before it is sent?' }),
    created_at: time,
    updated_at: time,
  })
  .openapi('Refund'); // prettier-ignore
