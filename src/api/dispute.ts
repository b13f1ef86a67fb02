import { z } from 'zod';

import { disputeReasons, disputeStages, disputeStatuses } from '../domain/dispute.ts';
import { disputeObject } from '../domain/payment-object.ts';
import { findPart, listParts } from '../store/payment-part.ts';
import { id, listOf, minor, text as textOrNull } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { currency, listQuery, text, time } from './field.ts';
import { listed, pageRequest } from './page.ts';
import { Problem } from './problem.ts';

const listDisputes = listQuery({
  payment_id: text(1, 64).optional(),
  status: z.enum(disputeStatuses).optional(),
});

/** What a payer contests at his bank or at the channel (decision 0037). */
const disputeAnswer = z
  .strictObject({
    id: id('dsp'),
    object: z.literal('dispute'),
    payment_id: id('pay'),
    attempt_id: id('att'),
    amount: minor,
    currency,
    amount_withdrawn: minor.openapi({ description: 'Of the amount, what the channel has taken back for now or for good' }),
    status: z.enum(disputeStatuses),
    stage: z.enum(disputeStages),
    reason: z.enum(disputeReasons),
    due_by: time.nullable().openapi({ description: 'Until when you may answer, at the channel' }),
    channel_reference: z.string(),
    channel_status: z.string(),
    channel_reason: textOrNull,
    created_at: time,
    updated_at: time,
  })
  .openapi('Dispute'); // prettier-ignore

/** `/v1/disputes`: what payers contest, as their channels tell it (decision 0037). */
export function disputeEndpoints({ store }: Dependencies): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/v1/disputes',
      summary: 'List disputes, newest first',
      key: 'none',
      query: listDisputes,
      status: 200,
      answers: listOf(disputeAnswer),
      refusals: [],
      handle: async ({ caller, query }) => {
        const asked = pageRequest(query);
        const page = await listParts(store.pool, 'disputes', caller, query, asked);
        return { body: listed(page, asked, (one) => disputeObject(one, one.payment_id)) };
      },
    }),
    endpoint({
      method: 'get',
      path: '/v1/disputes/{id}',
      summary: 'Read a dispute',
      key: 'none',
      status: 200,
      answers: disputeAnswer,
      refusals: ['not_found'],
      handle: async ({ caller, id }) => {
        const found = await findPart(store.pool, 'disputes', caller, id);
        if (!found) throw new Problem('not_found', 'no such dispute');
        return { body: disputeObject(found, found.payment_id) };
      },
    }),
  ];
}
