import { z } from 'zod';

import { disputeStatuses } from '../domain/dispute.ts';
import { disputeObject } from '../domain/payment-object.ts';
import { findPart, listParts } from '../store/payment-part.ts';
import { dispute as disputeAnswer, listOf } from './answer-schema.ts';
import type { Dependencies } from './dependencies.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { listQuery, text } from './field.ts';
import { listed, pageRequest } from './page.ts';
import { Problem } from './problem.ts';

const listDisputes = listQuery({
  payment_id: text(1, 64).optional(),
  status: z.enum(disputeStatuses).optional(),
});

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
