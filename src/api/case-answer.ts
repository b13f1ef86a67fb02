import { z } from 'zod';

import { caseKinds, decisionsOf } from '../domain/case.ts';
import { id, text } from './answer-schema.ts';
import { time } from './field.ts';

const decisions = [...new Set(Object.values(decisionsOf).flat())];

/** Work for a person (contract section 2). */
export const caseAnswer = z
  .strictObject({
    id: id('case'),
    object: z.literal('case'),
    kind: z.enum(caseKinds),
    payment_id: id('pay'),
    status: z.enum(['open', 'resolved']),
    allowed: z.array(z.enum(decisions)),
    detail: z.string(),
    decision: z.enum(decisions).nullable(),
    reason: text,
    created_at: time,
    resolved_at: time.nullable(),
  })
  .openapi('Case');
